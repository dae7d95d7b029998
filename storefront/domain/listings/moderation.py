"""What the operator looks at: dealers who are new, texts and photos that may break the house's rules.

A case is opened by what happens (`admin/listeners.py`) and shown once; whoever decides leaves an entry in the trail.
"""

import hashlib
import re
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from storefront.core.changes import take_turn
from storefront.core.db import Model, db
from storefront.core.errors import DomainError
from storefront.core.ids import new_id
from storefront.core.tenancy import DealerOwned
from storefront.core.types import Code, UtcDateTime
from storefront.domain.accounts import audit
from storefront.domain.dealers.actions import set_status
from storefront.domain.dealers.models import Dealer, DealerStatus

from .actions import withdraw
from .models import Listing, ListingStatus, Photo, PhotoState

_PATTERNS = {
    # BRIEF §9: what nobody says on a dealer's behalf.
    "claim": re.compile(r"schn(?:ä|ae)ppchen|nur noch heute|\bgarantiert\b|bargain of the|today only", re.IGNORECASE),
    "link": re.compile(r"https?://|\bwww\.[a-z0-9-]+\.[a-z]{2,}", re.IGNORECASE),
    "email": re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}", re.IGNORECASE),
}
_NUMBER = re.compile(r"(?<![\w.,/+])(?!0\d[/-](?:19|20)\d\d)(?:\+\d|\(?0\d)[\d\s/()-]{5,}")
"""What may be a telephone number; a month of first registration is none."""
_DIGITS = range(8, 16)
"""How many a telephone number has, area code and all."""
MOST_PHOTO_CASES = 5
"""Of a dealer that wait at once: who shares a whole set of pictures with another shows it in the first of them."""
MOST_LETTERS = 20_000
"""Of a text that are looked at."""
DIGITS = 16


class CaseKind(IntEnum):
    """What a case is about."""

    DEALER = 1
    TEXT = 2
    PHOTO = 3


class Verdict(IntEnum):
    """What the operator decided."""

    FINE = 1
    TAKEN_DOWN = 2


