"""Pages of the sites as they would be frozen this moment, and the forms visitors find on them (SECURITY B7)."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

from flask import Flask
from lxml import html

from seo import headers
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.demo.world import SmallWorld
from storefront.domain.leads.models import Lead
from storefront.domain.listings.models import Listing, ListingStatus
from storefront.domain.stores.models import Store
from storefront.pages.catalogue import PageKind, pages_of
from storefront.pages.loading import load
from storefront.pages.rendering import render
from storefront.pages.sites import open_site
from tests.integration.admin_desk import Desk
from tools.prove.a3_forms import QUERY, Tally, packed
from tools.prove.a3_payloads import Payload
from tools.prove.a3_watch import Shown, Watcher, kept

NORTH, MARKET = "north-cars.localhost", "localhost"
OWN = frozenset({PageKind.HOME, PageKind.CONTACT, PageKind.ABOUT, PageKind.TEXT, PageKind.LIST, PageKind.VEHICLE})
CAR = frozenset({PageKind.VEHICLE})
KINDS: Mapping[str, tuple[tuple[str, frozenset[PageKind]], ...]] = {
    "admin.company.update": ((NORTH, OWN), (MARKET, frozenset({PageKind.DEALER}))),
    "admin.site.update": ((NORTH, frozenset({PageKind.HOME})),),
    "admin.listings.text": ((NORTH, CAR),),
    "admin.listings.price": ((NORTH, CAR),),
    "admin.editing.data": ((NORTH, CAR),),
    "admin.editing.version": ((NORTH, CAR),),
    "admin.editing.equipment": ((NORTH, CAR),),
    "admin.editing.seo": ((NORTH, CAR),),
    "admin.editing.terms": ((NORTH, CAR),),
    "admin.photos.update": ((NORTH, CAR),),
    "admin.tours.create": ((NORTH, CAR),),
    "admin.written.update": ((MARKET, frozenset({PageKind.INFO})),),
    "admin.dealers.create": ((MARKET, frozenset({PageKind.DEALERS})),),
}
"""Route → the pages on which what it changes is read by everybody."""
PUBLIC_PAGES = frozenset({PageKind.CONTACT, PageKind.REQUEST, PageKind.VEHICLE, PageKind.SEARCH, PageKind.LIST})
FILLED = {"email": "jana@example.org", "name": "Jana Novak", "message": "Ist er noch da?", "lang": "de"}


class Sites:
    """The sites of the world, drawn in this process by what the builder draws with.

    Args:
        settings: of the installation.
        world: the small one.
        as_of: the business date.
    """

    def __init__(self, settings: Settings, world: SmallWorld, as_of: date) -> None:
        self._settings, self._world, self._as_of = settings, world, as_of

    def after(self, endpoint: str) -> Iterator[Shown]:
        """Give the pages that a route's act changes."""
        for host, kinds in KINDS.get(endpoint, ()):
            yield from self.pages(host, kinds, {self._world.golf_id.hex}, f"after {endpoint}")

    def pages(self, host: str, kinds: frozenset[PageKind], cars: set[str], label: str) -> Iterator[Shown]:
        """Draw pages of a site in its first language: of these kinds, of cars only these, of lists the first ones."""
        policy = headers.security_headers(headers.content_security_policy())
        served = (("Content-Type", "text/html; charset=utf-8"), *policy)
        with everywhere() if host == MARKET else acting(self._world.tenant_id, self._world.north_id), db.snapshot():
            store = db.session.query(Store).filter_by(host=host).one()
            view = open_site(store, as_of=self._as_of, settings=self._settings, compiles=False)
            refs = [ref for ref in pages_of(view) if ref.kind in kinds and ref.lang == view.default.lang]
            lists = [ref for ref in refs if ref.kind is PageKind.LIST][:4]
            for ref in refs:
                if (ref.kind is PageKind.VEHICLE and ref.key not in cars) or (
                    ref.kind is PageKind.LIST and ref not in lists
                ):
                    continue
                for loaded in load(view, [ref]):
                    yield Shown(f"{host}{ref.path} {label}", host, ref.path, 200, served, render(view, loaded))

    def restore(self) -> None:
        """Have the Golf on offer again, whatever the forms made of it."""
        with acting(self._world.tenant_id):
            golf = db.session.get_one(Listing, self._world.golf_id)
            golf.status, golf.withdrawn_at, golf.sold_at = ListingStatus.ACTIVE, None, None
            db.session.commit()


