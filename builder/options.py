"""What a publish may leave out; a site that visitors see leaves out nothing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """What a publish does besides drawing and switching.

    Args:
        gate: changed pages must pass the rules before they are served (SECURITY E3).
        compress: text is kept with `.br` and `.gz` copies beside it (SEO.md §15).
        late: files of many cars each (`staleness.LATE`) are drawn with the others; else the next publish draws them, so
            that a price reaches the visitor first.
        settle: what can wait is done right after the switch (`SiteFolder.settle`: the other tree is filled the first
            time); else the next publish or the daily cleaning does it.
    """

    gate: bool = True
    compress: bool = True
    late: bool = True
    settle: bool = True


USUAL = Options()
"""How sites are published that visitors see."""
HURRIED = Options(late=False)
"""How a worker publishes what changed: the pages now, feeds and the static search index right after."""
