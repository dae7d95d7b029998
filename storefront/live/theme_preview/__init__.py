"""A theme while it is being written: the demo world in it, drawn at each request, drawn again when a file changes.

`marketplace themes preview NAME` (docs/themes.md). Pages come from the code of a publish; errors name
template and line.
"""