class ModerationCase(Model, DealerOwned):
    """Something the operator should look at."""

    __tablename__ = "moderation_cases"
    __table_args__ = (
        UniqueConstraint("tenant_id", "subject"),
        Index("ix_moderation_cases_open", "tenant_id", "decided_at", "opened_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[CaseKind] = mapped_column(Code(CaseKind))
    subject: Mapped[str] = mapped_column(String(120))
    """What is looked at, so that the same thing is shown once: `text:<listing>:<digest>`."""
    listing_id: Mapped[UUID | None]
    reasons: Mapped[str] = mapped_column(String(120))
    """Codes with blanks between: `claim`, `phone`, `link`, `email`, `new`, `elsewhere`."""
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(255))
    verdict: Mapped[Verdict | None] = mapped_column(Code(Verdict))


def faults(text: str) -> list[str]:
    """Name what a text has that the house does not want: claims, telephone numbers, addresses, links."""
    looked_at = text[:MOST_LETTERS]
    found = [name for name, pattern in _PATTERNS.items() if pattern.search(looked_at)]
    numbers = (sum(sign.isdigit() for sign in part) for part in _NUMBER.findall(looked_at))
    return [*found, "phone"] if any(number in _DIGITS for number in numbers) else found


def open_dealer_case(dealer_id: UUID, *, now: datetime) -> None:
    """Have the operator look at a dealer who is new."""
    _open(dealer_id, CaseKind.DEALER, f"dealer:{dealer_id.hex}", ["new"], None, now)


def is_looked_at(dealer_id: UUID) -> bool:
    """Ask whether the operator has decided about a new dealer; one that was suspended and let in again counts."""
    wanted = select(ModerationCase.id).where(ModerationCase.subject == f"dealer:{dealer_id.hex}")
    return db.session.scalars(wanted.where(ModerationCase.decided_at.is_not(None))).first() is not None


def look_over(dealer_id: UUID, listing_ids: Collection[UUID] | None, *, now: datetime) -> int:
    """Look over texts and photos of a dealer's offers, and open a case of each that may break a rule.

    Args:
        dealer_id: whose; in a scope that reaches it.
        listing_ids: which offers; None for all that are active.
        now: aware UTC.

    Returns:
        How many cases are new.
    """
    wanted = select(Listing.id, Listing.description).where(
        Listing.dealer_id == dealer_id, Listing.status == ListingStatus.ACTIVE
    )
    if listing_ids is not None:
        wanted = wanted.where(Listing.id.in_(listing_ids))
    opened = 0
    for listing_id, text in db.session.execute(wanted).all():
        found = faults(text or "")
        if found:
            digest = hashlib.sha256(text.encode()).hexdigest()[:DIGITS]
            opened += _open(dealer_id, CaseKind.TEXT, f"text:{listing_id.hex}:{digest}", found, listing_id, now)
    room = MOST_PHOTO_CASES - _photo_cases(dealer_id)
    for listing_id, content_hash in _shown_elsewhere(dealer_id, listing_ids, room) if room > 0 else ():
        subject = f"photo:{listing_id.hex}:{content_hash[:DIGITS]}"
        opened += _open(dealer_id, CaseKind.PHOTO, subject, ["elsewhere"], listing_id, now)
    return opened


def decide(case: ModerationCase, verdict: Verdict, *, now: datetime, actor: str, reason: str) -> ModerationCase:
    """Close a case: what is looked at is fine, or is taken down (an offer withdrawn, a dealer suspended).

    Args:
        case: which.
        verdict: what was decided.
        now: aware UTC.
        actor: who decides.
        reason: why; wanted where something is taken down.

    Raises:
        DomainError: decided before, no reason, or there is nothing left to take down.
    """
    if case.decided_at is not None:
        raise DomainError("Somebody has decided this already", code="conflict")
    if verdict is Verdict.TAKEN_DOWN and not reason.strip():
        raise DomainError("Say why: the dealer reads it", field="reason")
    case.decided_at, case.decided_by, case.verdict = now, actor, verdict
    if verdict is Verdict.FINE:
        after = {"verdict": verdict.name, "kind": case.kind.name}
        audit.record(actor, "moderate", "moderation_case", case.id, now=now, after=after, dealer_id=case.dealer_id)
    elif case.kind is CaseKind.DEALER:
        dealer = db.session.get_one(Dealer, case.dealer_id)
        if not dealer.is_active:
            raise DomainError("This dealer is not active", code="conflict")
        set_status(dealer, DealerStatus.SUSPENDED, now=now, actor=actor, reason=reason)
    else:
        listing = db.session.get_one(Listing, case.listing_id)
        if listing.status is not ListingStatus.ACTIVE:
            raise DomainError("This car is no longer offered", code="conflict")
        withdraw(listing, now=now, actor=actor)
    return case


def open_cases(limit: int = 50) -> Sequence[tuple[ModerationCase, Dealer, Listing | None]]:
    """Give what waits for the operator, longest first."""
    wanted = (
        select(ModerationCase, Dealer, Listing)
        .join(Dealer, Dealer.id == ModerationCase.dealer_id)
        .outerjoin(Listing, Listing.id == ModerationCase.listing_id)
        .where(ModerationCase.decided_at.is_(None))
        .order_by(ModerationCase.opened_at, ModerationCase.id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(wanted)]


def decided_cases(limit: int = 20) -> Sequence[tuple[ModerationCase, Dealer]]:
    """Give what was decided last."""
    wanted = select(ModerationCase, Dealer).join(Dealer, Dealer.id == ModerationCase.dealer_id)
    wanted = wanted.where(ModerationCase.decided_at.is_not(None)).order_by(ModerationCase.decided_at.desc())
    return [(row[0], row[1]) for row in db.session.execute(wanted.limit(limit))]


def waiting() -> int:
    """Count what waits for the operator."""
    counted = select(func.count(ModerationCase.id)).where(ModerationCase.decided_at.is_(None))
    return db.session.scalar(counted) or 0


def case(case_id: UUID) -> ModerationCase | None:
    """Find a case of the scope."""
    return db.session.scalars(select(ModerationCase).where(ModerationCase.id == case_id)).first()


def _photo_cases(dealer_id: UUID) -> int:
    waits = select(func.count(ModerationCase.id)).where(ModerationCase.dealer_id == dealer_id)
    waits = waits.where(ModerationCase.kind == CaseKind.PHOTO, ModerationCase.decided_at.is_(None))
    return db.session.scalar(waits) or 0


def _shown_elsewhere(dealer_id: UUID, listing_ids: Collection[UUID] | None, most: int) -> list[tuple[UUID, str]]:
    """Give photos that another dealer of the tenant shows as well; the later one is looked at."""
    mine, theirs = aliased(Photo), aliased(Photo)
    wanted = (
        select(mine.listing_id, func.min(mine.content_hash))
        .join(theirs, theirs.content_hash == mine.content_hash)
        .where(mine.dealer_id == dealer_id, theirs.dealer_id != dealer_id)
        .where(mine.state == PhotoState.READY, theirs.state == PhotoState.READY, theirs.id < mine.id)
        .group_by(mine.listing_id)
        .order_by(mine.listing_id)
        .limit(most)
    )
    if listing_ids is not None:
        wanted = wanted.where(mine.listing_id.in_(listing_ids))
    return [(row[0], row[1] or "") for row in db.session.execute(wanted)]


def _open(
    dealer_id: UUID, kind: CaseKind, subject: str, reasons: Sequence[str], listing_id: UUID | None, now: datetime
) -> bool:
    take_turn()
    known = select(ModerationCase.id).where(ModerationCase.subject == subject)
    if db.session.scalar(known) is not None:
        return False
    opened = ModerationCase(
        dealer_id=dealer_id,
        kind=kind,
        subject=subject,
        listing_id=listing_id,
        reasons=" ".join(reasons),
        opened_at=now,
    )
    db.session.add(opened)
    db.session.flush()
    return True
