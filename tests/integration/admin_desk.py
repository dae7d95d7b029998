"""What the admin's tests share: an application with the admin alone, people who log in, forms with their token."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from admin.app import register_admin
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts.actions import add_user, log_in
from storefront.domain.accounts.models import Role, User
from storefront.domain.accounts.passwords import hash_password, hasher
from storefront.domain.leads.actions import Asked, submit_inquiry
from storefront.domain.leads.models import Lead, LeadSource
from storefront.domain.leads.queries import lead_of
from storefront.domain.listings.models import Listing
from tests import factories

PASSWORD = "correct horse battery"
OTHER_PASSWORD = "another long enough password"
HOST = "localhost"
OTHER_HOST = "market.other.localhost"


@dataclass
class Desk:
    """A browser at the admin."""

    client: FlaskClient
    host: str = HOST
    known: tuple[set[tuple[str, str]], datetime, str] | None = None
    """A token with the cookies it was given to, and when."""

    def get(self, path: str, **options: Any) -> TestResponse:
        """Ask for a page."""
        return self.client.get(path, base_url=f"http://{self.host}", **options)

    def post(
        self, path: str, form: dict[str, str] | None = None, *, token: bool = True, **options: Any
    ) -> TestResponse:
        """Send a form, with the token of a page unless told otherwise."""
        data = dict(form or {})
        if token:
            data["csrf_token"] = self.token()
        return self.client.post(path, data=data, base_url=f"http://{self.host}", **options)

    def token(self) -> str:
        """Take the token from the first form of the pages one sees: of the log-in page, or of the list of leads.

        It serves for half an hour and as long as the cookies are the same, as in a tab that stays open.
        """
        cookies = {(cookie.key, cookie.value) for cookie in self.client._cookies.values()}
        if self.known is None or self.known[0] != cookies or abs(clock.now() - self.known[1]) > timedelta(minutes=30):
            page = self.get("/admin/login", follow_redirects=True)
            found = str(html.fromstring(page.data).xpath("//input[@name='csrf_token']/@value")[0])
            cookies = {(cookie.key, cookie.value) for cookie in self.client._cookies.values()}
            self.known = (cookies, clock.now(), found)
        return self.known[2]


def open_admin(settings: Settings) -> Flask:
    """Make an application with nothing but the admin."""
    app = Flask("tests")
    register_admin(app, settings)
    app.config["ADMIN_STREAM_SECONDS"] = 0  # a stream ends after its first look
    return app


def person(role: Role, dealer_id: UUID | None, now: Any, *, name: str = "Kim Beispiel", language: str = "de") -> User:
    """Add somebody with a role to the open tenant, with the password all tests use."""
    number = next(factories._numbers)
    cheap = hash_password(PASSWORD, hasher(8, 1, 1))
    return perform(
        add_user, f"p{number}@example.org", name, cheap, role, dealer_id=dealer_id, language=language, now=now
    ).unwrap()


def desk_of(app: Flask, user: Any | None, host: str = HOST) -> Desk:
    """Give a browser, logged in as somebody (a user, or whoever has her id and tenant_id) or as nobody."""
    client = app.test_client()
    if user is not None:
        with acting(user.tenant_id):
            known = db.session.get_one(User, user.id)
            token = perform(log_in, known, agent="test", now=clock.now()).unwrap()
        client.set_cookie("session", token, domain=host)
    return Desk(client, host)


def ask(listing: Listing, now: Any, *, message: str = "Ist er noch da?", name: str = "Petra Käufer") -> Lead:
    """Ask a dealer about a car, in the open scope."""
    asked = Asked(
        name=name,
        email=f"buyer{next(factories._numbers)}@example.org",
        message=message,
        host="north-cars.localhost",
        source=LeadSource.DEALER_SITE,
        listing=listing.public_id,
        phone="+494066969123",
    )
    inquiry = perform(submit_inquiry, asked, now=now).unwrap()
    found = lead_of(inquiry.id)
    assert found is not None
    return found


def other_tenant(now: Any) -> SimpleNamespace:
    """Found a second marketplace with a dealer, a car, a lead, an operator."""
    with everywhere():
        tenant = perform(factories.make_tenant, "other").unwrap()
    with acting(tenant.id):
        dealer = perform(factories.make_dealer, "west").unwrap()
        perform(factories.make_store, None, OTHER_HOST).unwrap()
        store = perform(factories.make_store, dealer).unwrap()
        listing = perform(factories.make_listing, dealer).unwrap()
        lead = ask(listing, now)
        operator = person(Role.SYSTEM_ADMIN, None, now)
    return SimpleNamespace(tenant=tenant, dealer=dealer, store=store, listing=listing, lead=lead, operator=operator)
