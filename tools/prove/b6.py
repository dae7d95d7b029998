"""B6: the second export of a real dealer re-renders what its report says changed, and `plan` said so beforehand."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from builder import queries
from builder.manifest import file_of
from builder.planning import SitePlan, plan
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.tenancy import acting
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings.importing import import_stock, known_texts
from storefront.domain.listings.models import Listing, ListingStatus
from storefront.domain.listings.stock import ImportReport
from storefront.feeds import read
from storefront.pages.catalogue import PageKind, pages_of
from storefront.pages.sites import open_site
from tests.build.fuzz import ground, walk
from tests.factories import make_dealer, make_store
from tools.prove.ground import fresh_instance, shared
from tools.prove.proof import Proof

FEEDS = "data/feeds/autoscout24-stx3"
HOST, MARKET = "roma.localhost", "localhost"


@dataclass
class Pages:
    """The addresses of cars on a site: listing → addresses in all languages."""

    of_cars: dict[UUID, set[str]] = field(default_factory=dict)

    def under(self, cars: Iterable[UUID]) -> set[str]:
        """Give the addresses of some cars."""
        return {address for car in cars for address in self.of_cars.get(car, ())}


def prove(proof: Proof, *, quick: bool) -> None:
    """Import the first file and build; import the second, plan, publish, and compare all three."""
    del quick
    before, after = shared(f"{FEEDS}/2018-03-10.xml.gz"), shared(f"{FEEDS}/2018-03-12.xml.gz")
    with fresh_instance() as folder:
        prepared = ground.prepare(folder / "world", 2)
        with ground.ground(prepared, folder / "ground") as on:
            with acting(on.tenant_id):
                dealer = perform(_founded).unwrap()
            _bring(on, dealer, before)
            steps = walk.Walk(on, folder / "scratch")
            first, _ = steps.publish()
            proof.hold("the first file is served", not first.faults, "; ".join(first.faults[:3]))
            _second(proof, on, dealer, after, steps)


def _founded() -> UUID:
    dealer = make_dealer("roma")
    make_store(dealer, HOST)
    return dealer.id


def _bring(on: ground.Ground, dealer_id: UUID, file: Path) -> ImportReport:
    on.edits += 60
    with acting(on.tenant_id):
        dealer = db.session.get_one(Dealer, dealer_id)
        name, items = read(file, known_boilerplate=known_texts(dealer))
        return perform(
            import_stock, dealer, items, format=name, full_sync=True, photos=False, today=on.today, now=on.now
        ).unwrap()


def _second(proof: Proof, on: ground.Ground, dealer_id: UUID, file: Path, steps: walk.Walk) -> None:
    old, was = {host: _pages(on, host) for host in (HOST, MARKET)}, _cars(on, dealer_id)
    report = _bring(on, dealer_id, file)
    new, now = {host: _pages(on, host) for host in (HOST, MARKET)}, _cars(on, dealer_id)
    with acting(on.tenant_id):
        planned = {one.host: one for one in plan(on.settings, as_of=on.today)}
    step, publish = steps.publish()
    proof.hold("what is served equals a build from scratch", not step.faults, "; ".join(step.faults[:3]))
    created = {car for car in now if car not in was}
    withdrawn = {car for car, (status, _) in now.items() if car in was and status != was[car][0]}
    updated = {car for car, said in now.items() if car in was and said != was[car]} - withdrawn
    proof.expect("new", len(created), report.created)
    proof.expect("gone", len(withdrawn), report.withdrawn)
    proof.expect("updated", len(updated), report.updated)
    for host in (HOST, MARKET):
        _as_planned(proof, planned[host], publish)
        acts = {one.address: one.act for one in planned[host].changes}
        wanted = dict.fromkeys(new[host].under(created), "add") | dict.fromkeys(new[host].under(updated), "draw")
        wanted |= dict.fromkeys(old[host].under(withdrawn), "remove")
        wrong = sorted(address for address, act in wanted.items() if acts.get(address) not in (act, "add"))
        proof.hold(
            f"{host}: all {len(wanted)} pages of the cars the report names", not wrong,
            f"{host}: {len(wrong)} pages of changed cars were not planned, such as {wrong[:2]}",
        )  # fmt: skip
        others = acts.keys() & new[host].under(now) - wanted.keys()
        proof.figure(f"{len(others)} pages of other cars, for what is alike to them")
    strangers = sorted(host for host in publish.drawn if host not in (HOST, MARKET))
    proof.hold("no other dealer's host", not strangers, f"drawn for nothing: {', '.join(strangers)}")
    proof.hold(f"{step.changed} changed, {step.in_vain} of {step.drawn} drawn in vain", not step.waste, step.waste)
    with acting(on.tenant_id):
        left = [one.host for one in plan(on.settings, as_of=on.today) if one.changes]
    proof.hold("then nothing is planned", not left, f"still planned on {', '.join(left)}")


def _as_planned(proof: Proof, planned: SitePlan, publish: walk.Publish) -> None:
    """Compare what `plan` said with what was drawn, page by page."""
    said = {file_of(one.address) for one in planned.changes if one.act != "remove"}
    drawn = set(publish.drawn.get(planned.host, {}))
    proof.hold(
        f"{planned.host}: {len(drawn)} pages drawn, as planned", said == drawn,
        f"{planned.host}: planned alone {sorted(said - drawn)[:3]}, drawn alone {sorted(drawn - said)[:3]}",
    )  # fmt: skip
    proof.figure(f"{planned.count('add')} new, {planned.count('remove')} gone")


def _cars(on: ground.Ground, dealer_id: UUID) -> dict[UUID, tuple[ListingStatus, object]]:
    """Give the dealer's cars with their status and when they were last touched."""
    with acting(on.tenant_id):
        rows = db.session.execute(
            select(Listing.id, Listing.status, Listing.updated_at).where(Listing.dealer_id == dealer_id)
        )
        return {row.id: (row.status, row.updated_at) for row in rows}


def _pages(on: ground.Ground, host: str) -> Pages:
    found = Pages()
    with acting(on.tenant_id), db.snapshot():
        store = next(store for store in queries.sites() if store.public_host == host)
        for ref in pages_of(open_site(store, as_of=on.today, settings=on.settings)):
            if ref.kind is PageKind.VEHICLE:
                found.of_cars.setdefault(UUID(ref.key), set()).add(ref.path)
    return found
