"""Letters about saved searches and watched prices: confirm your address, a new or cheaper car, several at once.

A car is told when its page is served, so that the link works, and its photos with it. Of a search come at most three
letters about one car a day; what more there is comes in one letter, once a day, and what is found after that waits for
the next morning. A watched price is always told at once. (SPEC 66, 107; decisions on how often.)

Whoever reads a price in a letter learns what it is today; what it was is only said where a reduction may be announced
(SEO.md §4).
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select
from sqlalchemy.exc import SQLAlchemyError

from storefront.core import clock
from storefront.core.changes import Reads
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.domain.buyers import queries, wishes
from storefront.domain.buyers.models import Alert, PriceWatch, Purpose, Reason, SavedSearch, Wish
from storefront.domain.listings import queries as listings
from storefront.domain.listings.models import ListingStatus
from storefront.domain.listings.queries import CardRow
from storefront.domain.stores.models import Store
from storefront.domain.stores.queries import operator
from storefront.pages import cards, history
from storefront.pages.contexts import Card
from storefront.pages.sites import open_site
from storefront.pages.siteview import Face, SiteView
from storefront.pages.urls import SEARCH_ANSWER

from .actions import Occasion, is_written, write_letter
from .letters import render, words
from .models import Letter

CONFIRMATION = "alert_confirmation"
NEW, CHEAPER, SEVERAL, PRICE = "new_vehicle_match", "cheaper_vehicle_match", "new_vehicle_matches", "price_drop"
SINGLE = 3
"""Letters about one car that a search may have a day."""
SHOWN = 10
"""Cars a letter about several shows; the search shows them all."""
PHOTOS = 3
"""SPEC 107."""
AT_ONCE = 500
"""Alerts looked at in one transaction."""
MORNING = time(7)
"""When what had to wait for the next day is told, by the clock of the operator."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(hours=1)
"""How long a car whose page is not served yet is let be."""
KEPT = timedelta(days=30)
"""How long a letter of this kind that could not be sent is kept."""
log = logging.getLogger(__name__)
Served = Callable[[str, str], bool]
"""Asks whether a host serves a page: its public host, the page's address."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo in a letter."""

    src: str
    alt: str


@dataclass(frozen=True, slots=True)
class Told:
    """A car as a letter shows it."""

    title: str
    version: str | None
    facts: str
    price: str | None
    reduction: str | None
    dealer: str
    energy: str | None
    link: str
    photos: tuple[Photo, ...] = ()


@dataclass(slots=True)
class _Sites:
    """The sites letters lead to, each opened once."""

    settings: Settings
    now: datetime
    opened: dict[UUID, SiteView] = field(default_factory=dict)

    def of(self, wish: Wish) -> tuple[SiteView, Face]:
        """Give the site a wish was made on, and its face in the reader's language."""
        if wish.store_id not in self.opened:
            store = db.session.get_one(Store, wish.store_id)
            self.opened[store.id] = open_site(
                store, as_of=clock.business_date(self.now, operator(store).time_zone), settings=self.settings
            )
        view = self.opened[wish.store_id]
        return view, view.faces.get(wish.language, view.default)


def write_confirmation(wish_id: UUID, asked: int, *, settings: Settings, now: datetime) -> None:
    """Ask the owner of an address whether it is she who wants these letters; a repeated job writes no second one.

    Args:
        wish_id: of the open tenant; one that is gone or ended gets none.
        asked: how often it had been asked for.
        settings: of the installation, for links: from the stored hosts, never from a request (SECURITY B10).
        now: aware UTC.
    """
    key = f"{_key(wish_id)}confirm:{asked}"
    wish = db.session.get(Wish, wish_id)
    if wish is None or wish.email is None or wish.unsubscribed_at is not None or is_written(key):
        return
    view, face = _Sites(settings, now).of(wish)
    leave = _link(view, "unsubscribe", wishes.new_token(wish, Purpose.UNSUBSCRIBE, now=now))
    values = {
        "site": view.store.name,
        "what": _what(view, face, wish),
        "confirm_link": _link(view, "confirm", wishes.new_token(wish, Purpose.CONFIRM, now=now)),
        "unsubscribe_link": leave,
        "days": wishes.UNCONFIRMED.days,
        "search": isinstance(wish, SavedSearch),
    }
    occasion = Occasion(key, CONFIRMATION, wish.email, face.lang, wish.dealer_id, unsubscribe_url=leave)
    write_letter(occasion, render(CONFIRMATION, face.lang, values), now=now)


