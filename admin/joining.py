"""Joining without help: from a confirmed address to a dealer with a site nobody sees yet, and to a public one."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, select

from builder.models import SiteRelease
from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.outbox import emit
from storefront.core.slugs import slug
from storefront.domain.accounts import audit
from storefront.domain.accounts.actions import new_user
from storefront.domain.accounts.models import Role, Tenant, User
from storefront.domain.accounts.passwords import hash_password, refuse_weak
from storefront.domain.dealers import joining, legal
from storefront.domain.dealers.actions import DealerData
from storefront.domain.dealers.events import DealerChanged
from storefront.domain.dealers.joining import DONE, SKIPPED, STEPS, Onboarding, Registration
from storefront.domain.dealers.models import Dealer, Plan
from storefront.domain.listings import moderation
from storefront.domain.listings.models import Listing
from storefront.domain.stores.events import StoreChanged
from storefront.domain.stores.models import Store

from .registration import with_site

ACTOR = "visitor"
_TRIES = 50


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the checklist."""

    name: str
    state: str
    """`done`, `skipped`, `open`."""
    is_next: bool = False


def join(
    registration: Registration,
    licence: str,
    password: str,
    tenant: Tenant,
    base_host: str,
    *,
    now: datetime,
    today: date,
) -> User:
    """Make a dealer, its site (switched off) and its owner's login out of a confirmed registration.

    Until the site is published the dealer has a site of its own only, so that no car appears on the marketplace before
    its owner has looked at it; the plan chosen begins with the publication.

    Args:
        registration: whose link was opened.
        licence: business licence or register number (SPEC 18).
        password: as typed.
        tenant: whose dealer it becomes.
        base_host: under which the site gets its host.
        now: aware UTC.
        today: the business date.

    Raises:
        DomainError: the password is weak, the licence taken, or somebody has the address meanwhile.
    """
    refuse_weak(password, alone=True, about=(registration.person, registration.email, registration.firm))
    short = _free_slug(registration.firm, base_host)
    data = DealerData(
        name=registration.firm,
        slug=short,
        licence=licence,
        plan=Plan.INDIVIDUAL,
        country=registration.country,
        email=registration.email,
    )
    host = f"{short}.{base_host}"
    dealer, store = with_site(data, tenant, host, now=now, today=today)
    store.active = False
    joining.begin_onboarding(dealer, registration.plan, now=now)
    registration.used_at = now
    user = new_user(
        registration.email,
        registration.person,
        hash_password(password),
        Role.DEALER_OWNER,
        dealer_id=dealer.id,
        language=registration.language,
        now=now,
    )
    after = {"plan": int(registration.plan), "host": host, "owner": str(user.id)}
    audit.record(ACTOR, "join_marketplace", "dealer", dealer.id, now=now, after=after, dealer_id=dealer.id)
    return user


def _free_slug(firm: str, base_host: str) -> str:
    """Give a short name nobody has, as a dealer or as a host."""
    wanted = slug(firm)[:50].strip("-")
    for number in range(1, _TRIES):
        found = wanted if number == 1 else f"{wanted}-{number}"
        host = f"{found}.{base_host}"
        taken = select(exists().where(Dealer.slug == found)), select(exists().where(Store.host == host))
        if not any(db.session.scalar(asking) for asking in taken):
            return found
    raise DomainError("Too many firms have this name; choose a longer one", field="firm", code="conflict")


def own_store(dealer_id: UUID) -> Store:
    """Give a dealer's first site.

    Raises:
        DomainError: it has none.
    """
    reading = select(Store).where(Store.dealer_id == dealer_id).order_by(Store.created_at, Store.id)
    found = db.session.scalars(reading).first()
    if found is None:
        raise DomainError("There is no site yet; the operator creates one", code="not_found")
    return found


def publish_site(
    store: Store,
    dealer: Dealer,
    onboarding: Onboarding | None,
    *,
    now: datetime,
    today: date,
    actor: str,
    needs_approval: bool = False,
) -> Store:
    """Switch a site on for everybody; with the first time the chosen plan begins (SPEC 2, 3, 26).

    Args:
        store: the site.
        dealer: whose; must be active (SPEC 19).
        onboarding: how far a dealer that joined by itself is; None for others.
        now: aware UTC.
        today: the business date the plan begins on.
        actor: who publishes.
        needs_approval: the operator wants to look at a dealer that joined by itself before it is public.

    Raises:
        DomainError: the dealer is not active, fields of the legal notice are missing, or the operator has yet to look.
    """
    dealer.require_active()
    if needs_approval and waits_for_approval(dealer, onboarding):
        raise DomainError("The operator looks at each new dealer first; you can publish after that", code="forbidden")
    if legal.missing(dealer):
        raise DomainError("The legal notice is not complete; fill in your company first", code="conflict")
    store.active, store.updated_at = True, now
    if onboarding is not None:
        joining.begin_plan(dealer, onboarding, now=now, today=today)
    after = {"active": True, "plan": int(dealer.plan)}
    audit.record(actor, "publish_site", "store", store.id, now=now, after=after, dealer_id=dealer.id)
    emit(StoreChanged(store.id), DealerChanged(dealer.id))
    return store


def waits_for_approval(dealer: Dealer, onboarding: Onboarding | None) -> bool:
    """Ask whether a dealer that joined by itself was never public and the operator has not looked at it."""
    is_new = onboarding is not None and onboarding.published_at is None
    return is_new and not moderation.is_looked_at(dealer.id)


def checklist(dealer: Dealer, store: Store, onboarding: Onboarding) -> list[Step]:
    """Give the steps with their state; what rows tell by themselves is asked of them."""
    told = {
        "company": not legal.missing(dealer),
        "stock": bool(db.session.scalar(select(exists().where(Listing.dealer_id == dealer.id)))),
        "publish": store.active and onboarding.published_at is not None,
    }
    steps = [Step(name, _state(name, told, onboarding)) for name in STEPS]
    first = next((step.name for step in steps if step.state == "open"), None)
    return [replace(step, is_next=step.name == first) for step in steps]


def _state(name: str, told: dict[str, bool], onboarding: Onboarding) -> str:
    kept = str(onboarding.steps.get(name, "open"))
    if name not in told:
        return kept
    return DONE if told[name] else SKIPPED if kept == SKIPPED else "open"


def is_served(store: Store) -> bool:
    """Ask whether a release of the site was finished since it is on."""
    done = select(SiteRelease.id).where(
        SiteRelease.store_id == store.id, SiteRelease.finished_at.is_not(None), SiteRelease.failure.is_(None)
    )
    return store.active and db.session.scalars(done.limit(1)).first() is not None
