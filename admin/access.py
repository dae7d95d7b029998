"""Who is at the desk: the login behind a request, what it may do, and the scope its work is done in (SPEC 12-16)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Response, abort, current_app, g, redirect, request, url_for
from flask_wtf import CSRFProtect
from sqlalchemy import or_, select

from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts import actions as accounts
from storefront.domain.accounts.models import Permission, Role, Tenant, User
from storefront.domain.dealers.models import Dealer
from storefront.domain.stores.models import Store, StoreKind

SEEN_EVERY = 60
"""Seconds after which the use of a login is noted again."""
ASSIGNERS = (Role.SYSTEM_ADMIN, Role.DEALER_OWNER, Role.SALES_MANAGER)
"""Who may give a lead to somebody (SPEC decisions, role names)."""

View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Office:
    """What the admin keeps in the application."""

    settings: Settings
    csrf: CSRFProtect

    @property
    def cookie(self) -> str:
        """Give the name of the login's cookie (SECURITY B4)."""
        return "__Host-session" if self.is_secure else "session"

    @property
    def is_secure(self) -> bool:
        """Ask whether the admin is served by HTTPS."""
        return self.settings.site_scheme == "https"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is logged in."""

    user: User
    tenant: Tenant
    dealer_id: UUID | None
    """Whose data is reached; None for the operator, who reaches all dealers of the tenant."""
    token: str

    @property
    def actor(self) -> str:
        """Give the name the trail of acts knows."""
        return f"user:{self.user.id}"

    @property
    def is_operator(self) -> bool:
        """Ask whether this is one of the operator's people."""
        return self.dealer_id is None

    def may(self, permission: Permission, dealer_id: UUID | None = None) -> bool:
        """Ask whether something is allowed, with a dealer's data or with what the visitor reaches."""
        return self.user.may(permission, dealer_id or self.dealer_id)

    def may_assign(self, dealer_id: UUID) -> bool:
        """Ask whether the visitor may give that dealer's leads to people."""
        return any(grant.role in ASSIGNERS and grant.covers(dealer_id) for grant in self.user.roles)


def office() -> Office:
    """Give the admin's part of the running application."""
    found: Office = current_app.extensions["marketplace.admin"]
    return found


def visitor() -> Visitor:
    """Give who is logged in; views have somebody, `needs` saw to it."""
    found: Visitor = g.visitor
    return found


def needs(permission: Permission | None = None, *, operators: bool = False) -> Callable[[View], View]:
    """Let a view be used by those who may, and run it in their scope.

    Args:
        permission: what is needed, with the data the visitor reaches.
        operators: only the operator's people.
    """

    def protect(view: View) -> View:
        @wraps(view)
        def guarded(**values: Any) -> Any:
            found = find_visitor()
            if found is None:
                return _to_login()
            g.visitor = found
            if operators and not found.is_operator:
                abort(403)
            if permission is not None and not found.may(permission):
                abort(403)
            with acting(found.tenant.id, found.dealer_id):
                return view(**values)

        guarded.needs = (permission, operators)  # type: ignore[attr-defined]
        return guarded

    return protect


def find_visitor() -> Visitor | None:
    """Find the live login of this request and note that it is used; None when there is none here."""
    token = request.cookies.get(office().cookie, "")
    if not token:
        return None
    now = clock.now()
    with everywhere():
        found = accounts.session_of(token, now=now)
        if found is None:
            return None
        login, user = found
        tenant = db.session.get_one(Tenant, login.tenant_id)
        if (now - login.seen_at).total_seconds() > SEEN_EVERY:
            perform(accounts.see, login, now=now)
        if tenant_of_host() not in (None, tenant.id):
            return None
        if user.is_operator:
            return Visitor(user, tenant, None, token)
        dealers = sorted(user.dealer_ids)
        return Visitor(user, tenant, dealers[0], token) if dealers else None


def tenant_of_host() -> UUID | None:
    """Give the tenant whose marketplace this host is; None on ADMIN_HOST, which serves all of them.

    Raises:
        NotFound: the admin is not served on this host (SECURITY B10).
    """
    host = request.host.partition(":")[0].lower().rstrip(".")
    own = office().settings.admin_host
    if own:
        return None if host == own.lower() else abort(404)
    with everywhere():
        is_host = or_(Store.host == host, Store.custom_domain == host)
        wanted = select(Store.tenant_id).where(Store.kind == StoreKind.MARKETPLACE, is_host)
        found = db.session.scalars(wanted).first()
    return found if found is not None else abort(404)


def dealer_of(found: Visitor) -> Dealer | None:
    """Give the dealer a visitor works for, inside the visitor's scope."""
    return None if found.dealer_id is None else db.session.get(Dealer, found.dealer_id)


def keep(answer: Response, token: str) -> Response:
    """Give the browser its login."""
    answer.set_cookie(office().cookie, token, secure=office().is_secure, httponly=True, samesite="Lax", path="/")
    return answer


def forget(answer: Response) -> Response:
    """Take the browser's login away."""
    answer.delete_cookie(office().cookie, secure=office().is_secure, httponly=True, samesite="Lax", path="/")
    return answer


def _to_login() -> Response:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    answer = redirect(url_for("admin.sessions.new", next=wanted), 303)
    return forget(answer) if office().cookie in request.cookies else answer  # type: ignore[arg-type, return-value]