def tell(served: Served, *, settings: Settings, now: datetime) -> list[UUID]:
    """Write the letters of alerts that are due in the open tenant.

    Args:
        served: asks whether a host serves a page; a car whose page is not there yet waits.
        settings: of the installation.
        now: aware UTC.

    Returns:
        The letters.
    """
    sites = _Sites(settings, now)
    due: dict[UUID, list[Alert]] = {}
    for alert in queries.due_alerts(now, AT_ONCE):
        due.setdefault(alert.wish_id, []).append(alert)
    return [letter for wish_id, alerts in due.items() for letter in _told_or_later(wish_id, alerts, sites, served)]


def drop_letters(wish_id: UUID) -> None:
    """Take back the letters of a wish that are not sent yet: it was ended."""
    unsent = delete(Letter).where(Letter.key.startswith(_key(wish_id)), Letter.sent_at.is_(None))
    db.session.execute(unsent.execution_options(synchronize_session=False))


def tenants_with_old(now: datetime) -> list[UUID]:
    """Give the tenants with letters to forget; act everywhere()."""
    return list(db.session.scalars(select(Letter.tenant_id).where(*_old(now)).distinct()))


def forget_old(*, now: datetime) -> list[UUID]:
    """Forget letters of this kind that could never be sent; those that were sent kept neither reader nor text.

    Returns:
        The letters.
    """
    gone = list(db.session.scalars(select(Letter.id).where(*_old(now)).limit(1000)))
    if gone:
        db.session.execute(delete(Letter).where(Letter.id.in_(gone)).execution_options(synchronize_session=False))
    return gone


def _told_or_later(wish_id: UUID, alerts: Sequence[Alert], sites: _Sites, served: Served) -> list[UUID]:
    """Tell one reader; a letter that cannot be made (a broken theme, a corrupt car) keeps nobody else waiting."""
    try:
        return _tell(wish_id, alerts, sites, served)
    except SQLAlchemyError:
        raise
    except Exception:
        log.exception("a letter could not be written", extra={"wish": str(wish_id)})
    for alert in alerts:
        if alert.told_at is None:
            alert.due_at = sites.now + LONGEST_PAUSE
    return []


def _tell(wish_id: UUID, alerts: Sequence[Alert], sites: _Sites, served: Served) -> list[UUID]:
    wish = db.session.get_one(Wish, wish_id)
    if not wish.is_active or wish.email is None:
        return _give_up(alerts, sites.now)
    view, face = sites.of(wish)
    ready = list(_ready(alerts, view, face, sites.now, served))
    if not ready:
        return []
    if isinstance(wish, PriceWatch) or len(ready) + _letters_today(wish, view, sites.now) <= SINGLE:
        return [_write(wish, [alert], view, face, sites.now) for alert in ready]
    if not _is_today(wish.digested_at, view, sites.now):
        wish.digested_at = sites.now
        return [_write(wish, ready, view, face, sites.now)]
    for alert in ready:
        alert.due_at = _next_morning(view, sites.now)
    return []


def _ready(alerts: Iterable[Alert], view: SiteView, face: Face, now: datetime, served: Served) -> Iterable[Alert]:
    """Give the alerts whose car is still to be had and whose page is served; the rest is given up or waits."""
    alerts = list(alerts)
    cards.prepare(view, [alert.listing_id for alert in alerts])
    for alert in alerts:
        row = _row(view, alert.listing_id)
        if row is None or (alert.reason is Reason.CHEAPER and _is_dearer(row, alert)):
            _give_up([alert], now)
        elif served(view.store.public_host, face.urls.vehicle(row.slug, row.public_id)):
            yield alert
        else:
            alert.due_at = now + min(LONGEST_PAUSE, max(FIRST_PAUSE, (now - alert.found_at) / 2))


def _row(view: SiteView, listing_id: UUID) -> CardRow | None:
    row, _ = view.kept.rows.get(listing_id, (None, None))
    sold = row is None or row.status is not ListingStatus.ACTIVE or row.dealer_id not in view.dealers
    return None if sold or not cards.is_sound(view, view.default, listing_id) else row


def _is_dearer(row: CardRow, alert: Alert) -> bool:
    return row.price_cents is None or alert.cents is None or row.price_cents > alert.cents


def _give_up(alerts: Iterable[Alert], now: datetime) -> list[UUID]:
    for alert in alerts:
        alert.told_at = now
    return []


