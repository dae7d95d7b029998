"""What happens meanwhile, as a stream of events and as a piece of a page; pages work without either."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, current_app, render_template, stream_with_context

from admin import live
from admin.access import needs, visitor
from admin.pages import pen
from storefront.core import clock
from storefront.core.db import db
from storefront.core.tenancy import everywhere
from storefront.domain.accounts.models import Permission

bp = Blueprint("events", __name__, url_prefix="/events")
AGAIN = 10
"""Seconds after which a browser without a stream asks again."""
_PARTS = {
    "lead": ("leads", "waiting", "newest"),
    "build": ("build", "building", "published", "failed", "published_at"),
    "import": ("imports",),
}
"""Name of an event, and what of `live.Now` it tells of."""


@bp.get("/")
@needs(Permission.VIEW_SALES_LEADS)
def stream() -> Response:
    """Give the events of half a minute; 503 when all seats are taken."""
    seats, who, write = _seats(), visitor(), pen()
    login, ids = who.login.id, (who.tenant.id, who.dealer_id, who.user.id)
    ticket = seats.take(login)
    if ticket is None:
        return Response(status=503, headers={"Retry-After": str(AGAIN), "Cache-Control": "no-store"})
    _let_go()

    def events() -> Iterator[str]:
        try:
            yield f"retry: {AGAIN * 1000}\n\n"
            before: dict[str, Any] = {}
            for found in live.changes(*ids, goes_on=lambda: seats.has(login, ticket), lasts=_lasts()):
                if found is None:
                    yield ": still here\n\n"
                    continue
                now = asdict(found)
                for name, parts in _PARTS.items():
                    if not before or any(before[part] != now[part] for part in parts):
                        yield _event(name, render_template(f"admin/live/{name}.html", now=found, pen=write))
                before = now
        finally:
            seats.leave(login, ticket)

    answer = Response(stream_with_context(events()), mimetype="text/event-stream")
    answer.call_on_close(lambda: seats.leave(login, ticket))  # a browser that left before the first line
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _let_go() -> None:
    """End the transactions of this request: none stays open while the stream waits."""
    db.session.rollback()
    with everywhere():
        db.session.rollback()


@bp.get("/now")
@needs(Permission.VIEW_SALES_LEADS)
def now() -> str:
    """Give the same once, for pages that have no stream."""
    found = live.look(visitor().user.id, now=clock.now())
    return render_template("admin/live/now.html", now=found, pen=pen(), names=list(_PARTS))


def _event(name: str, text: str) -> str:
    lines = "".join(f"data: {line}\n" for line in text.strip().splitlines())
    return f"event: {name}\n{lines}\n"


def _seats() -> live.Seats:
    found: live.Seats = current_app.extensions.setdefault("marketplace.admin.seats", live.Seats())
    return found


def _lasts() -> float:
    return float(current_app.config.get("ADMIN_STREAM_SECONDS", live.LASTS))
