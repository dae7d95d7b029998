"""Looks for broken layout in Chromium: sideways scroll, text out of its box, over other text or cut off, holes, `None`.

    python -m tools.judges.layout instance                      one page of every kind on every host
    python -m tools.judges.layout instance --host noir.localhost --widths 320 --each 3 --shots /tmp/shots
    python -m tools.judges.layout /tmp/preview                  a folder of pages, as tools/preview_theme.py writes it
    python -m tools.judges.layout http://localhost:8000/vehicles/ …

Exit status 0 when nothing was found. A page's badness is the sum of `WEIGHTS` over its findings.
"""

import argparse
import shutil
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from tools.judges.kinds import kind_of, some_of_each
from tools.judges.report import Verdict
from tools.judges.serving import serving
from tools.judges.trees import built_sites

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
WIDTHS = (320, 390, 768, 1280)
FREE_TEXT = ".text, .prose, textarea, [data-free]"
"""Where people write what they like; its words are not ours to judge, its boxes are."""
WEIGHTS = {"scrolls sideways": 10, "text leaves the screen": 8, "box leaves the screen": 8, "texts overlap": 8,
           "text leaves its box": 6, "text is cut off": 6, "nonsense": 6, "picture missing": 6, "picture is bent": 4,
           "unit parted": 3, "hole": 3, "empty": 2, "orphan dot": 2}  # fmt: skip
SIDEWAYS = frozenset({"scrolls sideways", "text leaves the screen", "box leaves the screen"})
"""What enlarged text may not do on a phone."""
ENLARGED = SIDEWAYS | {"texts overlap", "text is cut off"}
"""What it may not do on a desk (WCAG 1.4.4)."""
SCRIPT = Path(__file__).with_name("layout.js")


@dataclass(frozen=True)
class Stop:
    """One page to look at."""

    url: str
    host: str
    path: str
    kind: str = ""
    theme: str = ""


@dataclass
class Looked:
    """What was found on one page at one width."""

    stop: Stop
    width: int
    findings: list[dict[str, str]] = field(default_factory=list)

    @property
    def badness(self) -> int:
        """The sum of the weights of what was found; each rule counts three times at most."""
        counts = Counter(finding["rule"] for finding in self.findings)
        return sum(WEIGHTS.get(rule, 1) * min(count, 3) for rule, count in counts.items())


def audit(page: Page) -> list[dict[str, str]]:
    """Judge the page as it stands in the browser; each finding has `rule`, `where` and `detail`."""
    found: list[dict[str, str]] = page.evaluate(SCRIPT.read_text(encoding="utf-8"), {"free": FREE_TEXT})
    return found


def look(
    browser: Browser, stops: Iterable[Stop], widths: Iterable[int] = WIDTHS, *, text: int = 100, scheme: str = "light"
) -> Iterator[tuple[Looked, Page]]:
    """Open every page at every width and judge it; the page stays open until the next one is asked for.

    Args:
        browser: Chromium.
        stops: the pages.
        widths: of the window, in CSS pixels.
        text: size of text in per cent of what the visitor is used to.
        scheme: `light` or `dark`, what the visitor prefers.
    """
    known = list(stops)
    for width in widths:
        context = browser.new_context(
            viewport={"width": width, "height": 844}, reduced_motion="reduce", color_scheme=_scheme(scheme)
        )
        page = context.new_page()
        if text != 100:
            # As the visitor's own setting does it: `rem`, and `em` in media queries.
            sizes = {"standard": 16 * text // 100, "fixed": 13 * text // 100}
            context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": sizes})
        for stop in known:
            page.goto(stop.url, wait_until="load")
            page.evaluate("document.fonts.ready.then(() => 1)")
            yield Looked(stop, width, audit(page)), page
        context.close()


def _scheme(name: str) -> Any:
    return name


def layout(instance: Path, host: str = "", each: int = 1, text: int = 100) -> Verdict:
    """Judge one page of every kind on every host of an installation at all widths (G2), or with enlarged text (G5)."""
    verdict = Verdict("layout" if text == 100 else f"text{text}")
    if not shutil.which("chromium"):
        verdict.skipped = "chromium not on the PATH: apt-get install chromium"
        return verdict
    with stops_of([str(instance)], host, each) as stops, chromium() as browser:
        for looked, _ in look(browser, stops, WIDTHS if text == 100 else (390, 1280), text=text):
            verdict.looked_at += 1
            for finding in looked.findings:
                if text != 100 and finding["rule"] not in (SIDEWAYS if looked.width < 768 else ENLARGED):
                    continue
                where = f"{looked.width} px, {finding['where']}: {finding['detail']}"
                verdict.blame(looked.stop.host, looked.stop.path, finding["rule"], where)
    return verdict


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def stops_of(targets: list[str], host: str = "", each: int = 1) -> Iterator[list[Stop]]:
    """Serve what is to be looked at and list its pages: an installation, a folder of pages, or addresses."""
    if targets[0].startswith(("http://", "https://")):
        yield [Stop(url, urlsplit(url).netloc, urlsplit(url).path, kind_of(urlsplit(url).path)) for url in targets]
    elif (Path(targets[0]) / "sites").is_dir():
        # Files alone: what is looked at needs no database, and stays the same while others work.
        with serving(Path(targets[0]).resolve(), "serve", "--no-live") as server:
            yield [
                Stop(f"http://{site.local_host}:{server.port}{page.path}", site.host, page.path, page.kind, site.theme)
                for site in built_sites(Path(targets[0]).resolve(), host)
                for page in some_of_each(site, each)
            ]
    else:
        folder = Path(targets[0]).resolve()
        with _plain(folder) as port:
            paths = [file.parent.relative_to(folder).as_posix() for file in sorted(folder.rglob("index.html"))]
            yield [Stop(f"http://127.0.0.1:{port}/{path}/", "", f"/{path}/") for path in paths]


@contextmanager
def _plain(folder: Path) -> Iterator[int]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *values: object) -> None:  # noqa: A002 - the name of what it overrides
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()


