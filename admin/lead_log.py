"""A lead's log in the reader's language: what acts wrote is said anew, people's own words stay (SPEC 73)."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from admin.show import Pen
from storefront.domain.leads.models import LeadActivity

_MOMENT = r"(\d{4}-\d\d-\d\d \d\d:\d\d) UTC"
_MEETING = r"(Test drive|Consultation|Negotiation|Closing)"
_STATUS = r"(\w+)"


def said(activity: LeadActivity, pen: Pen) -> str:
    """Say a line of a log.

    Args:
        activity: the line.
        pen: of the reader.
    """
    for pattern, say in _LINES.items():
        found = re.fullmatch(pattern, activity.description, re.DOTALL)
        if found is not None:
            return say(pen, *(part or "" for part in found.groups()))
    return activity.description


def _moved(pen: Pen, old: str, new: str, why: str) -> str:
    line = pen.t("log.status", old=pen.t(f"lead_status.{old.lower()}"), new=pen.t(f"lead_status.{new.lower()}"))
    return f"{line}: {why}" if why else line


def _offer(pen: Pen, units: str, cents: str, currency: str) -> str:
    return pen.t("log.offer", amount=pen.money(int(units) * 100 + int(cents), currency))


def _came(key: str) -> Callable[..., str]:
    return lambda pen, note: pen.t(key) + (f": {note}" if note else "")


def _met(key: str) -> Callable[..., str]:
    def say(pen: Pen, kind: str, moment: str, status: str = "") -> str:
        at = pen.moment(datetime.strptime(moment, "%Y-%m-%d %H:%M").replace(tzinfo=UTC))
        what = pen.t(f"meeting_kind.{kind.lower().replace(' ', '_')}")
        ended = pen.t(f"meeting_status.{status.replace(' ', '_')}") if status else ""
        return pen.t(key, kind=what, moment=at, status=ended)

    return say


_LINES: dict[str, Callable[..., str]] = {
    r"Assigned to (.+)": lambda pen, name: pen.t("log.assigned", name=name),
    rf"Status changed from {_STATUS} to {_STATUS}(?:: (.*))?": _moved,
    r"Offer of (\d+)\.(\d\d) ([A-Z]{3})": _offer,
    r"Inquiry (\w+) from (\S+)": lambda pen, number, host: pen.t("log.inquiry", reference=number, host=host),
    r"Answered after (\d+) minutes": lambda pen, n: pen.t("lead.answered_after", time=pen.span(int(n))),
    r"Answered by mail: (.+)": lambda pen, subject: pen.t("log.mail", subject=subject),
    r"Marked as spam": lambda pen: pen.t("log.spam"),
    r"Not spam after all": lambda pen: pen.t("log.no_spam"),
    r"Called(?:: (.*))?": _came("log.called"),
    r"Came in(?:: (.*))?": _came("log.came_in"),
    rf"{_MEETING} agreed for {_MOMENT}": _met("log.agreed"),
    rf"{_MEETING} moved to {_MOMENT}": _met("log.moved"),
    rf"{_MEETING} of {_MOMENT}: (completed|cancelled|no show|rescheduled)": _met("log.held"),
}
"""What an act wrote, and how it is said."""
