"""A domain of a site's own: from the first letter typed until it is given up (SPEC 25, SECURITY D1, D2)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.outbox import OutboxEvent
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts.models import AuditEntry
from storefront.domain.stores import domain_checks, domains, hosts
from storefront.domain.stores.domain_checks import GRACE, Trouble
from storefront.domain.stores.models import DomainClaim, DomainState, Store
from tests.factories import make_dealer, make_store, make_tenant
from tests.integration.domain_ready import ADDRESS, EDGE_HOST, DomainGround, claim_for, ground, served_on

DOMAIN = "autohaus-nord.de"


@pytest.fixture(scope="module")
def shared_ground() -> Iterator[DomainGround]:
    """Run the servers once."""
    with ground() as made:
        yield made


@pytest.fixture
def dns(shared_ground: DomainGround) -> Iterator[DomainGround]:
    """Give the servers with an empty zone."""
    zone = shared_ground.zone
    zone.rows.clear(), zone.broken.clear(), zone.silent.clear()
    return shared_ground


def of(claimed: DomainClaim) -> DomainClaim:
    """Read a claim anew."""
    db.session.expire_all()
    return db.session.get_one(DomainClaim, claimed.id)


def may(host: str, now: datetime | None = None) -> bool:
    """Ask as the web server does."""
    return hosts.may_have_certificate(host, base_host="localhost", now=now or clock.now())


def turns() -> list[str]:
    """Give what was told to owners."""
    rows = db.session.scalars(select(OutboxEvent).where(OutboxEvent.name == "DomainTurned").order_by(OutboxEvent.id))
    return [row.payload["what"] for row in rows]


def test_a_domain_goes_from_typed_to_served_and_each_step_needs_its_record(
    world: SimpleNamespace, dns: DomainGround
) -> None:
    claimed = claim_for(world.north_store, "https://WWW.Autohaus-Nord.de/")
    assert (claimed.domain.host, claimed.domain.twin, claimed.held) == (f"www.{DOMAIN}", DOMAIN, None)
    assert dns.check(claimed.id) is DomainState.TYPED
    dns.prove(claimed)
    assert dns.check(claimed.id) is DomainState.PROVEN
    assert of(claimed).held == DOMAIN
    assert not may(f"www.{DOMAIN}")
    dns.point(f"www.{DOMAIN}")
    assert dns.check(claimed.id) is DomainState.SECURED
    assert db.session.get_one(Store, world.north_store.id).public_host == f"www.{DOMAIN}"
    assert dns.check(claimed.id) is DomainState.SERVED
    assert (may(f"www.{DOMAIN}"), may(DOMAIN), turns()) == (True, False, ["served"])
    dns.point(DOMAIN)
    dns.check(claimed.id)
    assert may(DOMAIN)
    acts = db.session.scalars(select(AuditEntry.action).where(AuditEntry.object_kind == "domain")).all()
    assert set(acts) >= {"claim_domain", "prove_domain", "secure_domain", "served_domain"}


def test_one_resolver_alone_proves_nothing(world: SimpleNamespace, dns: DomainGround) -> None:
    from storefront.adapters.dns import NameServer
    from storefront.domain.stores.dns_records import look
    from tests.servers.dns import Zone, serving

    claimed, lying = claim_for(world.north_store), Zone()
    with serving(lying, 1) as liar:
        lying.set(claimed.domain.challenge, ("TXT", f"marketplace-verification={claimed.token}"))
        asked = [NameServer(liar[0], seconds=0.5), *dns.sight.resolvers[:2]]
        given = {"token": claimed.token, "target": f"{claimed.target}.{EDGE_HOST}", "edge": dns.edge}
        assert not look(claimed.domain, **given, resolvers=asked).is_proven


def test_the_record_of_one_dealer_proves_nothing_for_another(world: SimpleNamespace, dns: DomainGround) -> None:
    north, south = claim_for(world.north_store), claim_for(world.south_store)
    dns.prove(north)
    dns.point(DOMAIN)
    assert dns.check(south.id) is DomainState.TYPED
    assert of(south).found["proof"]["verdict"] == "other"
    assert dns.check(north.id) is DomainState.SECURED


def test_a_record_that_comes_too_late_is_refused_and_a_new_one_can_be_had(
    world: SimpleNamespace, dns: DomainGround
) -> None:
    claimed = claim_for(world.north_store)
    dns.prove(claimed)
    late = clock.now() + domains.TOKEN_VALID + timedelta(minutes=1)
    assert dns.check(claimed.id, late) is DomainState.EXPIRED
    before = claimed.token
    fresh = perform(domains.renew, of(claimed), now=late, actor="test").unwrap()
    assert fresh.token != before
    dns.check(claimed.id, late)
    assert of(claimed).state is DomainState.TYPED
    dns.prove(of(claimed))
    assert dns.check(claimed.id, late) is DomainState.PROVEN


def test_two_proofs_of_one_name_the_first_seen_has_it(world: SimpleNamespace, dns: DomainGround) -> None:
    north, south = claim_for(world.north_store), claim_for(world.south_store)
    tokens = [("TXT", f"marketplace-verification={one.token}") for one in (north, south)]
    dns.zone.set(north.domain.challenge, *tokens)
    dns.point(DOMAIN)
    assert dns.check(south.id) is DomainState.SECURED
    assert dns.check(north.id) is DomainState.TYPED
    assert of(north).problem == Trouble.TAKEN
    assert db.session.get_one(Store, world.north_store.id).custom_domain is None


def test_a_name_passes_to_who_proves_it_once_the_proof_before_is_gone(
    world: SimpleNamespace, dns: DomainGround
) -> None:
    north = served_on(dns, world.north_store)
    south = claim_for(world.south_store)
    dns.prove(south)
    assert dns.check(south.id) is DomainState.TYPED
    assert of(north).next_check_at <= clock.now()
    dns.check(north.id)
    assert of(north).proof_lost_at is not None
    assert dns.check(south.id) is DomainState.SECURED
    assert of(north).state is DomainState.LAPSED
    assert db.session.get_one(Store, world.north_store.id).custom_domain is None
    assert db.session.get_one(Store, world.south_store.id).custom_domain == DOMAIN
    assert turns()[-1] == "taken"


def test_a_dangling_cname_gives_nobody_a_site(world: SimpleNamespace, dns: DomainGround) -> None:
    north = claim_for(world.north_store, "www.shop.autohaus-nord.de")
    host = north.domain.host
    dns.zone.set(host, ("CNAME", f"{north.target}.{EDGE_HOST}"))
    dns.zone.set(f"{north.target}.{EDGE_HOST}", ("A", ADDRESS))
    dns.prove(north)
    for _ in range(2):
        dns.check(north.id)
    assert of(north).state is DomainState.SERVED
    perform(domains.release, of(north), now=clock.now(), actor="test").unwrap()
    south = claim_for(world.south_store, "www.shop.autohaus-nord.de")
    assert south.target != north.target
    assert dns.check(south.id) is DomainState.TYPED
    dns.prove(south)  # even the zone's owner cannot bring it to a target that is another claim's
    assert dns.check(south.id) is DomainState.PROVEN
    assert of(south).found["host"]["verdict"] == "foreign"


def test_after_a_release_a_record_made_before_it_is_worth_nothing(world: SimpleNamespace, dns: DomainGround) -> None:
    south = claim_for(world.south_store)
    north = served_on(dns, world.north_store)
    perform(domains.release, north, now=clock.now(), actor="test").unwrap()
    dns.prove(south)
    before = south.token
    assert dns.check(south.id) is DomainState.TYPED
    assert (of(south).problem, of(south).token == before) == (Trouble.STALE, False)
    dns.prove(of(south))
    assert dns.check(south.id) is DomainState.SECURED


def test_a_site_whose_domain_is_given_up_is_back_on_its_own_host(world: SimpleNamespace, dns: DomainGround) -> None:
    claimed = served_on(dns, world.north_store)
    perform(domains.release, claimed, now=clock.now(), actor="test").unwrap()
    store = db.session.get_one(Store, world.north_store.id)
    led = {found.host: found.to for found in hosts.forwards([store], base_host="localhost", now=clock.now())}
    assert (store.public_host, led[DOMAIN], led[f"www.{DOMAIN}"]) == (store.host, store.host, store.host)
    assert (of(claimed).held, of(claimed).next_check_at) == (None, None)


def test_a_domain_that_breaks_is_warned_of_and_falls_back_after_72_hours(
    world: SimpleNamespace, dns: DomainGround
) -> None:
    claimed = served_on(dns, world.north_store)
    start = clock.now()
    dns.zone.set(DOMAIN, ("A", "198.51.100.7"))
    hours = [0, 1, 24, 71]
    assert [dns.check(claimed.id, start + timedelta(hours=hour)) for hour in hours] == [DomainState.SERVED] * 4
    assert turns() == ["served", "broken"]
    assert dns.check(claimed.id, start + GRACE) is DomainState.LAPSED
    assert turns() == ["served", "broken", "lapsed"]
    store = db.session.get_one(Store, world.north_store.id)
    assert store.custom_domain is None
    led = {found.host for found in hosts.forwards([store], base_host="localhost", now=start + GRACE)}
    assert not led & {DOMAIN, f"www.{DOMAIN}"}, "nobody knows whose the domain is now: it leads nowhere"
    dns.point(DOMAIN)
    later = start + GRACE + timedelta(hours=7)
    assert dns.check(claimed.id, later) is DomainState.SECURED
    assert dns.check(claimed.id, later) is DomainState.SERVED


def test_name_servers_that_do_not_answer_cost_nobody_a_domain_at_once(
    world: SimpleNamespace, dns: DomainGround
) -> None:
    claimed = served_on(dns, world.north_store)
    start = clock.now()
    dns.zone.broken.update({DOMAIN, claimed.domain.challenge})
    for hour in (1, 5, 20):
        assert dns.check(claimed.id, start + timedelta(hours=hour)) is DomainState.SERVED
    assert (of(claimed).failures, of(claimed).proof_lost_at) == (0, None)
    for hour in (30, 50, 110):
        dns.check(claimed.id, start + timedelta(hours=hour))
    assert of(claimed).state is DomainState.LAPSED


def test_one_bad_moment_is_forgotten(world: SimpleNamespace, dns: DomainGround) -> None:
    claimed = served_on(dns, world.north_store)
    dns.zone.drop(DOMAIN)
    dns.check(claimed.id)
    dns.point(DOMAIN)
    dns.check(claimed.id)
    assert (of(claimed).failures, of(claimed).broken_since, turns()) == (0, None, ["served"])


def test_a_site_moves_between_apex_and_www_and_the_former_leads_on(world: SimpleNamespace, dns: DomainGround) -> None:
    claimed = served_on(dns, world.north_store)
    perform(domains.choose_host, claimed, www=True, now=clock.now(), actor="test").unwrap()
    store = db.session.get_one(Store, world.north_store.id)
    assert store.custom_domain == f"www.{DOMAIN}"
    assert {may(DOMAIN), may(f"www.{DOMAIN}")} == {True}
    led = {found.host: found.to for found in hosts.forwards([store], base_host="localhost", now=clock.now())}
    assert led[DOMAIN] == f"www.{DOMAIN}"


def test_www_cannot_be_chosen_before_it_leads_here(world: SimpleNamespace, dns: DomainGround) -> None:
    claimed = served_on(dns, world.north_store)
    dns.zone.drop(f"www.{DOMAIN}")
    dns.check(claimed.id)
    refused = perform(domains.choose_host, of(claimed), www=True, now=clock.now(), actor="test")
    assert not refused
    assert refused.error is not None
    assert refused.error.code == "conflict"


def test_a_second_domain_takes_the_place_of_the_first_which_leads_there(
    world: SimpleNamespace, dns: DomainGround
) -> None:
    first = served_on(dns, world.north_store)
    second = served_on(dns, world.north_store, "nordauto.de")
    store = db.session.get_one(Store, world.north_store.id)
    led = {found.host: found.to for found in hosts.forwards([store], base_host="localhost", now=clock.now())}
    assert (of(first).state, of(second).state) == (DomainState.RELEASED, DomainState.SERVED)
    assert (led[DOMAIN], led[f"www.{DOMAIN}"], led[store.host]) == ("nordauto.de",) * 3
    assert {may(DOMAIN), may(f"www.{DOMAIN}"), may("nordauto.de")} == {True}


def test_an_address_elsewhere_beside_ours_is_not_ours(world: SimpleNamespace, dns: DomainGround) -> None:
    claimed = claim_for(world.north_store)
    dns.prove(claimed)
    dns.zone.set(DOMAIN, ("A", ADDRESS), ("AAAA", "2001:db8::99"))
    assert dns.check(claimed.id) is DomainState.PROVEN
    found = of(claimed).found["host"]
    assert (found["verdict"], found["values"]) == ("other", ["2001:db8::99", ADDRESS])


def test_a_proof_that_goes_before_the_site_moves_lets_go_of_the_name(world: SimpleNamespace, dns: DomainGround) -> None:
    claimed = claim_for(world.north_store)
    dns.prove(claimed)
    dns.check(claimed.id)
    dns.zone.drop(claimed.domain.challenge)
    assert dns.check(claimed.id) is DomainState.TYPED
    assert of(claimed).held is None


def test_a_site_that_is_switched_off_gets_no_certificate(world: SimpleNamespace, dns: DomainGround) -> None:
    from storefront.domain.stores.actions import switch

    served_on(dns, world.north_store)
    assert may(DOMAIN)
    store = db.session.get_one(Store, world.north_store.id)
    perform(switch, store, False, now=clock.now(), actor="test").unwrap()
    assert not may(DOMAIN)


@pytest.mark.parametrize(
    "typed",
    ["marktplatz.de", "shop.marktplatz.de", "192.0.2.1", "*.autohaus.de", "de", "co.uk", "autohaus.test", "аррӏе.com"],
)
def test_names_nobody_may_have_are_refused(world: SimpleNamespace, dns: DomainGround, typed: str) -> None:
    refused = perform(domains.claim, world.north_store, typed, own=dns.edge.own, now=clock.now(), actor="test")
    assert refused.error is not None
    assert refused.error.field == "domain"


def test_a_site_has_room_for_five_domains(world: SimpleNamespace) -> None:
    for number in range(domains.MOST_OPEN):
        claim_for(world.north_store, f"auto{number}.de")
    refused = perform(domains.claim, world.north_store, "auto9.de", own=(), now=clock.now(), actor="test")
    again = perform(domains.claim, world.north_store, "auto1.de", own=(), now=clock.now(), actor="test")
    assert (refused.error.code, again.error.code) == ("conflict", "conflict")  # type: ignore[union-attr]


def test_what_falls_due_is_looked_at_once(world: SimpleNamespace) -> None:
    claimed = claim_for(world.north_store)
    now = clock.now() + domains.FIRST_LOOK
    with everywhere():
        assert domain_checks.tenants_with_due(now) == [world.tenant.id]
    assert [one.id for one in perform(domain_checks.ask_due, now=now).unwrap()] == [claimed.id]
    assert perform(domain_checks.ask_due, now=now).unwrap() == []


def test_both_databases_keep_one_holder_of_a_name_and_the_dealers_apart(
    either_database: Settings, dns: DomainGround
) -> None:
    towns: list[Any] = []
    for number in range(2):
        with everywhere():
            tenant_id = perform(make_tenant).unwrap().id
        with acting(tenant_id):
            store = perform(lambda number=number: make_store(make_dealer(f"d{number}"))).unwrap()
            towns.append((tenant_id, store.id, store.dealer_id))
    claims: list[Any] = []
    for tenant_id, store_id, dealer_id in towns:
        with acting(tenant_id, dealer_id):
            claims.append(claim_for(db.session.get_one(Store, store_id)).id)
            assert len(db.session.scalars(select(DomainClaim)).all()) == 1
    with everywhere():
        rows = db.session.scalars(select(DomainClaim)).all()
        dns.zone.set(rows[0].domain.challenge, *[("TXT", f"marketplace-verification={row.token}") for row in rows])
    dns.point(DOMAIN)
    for (tenant_id, *_), claim_id in zip(towns, claims, strict=True):
        with acting(tenant_id):
            dns.check(claim_id)
    with everywhere():
        states = [db.session.get_one(DomainClaim, claim_id).state for claim_id in claims]
    assert states == [DomainState.SECURED, DomainState.TYPED]
    assert may(DOMAIN)
    assert not may("stranger.de")


def test_the_owner_is_written_to_when_a_domain_comes_into_use_and_when_it_breaks(
    world: SimpleNamespace, dns: DomainGround, run_jobs: Any
) -> None:
    from storefront.domain.accounts.models import Role
    from storefront.notices.models import Letter
    from tests.integration.admin_desk import person

    owner = person(Role.DEALER_OWNER, world.north.id, clock.now()).email
    with acting(world.tenant.id):
        claimed = served_on(dns, db.session.get_one(Store, world.north_store.id))
        dns.zone.set(DOMAIN, ("A", "198.51.100.7"))
        claim_id = claimed.id
        dns.check(claim_id), dns.check(claim_id)
        run_jobs(["default"])
        letters = db.session.scalars(select(Letter).where(Letter.template == "domain_turned")).all()
    assert {letter.to_address for letter in letters} == {owner}
    assert sorted(letter.subject for letter in letters) == [
        f"{DOMAIN} führt nicht mehr zu Ihrer Website",
        f"{DOMAIN} ist online",
    ]
    assert all(f"/admin/domains/{claim_id}/" in letter.body_text for letter in letters)
