"""Which host names lead to a site besides its own: its default host, `www`, and hosts it once had (SPEC 25, SEO.md §7).

A host some store has now is that store's, whoever had it before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import case, literal, or_, select

from storefront.core.db import db
from storefront.core.tenancy import everywhere
from storefront.domain.dealers.models import Dealer, DealerStatus

from .models import DomainClaim, DomainState, Store, StoreHost

KEPT = timedelta(days=400)
"""How long a host is remembered after it was left: twelve months and a month to spare (SEO.md §7)."""
_CHUNK = 400
_LEADS_HERE = (DomainState.POINTED, DomainState.SECURED, DomainState.SERVED)


@dataclass(frozen=True, slots=True)
class Forward:
    """A host whose every path is sent on to the same path of a site's public host."""

    host: str
    to: str
    """The public host of the site."""
    store_id: UUID


def leave(store: Store, host: str, *, now: datetime) -> None:
    """Remember that a site is no longer on a host; called by the act that changes it."""
    reading = select(StoreHost).where(StoreHost.store_id == store.id, StoreHost.host == host)
    found = db.session.scalars(reading).first()
    if found is None:
        db.session.add(StoreHost(store_id=store.id, dealer_id=store.dealer_id, host=host, left_at=now))
    else:
        found.left_at = now


def forget(store: Store, *left: str) -> None:
    """Have hosts a site was on lead nowhere: who holds them now is not known (SECURITY D1)."""
    db.session.flush()
    reading = select(StoreHost).where(StoreHost.store_id == store.id, StoreHost.host.in_(left))
    for row in db.session.scalars(reading):
        db.session.delete(row)


def forwards(stores: Sequence[Store], *, base_host: str, now: datetime) -> list[Forward]:
    """Give the hosts that lead to these sites, those of the open scope; a site that is switched off has none.

    Args:
        stores: the sites.
        base_host: below which our own hosts lie; they have no `www` of their own.
        now: aware UTC; a host is remembered for `KEPT` after it was left.
    """
    shown = {store.id: store for store in stores if store.active}
    wanted: dict[str, Store] = {}
    for row in _left(shown, now):
        for host in filter(None, (twin(row.host), row.host)):
            wanted[host] = shown[row.store_id]
    for store in shown.values():
        other = twin(store.public_host) if store.custom_domain or store.host == base_host else None
        if other is not None:
            wanted[other] = store
        if store.custom_domain is not None:
            wanted[store.host] = store
    strangers = _others(wanted, now)
    return [
        Forward(host, store.public_host, store.id)
        for host, store in sorted(wanted.items())
        if strangers.get(host, store.id) == store.id and host != store.public_host
    ]


def may_have_certificate(host: str, *, base_host: str, now: datetime) -> bool:
    """Ask whether a certificate may be had for a host: an active site's, one it lately had, a proven domain that leads
    here and its `www` where that does too (SECURITY D3).

    One statement over indexed columns, nothing else.

    Args:
        host: in lower case, without port and final dot.
        base_host: below which our own hosts lie.
        now: aware UTC.
    """
    other = twin(host)
    names = [host] if other is None else [host, other]
    may_sell = or_(Store.dealer_id.is_(None), Dealer.status == DealerStatus.ACTIVE)
    here = (
        select(Store.host.label("host"), Store.custom_domain.label("other"))
        .outerjoin(Dealer, Dealer.id == Store.dealer_id)
        .where(Store.active.is_(True), may_sell, or_(Store.host.in_(names), Store.custom_domain == host))
    )
    had = (
        select(StoreHost.host, literal(None, type_=Store.custom_domain.type))
        .join(Store, Store.id == StoreHost.store_id)
        .outerjoin(Dealer, Dealer.id == Store.dealer_id)
        .where(StoreHost.host == host, StoreHost.left_at >= _first(now), Store.active.is_(True), may_sell)
    )
    bare, www = DomainClaim.name, literal("www.").concat(DomainClaim.name)
    own = case((DomainClaim.www.is_(True), www), else_=bare)
    led = case((DomainClaim.twin_at.is_(None), None), (DomainClaim.www.is_(True), bare), else_=www)
    claimed = (
        select(own, led)
        .join(Store, Store.id == DomainClaim.store_id)
        .outerjoin(Dealer, Dealer.id == Store.dealer_id)
        .where(DomainClaim.held.in_(names), DomainClaim.state.in_(_LEADS_HERE), Store.active.is_(True), may_sell)
    )
    with everywhere():
        found = db.session.execute(here.union_all(had, claimed)).all()
    if any(host in (row.host, row.other) for row in found):
        return True
    return other == base_host and any(row.host == base_host for row in found)


def _left(stores: Iterable[UUID], now: datetime) -> list[StoreHost]:
    """Give what these sites left and is still remembered, oldest first."""
    ids, found = sorted(stores, key=lambda store_id: store_id.hex), list[StoreHost]()
    for start in range(0, len(ids), _CHUNK):
        reading = select(StoreHost).where(
            StoreHost.store_id.in_(ids[start : start + _CHUNK]), StoreHost.left_at >= _first(now)
        )
        found += db.session.scalars(reading)
    return sorted(found, key=lambda row: (row.left_at, row.host))


def _others(hosts: Iterable[str], now: datetime) -> dict[str, UUID]:
    """Tell whose these hosts are in the whole system: the store that has one, else the one that left it last."""
    names, found = sorted(hosts), dict[str, UUID]()
    for start in range(0, len(names), _CHUNK):
        chunk = names[start : start + _CHUNK]
        with everywhere():
            left = select(StoreHost.host, StoreHost.store_id).where(
                StoreHost.host.in_(chunk), StoreHost.left_at >= _first(now)
            )
            found |= {row.host: row.store_id for row in db.session.execute(left.order_by(StoreHost.left_at))}
            having = select(Store.id, Store.host, Store.custom_domain).where(
                or_(Store.host.in_(chunk), Store.custom_domain.in_(chunk))
            )
            for row in db.session.execute(having):
                found |= {host: row.id for host in (row.host, row.custom_domain) if host in chunk}
    return found


def _first(now: datetime) -> datetime:
    return now - KEPT


def twin(host: str) -> str | None:
    """Give the other of `www.example.com` and `example.com`; None where there can be none."""
    if host.startswith("www."):
        apex = host.removeprefix("www.")
        return apex if "." in apex else None
    return f"www.{host}" if "." in host and len(host) <= 249 else None
