"""B7: real Caddy and nginx serve two hosts from the configuration we write; what goes is gone after one publish; and a
real S3-compatible server receives exactly the difference of two publishes (`b7_storage`).
"""

import gzip
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from builder.releases import site_folder
from seo import headers, redirects
from seo.headers import Kind
from seo.redirects import Past
from storefront.core import clock, config
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting
from storefront.demo.world import SmallWorld
from storefront.domain.dealers import actions as dealers
from storefront.domain.dealers.models import Dealer, DealerStatus
from storefront.domain.listings import actions as listings
from storefront.domain.listings.models import Listing, ListingStatus
from storefront.domain.stores import actions as stores
from storefront.domain.stores.models import Store
from storefront.domain.vehicles.models import Vehicle
from tools.judges.serving import serving
from tools.prove import web_servers
from tools.prove.ground import fresh_instance, marketplace
from tools.prove.proof import CannotProve, Proof
from tools.prove.small_world import bound, founded, publish
from tools.prove.web_servers import Heard

NORTH, MARKET, SOUTH, FORMER, TWIN = (
    "north-cars.localhost",
    "localhost",
    "www.south.example",
    "south-motors.localhost",
    "south.example",
)
SERVERS = ("nginx", "caddy")
Ask = Callable[..., Heard]


def prove(proof: Proof, *, quick: bool) -> None:
    """Build a small world, change it as dealers do, and look at it through both servers; then the storage."""
    del quick
    there = [name for name in SERVERS if web_servers.binary(name)]
    for name in set(SERVERS) - set(there):
        proof.shortfalls.append(f"NOT TRIED: {name} is not installed (apt-get install {name})")
    with fresh_instance() as instance:
        settings = config.load({}, marketplace_instance=instance, secret_key="b7-" * 12)
        with bound(settings):
            world = founded(settings)
            _changed(settings, world)
            for name in there:
                with _front(instance, name, live="") as ask:
                    _files(proof, settings, name, ask)
            with serving(instance) as live, ExitStack() as stack:
                asks = {name: stack.enter_context(_front(instance, name, f"127.0.0.1:{live.port}")) for name in there}
                _behind(proof, settings, world, asks, live.port)
                _suspended(proof, settings, world, asks)
    _storage(proof)


def _changed(settings: Settings, world: SmallWorld) -> None:
    """The Golf gets another name twice, another car is withdrawn, South Motors moves to a domain of its own."""
    for version in ("1.5 TSI Style", "1.5 TSI Black"):
        with acting(world.tenant_id):
            perform(_rename, world, version).unwrap()
        publish(settings)
    with acting(world.tenant_id):
        perform(_withdraw_one, world).unwrap()
        store = db.session.query(Store).filter(Store.host == FORMER).one()
        perform(stores.set_custom_domain, store, SOUTH, now=clock.now(), actor="proof").unwrap()
    publish(settings)


def _rename(world: SmallWorld, version: str) -> None:
    golf = db.session.get_one(Listing, world.golf_id)
    vehicle = db.session.get_one(Vehicle, golf.vehicle_id)
    listings.update_vehicle(golf, vehicle, {"version": version}, now=clock.now(), actor="proof")


def _withdraw_one(world: SmallWorld) -> str:
    north = db.session.query(Dealer).filter(Dealer.slug == "north-cars").one()
    offered = db.session.query(Listing).filter(Listing.dealer_id == north.id, Listing.status == ListingStatus.ACTIVE)
    car = next(one for one in offered.order_by(Listing.public_id) if one.id != world.golf_id)
    listings.withdraw(car, now=clock.now(), actor="proof")
    return f"/vehicles/{car.slug}-{car.public_id}/"


@contextmanager
def _front(instance: Path, name: str, live: str) -> Iterator[Ask]:
    """Write the configuration by the product's own command and run the server with it."""
    port, folder = web_servers.free_port(), instance / "web" / f"{name}{live.rpartition(':')[2]}"
    brotli = "--brotli" if web_servers.has_brotli() else "--no-brotli"
    marketplace(instance, "web-config", name, "--output", str(folder), "--live", live, "--listen", str(port), brotli)
    with web_servers.running(name, folder, port):
        yield lambda path, host=NORTH, **more: web_servers.ask(port, host, path, **more)


