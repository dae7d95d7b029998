"""A visitor's browser on every kind of page: nothing blocked, no error, nothing from anywhere else, and what it weighs.

Scripts are put to use: every button, summary and link to a place on the page is pressed once.
"""

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

from tools.judges.kinds import some_of_each
from tools.judges.layout import Stop, chromium
from tools.judges.report import Verdict
from tools.judges.serving import Server, serving
from tools.judges.trees import Site, built_sites

PHONE: dict[str, Any] = {
    "viewport": {"width": 412, "height": 823}, "device_scale_factor": 1.75, "is_mobile": True, "has_touch": True
}  # fmt: skip
"""The phone Lighthouse imitates."""
LIMITS = {"document": 20_480, "stylesheet": 12_288, "script": 25_600, "first view": 307_200}
"""Bytes on the wire, compressed (SEO.md §16): a page, all its style sheets, all its scripts, all of the first view."""
LISTEN = """
addEventListener("securitypolicyviolation", event => {
  (window.__blocked ??= []).push(`${event.violatedDirective} ${event.blockedURI || event.sample}`);
});
"""
PRESS = Path(__file__).with_name("press.js")


@dataclass
class Visit:
    """What one page did in the browser."""

    complaints: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)
    """Cookies and keys of storage there are before the visitor has done anything."""
    pressed: Counter[str] = field(default_factory=Counter)
    bytes: dict[str, int] = field(default_factory=dict)
    """Bytes on the wire by kind of request, before anything was pressed."""


def visits(instance: Path, host: str = "", folder: Path | None = None) -> Verdict:
    """Visit one page of every kind, language and site; `figures` keeps the heaviest of each, `folder` all weights."""
    verdict = Verdict("visits")
    if not shutil.which("chromium"):
        verdict.skipped = "chromium not on the PATH: apt-get install chromium"
        return verdict
    sites = built_sites(instance, host)
    pressed: Counter[str] = Counter()
    with serving(instance) as server, chromium() as browser:
        for site in sites:
            _policies(verdict, server, site)
        for stop, seen in walk(browser, stops(sites, server)):
            verdict.looked_at += 1
            pressed.update(seen.pressed)
            _judge(verdict, stop, seen)
            row = "  ".join(f"{kind} {size / 1024:.1f}" for kind, size in sorted(seen.bytes.items()))
            verdict.table.append(f"  {stop.host}{stop.path} ({stop.theme}): KB on the wire: {row}")
    verdict.figures["pressed"] = sum(pressed.values())
    verdict.table.append("  pressed: " + ", ".join(f"{name} {count}x" for name, count in pressed.most_common()))
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "weights.txt").write_text("\n".join(verdict.table) + "\n", encoding="utf-8")
    return verdict


def stops(sites: Iterable[Site], server: Server, languages: int = 9) -> list[Stop]:
    """List one page of every kind and language of the sites, on a running server."""
    return [
        Stop(f"http://{site.local_host}:{server.port}{page.path}", site.host, page.path, page.kind, site.theme)
        for site in sites
        for page in some_of_each(site, languages=languages)
    ]


def walk(browser: Browser, wanted: Iterable[Stop]) -> Iterator[tuple[Stop, Visit]]:
    """Visit each page as somebody who was never there: a fresh context a page, on a phone."""
    for stop in wanted:
        context = browser.new_context(**PHONE, reduced_motion="reduce")
        yield stop, visit(context, stop.url)
        context.close()


def visit(context: BrowserContext, url: str) -> Visit:
    """Open a page, weigh what it loads, look at what it stored, then press everything there is to press."""
    seen = Visit()
    page = context.new_page()
    page.add_init_script(LISTEN)
    _listen(seen, page, url)
    session = context.new_cdp_session(page)
    wire = _weigh(session)
    page.goto(url, wait_until="networkidle")
    seen.bytes = dict(wire)
    seen.stored = [str(cookie.get("name")) for cookie in context.cookies()]
    seen.stored += page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    seen.pressed = Counter(page.evaluate(PRESS.read_text(encoding="utf-8")))
    seen.blocked = page.evaluate("window.__blocked ?? []")
    return seen


def _listen(seen: Visit, page: Page, url: str) -> None:
    own = urlsplit(url).netloc
    page.on("console", lambda message: seen.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.on(
        "request",
        lambda request: (
            seen.foreign.append(request.url)
            if urlsplit(request.url).netloc != own and not request.url.startswith(("data:", "blob:"))
            else None
        ),
    )


def _weigh(session: CDPSession) -> dict[str, int]:
    """Count what comes over the wire, by the browser's own kind of request: bodies alone; `first view` with headers."""
    wire: dict[str, int] = {"first view": 0}
    kinds: dict[str, str] = {}
    heads: dict[str, int] = {}
    session.send("Network.enable")

    def asked(event: dict[str, Any]) -> None:
        # A style sheet for print waits until everything else is there; it takes nothing from the page.
        late = event["request"]["initialPriority"] == "VeryLow" and event.get("type") == "Stylesheet"
        kinds[event["requestId"]] = "print" if late else str(event.get("type", "other")).lower()

    session.on("Network.requestWillBeSent", asked)

    def answered(event: dict[str, Any]) -> None:
        heads[event["requestId"]] = int(event["response"]["encodedDataLength"])

    def done(event: dict[str, Any]) -> None:
        kind, whole = kinds.get(event["requestId"], "other"), int(event["encodedDataLength"])
        wire[kind] = wire.get(kind, 0) + max(0, whole - heads.get(event["requestId"], 0))
        wire["first view"] += whole

    session.on("Network.responseReceived", answered)
    session.on("Network.loadingFinished", done)
    return wire


def _judge(verdict: Verdict, stop: Stop, seen: Visit) -> None:
    where = f"{stop.theme} {stop.kind}"
    for rule, found in (("console", seen.complaints), ("policy", seen.blocked), ("third party", seen.foreign),
                        ("stored unasked", seen.stored)):  # fmt: skip
        for words in dict.fromkeys(found):
            # A page that is not there answers 404, and the browser says so; that is right for this one.
            if stop.kind == "404" and "404" in words:
                continue
            verdict.blame(stop.host, stop.path, rule, f"{where}: {words}")
    for kind, most in LIMITS.items():
        size = seen.bytes.get(kind, 0)
        verdict.figures[kind] = max(size, int(verdict.figures.get(kind, 0)))
        if size > most:
            verdict.blame(stop.host, stop.path, f"weight of {kind}", f"{where}: {size} bytes, at most {most}")


def _policies(verdict: Verdict, server: Server, site: Site) -> None:
    """One constant policy a host: every HTML answer of the real server carries the same one (SEO.md §15)."""
    found: dict[str, str] = {}
    for path in [*site.pages, "/there-is-no-such-page/", "/-/search"]:
        answer = server.get(site.local_host, path)
        if answer.headers.get("content-type", "").startswith("text/html"):
            found.setdefault(answer.headers.get("content-security-policy", ""), path)
    verdict.figures["policies a host"] = max(len(found), int(verdict.figures.get("policies a host", 0)))
    if len(found) != 1:
        for policy, path in found.items():
            verdict.blame(site.host, path, "policy not constant", policy or "none")
    for policy, path in found.items():
        if "unsafe-inline" in policy or "'none'" not in policy:
            verdict.blame(site.host, path, "policy too wide", policy)
