"""What one does with letters: write one once, claim it for sending, note how that went."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select, update

from storefront.core.db import db
from storefront.core.errors import NotFound
from storefront.core.ids import new_id
from storefront.core.outbox import emit

from .events import LetterWritten
from .letters import Rendered
from .models import Letter

LEASE = timedelta(minutes=3)
"""How long a worker has a letter to itself; longer than a mail server is waited for, ten seconds for each answer."""
FORGOTTEN = frozenset({"invitation", "password_reset", "registration"})
"""Letters whose link opens a door: their text does not outlive the sending."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a letter is for and whom it goes to."""

    key: str
    """Names the occasion, `inquiry:<id>:dealer`: there is one letter of it, ever."""
    template: str
    to_address: str
    language: str
    dealer_id: UUID | None = None
    reply_to: str | None = None
    unsubscribe_url: str | None = None
    """Where the reader ends letters of this kind. Such a letter is sent and forgotten: address and text do not stay."""


def is_written(key: str) -> bool:
    """Ask whether an occasion has its letter."""
    return db.session.scalar(select(Letter.id).where(Letter.key == key)) is not None


def write_letter(occasion: Occasion, written: Rendered, *, now: datetime) -> Letter:
    """Write a letter, unless its occasion has one already; sending follows by itself.

    Args:
        occasion: what for, whom to.
        written: subject and bodies.
        now: aware UTC.
    """
    known = db.session.scalars(select(Letter).where(Letter.key == occasion.key)).first()
    if known is not None:
        return known
    letter = Letter(
        id=new_id(),
        key=occasion.key,
        template=occasion.template,
        dealer_id=occasion.dealer_id,
        to_address=occasion.to_address,
        reply_to=occasion.reply_to,
        subject=written.subject,
        body_text=written.text,
        body_html=written.html,
        language=occasion.language,
        created_at=now,
        next_try_at=now,
        unsubscribe_url=occasion.unsubscribe_url,
    )
    db.session.add(letter)
    db.session.flush()
    emit(LetterWritten(letter.id), at=now)
    return letter


def claim(letter_id: UUID, *, now: datetime) -> bool:
    """Take a letter for sending, for the time of a lease.

    Returns:
        False when it is sent, or given up, or another worker has it.

    Raises:
        NotFound: there is no such letter.
    """
    taken = db.session.execute(
        update(Letter)
        .where(Letter.id == letter_id, Letter.sent_at.is_(None))
        .where(or_(Letter.attempts == 0, Letter.next_try_at <= now))
        .values(attempts=Letter.attempts + 1, next_try_at=now + LEASE)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount:  # type: ignore[attr-defined]
        return True
    if db.session.get(Letter, letter_id) is None:
        raise NotFound("There is no such letter")
    return False


def mark_sent(letter: Letter, *, now: datetime) -> None:
    """Note that a letter is out of our hands; one whose link opens or ends something is forgotten, link and all."""
    letter.sent_at = now
    letter.failure = None
    if letter.unsubscribe_url or letter.template in FORGOTTEN:
        letter.to_address = letter.subject = letter.body_text = ""
        letter.body_html = letter.unsubscribe_url = None


def mark_failed(letter: Letter, why: str, *, now: datetime) -> None:
    """Note why a letter was not taken, and that the next worker may try at once."""
    letter.failure = why[:500]
    letter.next_try_at = now
