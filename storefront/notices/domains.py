"""Letters about domains: one came into use, stopped working, or is somebody else's now (SPEC 25, SECURITY D1)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from storefront.core.config import Settings
from storefront.core.db import db
from storefront.domain.accounts.models import Role, RoleGrant, User
from storefront.domain.stores.domain_checks import GRACE
from storefront.domain.stores.domain_names import spoken
from storefront.domain.stores.models import DomainClaim, Store

from .accounts import admin_address, house_of
from .actions import Occasion, write_letter
from .letters import render, words

TEMPLATE = "domain_turned"


def write_turn(claim_id: UUID, what: str, number: int, *, settings: Settings, now: datetime) -> None:
    """Write to the owners of a domain what has become of it.

    Args:
        claim_id: the claim.
        what: `served`, `broken`, `lapsed`, `taken`.
        number: of the entry in the trail; each turn has its letters once.
        settings: of the installation, for the link (SECURITY B10).
        now: aware UTC.
    """
    claimed = db.session.get(DomainClaim, claim_id)
    if claimed is None:
        return
    store = db.session.get_one(Store, claimed.store_id)
    hours = int(GRACE.total_seconds() // 3600)
    values = {"domain": spoken(claimed.domain.host), "former": store.host, "hours": hours}
    for user in owners(claimed.dealer_id):
        key = f"domain:{claim_id.hex}:{what}:{number}:{user.id.hex}"
        occasion = Occasion(key, TEMPLATE, user.email, user.language, claimed.dealer_id)
        said = words(user.language)
        more = {
            "name": user.name,
            "house": house_of(None),
            "said": said(f"{TEMPLATE}.{what}.intro", **values),
            "link": f"{admin_address(settings)}/domains/{claim_id}/",
            "headline": said(f"{TEMPLATE}.{what}.headline", **values),
        }
        write_letter(occasion, render(TEMPLATE, user.language, more), now=now)


def owners(dealer_id: UUID | None) -> Sequence[User]:
    """Give the active people who look after a dealer's sites, or after the operator's for None."""
    role = Role.SYSTEM_ADMIN if dealer_id is None else Role.DEALER_OWNER
    grants = select(RoleGrant.user_id).where(RoleGrant.dealer_id == dealer_id, RoleGrant.role_name == role)
    reading = select(User).where(User.id.in_(grants), User.active.is_(True))
    return db.session.scalars(reading.order_by(User.email)).all()
