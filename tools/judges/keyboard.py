"""The keyboard alone: Tab through a page reaches everything once, in order, in sight, and comes out again (G5).

python -m tools.judges.keyboard INSTANCE|FOLDER|URL…     as tools.judges.layout takes them
"""

import argparse
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tools.judges.layout import Stop, chromium, stops_of
from tools.judges.report import Verdict, write
from tools.judges.trees import ROOT

SCRIPT = Path(__file__).with_name("keyboard.js")
MOST_TABS = 400
REST = 250
"""Milliseconds until what a script does after loading, and a scroll, are over."""
MOST_PARTS = 6
"""Presses of Tab that may stay within one control."""
WIDTHS = (390, 1280)


def tab_through(page: Page) -> list[tuple[str, str]]:
    """Press Tab until the focus has been round; give what is wrong as (rule, detail)."""
    count = page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    found: list[tuple[str, str]] = []
    reached: list[int] = []
    stays = 0
    for _ in range(min(2 * count + 10, MOST_TABS)):
        page.keyboard.press("Tab")
        here = _where(page)
        if here is not None and here["stays"] and stays < MOST_PARTS:
            stays += 1  # a date has a stop for day, month, year and its calendar
            continue
        stays = 0
        if here is None or (here["known"] >= 0 and here["known"] in reached):
            break
        found += [(re.split(r": | by ", fault)[0], f"{here['name']}: {fault}") for fault in here["faults"]]
        reached.append(here["known"])
    else:
        found.append(("trap", f"no end after {len(reached)} presses of Tab, {count} controls"))
    found += [("not reached", name) for name in page.evaluate("seen => window.__keys.missed(seen)", reached)]
    return found


def _where(page: Page) -> dict[str, Any] | None:
    """Ask where the focus is; where something seems wrong, again when the page has come to rest."""
    here: dict[str, Any] | None = page.evaluate("window.__keys.look(false)")
    if here is not None and here["faults"]:
        page.wait_for_timeout(REST)
        here = page.evaluate("window.__keys.look(true)")
    return here


def keyboard(targets: list[str], host: str = "", kinds: tuple[str, ...] = (), languages: str = "de") -> Verdict:
    """Go through one page of every kind of every site, on a phone's and a desktop's width, in the default language."""
    verdict = Verdict("keyboard")
    if not shutil.which("chromium"):
        verdict.skipped = "chromium not on the PATH: apt-get install chromium"
        return verdict
    with stops_of(targets, host) as found, chromium() as browser:
        for width in WIDTHS:
            page = browser.new_page(viewport={"width": width, "height": 844}, reduced_motion="reduce")
            for stop in _wanted(found, kinds):
                page.goto(stop.url, wait_until="load")
                verdict.looked_at += 1
                for rule, detail in tab_through(page):
                    verdict.blame(stop.host, stop.path, rule, f"{width} px {stop.theme} {stop.kind}: {detail}")
            page.close()
    return verdict


def _wanted(stops: list[Stop], kinds: tuple[str, ...]) -> list[Stop]:
    """Leave out the other languages: they have the same controls."""
    home = [stop for stop in stops if not stop.path[1:3].isalpha() or stop.path[3:4] != "/"]
    return [stop for stop in home if not kinds or stop.kind in kinds]


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Tab through pages.")
    parser.add_argument("targets", nargs="+", metavar="INSTANCE|FOLDER|URL")
    parser.add_argument("--host", default="")
    parser.add_argument("--kinds", default="")
    parser.add_argument("--report", type=Path, default=ROOT / "build/keyboard")
    options = parser.parse_args()
    verdict = keyboard(options.targets, options.host, tuple(filter(None, options.kinds.split(","))))
    write([verdict], options.report)
    print((options.report / "report.txt").read_text(encoding="utf-8"))
    return 1 if verdict.findings or verdict.skipped else 0


if __name__ == "__main__":
    sys.exit(main())
