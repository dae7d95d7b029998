"""Letters about logins: invitations, ways to a new password, and that something about a login has changed.

Their links come from settings and stored hosts, never from a request (SECURITY B10); the token in a link is made here,
where the letter is written, and its row keeps the hash alone.
"""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from storefront.core.config import Settings
from storefront.core.db import db
from storefront.domain.accounts.actions import token_hash
from storefront.domain.accounts.models import Invitation, PasswordReset, Tenant, User
from storefront.domain.accounts.resetting import give_token
from storefront.domain.dealers.models import Dealer
from storefront.domain.stores.models import Store, StoreKind

from .actions import Occasion, is_written, write_letter
from .letters import render, words

INVITATION, RESET, NOTICE = "invitation", "password_reset", "security_notice"


def write_invitation(invitation_id: UUID, letters: int, *, settings: Settings, now: datetime) -> None:
    """Write the `letters`-th letter of an invitation, with a new link; nothing when it is written or out of date."""
    invitation, key = db.session.get(Invitation, invitation_id), f"invitation:{invitation_id.hex}:{letters}"
    if invitation is None or not invitation.is_open or invitation.letters != letters or is_written(key):
        return
    token = secrets.token_urlsafe(32)
    invitation.token_hash = token_hash(token)
    occasion = Occasion(key, INVITATION, invitation.email, invitation.language, invitation.dealer_id)
    said = words(occasion.language)
    values = {
        "name": invitation.name,
        "house": _house(invitation.dealer_id),
        "role": said(f"role.{invitation.role_name}"),
        "link": f"{admin_address(settings)}/invitations/{token}",
    }
    write_letter(occasion, render(INVITATION, occasion.language, values), now=now)


def write_reset(reset_id: UUID, *, settings: Settings, now: datetime) -> None:
    """Write the link to a new password; nothing for an address that nobody has."""
    reset, key = db.session.get(PasswordReset, reset_id), f"password_reset:{reset_id.hex}"
    if reset is None or reset.user_id is None or reset.used_at is not None or is_written(key):
        return
    user = db.session.get_one(User, reset.user_id)
    link = f"{admin_address(settings)}/password/{give_token(reset)}"
    occasion = Occasion(key, RESET, user.email, user.language)
    values = {"name": user.name, "house": _house(None), "link": link}
    write_letter(occasion, render(RESET, occasion.language, values), now=now)


def write_security_notice(user_id: UUID, what: str, entry_number: int, *, settings: Settings, now: datetime) -> None:
    """Tell somebody what has changed about her login, and what to do if it was not her."""
    user = db.session.get(User, user_id)
    if user is None:
        return
    occasion = Occasion(f"security:{user_id.hex}:{what}:{entry_number}", NOTICE, user.email, user.language)
    values = {
        "name": user.name,
        "house": _house(None),
        "what": words(occasion.language)(f"security_notice.{what}"),
        "link": f"{admin_address(settings)}/password/forgotten",
    }
    write_letter(occasion, render(NOTICE, occasion.language, values), now=now)


def admin_address(settings: Settings) -> str:
    """Give where the admin is: on its own host, else below the marketplace's."""
    if settings.admin_host:
        return f"{settings.origin(settings.admin_host)}/admin"
    wanted = select(Store).where(Store.kind == StoreKind.MARKETPLACE).order_by(Store.created_at)
    market = db.session.scalars(wanted).first()
    return f"{settings.origin(settings.base_host if market is None else market.public_host)}/admin"


def _house(dealer_id: UUID | None) -> str:
    """Give the name people know: the dealer's, else the marketplace's."""
    if dealer_id is not None:
        return db.session.get_one(Dealer, dealer_id).name
    return db.session.scalars(select(Tenant.name)).first() or "Marketplace Auto"