class Visitors:
    """The forms on the sites' pages under attack.

    Args:
        app: the application.
        sites: the pages.
        watcher: sees the answers.
        forget_tries: empties the limits' store.
        owner: North's owner at the desk, who reads what visitors wrote.
    """

    def __init__(
        self, app: Flask, sites: Sites, watcher: Watcher, forget_tries: Callable[[], None], owner: Desk
    ) -> None:
        self._app, self._sites, self._watcher = app, sites, watcher
        self._forget, self._owner = forget_tries, owner
        self.tally = Tally()
        self.forms = 0

    def attack(self, golf_id: UUID, tenant_id: UUID, payloads: list[Payload]) -> None:
        """Type everything into every form of a dealer's site; read what came of it at the desk."""
        seen: set[tuple[str, ...]] = set()
        for page in list(self._sites.pages(NORTH, PUBLIC_PAGES, {golf_id.hex}, "with forms")):
            for form in html.fromstring(page.body).iter("form"):
                names = tuple(dict.fromkeys(str(name) for name in form.xpath(".//*[@name]/@name")))
                if not names or (form.action or "", *names) in seen:
                    continue
                seen.add((form.action or "", *names))
                self.forms += 1
                self.tally.fields += len(names)
                if form.method == "POST":
                    self._post(form, names, payloads, page.path)
                else:
                    self._get(form, names, payloads, page.path)
        self._read_leads(tenant_id)

    def _post(self, form: Any, names: tuple[str, ...], payloads: list[Payload], page: str) -> None:
        action = urlsplit(form.action or page).path
        base = {name: str(value or "") for name, value in form.form_values()}
        base |= {name: FILLED[name] for name in names if name in FILLED and not base.get(name)}
        texts = [
            str(one.get("name"))
            for one in form.xpath(".//input[@type='text' or not(@type)]|.//textarea")
            if one.get("name")
        ]
        free = [name for name in texts if name != "website"]
        for n, (text, number) in enumerate(packed(payloads, 190)):
            answer = self._send(action, base | dict.fromkeys(free, text), page)
            self._count(answer, number * len(free))
            self._show(answer, f"{action} from {page}, portion {n}", page)
        for n, (text, number) in enumerate(packed(payloads, 1800)):
            answer = self._send(action, dict.fromkeys(names, text) | _known(base), page)
            self._count(answer, number * len(names))
            self._show(answer, f"{action} from {page}, refused portion {n}", page)

    def _get(self, form: Any, names: tuple[str, ...], payloads: list[Payload], page: str) -> None:
        action = urlsplit(form.action or page).path
        for n, (text, number) in enumerate(packed(payloads, QUERY // 2)):
            for name in names:
                answer = self._client().get(f"{action}?{name}={quote(text)}", base_url=f"http://{NORTH}")
                self.tally.parameters += number
                self._show(answer, f"{action}?{name} portion {n}", action)

    def _send(self, action: str, form: dict[str, str], page: str) -> Any:
        self._forget()
        origin = {"Origin": f"http://{NORTH}", "Referer": f"http://{NORTH}{page}"}
        return self._client().post(action, data=form, base_url=f"http://{NORTH}", headers=origin)

    def _client(self) -> Any:
        return self._app.test_client()

    def _count(self, answer: Any, number: int) -> None:
        if answer.status_code < 400:
            self.tally.kept += number
        else:
            self.tally.refused += number

    def _show(self, answer: Any, label: str, path: str) -> None:
        if answer.status_code >= 500:
            self.tally.broken.append(f"{label}: {answer.status_code}")
        if (shown := kept(label, NORTH, path, answer)) is not None:
            self._watcher.show(shown)

    def _read_leads(self, tenant_id: UUID) -> None:
        """Open every inquiry at the desk, and the lists they stand in."""
        with acting(tenant_id):
            ids = [lead.id for lead in db.session.query(Lead)]
        lists = [f"/admin/leads/?page={number}" for number in range(1, 1 + len(ids) // 20)]
        for path in ["/admin/", *lists, *(f"/admin/leads/{lead_id}/" for lead_id in ids)]:
            if (shown := kept(path, MARKET, path, self._owner.get(path))) is not None:
                self._watcher.show(shown)


def _known(base: Mapping[str, str]) -> dict[str, str]:
    """Keep what tells whose page it is: without it nothing is answered."""
    return {name: base[name] for name in ("site", "listing", "dealer") if base.get(name)}
