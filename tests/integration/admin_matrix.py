"""A small town to try the walls with: two dealers, a second marketplace, people of every role, one of every thing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from lxml import html
from sqlalchemy import func, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts.actions import log_in, token_hash
from storefront.domain.accounts.models import AuditEntry, Role, User, UserSession
from storefront.domain.accounts.people import invite
from storefront.domain.accounts.support import begin_visit
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings.models import Listing
from storefront.domain.stores.models import Store
from tests import factories
from tests.conftest import NOW
from tests.integration.admin_desk import OTHER_PASSWORD, PASSWORD, Desk, ask, desk_of, other_tenant, person
from tests.integration.admin_inbox_ready import inbox_things
from tests.integration.admin_routes import ROUTES, Route
from tests.integration.admin_setup_ready import setup_things
from tests.integration.admin_stock_ready import stock_things
from tests.integration.admin_studio_ready import studio_things
from tests.integration.domain_ready import claim_for

HOST = "localhost"
ALIKE = ("theme_name", "number")
"""Ids of things that everybody has alike: a theme, the first revision of a look."""
Ids = Mapping[str, object]


@dataclass(frozen=True)
class Person:
    """Somebody who can be logged in."""

    id: UUID
    tenant_id: UUID
    email: str


@dataclass(frozen=True)
class Town:
    """Who and what there is, as plain ids: a copy of its database is the same town."""

    tenant_id: UUID
    people: dict[Role, Person]
    """Somebody of every role: the operator, and three who work for North Cars."""
    mine: dict[str, object]
    """One of every thing of North Cars, by the names that routes give to ids."""
    theirs: dict[str, object]
    """The same of South Motors, a dealer of the same marketplace."""
    foreign: dict[str, object]
    """The same of a dealer of another marketplace."""
    other_operator: Person


def build_town(world: SimpleNamespace) -> Town:
    """Make it, in the small world's open scope."""
    south_car = db.session.query(Listing).filter_by(dealer_id=world.south.id).first()
    if south_car is None:
        south_car = perform(factories.make_listing, world.south).unwrap()
    people = {role: person(role, None if role is Role.SYSTEM_ADMIN else world.north.id, NOW) for role in Role}
    mine = things(world.north, world.golf, world.north_store.id, people[Role.DEALER_OWNER])
    theirs = things(world.south, south_car, world.south_store.id, person(Role.DEALER_OWNER, world.south.id, NOW))
    other = other_tenant(NOW)
    with acting(other.tenant.id):
        west = db.session.get_one(Dealer, other.dealer.id)
        west_car = db.session.get_one(Listing, other.listing.id)
        foreign = things(west, west_car, other.store.id, person(Role.DEALER_OWNER, west.id, NOW))
    known = {role: _plain(user) for role, user in people.items()}
    return Town(world.tenant.id, known, mine, theirs, foreign, _plain(other.operator))


def things(dealer: Dealer, listing: Listing, store_id: UUID, owner: User) -> dict[str, object]:
    """Make one of everything a route may name, of a dealer in the open scope; a new kind of id gets a line here."""
    colleague = person(Role.SALES_PERSON, dealer.id, NOW, name="Malte Kern")
    return {
        "dealer_id": dealer.id,
        "store_id": store_id,
        "listing_id": listing.id,
        "lead_id": ask(listing, NOW).id,
        "user_id": colleague.id,
        "invitation_id": _invitation(dealer.id),
        "visit_id": _visit(dealer.id),
        "login_id": _login(owner),
        "token": _token_of(dealer.id),
        **stock_things(listing, owner),
        **setup_things(dealer),
        **studio_things(db.session.get_one(Store, store_id)),
        "claim_id": claim_for(db.session.get_one(Store, store_id), "autohaus-nord.de").id,
        **inbox_things(dealer, ask(listing, NOW, message="Kann ich ihn fahren?")),
    }


def _plain(user: User) -> Person:
    return Person(user.id, user.tenant_id, user.email)


def _invitation(dealer_id: UUID) -> UUID:
    given = {"dealer_id": dealer_id, "language": "de", "now": clock.now(), "actor": "test"}
    address = f"invited-{dealer_id.hex[:8]}@example.org"
    return perform(invite, address, "Ina", Role.SALES_PERSON, **given).unwrap().id


def _token_of(dealer_id: UUID) -> str:
    """Give the token of a letter of an invitation, the way the letter's job makes it."""
    given = {"dealer_id": dealer_id, "language": "de", "now": clock.now(), "actor": "test"}
    token = f"token-of-{dealer_id.hex}"

    def write() -> None:
        invite(f"new-{dealer_id.hex[:8]}@example.org", "Nils", Role.SALES_PERSON, **given).token_hash = token_hash(
            token
        )

    perform(write).unwrap()
    return token


