"""A watcher: answers of the application shown in a real Chromium, with their policy and without, and what came of it.

Answers are kept and shown again from the very address they came from, many at once in frames. Seen as an
execution are: a call of the canary, a dialog, a request to a foreign host, a page that leaves its address; and, though
nothing ran yet, a handler, a script's address, a loading attribute, a script, a style sheet or a sum that only a
payload can have made.
"""

import hashlib
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright
from werkzeug.wrappers import Request as Asked
from werkzeug.wrappers import Response

from tools.prove.a3_payloads import FOREIGN, PRODUCT

FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--mute-audio"]
AT_ONCE = 24
"""Answers shown on one page."""
SETTLE_MS = 150
"""After everything is loaded: animations begin, focus moves, failed pictures tell."""
OPEN_MS = 300_000
"""A busy machine may take long; nothing here is timed."""
MOST_TOLD = 40
MODES = ("guarded", "stripped")
"""With the policy the answer came with, and without any."""
_TOKEN = re.compile(rb'name="csrf_token" value="[^"]*"')
_SIGN = "A3HIT"
_EARS = """(() => {
  const hit = (kind, value) => console.debug("@SIGN@", kind, String(value).slice(0, 80));
  for (const name of ["__x", "alert", "confirm", "prompt", "print", "open"])
    Object.defineProperty(window, name, { value: (value) => hit(name, value), writable: false, configurable: false });
})()""".replace("@SIGN@", _SIGN)
_LOOK = """(frames) => {
  const loads = ["src", "srcset", "srcdoc", "action", "formaction", "data", "poster", "background", "style"];
  const links = ["href", "xlink:href", ...loads];
  const ours = /__x|alert\\(|confirm\\(|@FOREIGN@/;
  const flat = (text) => text.replace(/[\\x00-\\x20]/g, "").toLowerCase();
  const runs = (text) => /^(javascript|vbscript|data:text|data:application)/.test(flat(text));
  const told = (document) => {
    const faults = [];
    const blame = (kind, element) => faults.push(kind + ": " + element.outerHTML.slice(0, 160));
    for (const element of document.querySelectorAll("*")) {
      const tag = element.localName;
      for (const { name, value } of element.attributes) {
        if (name.startsWith("on")) blame("handler", element);
        else if (name === "a3") blame("element", element);
        else if (links.includes(name) && runs(value)) blame("address", element);
        else if (loads.includes(name) && ours.test(value)) blame("loads", element);
        else if (name === "href" && ["link", "base", "use", "image", "script"].includes(tag) && ours.test(value))
          blame("loads", element);
      }
      if (tag === "meta" && /^refresh$/i.test(element.httpEquiv) && ours.test(element.content))
        blame("refresh", element);
      if (tag === "script" && !element.src) {
        if (/json/.test(element.type)) try { JSON.parse(element.textContent); } catch { blame("json", element); }
        else if (ours.test(element.textContent)) blame("script", element);
      }
      if (tag === "style" && ours.test(element.textContent)) blame("style", element);
    }
    for (const sheet of document.styleSheets) {
      let rules = [];
      try { rules = [...sheet.cssRules]; } catch { continue; }
      if (rules.some((rule) => ours.test(rule.cssText))) faults.push("style: " + (sheet.href || "inline"));
    }
    if (document.documentElement.outerHTML.includes("@PRODUCT@")) faults.push("template: the sum was reckoned");
    return faults;
  };
  if (!frames) return [["", told(document)]];
  return [...document.querySelectorAll("iframe[data-n]")].map((frame) => {
    const n = frame.dataset.n;
    try {
      const there = new URLSearchParams(frame.contentWindow.location.search).get("a3");
      return [n, there === n ? told(frame.contentDocument) : ["left: " + frame.contentWindow.location.href]];
    } catch { return [n, ["left: its address cannot be read"]]; }
  });
}""".replace("@FOREIGN@", FOREIGN.replace(".", "\\\\.")).replace("@PRODUCT@", PRODUCT)


@dataclass(frozen=True)
class Shown:
    """An answer to be shown."""

    label: str
    """What it is, for a message: the route and how it was asked."""
    host: str
    path: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass
class Seen:
    """What came of showing answers in one mode."""

    faults: dict[int, list[str]] = field(default_factory=dict)
    """Answer's place in the batch → what its page has that it should not."""
    heard: list[str] = field(default_factory=list)
    """Calls, dialogs and requests of all of them together."""


