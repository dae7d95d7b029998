"""How fast the builder is, beside Frozen-Flask, Jinja2 in a loop and Hugo (docs/benchmarks.md); no part of a site."""