def main() -> int:
    """Run from the command line."""
    options = _options()
    results: list[Looked] = []
    with stops_of(options.targets, options.host, options.each) as stops, chromium() as browser:
        chosen = [stop for stop in stops if not options.kinds or stop.kind in options.kinds.split(",")]
        if options.theme:
            chosen = [stop for stop in chosen if stop.theme.split(" ")[0] == options.theme]
        widths = [int(width) for width in options.widths.split(",")]
        for looked, page in look(browser, chosen, widths, text=options.text, scheme=options.scheme):
            results.append(looked)
            if options.shots and looked.findings:
                options.shots.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=options.shots / shot_name(looked), full_page=True)
    lines = readable(results)
    (options.out.write_text("\n".join(lines) + "\n", encoding="utf-8") if options.out else print("\n".join(lines)))
    return 1 if any(looked.findings for looked in results) else 0


def shot_name(looked: Looked) -> str:
    """Name a picture after what it shows."""
    path = looked.stop.path.strip("/").replace("/", "_").replace(".", "_") or "home"
    return f"{looked.stop.host.split('.')[0] or 'page'}-{path[:80]}-{looked.width}.png"


def readable(results: list[Looked]) -> list[str]:
    """Write findings for people: each rule with where it was broken, the same place on many pages told once."""
    places: dict[tuple[str, str], list[tuple[Looked, str]]] = defaultdict(list)
    for looked in results:
        for finding in looked.findings:
            places[finding["rule"], finding["where"]].append((looked, finding["detail"]))
    lines = [f"{len(results)} views of pages, {sum(len(found) for found in places.values())} findings"]
    order = sorted(places.items(), key=lambda item: (-WEIGHTS.get(item[0][0], 1), item[0]))
    for (rule, where), found in order:
        widths = sorted({looked.width for looked, _ in found})
        kinds = sorted({looked.stop.kind or looked.stop.path for looked, _ in found})
        hosts = sorted({looked.stop.theme or looked.stop.host for looked, _ in found})
        lines.append(f"{rule}: {where}  ({len(found)}x; {', '.join(map(str, widths))} px; {', '.join(hosts)})")
        lines.append(f"    on {', '.join(kinds[:8])}")
        lines += [f"    {looked.stop.host}{looked.stop.path} {looked.width}: {detail}" for looked, detail in found[:2]]
    return lines


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Look for broken layout in Chromium.")
    parser.add_argument("targets", nargs="+", metavar="INSTANCE|FOLDER|URL")
    parser.add_argument("--host", default="", help="one host of the installation")
    parser.add_argument("--theme", default="", help="sites in this theme only")
    parser.add_argument("--kinds", default="", help="kinds of pages, such as home,vehicle,contact")
    parser.add_argument("--each", type=int, default=1, help="pages of every kind and language")
    parser.add_argument("--widths", default=",".join(map(str, WIDTHS)))
    parser.add_argument("--text", type=int, default=100, metavar="PERCENT", help="size of text (200: WCAG 1.4.4)")
    parser.add_argument("--scheme", default="light", choices=("light", "dark"))
    parser.add_argument("--shots", type=Path, help="folder for pictures of the pages with findings")
    parser.add_argument("--out", type=Path, help="write the findings there instead of printing them")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