class Stage:
    """In front of an application: answers that were kept are given again, the rest is the application's.

    Args:
        application: the whole web application.
    """

    def __init__(self, application: Any) -> None:
        self._application = application
        self.batch: list[Shown] = []

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        asked = parse_qs(environ.get("QUERY_STRING", ""))
        is_news = environ["PATH_INFO"].startswith("/admin/events/") or "HTTP_HX_REQUEST" in environ
        if "a3" not in asked and is_news:
            return Response(status=204)(environ, start)  # streams and questions of every frame would be too many
        if "a3" not in asked:
            found: Iterable[bytes] = self._application(environ, start)
            return found
        which, mode = asked["a3"][0], asked.get("a3mode", ["guarded"])[0]
        if which == "all":
            return self._frames(Asked(environ), mode)(environ, start)
        shown = self.batch[int(which)]
        answer = Response(shown.body, shown.status if shown.status != 204 else 200)
        answer.headers.clear()
        for name, value in shown.headers:
            self._give(answer, name, value, mode)
        return answer(environ, start)

    def _give(self, answer: Response, name: str, value: str, mode: str) -> None:
        """Repeat a header; a frame of ours may hold the page, and the policy goes where it is to be stripped."""
        if name.lower() in ("content-length", "transfer-encoding", "set-cookie", "x-frame-options", "refresh"):
            return
        if name.lower().startswith("content-security-policy"):
            if mode == "stripped":
                return
            value = value.replace("; frame-ancestors 'none'", "")
        answer.headers.add(name, value)

    def _frames(self, asked: Asked, mode: str) -> Response:
        port = asked.host.partition(":")[2]
        frames = (
            f'<iframe data-n="{n}" src="{escape(_address(shown, port, n, mode))}" width=600 height=400></iframe>'
            for n, shown in enumerate(self.batch)
        )
        return Response(f"<!doctype html><title>Stage</title>{''.join(frames)}", mimetype="text/html")