def _write(wish: Wish, alerts: Sequence[Alert], view: SiteView, face: Face, now: datetime) -> UUID:
    """Write one letter about one or several cars."""
    template = _template(wish, alerts)
    leave = _link(view, "unsubscribe", wishes.new_token(wish, Purpose.UNSUBSCRIBE, now=now))
    told = _told(view, face, [alert.listing_id for alert in alerts[:SHOWN]])
    values = {
        "letter": template,
        "buyer": _name(wish),
        "car": told[0].title,
        "n": len(alerts),
        "cars": told,
        "more": len(alerts) - len(told),
        "site": view.store.name,
        "search": wish.name if isinstance(wish, SavedSearch) else None,
        "search_link": _search_link(wish, view, face),
        "unsubscribe_link": leave,
        "price": told[0].price or words(face.lang)("match.on_request"),
    }
    key = f"{_key(wish.id)}{alerts[0].id.hex}" + (f":{len(alerts)}" if len(alerts) > 1 else "")
    occasion = Occasion(key, template, wish.email or "", face.lang, wish.dealer_id, unsubscribe_url=leave)
    letter = write_letter(occasion, render(template, face.lang, values), now=now)
    for alert in alerts:
        alert.told_at, alert.letter_id = now, letter.id
    wish.last_sent_at = now
    return letter.id


def _template(wish: Wish, alerts: Sequence[Alert]) -> str:
    if isinstance(wish, PriceWatch):
        return PRICE
    if len(alerts) > 1:
        return SEVERAL
    return NEW if alerts[0].reason is Reason.NEW else CHEAPER


def _told(view: SiteView, face: Face, listing_ids: Sequence[UUID]) -> list[Told]:
    shots = listings.photos(listing_ids)
    prices = listings.prices(listing_ids)
    made = zip(listing_ids, cards.cards(view, face, listing_ids, Reads()), strict=True)
    return [_car(view, face, card, listing_id, shots.get(listing_id, ()), prices) for listing_id, card in made]


def _car(view: SiteView, face: Face, card: Card, listing_id: UUID, shots: Sequence[Any], prices: Any) -> Told:
    row = view.kept.rows[listing_id][0]
    fell = history.announced(face, history.reduction(view, row, prices.get(listing_id, ())), row.currency)
    dealer = view.dealers[row.dealer_id]
    photos = [cards.photo(face, row, shot, number) for number, shot in enumerate(shots[:PHOTOS], 1)]
    return Told(
        title=card.title,
        version=card.version,
        facts=" · ".join(card.facts),
        price=card.price,
        reduction=None if fell is None else fell.text,
        dealer=f"{dealer.name}, {dealer.city}" if dealer.city else dealer.name,
        energy=card.energy,
        link=view.absolute(card.href),
        photos=tuple(Photo(view.absolute(photo.src), photo.alt) for photo in photos),
    )


def _what(view: SiteView, face: Face, wish: Wish) -> str:
    """Say what somebody wants to hear of: the search by its name, the car by its own."""
    if isinstance(wish, PriceWatch) and wish.listing_id is not None:
        cards.prepare(view, [wish.listing_id])
        found = cards.cards(view, face, [wish.listing_id], Reads())
        return found[0].title if found else words(face.lang)("alert_confirmation.some_car")
    name = wish.name if isinstance(wish, SavedSearch) else None
    return name or words(face.lang)("alert_confirmation.all_cars")


def _name(wish: Wish) -> str | None:
    """Give the reader's name where the dealer on whose site the wish was made knows it; dealers never share people."""
    if wish.dealer_id is None or wish.email is None:
        return None
    buyer = queries.buyer_of(wish.dealer_id, wish.email)
    return buyer.name or None if buyer is not None else None


def _search_link(wish: Wish, view: SiteView, face: Face) -> str | None:
    if not isinstance(wish, SavedSearch):
        return None
    origin = view.live or view.origin
    site = f"&site={view.store.public_host}" if view.live else ""
    return f"{origin}{SEARCH_ANSWER}?lang={face.lang}{site}" + (f"&{wish.address}" if wish.address else "")


def _link(view: SiteView, act: str, token: str) -> str:
    return f"{view.live or view.origin}/-/alerts/{act}/{token}"


def _key(wish_id: UUID) -> str:
    return f"wish:{wish_id.hex}:"


def _old(now: datetime) -> tuple[Any, ...]:
    return Letter.key.startswith("wish:"), Letter.created_at < now - KEPT, Letter.sent_at.is_(None)


def _letters_today(wish: Wish, view: SiteView, now: datetime) -> int:
    begins = datetime.combine(_day(view, now), time(), ZoneInfo(view.tenant.time_zone))
    told = select(func.count(Alert.letter_id.distinct())).where(Alert.wish_id == wish.id, Alert.told_at >= begins)
    return db.session.scalar(told) or 0


def _is_today(moment: datetime | None, view: SiteView, now: datetime) -> bool:
    return moment is not None and _day(view, moment) == _day(view, now)


def _day(view: SiteView, moment: datetime) -> Any:
    return clock.business_date(moment, view.tenant.time_zone)


def _next_morning(view: SiteView, now: datetime) -> datetime:
    day = _day(view, now) + timedelta(days=1)
    return datetime.combine(day, MORNING, ZoneInfo(view.tenant.time_zone))
