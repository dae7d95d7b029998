"""T4: a dealer's own domain on real parts: `marketplace serve`, Caddy with an authority of its own, real name servers.

Typed in the admin until it is served with a certificate; strangers' names get none; two tenants race for one name; a
CNAME that was left behind gives nobody a site; with the live layer away what has a certificate goes on.
"""

import http.client
import re
import secrets
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

from builder.domains import checking
from storefront.core import clock, config
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.edge import edge_of
from storefront.core.tenancy import acting, everywhere
from storefront.demo.world import SmallWorld
from storefront.domain.accounts.actions import add_user, found_tenant, log_in
from storefront.domain.accounts.models import Role, User
from storefront.domain.dealers.actions import DealerData, register_dealer
from storefront.domain.dealers.models import Plan
from storefront.domain.stores import domains
from storefront.domain.stores.actions import create_store, switch
from storefront.domain.stores.dns_records import PREFIX
from storefront.domain.stores.models import DomainClaim, DomainState, Store
from tests.servers.dns import Zone
from tests.servers.dns import serving as name_servers
from tools.judges.serving import Server, serving
from tools.prove import t4_ask, web_servers
from tools.prove.ground import fresh_instance, marketplace
from tools.prove.proof import CannotProve, Proof
from tools.prove.small_world import bound, founded

NORTH, MARKET, DOMAIN = "north-cars.localhost", "localhost", "autohaus-nord.de"
HERE = "127.0.0.1"
PATIENCE = 240.0
ROUNDS = 12
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Town:
    """The parts that run, and how to talk to them."""

    settings: Settings
    world: SmallWorld
    zone: Zone
    tls: int
    """Caddy's port."""
    live: Server
    caddy: Path
    """Where Caddy keeps its things."""
    cookies: dict[str, str] = field(default_factory=dict)
    _trust: ssl.SSLContext | None = None

    @property
    def authority(self) -> Path:
        """Give the root certificate browsers would have to trust."""
        return self.caddy / "caddy/pki/authorities/local/root.crt"

    def ask(self, host: str, path: str = "/", form: dict[str, str] | None = None) -> web_servers.Heard:
        """Ask as a browser does that trusts Caddy's authority and nothing else."""
        with self.connect(host) as safe:
            connection = http.client.HTTPSConnection(HERE, self.tls, timeout=30)
            connection.sock = safe
            cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items()) if host == MARKET else ""
            named = {"Host": f"{host}:{self.tls}", "Cookie": cookie} if cookie else {"Host": f"{host}:{self.tls}"}
            if form is None:
                connection.request("GET", path, headers=named)
            else:
                origin = f"https://{host}:{self.tls}"
                more = {
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Origin": origin,
                    "Referer": f"{origin}/admin/",
                }
                connection.request("POST", path, urlencode(form), named | more)
            answer = connection.getresponse()
            for said in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = said.partition(";")[0].partition("=")
                self.cookies[name] = value
            heard = {name.lower(): value for name, value in answer.getheaders()}
            return web_servers.Heard(answer.status, heard, answer.read())

    def connect(self, host: str) -> ssl.SSLSocket:
        """Shake hands under a name; raises ssl.SSLError or OSError where there is no certificate for it."""
        if self._trust is None:
            self._trust = ssl.create_default_context(cafile=str(self.authority))
        return self._trust.wrap_socket(socket.create_connection((HERE, self.tls), timeout=30), server_hostname=host)

    def certificates(self) -> set[str]:
        """Name the hosts Caddy has a certificate for."""
        return {file.stem for file in self.caddy.glob("caddy/certificates/**/*.crt")}


