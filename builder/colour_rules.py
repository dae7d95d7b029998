"""Rules about the colours of a site: a dealer's choices leave every text readable (WCAG 2.2 AA; BRIEF §3)."""

from collections.abc import Iterable, Iterator

from themes.check import faint

from .built import BuiltSite
from .site_rules import Problem

SHEET = "a/site."


def colours_stand_out(site: BuiltSite, paths: Iterable[str]) -> Iterator[Problem]:
    """Text, controls and focus stand out from their grounds, in the light scheme and in the dark one.

    Args:
        site: a release or a served tree.
        paths: files to look through; style sheets that make up a site's whole look are judged.
    """
    for path in paths:
        if path.startswith(SHEET) and path.endswith(".css"):
            for scheme, said in faint(site.read(path).decode("utf-8", "replace")):
                yield Problem(f"/{path}", "contrast", f"{said} in the {scheme} scheme")
