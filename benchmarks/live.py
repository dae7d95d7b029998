"""How long a visitor waits for a change: from the commit to the first answer of the file server that shows it.

    python -m benchmarks.live INSTANCE PORT [ROUNDS]

An installation is being served on that port, with its worker. A price is changed by the product's own action, in a
process of its own as a dealer's click would be, and the car's page is asked for until it shows the new price: on the
marketplace and on the dealer's host. Before each round the queue is empty: behind a whole rebuild (a first start, a
night's new labels) a change waits for its site's turn, which is another figure. Prints JSON, seconds.
"""

import http.client
import json
import random
import statistics
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from storefront.core import clock, config, runtime
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.outbox import OutboxEvent
from storefront.core.tasks import Task, is_open
from storefront.core.tenancy import acting, everywhere
from storefront.domain.dealers.models import Dealer, Plan
from storefront.domain.listings.actions import change_price
from storefront.domain.listings.models import Listing, ListingStatus, PriceReason
from storefront.pages.urls import Urls

from .ours import site
from .world import MARKET

ROUNDS = 10
PATIENCE = 30.0
SETTLING = 600.0
STEP = 1_000_00
"""Cents; a new price is not to be mistaken for another one on the page."""


def measure(instance: Path, port: int, rounds: int) -> dict[str, Any]:
    """Change prices one after the other.

    Args:
        instance: what is being served.
        port: where.
        rounds: how often.

    Returns:
        Seconds to the marketplace and to the dealer's host.
    """
    runtime.start(config.load({}, marketplace_instance=instance, site_port=port))
    tenant_id = site(MARKET).tenant_id
    with acting(tenant_id):
        wanted = select(Listing.id).join(Dealer, Listing.dealer_id == Dealer.id)
        wanted = wanted.where(Listing.status == ListingStatus.ACTIVE, Dealer.plan == Plan.PREMIUM)
        chosen = random.Random(3).sample(list(db.session.scalars(wanted.order_by(Listing.id))), rounds)
    seen: dict[str, list[float]] = {"marketplace": [], "dealer": []}
    for number, listing_id in enumerate(chosen):
        _settle()
        for where, seconds in _one(tenant_id, listing_id, port, number).items():
            seen[where].append(seconds)
    return {
        where: {"p50": round(statistics.median(found), 2), "most": round(max(found), 2), "rounds": len(found)}
        for where, found in seen.items()
    }


def _settle() -> None:
    """Wait until no event and no task of pages, letters or search is left."""
    left = (
        select(OutboxEvent.id).where(OutboxEvent.relayed_at.is_(None)).exists()
        | select(Task.id).where(*is_open(), Task.queue.in_(("default", "publish"))).exists()
    )
    began = time.monotonic()
    while True:
        with everywhere():
            if not db.session.scalar(select(left)):
                return
        if time.monotonic() - began > SETTLING:
            raise SystemExit(f"there is work left to do after {SETTLING} s: is a worker running?")
        time.sleep(0.1)


def _one(tenant_id: UUID, listing_id: UUID, port: int, number: int) -> dict[str, float]:
    with acting(tenant_id):
        listing = db.session.get_one(Listing, listing_id)
        dealer = db.session.get_one(Dealer, listing.dealer_id)
        path = Urls("").vehicle(listing.slug, listing.public_id)
        waiting = {"marketplace": MARKET, "dealer": f"{dealer.slug}.{MARKET}"}
        cents = (listing.price_cents or 0) // STEP * STEP + STEP + 123_00
        at = clock.now() + timedelta(seconds=number)
        perform(change_price, listing, cents, reason=PriceReason.MARKET_ADJUSTMENT, now=at, actor="bench").unwrap()
    began = time.monotonic()
    text = f"{cents // 100:,}".replace(",", ".").encode()
    seen: dict[str, float] = {}
    while waiting:
        for where, host in list(waiting.items()):
            if text in _page(host, port, path):
                seen[where] = time.monotonic() - began
                del waiting[where]
        if time.monotonic() - began > PATIENCE:
            raise SystemExit(f"{', '.join(waiting.values())}{path} shows no {text.decode()} after {PATIENCE} s")
        time.sleep(0.02)
    return seen


def _page(host: str, port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path, headers={"Host": f"{host}:{port}"})
        return connection.getresponse().read()
    finally:
        connection.close()


def main() -> None:
    """Run from the command line."""
    instance, port, *words = sys.argv[1:]
    print(json.dumps(measure(Path(instance), int(port), int(words[0]) if words else ROUNDS)))


if __name__ == "__main__":
    main()
