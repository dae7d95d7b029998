"""The control: every payload on a page without any guard, so that what the watcher would see is known.

Each payload stands unescaped in the place it is meant for. One that is neither heard nor seen there would prove nothing
anywhere and is not counted; with the admin's policy on, the same pages show what the policy stops by itself.
"""

import codecs
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from html import escape, unescape
from urllib.parse import unquote

from jinja2 import Environment

from admin.app import POLICY
from tools.prove.a3_payloads import PRODUCT, SUM, Payload
from tools.prove.a3_watch import AT_ONCE, Seen, Shown, Watcher, numbers
from tools.prove.proof import Proof

HOST = "localhost"
LEAST = 500
"""Payloads that must be seen to bite (the issue's A3)."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes a cell for a formula by (SECURITY C8)."""


def control(proof: Proof, watcher: Watcher, known: list[Payload]) -> list[Payload]:
    """Show every payload unguarded; gives those that bite, which are the ones to try.

    Args:
        proof: is told how many there are, and that every class of them is seen.
        watcher: whose ears and eyes are tried.
        known: all payloads.
    """
    seen, ran = set[int](), set[int]()
    for start in range(0, len(known), AT_ONCE):
        batch = [_unguarded(one) for one in known[start : start + AT_ONCE]]
        stripped, guarded = watcher.look(batch, "stripped", "guarded")
        seen |= _bitten(known[start : start + AT_ONCE], stripped)
        ran |= {n for line in guarded.heard if line.startswith("call") for n in numbers([line])}
    seen |= {one.number for one in known if one.place == "sheet_cell" and one.text.startswith(FORMULA)}
    biting = [one for one in known if one.number in seen]
    kinds = Counter(one.kind for one in biting)
    blind = sorted({one.kind for one in known} - set(kinds))
    told = ", ".join(f"{name} {number}" for name, number in kinds.most_common())
    proof.hold(
        f"{len(biting)} payloads bite on an unguarded page ({told})",
        len(biting) >= LEAST and not blind,
        f"only {len(biting)} payloads bite; unseen classes: {blind}; unseen: {_unseen(known, seen)}",
    )
    proof.hold(
        "with the admin's policy on, none of them runs there", not ran, f"{len(ran)} run in spite of the policy: {ran}"
    )
    return biting


def _bitten(batch: list[Payload], seen: Seen) -> set[int]:
    return numbers(seen.heard) | {batch[n].number for n in seen.faults}


def _unseen(known: list[Payload], seen: set[int]) -> list[str]:
    return [f"{one.place} {one.text!r}"[:90] for one in known if one.number not in seen][:20]


def _unguarded(payload: Payload) -> Shown:
    place = PLACES.get(payload.place, _body)
    body = f"<!doctype html><meta charset=utf-8><title>Control</title>{place(payload.text)}"
    headers = (("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", POLICY))
    return Shown(f"control {payload.number}", HOST, "/admin/login", 200, headers, body.encode("utf-8", "replace"))


def _body(text: str) -> str:
    return f"<p>{text}</p>"


def _link(text: str) -> str:
    return f'<a href="{escape(text)}">x</a>'


def _markdown(text: str) -> str:
    """Do what a careless Markdown does."""
    made = re.sub(r"!\[(.*?)\]\((.*?)\)", r'<img alt="\1" src="\2">', text)
    made = re.sub(r"\[(.*?)\]\(<?(.*?)>?\)(?=\W|$)", r'<a href="\2">\1</a>', made, flags=re.DOTALL)
    return re.sub(r"<((?:java|vb)script:.*?)>", r'<a href="\1">\1</a>', made)


def _template(text: str) -> str:
    return Environment(autoescape=False).from_string(text).render()  # noqa: S701 - it is to be careless


def _reckoned(text: str) -> str:
    return text.replace(SUM, PRODUCT)


PLACES: Mapping[str, Callable[[str], str]] = {
    "body": _body,
    "double": lambda text: f'<input value="{text}">',
    "single": lambda text: f"<input value='{text}'>",
    "bare": lambda text: f"<input value={text}>",
    "title": lambda text: f"<title>{text}</title>",
    "textarea": lambda text: f"<textarea>{text}</textarea>",
    "comment": lambda text: f"<!-- {text} -->",
    "style": lambda text: f"<style>p{{color:{text}}}</style><p>x</p>",
    "sheet": lambda text: f"<style>{text}</style>",
    "inline": lambda text: f'<p style="{text}">x</p>',
    "link": _link,
    "string": lambda text: f'<script>var a = "{text}";</script>',
    "single_string": lambda text: f"<script>var a = '{text}';</script>",
    "ticks": lambda text: f"<script>var a = `{text}`;</script>",
    "bare_string": lambda text: f"<script>var a = {text};</script>",
    "data": lambda text: f'<script type="application/ld+json">{json.dumps({"name": text})}</script>',
    "template": lambda text: _body(_template(text)),
    "other_template": lambda text: _body(_reckoned(text)),
    "formatted": lambda text: _body(_reckoned(text)),
    "markdown": _markdown,
    "decoded": lambda text: _body(unescape(text)),
    "unquoted": lambda text: _body(unquote(unquote(text))),
    "folded": lambda text: _body(unicodedata.normalize("NFKC", text)),
    "escaped": lambda text: _body(codecs.decode(text, "unicode_escape")),
    "stripped": lambda text: _body(re.sub(r"</?script>", "", text, count=0 if "<<" in text else 4)),
    "sheet_cell": lambda text: f"<pre>{escape(text)}</pre>",
}
