"""Answers a dealer writes once and uses often (SPEC 65): kept, rewritten, taken away, and written out for a buyer."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.ids import new_id
from storefront.domain.accounts import audit

from .models import AnswerDraft

MOST = 40
"""Of a dealer; the inbox shows those of the buyer's language as buttons."""
NAME_LENGTH = 40
SUBJECT_LENGTH = 150
BODY_LENGTH = 6_000
PLACES = ("car", "buyer", "dealer", "person")
"""What may stand in braces in a draft."""
_PLACE = re.compile(r"\{(" + "|".join(PLACES) + r")\}")


@dataclass(frozen=True, slots=True)
class Wording:
    """A draft as its author wrote it."""

    name: str
    language: str
    subject: str
    """May be empty."""
    body: str


def own_drafts(dealer_id: UUID, language: str | None = None) -> Sequence[AnswerDraft]:
    """Give a dealer's drafts by name, those of one language or all."""
    wanted = select(AnswerDraft).where(AnswerDraft.dealer_id == dealer_id)
    if language is not None:
        wanted = wanted.where(AnswerDraft.language == language)
    return db.session.scalars(wanted.order_by(AnswerDraft.language, func.lower(AnswerDraft.name))).all()


def keep_draft(dealer_id: UUID, wording: Wording, *, now: datetime, actor: str) -> AnswerDraft:
    """Keep a new draft.

    Args:
        dealer_id: whose.
        wording: what it says.
        now: aware UTC.
        actor: who writes, `user:<id>`.

    Raises:
        DomainError: it says nothing or too much, the name is taken, or there are too many.
    """
    there = own_drafts(dealer_id)
    if len(there) >= MOST:
        raise DomainError(f"There are {MOST} drafts already; take one away first", code="conflict")
    _check(wording, there)
    draft = AnswerDraft(id=new_id(), dealer_id=dealer_id, created_at=now, updated_at=now, **asdict(wording))
    db.session.add(draft)
    db.session.flush()
    _record(draft, "keep_answer_draft", actor, now, {}, _told(draft))
    return draft


def rewrite_draft(draft: AnswerDraft, wording: Wording, *, now: datetime, actor: str) -> AnswerDraft:
    """Write a draft anew; arguments and errors as of `keep_draft`."""
    _check(wording, [other for other in own_drafts(draft.dealer_id) if other.id != draft.id])
    before = _told(draft)
    draft.name, draft.language = wording.name, wording.language
    draft.subject, draft.body, draft.updated_at = wording.subject, wording.body, now
    _record(draft, "rewrite_answer_draft", actor, now, before, _told(draft))
    return draft


def remove_draft(draft: AnswerDraft, *, now: datetime, actor: str) -> None:
    """Take a draft away; what was sent with it stays."""
    _record(draft, "remove_answer_draft", actor, now, _told(draft), {})
    db.session.delete(draft)


def speaks_of_a_car(draft: AnswerDraft) -> bool:
    """Ask whether a draft makes sense only where a car is asked about."""
    return "{car}" in draft.subject + draft.body


def written_out(text: str, values: Mapping[str, str]) -> str:
    """Put names into a text; braces round anything else stay, and what is put in is not looked at again."""
    return _PLACE.sub(lambda place: values[place[1]], text)


def _check(wording: Wording, others: Sequence[AnswerDraft]) -> None:
    for field, length in (("name", NAME_LENGTH), ("subject", SUBJECT_LENGTH), ("body", BODY_LENGTH)):
        text = getattr(wording, field)
        if not text and field != "subject":
            raise DomainError("Write a name and a text", field=field)
        if len(text) > length:
            raise DomainError(f"At most {length} letters", field=field)
    if any((one.language, one.name.lower()) == (wording.language, wording.name.lower()) for one in others):
        raise DomainError("There is a draft of this name", field="name", code="conflict")


def _told(draft: AnswerDraft) -> dict[str, object]:
    return {"name": draft.name, "language": draft.language, "letters": len(draft.body)}


def _record(
    draft: AnswerDraft,
    act: str,
    actor: str,
    now: datetime,
    before: dict[str, object],
    after: dict[str, object],
) -> None:
    audit.record(actor, act, "answer_draft", draft.id, now=now, before=before, after=after, dealer_id=draft.dealer_id)
