"""Who is at the desk: the login behind a request, what it may do, and the scope its work is done in (SPEC 12-16)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, NamedTuple
from urllib.parse import urlsplit
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
from storefront.domain.accounts.logins import is_fresh, waiting_login
from storefront.domain.accounts.models import AccessRule, Permission, Role, SupportVisit, Tenant, User, UserSession
from storefront.domain.dealers.models import Dealer
from storefront.domain.stores.models import Store, StoreKind

SEEN_EVERY = 60
"""Seconds after which the use of a login is noted again."""
ASSIGNERS = (Role.SYSTEM_ADMIN, Role.DEALER_OWNER, Role.SALES_MANAGER)
"""Who may give a lead to somebody (SPEC decisions, role names)."""
OWNERS = (Role.SYSTEM_ADMIN, Role.DEALER_OWNER)
"""Who looks after people and what a dealer asks of their logins."""

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
    login: UserSession
    visit: SupportVisit | None = None
    """The visit to a dealer's desk that one of the operator's people is on (SECURITY A4)."""
    must_enrol: bool = False
    """A second factor is wanted and there is none yet: nothing opens but the page that makes one."""

    @property
    def actor(self) -> str:
        """Give the name the trail of acts knows; on a support visit it says so."""
        return f"user:{self.user.id}" + ("" if self.visit is None else f" for support:{self.visit.id}")

    @property
    def is_operator(self) -> bool:
        """Ask whether this is one of the operator's people, at the operator's own desk."""
        return self.dealer_id is None

    @property
    def role(self) -> Role | None:
        """Give the role at this desk."""
        return Role.SYSTEM_ADMIN if self.user.is_operator else self.user.role_at(self.dealer_id)

    @property
    def is_owner(self) -> bool:
        """Ask whether people may be invited and roles given here."""
        return self.role in OWNERS

    def is_fresh(self, now: datetime) -> bool:
        """Ask whether password or code were shown within the last ten minutes (step-up)."""
        return is_fresh(self.login, now)

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


class Needs(NamedTuple):
    """What a view asks of who uses it."""

    permission: Permission | None
    operators: bool
    owners: bool
    fresh: bool
    enrolling: bool


def needs(
    permission: Permission | None = None,
    *,
    operators: bool = False,
    owners: bool = False,
    fresh: bool = False,
    enrolling: bool = False,
) -> Callable[[View], View]:
    """Let a view be used by those who may, and run it in their scope.

    Args:
        permission: what is needed, with the data the visitor reaches.
        operators: only the operator's people, at their own desk.
        owners: only a dealer's owner, and the operator's people.
        fresh: password or code must have been shown within ten minutes; else they are asked for first (step-up).
            Protect the page with the form as well, so that nothing typed is lost.
        enrolling: open also to somebody who has yet to make the second factor that is asked of her.
    """
    asked = Needs(permission, operators, owners, fresh, enrolling)

    def protect(view: View) -> View:
        @wraps(view)
        def guarded(**values: Any) -> Any:
            found = find_visitor()
            if found is None:
                return _to_login()
            g.visitor = found
            _require(asked, found)
            if found.must_enrol and not enrolling:
                return _lead_to(url_for("admin.security.authenticator"))
            if fresh and not found.is_fresh(clock.now()):
                return _lead_to(url_for("admin.confirmations.new", next=_page_wanted()))
            with acting(found.tenant.id, found.dealer_id):
                return view(**values)

        guarded.needs = asked  # type: ignore[attr-defined]
        return guarded

    return protect


def _require(asked: Needs, found: Visitor) -> None:
    refused = (asked.operators and not found.is_operator) or (asked.owners and not found.is_owner)
    if refused or (asked.permission is not None and not found.may(asked.permission)):
        abort(403)


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
        visit = _visit(login, user, now)
        desk = _desk(login, user) if visit is None else visit.dealer_id
        if desk is None and not user.is_operator:
            return None
        return Visitor(user, tenant, desk, token, login, visit, _must_enrol(user, tenant.id))


def _visit(login: UserSession, user: User, now: datetime) -> SupportVisit | None:
    if login.support_id is None or not user.is_operator:
        return None
    visit = db.session.get(SupportVisit, login.support_id)
    return visit if visit is not None and visit.is_on(now) else None


def _desk(login: UserSession, user: User) -> UUID | None:
    """Give the dealer somebody works for now: the one chosen, while she may, else her first."""
    if user.is_operator:
        return None
    return login.desk_id if login.desk_id in user.dealer_ids else min(user.dealer_ids, default=None)


def _must_enrol(user: User, tenant_id: UUID) -> bool:
    if user.has_second_factor:
        return False
    asked = or_(AccessRule.dealer_id.is_(None), AccessRule.dealer_id.in_(user.dealer_ids))
    wanted = select(AccessRule.id).where(AccessRule.tenant_id == tenant_id, AccessRule.wants_second_factor.is_(True))
    return db.session.scalars(wanted.where(asked)).first() is not None


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
    wanted, token = _page_wanted() if request.method == "GET" else None, request.cookies.get(office().cookie, "")
    if not token:
        return _lead_to(url_for("admin.sessions.new", next=wanted))
    with everywhere():
        half_way = waiting_login(token, now=clock.now()) is not None
    if half_way:
        return _lead_to(url_for("admin.sessions.code", next=wanted))
    return forget(_lead_to(url_for("admin.sessions.new", next=wanted)))


def _lead_to(address: str) -> Response:
    """Lead a browser on; a piece of a page that a script wants leads the whole page there."""
    if request.headers.get("HX-Request") == "true":
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address, 303)  # type: ignore[return-value]


def _page_wanted() -> str | None:
    """Give the page to come back to: the one asked for, or the one whose form was sent."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc.lower() != request.host.lower():
        return None
    return came_from.path + (f"?{came_from.query}" if came_from.query else "")