def prove(proof: Proof, *, quick: bool) -> None:
    """Run everything, and go through a domain's life."""
    if web_servers.binary("caddy") is None:
        raise CannotProve("caddy is not installed (apt-get install caddy)")
    with _town() as town:
        _typed_until_served(proof, town)
        _strangers(proof, town, 300 if quick else 10_000)
        _race(proof, town, 4 if quick else ROUNDS)
        _left_behind(proof, town)
        t4_ask.prove_ask(proof, town.settings, town.live.port, 500 if quick else 1_000)
        _switched_off(proof, town)
        town.live.stop(120)
        still = town.ask(DOMAIN).status
        proof.hold("live layer away: the domain goes on", still == 200, f"with the live layer away: {still}")


@contextmanager
def _town() -> Iterator[Town]:
    """Found the small world and run name servers, the product and Caddy."""
    zone = Zone()
    tls, plain = web_servers.free_port(), web_servers.free_port()
    with fresh_instance() as instance, name_servers(zone, 2) as places:
        said = {
            "SITE_SCHEME": "https",
            "SITE_PORT": str(tls),
            "TRUSTED_PROXIES": "1",
            "SECRET_KEY": "t4-" * 12,
            "EDGE_ADDRESSES": HERE,
            "EDGE_CA": str(instance / "authority.crt"),
            "DNS_RESOLVERS": ",".join(f"{host}:{port}" for host, port in places),
        }
        settings = config.load({"MARKETPLACE_INSTANCE": str(instance), **said})
        with bound(settings):
            world = founded(settings)
            with serving(instance, **said) as live:
                folder = instance / "web" / "caddy"
                words = ("--output", str(folder), "--live", f"{HERE}:{live.port}")
                ports = ("--listen", str(plain), "--listen-tls", str(tls))
                marketplace(instance, "web-config", "caddy", *words, *ports, **said)
                _use_own_authority(folder / "Caddyfile")
                with web_servers.running("caddy", folder, tls) as caddy:
                    town = Town(settings, world, zone, tls, live, caddy)
                    _wait(lambda: town.authority.exists(), "Caddy's authority")
                    (instance / "authority.crt").write_bytes(town.authority.read_bytes())
                    yield town


def _use_own_authority(caddyfile: Path) -> None:
    """Have Caddy's own authority sign instead of a public one; nothing else of the configuration is touched."""
    text = caddyfile.read_text("utf-8")
    caddyfile.write_text(text.replace("{\n", "{\n\tlocal_certs\n\tskip_install_trust\n", 1), "utf-8")


def _typed_until_served(proof: Proof, town: Town) -> None:
    """An owner types the domain, makes the records that the page shows, and waits."""
    town.cookies["__Host-session"] = _login(town)
    before = _hands(town, DOMAIN)
    proof.hold("before: no certificate", not before, "a certificate before anything was typed")
    began = time.monotonic()
    form = town.ask(MARKET, "/admin/domains/new").body.decode()
    made = town.ask(MARKET, "/admin/domains/", {"domain": f"https://{DOMAIN}/", "csrf_token": _token_in(form)})
    path = made.headers.get("location", "")
    if made.status != 303 or not path:
        raise CannotProve(f"the admin answered {made.status} to a domain: {made.body[-500:]!r}")
    page = town.ask(MARKET, path).body.decode()
    _make_records(town, page)
    proof.hold("typed alone: no certificate", not _hands(town, DOMAIN), "a certificate for a name that is only typed")
    town.ask(MARKET, f"{path}check", {"csrf_token": _token_in(page)})
    claim_id = UUID(path.strip("/").rpartition("/")[2])
    _wait(lambda: _state(town, claim_id) is DomainState.SERVED, "the domain is served")
    seconds = time.monotonic() - began
    _wait(lambda: town.ask(NORTH).status == 301, "the former host leads on")
    home, tree = town.ask(DOMAIN), town.settings.sites / DOMAIN / "current/index.html"
    origin = f"https://{DOMAIN}:{town.tls}"
    proof.hold(
        f"typed, proven, led here, secured, served in {seconds:.0f} s",
        (home.status, home.body) == (200, tree.read_bytes()) and f'{origin}/"'.encode() in home.body,
        f"the domain answers {home.status}",
    )
    told = {host: town.ask(host, "/vehicles/").headers.get("location") for host in (NORTH, f"www.{DOMAIN}")}
    proof.hold("former host and www lead there", set(told.values()) == {f"{origin}/vehicles/"}, f"they lead to {told}")


