"""T5: another theme for a dealer with 500 cars is live within a minute, with progress seen, compressed copies included.

A real installation with its workers; the owner drafts the theme and publishes it by the forms a browser sends. The
clock runs from that moment until every page of the served tree is the new theme's, each with its brotli and gzip copy.
"""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tools.prove.proof import CannotProve, Proof
from tools.prove.studio_ground import NORTH, OWNER, PHRASE, Ground, studio_ground

CARS, QUICK = 500, 60
MOST_SECONDS = 60.0
PATIENCE = 900.0
"""Seconds until a proof gives up waiting: how long it took is a figure, whatever it is."""
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_DRAWN = re.compile(r'<progress max="(\d+)" value="(\d+)"')
_THEME = "noir"


def prove(proof: Proof, *, quick: bool) -> None:
    """Publish another theme and watch."""
    cars = QUICK if quick else CARS
    with studio_ground(cars) as ground:
        desk = Desk(ground)
        pages = sorted(_pages(ground.tree))
        before = _sheet(ground)
        studio = desk.studio()
        desk.post(f"{studio}theme", theme=_THEME)
        said = re.search(r"(\d[\d.,]*) (?:pages?|Seiten?)[^<]*?(\d+) s\.", desk.get(studio))
        if said is None:
            raise CannotProve("the studio does not say how many pages the draft alters")
        began = time.monotonic()
        desk.post(f"{studio}publish")
        seconds, seen = _watch(desk, f"{studio}progress", began)
        stages = {stage for stage, _ in seen}
        drawn = [at for _, at in seen if at]
        missing = _incomplete(ground, before)
        proof.hold(f"{cars} cars, {len(pages)} pages", len(pages) > 2 * cars, f"only {len(pages)} pages")
        limit = f"live in {seconds:.1f} s"
        proof.hold(limit, seconds <= MOST_SECONDS, f"{limit}, not within {MOST_SECONDS:.0f} s")
        proof.figure(f"said before: {said[1]} pages, about {said[2]} s")
        proof.hold(
            f"progress seen {len(drawn)} times", len(drawn) > 1, f"progress was seen {len(drawn)} times: {stages}"
        )
        proof.hold("all pages are the new theme's, each with br and gz", not missing, "; ".join(missing[:5]))


class Desk:
    """The owner's browser: cookies and tokens, no scripts."""

    def __init__(self, ground: Ground) -> None:
        """Log in."""
        self.origin = ground.address("")
        self._browser = build_opener(HTTPCookieProcessor())
        self.post("/admin/login", email=OWNER, password=PHRASE)

    def get(self, path: str, **more: str) -> str:
        """Ask for a page."""
        return self._ask(Request(f"{self.origin}{path}", headers={"Accept-Language": "en"} | more))

    def post(self, path: str, **fields: str) -> str:
        """Send a form with the token of a page, and give the page it leads to."""
        token = _TOKEN.search(self.get("/admin/login"))
        if token is None:
            raise CannotProve(f"there is no form before {path}")
        body = urlencode(fields | {"csrf_token": token[1]}).encode()
        headers = {"Origin": self.origin, "Referer": f"{self.origin}/admin/", "Accept-Language": "en"}
        return self._ask(Request(f"{self.origin}{path}", body, headers))

    def studio(self) -> str:
        """Give the address of the dealer's studio, as the list of sites links it."""
        found = re.search(r'href="(/admin/stores/[0-9a-f-]{36}/studio/)"', self.get("/admin/sites/"))
        if found is None:
            raise CannotProve("the list of sites leads to no studio")
        return found[1]

    def _ask(self, request: Request) -> str:
        with self._browser.open(request, timeout=60) as answer:
            text: str = answer.read().decode()
        return text


def _watch(desk: Desk, address: str, began: float) -> tuple[float, list[tuple[str, int]]]:
    """Ask how it gets on as the page does, until it is live."""
    seen: list[tuple[str, int]] = []
    while time.monotonic() - began < PATIENCE:
        text = desk.get(address, **{"X-Requested-With": "studio"})
        stage = re.search(r'class="going (\w+)"', text)
        drawn = _DRAWN.search(text)
        seen.append((stage[1] if stage else "?", int(drawn[2]) if drawn else 0))
        if stage and stage[1] == "live":
            return time.monotonic() - began, seen
        if stage and stage[1] == "failed":
            raise CannotProve(f"the publication failed: {text[:300]}")
        time.sleep(0.4)
    raise CannotProve(f"not live after {PATIENCE:.0f} s; last seen {seen[-1]}")


def _pages(tree: Path) -> Iterator[Path]:
    yield from tree.resolve().rglob("*.html")


def _sheet(ground: Ground) -> str:
    found = re.search(r'href="(/a/site\.[0-9a-f]+\.css)"', ground.server.get(NORTH, "/").text)
    if found is None:
        raise CannotProve("the front page names no style sheet")
    return found[1]


def _incomplete(ground: Ground, before: str) -> list[str]:
    """Name what is not the new theme's, or has no compressed copy."""
    now, wrong = _sheet(ground), []
    if now == before:
        wrong.append("the front page still names the old style sheet")
    for page in _pages(ground.tree):
        if now.encode() not in page.read_bytes():
            wrong.append(f"{page.name} is not of the new theme")
        wrong += [f"{page}{end} is missing" for end in (".br", ".gz") if not page.with_name(page.name + end).is_file()]
    return wrong