def _files(proof: Proof, settings: Settings, name: str, ask: Ask) -> None:
    """What the files and the rules alone say, with no live layer behind them."""
    faults: list[str] = []
    seen = 0
    for host in (NORTH, SOUTH):
        tree = site_folder(settings, host).current
        for file in sorted(path for path in tree.rglob("*") if path.is_file() and path.suffix not in (".br", ".gz")):
            path = str(file.relative_to(tree))
            faults += [f"{host}/{path}: {fault}" for fault in _faults(ask, host, path, file)]
            seen += 1
    proof.hold(
        f"{name}: {seen} files of two hosts, plain, gzip and br, with type, cache, policy",
        not faults,
        f"{name}: {faults[:3]}",
    )
    known = redirects.from_bytes((settings.sites / NORTH / redirects.FILE).read_bytes()).addresses
    wrong = [fault for address, past in known.items() if (fault := _fate(ask, settings, address, past))]
    moved = sum(past.to is not None for past in known.values())
    proof.hold(
        f"{name}: {moved} moved in one hop, {len(known) - moved} gone (410)",
        not wrong and moved > 1,
        f"{name}: {wrong[:3]}",
    )
    odd = _oddities(ask, settings)
    proof.hold(f"{name}: hosts, methods, parts, 404 in two languages", not odd, f"{name}: {odd[:3]}")


def _faults(ask: Ask, host: str, path: str, file: Path) -> Iterator[str]:
    address = f"/{path.removesuffix('index.html')}" if path.endswith("index.html") else f"/{path}"
    for coding, ending in (("identity", ""), ("gzip", ".gz"), ("br", ".br")):
        copy = file.with_name(file.name + ending)
        if ending == ".br" and not web_servers.has_brotli():
            continue
        answer = ask(address, host, Accept_Encoding=coding)
        if not copy.exists():
            copy, coding = file, "identity"
        if (answer.status, answer.body) != (200, copy.read_bytes()):
            yield f"{coding}: {answer.status}, {len(answer.body)} bytes"
        if answer.headers.get("content-encoding", "identity") != coding:
            yield f"{coding}: {answer.headers.get('content-encoding')}"
        wanted = dict(headers.file_headers(path))
        for header in ("Cache-Control", "Content-Type", "X-Robots-Tag"):
            if answer.headers.get(header.lower()) != wanted.get(header):
                yield f"{header}: {answer.headers.get(header.lower())!r}"
        if path.endswith(".html"):
            for header, value in headers.security_headers(headers.content_security_policy()):
                if answer.headers.get(header.lower()) != value:
                    yield f"{header}: {answer.headers.get(header.lower())!r}"


def _fate(ask: Ask, settings: Settings, address: str, past: Past) -> str:
    answer = ask(address)
    if past.to is not None:
        to = re.sub(r"^https?://[^/]+", "", answer.headers.get("location", ""))
        return (
            ""
            if (answer.status, to) == (301, past.to) and ask(to).status == 200
            else f"{address}: {answer.status} {to}"
        )
    spoken = "en/" if address.startswith("/en/") else ""
    page = (site_folder(settings, NORTH).current / f"{spoken}404.html").read_bytes()
    fine = (answer.status, answer.body, answer.headers["cache-control"]) == (410, page, Kind.MISSING.value)
    return "" if fine else f"{address}: {answer.status}"


