"""Random edits against the builder: after each the served trees are those of a build from scratch (SECURITY E5).

`python -m tests.build.fuzz --help`; `make fuzz` runs it on a larger world, a quick test on a small one.
"""
