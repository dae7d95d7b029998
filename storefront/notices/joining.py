"""Letters to somebody who wants to join: a link that proves her address, or that she has a login already."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from storefront.core.config import Settings
from storefront.core.db import db
from storefront.domain.accounts.models import Tenant
from storefront.domain.accounts.queries import user_by_email
from storefront.domain.dealers.joining import Registration, give_token

from .accounts import admin_address
from .actions import Occasion, is_written, write_letter
from .letters import render

NEW, KNOWN = "registration", "registration_known"


def write_registration(registration_id: UUID, *, settings: Settings, now: datetime) -> None:
    """Write the letter of a registration of the open tenant; nothing when it is written or too old.

    Args:
        registration_id: which.
        settings: of the installation, for links: from the stored hosts, never from a request (SECURITY B10).
        now: aware UTC.
    """
    row, key = db.session.get(Registration, registration_id), f"registration:{registration_id.hex}"
    if row is None or not row.is_open(now) or is_written(key):
        return
    values = {"name": row.person, "firm": row.firm, "house": db.session.scalars(select(Tenant.name)).one()}
    template, link = KNOWN, f"{admin_address(settings)}/login"
    if user_by_email(row.email) is None:
        template, link = NEW, f"{admin_address(settings)}/register/{give_token(row)}"
    occasion = Occasion(key, template, row.email, row.language)
    write_letter(occasion, render(template, row.language, {**values, "link": link}), now=now)