class Watcher:
    """Shows answers in both modes and keeps what it sees.

    Args:
        browser: a Chromium.
        stage: what the server serves.
        port: where.
        cookies: those of somebody who is logged in, for pages that ask for more by themselves.
    """

    def __init__(self, browser: Browser, stage: Stage, port: int, cookies: list[Any] | None = None) -> None:
        self._stage, self._port = stage, port
        self._waiting: dict[str, list[Shown]] = {}
        self._begun: list[Shown] = []
        self._heard: dict[str, list[str]] = {mode: [] for mode in MODES}
        self._pages = {mode: self._page(browser, mode, cookies or []) for mode in MODES}
        self.shown = 0
        """Answers looked at, once a mode."""
        self.faults: list[str] = []
        """Every one of them; only the first are printed."""
        self.alike = 0
        """Answers that were not looked at: the same bytes, but for the form's token, were seen with the same policy."""
        self._known: set[str] = set()

    def show(self, shown: Shown) -> None:
        """Have an answer shown, sooner or later; the same one is shown once."""
        known = _print_of(shown)
        if known in self._known:
            self.alike += 1
            return
        self._known.add(known)
        waiting = self._waiting.setdefault(shown.host, [])
        waiting.append(shown)
        if len(waiting) >= AT_ONCE:
            self._look(waiting)

    def finish(self) -> None:
        """Show what still waits."""
        for waiting in self._waiting.values():
            self._look(waiting)
        self._judge()

    def look(self, batch: list[Shown], *modes: str) -> list[Seen]:
        """Show a few answers of one host together, in each of these modes at the same time."""
        self._judge()
        self._begin(batch, *modes)
        return self._seen(len(batch), *modes)

    def _begin(self, batch: list[Shown], *modes: str) -> None:
        self._stage.batch = batch
        there = f"http://{batch[0].host}:{self._port}/?a3=all&a3mode="
        self._go({mode: f"{there}{mode}" for mode in modes})

    def _seen(self, number: int, *modes: str) -> list[Seen]:
        self.shown += number * len(modes)
        return [
            Seen({int(n): found for n, found in faults if found}, self._taken(mode))
            for mode, faults in zip(modes, self._told(modes, frames=True), strict=True)
        ]

    def open(self, host: str, path: str, mode: str) -> list[str]:
        """Open a page as a visitor does; gives what is wrong with it."""
        self._judge()
        self._go({mode: f"http://{host}:{self._port}{path}"})
        (told,) = self._told([mode], frames=False)
        self.shown += 1
        return [*told[0][1], *self._taken(mode)]

    def _go(self, addresses: Mapping[str, str]) -> None:
        """Begin to open an address a mode; what it does is looked at later."""
        for mode, address in addresses.items():
            self._pages[mode].goto(address, wait_until="commit", timeout=OPEN_MS)

    def _told(self, modes: Sequence[str], *, frames: bool) -> list[list[tuple[str, list[str]]]]:
        """Wait until all is there and a moment more, look, and leave, so that nothing of it is heard later."""
        pages = [self._pages[mode] for mode in modes]
        for page in pages:
            page.wait_for_load_state("load", timeout=OPEN_MS)
        pages[-1].wait_for_timeout(SETTLE_MS)
        told: list[list[tuple[str, list[str]]]] = [page.evaluate(_LOOK, frames) for page in pages]
        for page in pages:
            page.goto("about:blank")
        return told

    def _taken(self, mode: str) -> list[str]:
        heard = list(self._heard[mode])
        self._heard[mode].clear()
        return heard

    def _look(self, waiting: list[Shown]) -> None:
        """Begin to show what waits; while a browser draws the last of it, the next answers are made."""
        while waiting:
            batch = [waiting.pop() for _ in range(min(AT_ONCE, len(waiting)))]
            self._judge()
            self._begin(batch, *MODES)
            self._begun = batch

    def _judge(self) -> None:
        """Look at the batch that was begun."""
        batch, self._begun = self._begun, []
        if not batch:
            return
        for mode, seen in zip(MODES, self._seen(len(batch), *MODES), strict=True):
            for n, found in seen.faults.items():
                self._blame(f"{batch[n].label} ({mode}): {'; '.join(found[:2])}")
            if seen.heard:
                self._find(batch, mode, seen.heard)

    def _find(self, batch: list[Shown], mode: str, heard: list[str]) -> None:
        """Show answers one by one until it is clear whose calls were heard."""
        for one in batch:
            if found := self.look([one], mode)[0].heard:
                self._blame(f"{one.label} ({mode}): {'; '.join(found[:2])}")
                return
        self._blame(f"{batch[0].label} and {len(batch) - 1} more ({mode}): {'; '.join(heard[:2])}")

    def _blame(self, fault: str) -> None:
        self.faults.append(fault)
        if len(self.faults) <= MOST_TOLD:
            print(f"  execution: {fault}", flush=True)

    def _page(self, browser: Browser, mode: str, cookies: list[Any]) -> Page:
        context: BrowserContext = browser.new_context(bypass_csp=mode == "stripped", reduced_motion="no-preference")
        context.add_init_script(_EARS)
        context.add_cookies(cookies)
        page, heard = context.new_page(), self._heard[mode]
        page.on("console", lambda message: heard.extend(_call(message)))
        page.on("dialog", lambda dialog: (heard.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("popup", lambda popup: (heard.append(f"popup: {popup.url}"), popup.close()))
        context.on("request", lambda request: heard.extend(_foreign(request)))
        return page


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start one."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def kept(label: str, host: str, path: str, answer: Any) -> Shown | None:
    """Keep an answer to be shown; None for one a browser shows nothing of.

    Args:
        label: what it is.
        host: it came from, without port.
        path: the same, with its query.
        answer: werkzeug's.
    """
    body = answer.get_data()
    answer.close()
    if not body or "html" not in (answer.content_type or "") or answer.status_code in (204, 303):
        return None
    return Shown(label, host, path, answer.status_code, tuple(answer.headers.items()), body)


def _print_of(shown: Shown) -> str:
    """Tell apart what a browser could: bytes, policy, and what an address asks for, but not a form's token."""
    told = [value for name, value in shown.headers if name.lower() in ("content-security-policy", "content-type")]
    known = [shown.host, str(shown.status), shown.path.partition("?")[2], *told]
    return hashlib.blake2b("\n".join(known).encode() + _TOKEN.sub(b"", shown.body), digest_size=16).hexdigest()


def numbers(heard: Iterable[str]) -> set[int]:
    """Give the numbers of payloads in what was heard: `call: alert 12`, `request: http://canary.invalid/12.js`."""
    found = set()
    for line in heard:
        words = line.replace("/", " ").replace(".", " ").split()
        found |= {int(word) for word in words if word.isdecimal()}
    return found


def _call(message: ConsoleMessage) -> list[str]:
    return [f"call: {message.text.removeprefix(_SIGN).strip()}"] if message.text.startswith(_SIGN) else []


def _foreign(request: Request) -> list[str]:
    parts = urlsplit(request.url)
    is_foreign = parts.scheme in ("http", "https", "ws") and not _is_ours(parts.hostname or "")
    return [f"request: {request.url[:120]}"] if is_foreign else []


def _is_ours(host: str) -> bool:
    return host in ("localhost", "127.0.0.1") or host.endswith(".localhost")


def _address(shown: Shown, port: str, number: int, mode: str) -> str:
    path = shown.path.partition("#")[0]
    return f"http://{shown.host}:{port}{path}{'&' if '?' in path else '?'}a3={number}&a3mode={mode}"
