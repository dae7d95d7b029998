"""Every field of every form of the admin: all payloads typed into it, every answer shown (SECURITY B7).

The forms are those of the pages themselves, found by opening every page as the owner, the operator and a stranger, and
those of `tests/integration/admin_routes.py`. How much a field takes is tried first: what it keeps is typed in portions
of that length, with the other fields of the form; what it refuses comes back in the form and is shown there.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

from flask import Flask
from lxml import html
from sqlalchemy import delete, select, update
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.tenancy import acting
from storefront.domain.accounts.models import Role
from storefront.domain.dealers.models import Dealer, DealerStatus
from storefront.domain.dealers.rates import CommissionBand
from storefront.domain.leads.models import (
    AnswerDraft,
    AppointmentStatus,
    SalesAppointment,
    TestDrive,
    TestDriveStatus,
)
from storefront.domain.listings.moderation import ModerationCase
from storefront.domain.stores.models import Store, StorePage
from tests.integration.admin_desk import HOST, Desk, desk_of
from tests.integration.admin_matrix import Town, filled, is_unsafe, path_of, rules, who_uses
from tests.integration.admin_routes import ROUTES
from tools.prove.a3_payloads import Payload
from tools.prove.a3_watch import Shown, Watcher, kept
from tools.prove.proof import CannotProve

PORTIONS = (1800, 240, 110, 78, 58, 38, 20)
"""Lengths a field is tried with, the longest first."""
QUERY = 1200
"""Signs of payloads in one parameter of an address."""
NEVER_KEPT = ("password", "present", "code", "secret", "csrf_token", "website")
"""Fields whose content is compared or hashed and never shown; they are typed into where the form is refused."""
REFUSED_BY: Mapping[str, dict[str, str]] = {
    "admin.register.join": {"password": "kurz"},
    "admin.invitations.create": {"password": "kurz"},
    "admin.passwords.update": {"password": "kurz"},
}
"""What keeps a form that can be sent once from being taken, so that it can be sent again and again."""
OTHERS = ("admin.dealers.status", "admin.dealers.plan")
"""Acts that would take the ground from under the rest: tried with another dealer."""
QUIET = ("admin.support.", "admin.sessions.", "admin.security.s", "admin.security.p", "admin.passwords.", "admin.desk.")
QUIET += ("admin.builds.",)
"""What changes who sits at the desk or how she gets there: refused forms alone, and nothing is prepared for them."""
MORE_FIELDS: Mapping[str, tuple[str, ...]] = {
    "admin.bulk.create": ("notes", "q", "sort", "make"),
    "admin.bulk.preview": ("notes", "by", "reason", "q", "sort", "make"),
    "admin.moderation.decide": ("reason",),
}
"""Fields of pages that are no page of their own, such as the look at an act on many cars."""
BEFORE = {"admin.listings.reservation": ("admin.listings.release",)}
PARAMETERS = ("q", "state", "sort", "make", "dealer", "page", "next", "from", "to", "status", "act", "lang", "then")
ODD = frozenset(chr(number) for number in range(32)) | {"\x7f", "\x85", "\ufeff"}


@dataclass
class Asked:
    """A form that is sent to one route."""

    endpoint: str
    pages: list[str] = field(default_factory=list)
    """Where it stands."""
    base: dict[str, str] = field(default_factory=dict)
    """What stands in it, and what must be sent so that it works."""
    keeps: dict[str, int] = field(default_factory=dict)
    """Field → signs it takes; 0: it refuses or never shows it."""
    is_further: bool = False
    """A page has more forms for this route, with other fields: what stands in this one is sent, not the usual."""


@dataclass
class Tally:
    """What was typed, counted in payloads times fields."""

    fields: int = 0
    kept: int = 0
    refused: int = 0
    parameters: int = 0
    broken: list[str] = field(default_factory=list)
    """Answers of 500 and more."""


class Forms:
    """The admin's forms under attack.

    Args:
        app: the application.
        town: who and what there is.
        watcher: sees the answers.
        forget_tries: empties the limits' store.
        published: gives pages of sites, by the route that changed something, as they are frozen now.
    """

    def __init__(
        self,
        app: Flask,
        town: Town,
        watcher: Watcher,
        forget_tries: Callable[[], None],
        published: Callable[[str], Iterator[Shown]],
    ) -> None:
        self.app, self.town, self.watcher = app, town, watcher
        self.tally = Tally()
        self._forget, self._published = forget_tries, published
        self._rules = {rule.endpoint: rule for rule in rules(app)}
        self._desks = {role: desk_of(app, town.people[role]) for role in (Role.DEALER_OWNER, Role.SYSTEM_ADMIN)}
        self._nobody = desk_of(app, None)
        self._sent = 0
        with acting(town.tenant_id):
            self._stores = {store.id: store.dealer_id for store in db.session.scalars(select(Store))}
        town.mine.update(totp="000000", secret="")

    def found(self) -> list[Asked]:
        """Find the forms and try how much their fields take."""
        found = {name: [Asked(name)] for name, rule in self._rules.items() if is_unsafe(rule)}
        for _desk, path, page in self._opened():
            for form in page.iter("form"):
                self._note(found, path, form)
        for name, [first, *_] in found.items():
            for typed in (*ROUTES[name].form, *MORE_FIELDS.get(name, ())):
                first.keeps.setdefault(typed, 0)
        with_fields = [asked for forms in found.values() for asked in forms if asked.keeps]
        for asked in sorted(with_fields, key=lambda one: ROUTES[one.endpoint].prepare is not None):
            self._try_lengths(asked)
        return with_fields

    def attack(self, asked: Asked, payloads: list[Payload]) -> None:
        """Type everything into every field of one form."""
        plain = [one for one in payloads if not ODD & set(one.text)]
        odd = [one for one in payloads if ODD & set(one.text)]
        for some in (plain, odd):
            self._keep(asked, some)
        self._refuse(asked, payloads)

    def ask(self, payloads: list[Payload]) -> None:
        """Put everything into the parameters of every page."""
        portions = packed(payloads, QUERY)
        for desk, path, page in list(self._opened()):
            names = {str(name) for form in page.iter("form") for name in form.fields if form.method == "GET"}
            for n, (text, number) in enumerate(portions):
                query = "&".join(f"{name}={quote(text)}" for name in sorted({*names, *PARAMETERS}))
                answer = desk.get(f"{path}?{query}")
                self._judge(answer, f"{path} asked with {number} payloads", f"{path}?n={n}")
                self.tally.parameters += number * len({*names, *PARAMETERS})

    def walk(self) -> None:
        """Show every page as everything stands now; of lists some of the later pages too."""
        for desk, path in self._readable():
            for address in (path, f"{path}?page=2", f"{path}?page=5"):
                self._judge(desk.get(address), address, address)

    # -- finding --

    def _readable(self) -> Iterator[tuple[Desk, str]]:
        """Give every page that is read by a link, with everybody it is for."""
        for rule in self._rules.values():
            who = ROUTES[rule.endpoint].who
            if is_unsafe(rule) or rule.endpoint == "admin.events.stream":
                continue
            path = path_of(self.app, rule, self.town.mine)
            if None in who:
                yield self._nobody, path
            for role in (Role.DEALER_OWNER, Role.SYSTEM_ADMIN):
                if role in who and None not in who:
                    yield self._desks[role], path

    def _opened(self) -> Iterator[tuple[Desk, str, Any]]:
        """Open them, and give those that are pages."""
        for desk, path in self._readable():
            answer = desk.get(path)
            is_page = answer.status_code == 200 and "html" in (answer.content_type or "")
            body = answer.get_data()
            answer.close()
            if is_page and body:
                yield desk, path, html.fromstring(body)

    def _note(self, found: dict[str, list[Asked]], path: str, form: Any) -> None:
        """Note a form's fields for each route it can be sent to; further ones of a page are forms of their own."""
        targets = {form.get("action") or path} if form.method == "POST" else set()
        targets |= {str(one) for one in form.xpath(".//*[@formaction]/@formaction")}
        values = {name: str(value or "") for name, value in form.form_values() if name != "csrf_token"}
        names = [str(name) for name in form.xpath(".//*[@name]/@name")]
        files = {str(name) for name in form.xpath(".//input[@type='file']/@name")}
        for target in targets:
            try:
                endpoint, _ = self.app.url_map.bind(HOST).match(urlsplit(target).path, method="POST")
            except (HTTPException, RequestRedirect):
                continue
            forms = found.get(endpoint)
            if forms is None:
                continue
            fields = {name: 0 for name in names if name not in files and name != "csrf_token"}
            asked = next((one for one in forms if path not in one.pages or fields.keys() <= one.keeps.keys()), None)
            if asked is None:
                forms.append(asked := Asked(endpoint, is_further=True))
            if path in asked.pages:
                continue
            asked.pages.append(path)
            asked.base = {**values, **asked.base}
            asked.keeps |= fields

    def _try_lengths(self, asked: Asked) -> None:
        if asked.endpoint.startswith(QUIET) or asked.endpoint in REFUSED_BY or self._send(asked, {}).status_code != 303:
            return
        for name in asked.keeps:
            if name not in NEVER_KEPT:
                asked.keeps[name] = next((n for n in PORTIONS if self._takes(asked, name, n)), 0)

    def _takes(self, asked: Asked, name: str, length: int) -> bool:
        text = ("Wort & <i>Ort</i> " * (length // 8))[: length - 1].strip() + "."
        return self._send(asked, {name: text}).status_code == 303

    # -- typing --

    def _keep(self, asked: Asked, payloads: list[Payload]) -> None:
        """Type portions into the fields that keep what is typed, all at once, until each had everything."""
        portions = {
            name: packed([one for one in payloads if len(one.text) <= most], most)
            for name, most in asked.keeps.items()
            if most
        }
        portions = {name: some for name, some in portions.items() if some}
        for n in range(max(map(len, portions.values()), default=0)):
            typed = {name: some[n % len(some)][0] for name, some in portions.items()}
            new = sum(some[n][1] for some in portions.values() if n < len(some))
            answer = self._send(asked, typed)
            taken = answer.status_code == 303
            self.tally.kept += new if taken else 0
            self.tally.refused += 0 if taken else new
            self._judge(answer, f"{asked.endpoint}, portion {n}", self._path(asked))
            if taken:
                self._show_kept(asked, answer, n)

    def _show_kept(self, asked: Asked, answer: TestResponse, n: int) -> None:
        desk, there = self._desk(asked), urlsplit(answer.headers["Location"])
        addresses = dict.fromkeys([there.path, *asked.pages[:1]])
        for address in addresses:
            self._judge(desk.get(address), f"{address} after {asked.endpoint}, portion {n}", address)
        for shown in self._published(asked.endpoint):
            self.watcher.show(shown)

    def _refuse(self, asked: Asked, payloads: list[Payload]) -> None:
        """Type into all fields at once what at least one of them refuses: the form comes back with it."""
        for n, (text, number) in enumerate(packed(payloads, PORTIONS[0])):
            typed = dict.fromkeys(asked.keeps, text) | REFUSED_BY.get(asked.endpoint, {})
            answer = self._send(asked, typed)
            self.tally.refused += number * sum(1 for most in asked.keeps.values() if not most)
            self._judge(answer, f"{asked.endpoint}, refused portion {n}", self._path(asked))

    def _send(self, asked: Asked, typed: Mapping[str, str]) -> TestResponse:
        """Send a form the way a browser does, after what must come before it."""
        route, town = ROUTES[asked.endpoint], self._town(asked.endpoint)
        user, desk = town.people[who_uses(route)], self._desk(asked)
        self._sent += 1
        self._forget()
        with acting(town.tenant_id):
            perform(_made_possible, asked.endpoint, self._stores).unwrap()
        if route.prepare is not None and not asked.endpoint.startswith(QUIET):
            with acting(town.tenant_id):
                route.prepare(desk, town, user)
        for name in (*route.before, *BEFORE.get(asked.endpoint, ())):
            path = path_of(self.app, self._rules[name], {**town.mine, **ROUTES[name].ids}, desk.host)
            desk.post(path, filled(ROUTES[name].form, town, user)).close()
        files: Any = town.mine.pop("files", {})
        usual = filled(route.form, town, user)
        base = usual | asked.base if asked.is_further else asked.base | usual
        form = {**base, **_varied(asked.endpoint, self._sent), **typed, **files, "csrf_token": desk.token()}
        path = path_of(self.app, self._rules[asked.endpoint], {**town.mine, **route.ids}, desk.host)
        return desk.client.post(path, data=form, base_url=f"http://{desk.host}")

    def _judge(self, answer: TestResponse, label: str, path: str) -> None:
        if answer.status_code >= 500:
            self.tally.broken.append(f"{label}: {answer.status_code}")
        shown = kept(label, HOST, path, answer)
        if shown is not None:
            self.watcher.show(shown)

    def _path(self, asked: Asked) -> str:
        return asked.pages[0] if asked.pages else "/admin/"

    def _desk(self, asked: Asked) -> Desk:
        route = ROUTES[asked.endpoint]
        role = who_uses(route)
        if None in route.who:
            return self._nobody
        if role not in self._desks:
            self._desks[role] = desk_of(self.app, self.town.people[role])
        return self._desks[role]

    def _town(self, endpoint: str) -> Town:
        if endpoint not in OTHERS:
            return self.town
        town = self.town
        return Town(town.tenant_id, town.people, dict(town.theirs), town.mine, town.foreign, town.other_operator)


def packed(payloads: list[Payload], most: int) -> list[tuple[str, int]]:
    """Join payloads to texts of at most so many signs; one that is longer stands alone. Gives each with its number."""
    found: list[tuple[str, int]] = []
    for payload in payloads:
        text, number = found[-1] if found else ("", 0)
        if number and len(text) + 1 + len(payload.text) <= most:
            found[-1] = (f"{text} {payload.text}", number + 1)
        else:
            found.append((payload.text, 1))
    return found


def _varied(endpoint: str, number: int) -> dict[str, str]:
    """Give the fields that must differ each time a form is sent."""
    varied: Mapping[str, dict[str, str]] = {
        "admin.listings.price": {"price": str(15_000 + 10 * number)},
        "admin.dealers.create": {"licence": f"HB-A3-{number}", "slug": f"a3-{number}"},
        "admin.dealers.plan": {"plan": ("premium", "individual")[number % 2]},
        "admin.leads.status": {"status": ("contacted", "qualified")[number % 2]},
        "admin.appointments.outcome": {"status": "completed"},
        "admin.stores.create": {"short": ""},
        "admin.listings.create": {"stock_number": f"A3-{number}"},
        "admin.written.create": {**_written(number), "slug": f"a3-{number}"},
        "admin.written.update": _written(number),
        "admin.people.invite": {"email": f"a3-{number}@example.org"},
        "admin.register.create": {"email": f"a3-{number}@example.org"},
        "admin.plans.set_band": {"from_amount": str(50_000 + number)},
        "admin.bulk.create": {"direction": "up" if number % 2 else "down"},
    }
    return dict(varied.get(endpoint, {}))


def _written(number: int) -> dict[str, str]:
    words = {"title_de": f"Seite {number}", "title_en": f"Page {number}"}
    return {**words, "body_de": "Ein Text.", "body_en": "A text."}


def _made_possible(endpoint: str, stores: Mapping[UUID, UUID | None]) -> None:
    """Take back what an earlier try did, where a thing can be done once.

    Args:
        endpoint: what is about to be tried.
        stores: the sites there were at first, and whose each is.
    """
    if endpoint.startswith("admin.appointments."):
        db.session.execute(update(SalesAppointment).values(status=AppointmentStatus.SCHEDULED))
        db.session.execute(update(TestDrive).values(status=TestDriveStatus.SCHEDULED))
    if endpoint == "admin.moderation.decide":
        db.session.execute(update(ModerationCase).values(decided_at=None, decided_by=None, verdict=None))
    if endpoint == "admin.plans.end_band":
        db.session.execute(update(CommissionBand).values(until=None))
    if endpoint == "admin.dealers.create":  # the newest alone is public, none has a site to build
        made = select(Dealer.id).where(Dealer.slug.startswith("a3-"))
        db.session.execute(update(Store).where(Store.dealer_id.in_(made)).values(active=False))
        db.session.execute(update(Dealer).where(Dealer.id.in_(made)).values(status=DealerStatus.SUSPENDED))
    if endpoint == "admin.stores.create":  # a plan has room for few sites
        further = (Store.id.not_in(stores), Store.dealer_id.in_({*stores.values()} - {None}))
        db.session.execute(delete(Store).where(*further))
    if endpoint == "admin.answer_drafts.create":  # names are taken once, and there is room for few
        db.session.execute(delete(AnswerDraft).where(AnswerDraft.name.not_like("Garantie %")))
    if endpoint == "admin.written.create":
        db.session.execute(delete(StorePage).where(StorePage.slug.startswith("a3-")))


def require_forms(found: list[Asked], least: int) -> None:
    """Refuse to go on with too few forms: then the pages were not read.

    Raises:
        CannotProve: there are fewer.
    """
    if len(found) < least:
        raise CannotProve(f"only {len(found)} forms with fields were found")