def _make_records(town: Town, page: str) -> None:
    """Make the records of a domain's page in the zone, as its owner copies them."""
    values = re.findall(r'data-copy="([^"]+)"', page)
    kinds = re.findall(r"<code><b>(TXT|A|AAAA|CNAME)</b>", page)
    for kind, label, value in zip(kinds, values[::2], values[1::2], strict=True):
        town.zone.set(DOMAIN if label == "@" else f"{label}.{DOMAIN}", (kind, value))
        if kind == "CNAME":
            town.zone.set(value, ("A", HERE))


def _strangers(proof: Proof, town: Town, number: int) -> None:
    """Names nobody has: no handshake, no certificate, no matter how many."""
    before, began = town.certificates(), time.monotonic()
    names = [
        f"{secrets.token_hex(6)}.{ending}" for ending in ("de", "com", "localhost", DOMAIN) for _ in range(number // 4)
    ]
    with ThreadPoolExecutor(max_workers=4) as pool:
        got = sum(pool.map(lambda name: _hands(town, name), names))
    more = town.certificates() - before
    proof.hold(
        f"{len(names)} random names: 0 certificates in {time.monotonic() - began:.0f} s",
        not got and not more,
        f"{got} strangers got one: {sorted(more)[:3]}",
    )


def _race(proof: Proof, town: Town, rounds: int) -> None:
    """Two tenants prove the same names at the same moment: each has one holder."""
    stores = [_north(town), _other_tenant(town)]
    winners: list[int] = []
    for number in range(rounds):
        name = f"rennen-{number}.de"
        claims = [_claim(tenant_id, store_id, name) for tenant_id, store_id in stores]
        town.zone.set(f"_marketplace-challenge.{name}", *[("TXT", PREFIX + token) for _, token in claims])
        gate = threading.Barrier(2)
        with ThreadPoolExecutor(max_workers=2) as pool:
            runs = [
                pool.submit(_looked, town, tenant_id, claim_id, gate)
                for (tenant_id, _), (claim_id, _) in zip(stores, claims, strict=True)
            ]
            states = sorted(str(run.result()) for run in runs)
        with everywhere():
            holders = db.session.query(DomainClaim).filter(DomainClaim.held == name).count()
        winners.append(holders if states == sorted((str(DomainState.TYPED), str(DomainState.PROVEN))) else -1)
        for (tenant_id, _), (claim_id, _token) in zip(stores, claims, strict=True):
            _give_up(tenant_id, claim_id)
    proof.hold(f"{rounds} races of two tenants: one holder each", winners == [1] * rounds, f"holders: {winners}")


def _left_behind(proof: Proof, town: Town) -> None:
    """A dealer gives a name up and leaves its CNAME: nobody else can have a site there, not even with the proof."""
    name = f"angebote.{DOMAIN}"
    (north, north_store), (other, other_store) = _north(town), _other_tenant(town)
    claim_id, token = _claim(north, north_store, name)
    with acting(north):
        target = f"{db.session.get_one(DomainClaim, claim_id).target}.{edge_of(town.settings).host}"
    town.zone.set(name, ("CNAME", target))
    town.zone.set(target, ("A", HERE))
    town.zone.set(f"_marketplace-challenge.{name}", ("TXT", PREFIX + token))
    _give_up(north, claim_id)
    thief, its_token = _claim(other, other_store, name)
    first = _looked(town, other, thief)
    certificate = _hands(town, name)
    town.zone.set(f"_marketplace-challenge.{name}", ("TXT", PREFIX + its_token))
    second, third = _looked(town, other, thief), _looked(town, other, thief)
    found = (first, second, third, certificate or _hands(town, name))
    wanted = (DomainState.TYPED, DomainState.PROVEN, DomainState.PROVEN, False)
    proof.hold("a CNAME left behind gives nobody a site", found == wanted, f"a CNAME left behind: {found}")
    _give_up(other, thief)


def _switched_off(proof: Proof, town: Town) -> None:
    """A site that is switched off is not served on any of its names; on again, it is."""
    page = town.ask(MARKET, "/admin/sites/").body.decode()
    _, store_id = _north(town)
    town.ask(MARKET, f"/admin/sites/{store_id}/off", {"csrf_token": _token_in(page)})
    _wait(lambda: town.ask(DOMAIN).status == 404, "the site is gone")
    refused = town.live.get(HERE, f"/-/ask?domain={DOMAIN}").status
    with acting(town.world.tenant_id):
        store = db.session.get_one(Store, store_id)
        perform(switch, store, True, now=clock.now(), actor="proof").unwrap()
    _wait(lambda: town.ask(DOMAIN).status == 200, "the site is back")
    proof.hold("switched off: 404 and no certificate; on again: served", refused == 404, f"ask says {refused}")


def _login(town: Town) -> str:
    with acting(town.world.tenant_id):
        given = {"dealer_id": town.world.north_id, "language": "de", "now": clock.now(), "actor": "proof"}
        user: User = perform(add_user, "owner@north.example", "Owner", "x", Role.DEALER_OWNER, **given).unwrap()
        return perform(log_in, user, agent="proof", now=clock.now()).unwrap()


def _north(town: Town) -> tuple[UUID, UUID]:
    with acting(town.world.tenant_id):
        return town.world.tenant_id, db.session.query(Store).filter(Store.host == NORTH).one().id


def _other_tenant(town: Town) -> tuple[UUID, UUID]:
    """Give a dealer's site of another tenant; made the first time."""
    with everywhere():
        known = db.session.query(Store).filter(Store.host == "fremd.localhost").first()
        if known is not None:
            return known.tenant_id, known.id
        tenant_id = perform(found_tenant, "other", "Other", now=clock.now()).unwrap().id
    with acting(tenant_id):
        now = clock.now()
        data = DealerData(name="Fremd", slug="fremd", licence="F1", plan=Plan.PREMIUM)
        dealer = perform(register_dealer, data, now=now, today=clock.business_date(now)).unwrap()
        more = {"theme": "classic", "languages": ["de"], "now": now, "active": False}
        store = perform(create_store, "Fremd", "fremd.localhost", dealer_id=dealer.id, **more).unwrap()
        return tenant_id, store.id


def _claim(tenant_id: UUID, store_id: UUID, name: str) -> tuple[UUID, str]:
    with acting(tenant_id):
        store = db.session.get_one(Store, store_id)
        made = perform(domains.claim, store, name, own=(), now=clock.now(), actor="proof").unwrap()
        return made.id, made.token


def _give_up(tenant_id: UUID, claim_id: UUID) -> None:
    with acting(tenant_id):
        claimed = db.session.get_one(DomainClaim, claim_id)
        perform(domains.release, claimed, now=clock.now(), actor="proof").unwrap()


def _looked(town: Town, tenant_id: UUID, claim_id: UUID, gate: threading.Barrier | None = None) -> DomainState | None:
    if gate is not None:
        gate.wait()
    with acting(tenant_id):
        return checking.check(claim_id, checking.sight(town.settings))


def _state(town: Town, claim_id: UUID) -> DomainState:
    with acting(town.world.tenant_id):
        return db.session.get_one(DomainClaim, claim_id).state


def _hands(town: Town, host: str) -> bool:
    """Ask whether Caddy has, or gets, a certificate for a name."""
    with suppress(OSError, ssl.SSLError), town.connect(host):
        return True
    return False


def _token_in(page: str) -> str:
    found = _TOKEN.search(page)
    if found is None:
        raise CannotProve(f"the admin shows no form: {page[-600:]}")
    return found[1]


def _wait(holds: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if holds():
            return
        time.sleep(0.3)
    raise CannotProve(f"not within {PATIENCE:.0f} s: {what}")