def _visit(dealer_id: UUID) -> UUID:
    """Have one of the operator's people sit at a dealer's desk, by a login that is not used."""
    helper = person(Role.SYSTEM_ADMIN, None, NOW, name="Hilfe")
    perform(log_in, helper, agent="test", now=clock.now()).unwrap()
    login = db.session.scalars(select(UserSession).where(UserSession.user_id == helper.id)).one()
    return perform(begin_visit, helper, login, dealer_id, "Anruf", 60, now=clock.now(), actor="test").unwrap().id


def _login(owner: User) -> UUID:
    perform(log_in, owner, agent="another browser", now=clock.now()).unwrap()
    return db.session.scalars(select(UserSession.id).where(UserSession.user_id == owner.id)).one()


def rules(app: Flask) -> Iterator[Rule]:
    """Give the admin's routes, its static files left out."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("admin.") and rule.endpoint != "admin.static":
            yield rule


def is_unsafe(rule: Rule) -> bool:
    """Ask whether a route may change something."""
    return "POST" in (rule.methods or set())


def path_of(app: Flask, rule: Rule, ids: Ids, host: str = HOST) -> str:
    """Write a route's address with these ids."""
    with app.test_request_context(base_url=f"http://{host}"):
        return app.url_for(rule.endpoint, **{name: ids[name] for name in rule.arguments})


def call(app: Flask, desk: Desk, rule: Rule, ids: Ids, form: Mapping[str, str] | None = None) -> TestResponse:
    """Use a route."""
    path = path_of(app, rule, ids, desk.host)
    return desk.post(path, dict(form or {})) if is_unsafe(rule) else desk.get(path)


def unknown(ids: Ids) -> dict[str, object]:
    """Give ids of the same kinds that nobody has."""
    return {name: uuid4() if isinstance(value, UUID) else "0" * len(str(value)) for name, value in ids.items()}


def filled(form: Mapping[str, str], town: Town, user: Person) -> dict[str, str]:
    """Fill a form with the ids of the town and the address of who sends it."""
    tomorrow = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT12:00")
    known = {
        **town.mine,
        "tomorrow": tomorrow,
        "email": user.email,
        "password": PASSWORD,
        "other_password": OTHER_PASSWORD,
    }
    return {name: value.format(**known) for name, value in form.items()}


def who_uses(route: Route) -> Role:
    """Choose by whom a route is tried: the dealer's owner where she may, else the operator, else who may."""
    for role in (Role.DEALER_OWNER, Role.SYSTEM_ADMIN, Role.SALES_MANAGER):
        if role in route.who:
            return role
    return Role.SALES_PERSON


def use(app: Flask, town: Town, endpoint: str) -> tuple[TestResponse, int]:
    """Use a route that changes something the way it works, after what must come before.

    Returns:
        The answer, and how many audit entries it left.
    """
    route, by_name = ROUTES[endpoint], {one.endpoint: one for one in rules(app)}
    user = town.people[who_uses(route)]
    desk = desk_of(app, None if None in route.who else user)
    if route.prepare is not None:
        with acting(town.tenant_id):
            route.prepare(desk, town, user)
    for name in route.before:
        first = call(app, desk, by_name[name], town.mine, filled(ROUTES[name].form, town, user))
        if first.status_code not in ROUTES[name].answers:
            raise AssertionError(f"{name}, before {endpoint}, answered {first.status_code}: {told(first)}")
    files: Any = town.mine.pop("files", {})
    form = {**filled(route.form, town, user), **files, "csrf_token": desk.token()}
    before = entries()
    path = path_of(app, by_name[endpoint], {**town.mine, **route.ids}, desk.host)
    answer = desk.client.post(path, data=form, base_url=f"http://{desk.host}")
    return answer, entries() - before


def told(answer: TestResponse) -> str:
    """Give what an answer says to a person, for a message of a test."""
    page = html.fromstring(answer.data) if answer.data else None
    words = [] if page is None else page.xpath("//main//p[contains(@class, 'err') or contains(@class, 'bad')]//text()")
    return " ".join(" ".join(words).split())[:300]


def entries() -> int:
    """Count the audit entries of everybody."""
    with everywhere():
        return db.session.scalar(select(func.count(AuditEntry.id))) or 0


def shown(answer: TestResponse) -> tuple[int, bytes]:
    """Give what can be told of an answer: its status and its words, without the token that differs by itself."""
    head, _, rest = answer.data.partition(b'name="csrf_token" value="')
    return answer.status_code, head + rest.partition(b'"')[2]


def leaks(town: Town, text: str, role: Role) -> list[str]:
    """Name the foreign ids that stand in a page somebody of North Cars, or the operator, may see."""
    foreign: dict[str, Any] = dict(town.foreign)
    if role is not Role.SYSTEM_ADMIN:
        foreign |= {f"their {name}": value for name, value in town.theirs.items()}
    return [name for name, value in foreign.items() if name.removeprefix("their ") not in ALIKE and str(value) in text]
