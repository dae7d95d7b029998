"""Every page of the admin, found by following its own links: photographed, held against its width, judged by axe."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tools.prove.proof import Proof

if TYPE_CHECKING:
    from tools.prove.a1 import Ground

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|/[0-9a-f]{32}\b|\b\d+\b")
_LEFT_OUT = re.compile(r"/(thumb|picture|refused\.csv|qr\.svg)|/static/|/logout")
MOST = 70
PEOPLE = {
    "owner": "north-cars-owner@example.org",
    "operator": "operator@example.org",
    "newcomer": "wiebke@example.org",
}
"""Whose pages are looked at; the newcomer joined in the first journey and has pages of her own."""
BEGIN = {"newcomer": ["/admin/setup/", "/admin/setup/publish", "/admin/setup/preview"]}
"""Where the links are followed from; nothing leads to the checklist any more once a site is public."""
OUTSIDE = ("/admin/login", "/admin/register/", "/admin/register/sent", "/admin/password/forgotten")


def look_at_pages(proof: Proof, ground: Ground, screens: Path, *, quick: bool) -> None:
    """Open one page of every kind there is, on a phone and at a desk, as the owner and as the operator.

    Args:
        proof: what is found.
        ground: the installation.
        screens: where pictures go.
        quick: the owner's pages on the phone and the operator's at the desk alone.
    """
    from tools.prove import a1

    looked, wrong = 0, []
    devices = {"phone": a1.PHONE, "desktop": a1.DESK}
    for who, email in PEOPLE.items():
        for name, device in devices.items():
            if quick and (who, name) not in (("owner", "phone"), ("operator", "desktop")):
                continue
            with ground.visitor(device, email) as page:
                begin = BEGIN.get(who, ["/admin/"])
                kinds, waiting = {path: path for path in begin}, list(begin)
                while waiting and len(kinds) <= MOST:
                    path = waiting.pop(0)
                    answer = page.goto(ground.address(path))
                    status = answer.status if answer is not None else 0
                    if "html" not in (answer.headers.get("content-type", "") if answer is not None else ""):
                        continue
                    looked += 1
                    wrong += _faults(page, f"{who} {name} {path}", status)
                    for frame in page.frames[1:]:
                        frame.wait_for_load_state("networkidle")
                    a1.settled(page)
                    page.screenshot(path=screens / f"{who}-{_name(path)}-{name}.png", full_page=True)
                    for link in page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)"):
                        kind = _kind(link)
                        if kind and kind not in kinds:
                            kinds[kind] = urlsplit(link).path
                            waiting.append(urlsplit(link).path)
    for name, device in devices.items():
        with ground.visitor(device) as page:
            for path in OUTSIDE:
                answer = page.goto(ground.address(path))
                looked += 1
                wrong += _faults(page, f"outside {name} {path}", answer.status if answer is not None else 0)
                page.screenshot(path=screens / f"outside-{_name(path)}-{name}.png", full_page=True)
    proof.hold(
        f"{looked} pages open, fit their screens and have no axe finding, pictures in build/screens/admin",
        not wrong,
        f"{len(wrong)} faults on {looked} pages: {'; '.join(wrong[:8])}",
    )


def _faults(page: object, where: str, status: int) -> list[str]:
    from playwright.sync_api import Page

    from tools.prove import a1

    assert isinstance(page, Page)
    found = [] if status == 200 else [f"{where} answered {status}"]
    if not page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"):
        found.append(f"{where} is wider than its screen")
    return found + [f"{where} {fault}" for fault in a1.axe(page)]


def _kind(link: str) -> str:
    """Name the kind of page behind a link of the admin: its path with ids left out; empty for what is no page."""
    parts = urlsplit(link)
    if not parts.path.startswith("/admin/") or _LEFT_OUT.search(parts.path):
        return ""
    return _ID.sub("*", parts.path)


def _name(path: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", _ID.sub("x", path).removeprefix("/admin/")).strip("-") or "today"