def _oddities(ask: Ask, settings: Settings) -> list[str]:
    tree = site_folder(settings, NORTH).current
    film = next((file for file in sorted(tree.rglob("i/*.jpg"))), tree / "robots.txt")
    part = ask(f"/{film.relative_to(tree)}", Range="bytes=2-9")
    there = f"http://{SOUTH}:{settings.site_port}/vehicles/"
    said = {
        "unknown host": ask("/", "stranger.example").status == 404,
        "former host": (ask("/vehicles/", FORMER).status, ask("/vehicles/", FORMER).headers.get("location"))
        == (301, there),
        "www": ask("/vehicles/", TWIN).headers.get("location") == there,
        "not found": (ask("/nowhere/").status, ask("/nowhere/").body) == (404, (tree / "404.html").read_bytes()),
        "in English": ask("/en/nowhere/").body == (tree / "en/404.html").read_bytes(),
        "POST": (ask("/", method="POST", body=b"x").status, ask("/", method="POST", body=b"x").headers.get("allow"))
        == (405, "GET, HEAD"),
        "part": (part.status, part.body) == (206, film.read_bytes()[2:10]),
        "slash": ask("/vehicles").headers.get("location", "").endswith("/vehicles/"),
        "traversal": ask("/..%2f..%2fmoves.json").status in (400, 404),
        "compressed": gzip.decompress(ask("/", Accept_Encoding="gzip").body) == (tree / "index.html").read_bytes(),
    }
    return [what for what, holds in said.items() if not holds]


def _behind(proof: Proof, settings: Settings, world: SmallWorld, asks: dict[str, Ask], port: int) -> None:
    """What goes while the servers run is gone at once, without a reload; certificates are had for our hosts alone."""
    with acting(world.tenant_id):
        address = perform(_withdraw_one, world).unwrap()
    before = {name: ask(address).status for name, ask in asks.items()}
    publish(settings)
    after = {name: ask(address).status for name, ask in asks.items()}
    proof.hold(
        "a car withdrawn while they run: 410 without a reload",
        set(before.values()) <= {200} and set(after.values()) <= {410}, f"{before} then {after}",
    )  # fmt: skip
    inside = web_servers.ask(port, "127.0.0.1", f"/-/ask?domain={NORTH}").status
    stranger = web_servers.ask(port, "127.0.0.1", "/-/ask?domain=stranger.example").status
    outside = {ask(f"/-/ask?domain={NORTH}").status for ask in asks.values()}
    health = {ask("/-/health").status for ask in asks.values()}
    proof.hold(
        "ask: 200 for ours, 404 for a stranger's, nothing through the front",
        (inside, stranger) == (200, 404) and outside <= {404} and health <= {200},
        f"ask: {inside}, {stranger}, {outside}, health {health}",
    )


def _suspended(proof: Proof, settings: Settings, world: SmallWorld, asks: dict[str, Ask]) -> None:
    """A suspended dealer's site and its pages on the marketplace are gone after one publish."""
    tree = site_folder(settings, MARKET).current
    cars = [f"/{file.parent.relative_to(tree)}/" for file in tree.glob("vehicles/*/index.html")]
    with acting(world.tenant_id):
        golf = db.session.get_one(Listing, world.golf_id)
        known = next(car for car in cars if golf.public_id in car)
        perform(_suspend).unwrap()
    publish(settings)
    for name, ask in asks.items():
        found = [ask("/").status, ask("/dealers/north-cars/", MARKET).status, ask(known, MARKET).status]
        listed = known.encode() in ask("/vehicles/", MARKET).body + ask("/sitemaps/vehicles.xml", MARKET).body
        proof.hold(
            f"{name}: a suspended dealer is gone after one publish",
            found == [404, 410, 410] and not listed,
            f"{name}: after the suspension {found}, still listed: {listed}",
        )


def _suspend() -> None:
    north = db.session.query(Dealer).filter(Dealer.slug == "north-cars").one()
    dealers.set_status(north, DealerStatus.SUSPENDED, now=clock.now(), actor="proof", reason="proof")
    listings.place_dealer(north)


def _storage(proof: Proof) -> None:
    try:
        from tools.prove.b7_storage import prove_storage
    except ImportError as missing:
        raise CannotProve(f"the part about object storage cannot be tried: {missing}") from missing
    prove_storage(proof)
