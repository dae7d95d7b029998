"""The themes whose sites tests look at: all there are, so that a folder that comes is looked at too."""

import themes

DEALER = tuple(name for name in themes.available() if name != "base" and "dealer" in themes.load(name).kinds)
"""Those a dealer's site may wear."""
THEMES = (*DEALER, "market")
"""All, the marketplace's last."""
