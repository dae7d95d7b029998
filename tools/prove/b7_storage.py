"""B7, object storage: a real S3-compatible server receives exactly the difference of two publishes, rightly headed.

`b7.py` calls `prove_storage`. What is to be in the bucket is read from the trees that are served; what is there is read
back from the server by a client of our own. A file that was put again without need has a newer date there.
"""

import gzip
import hashlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storefront.core import clock, config
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting
from storefront.demo.world import SmallWorld
from storefront.domain.listings import actions as listings
from storefront.domain.listings.models import Listing, ListingStatus, PriceReason
from tools import object_storage
from tools.judges.trees import ROOT
from tools.object_storage import NoServer, Server
from tools.prove.ground import fresh_instance, report
from tools.prove.proof import CannotProve, Proof
from tools.prove.small_world import bound, founded, publish

SERVERS = {"versitygw": (), "nanio": ("north-cars.localhost",)}
"""With the hosts that are delivered to it; all where none is named. nanio takes 20 files a second on a busy machine."""
CHECKED = {
    "index.html": ("text/html; charset=utf-8", "public, max-age=0, s-maxage=60"),
    ".css": ("text/css; charset=utf-8", "public, max-age=31536000, immutable"),
    "rss.xml": ("application/rss+xml; charset=utf-8", "public, max-age=300"),
    "sitemap.xml": ("application/xml; charset=utf-8", "public, max-age=300"),
    ".avif": ("image/avif", "public, max-age=31536000, immutable"),
    ".woff2": ("font/woff2", "public, max-age=31536000, immutable"),
}
"""By the end of the name: the type, and how the `Cache-Control` begins."""
TICK = 1.1
"""Seconds between deliveries, so that the dates the server gives differ."""
DIES_AFTER = 6
"""Files a delivery puts before it is killed."""
_KILLED = """
import os, signal, sys
from itertools import count
from storefront.adapters.storage import S3
put, done, last = S3.put, count(1), int(sys.argv.pop(1))
def dying(self, *given):
    tag = put(self, *given)
    if ".delivered/" not in given[0] and next(done) >= last:
        os.kill(os.getpid(), signal.SIGKILL)
    return tag
S3.put = dying
import wsgi
wsgi.main()
"""
Contents = dict[str, str]
"""Key → MD5 of what a visitor gets."""


@dataclass(frozen=True)
class There:
    """An object as the server tells of it."""

    tag: str
    date: str


@dataclass(frozen=True)
class _Ground:
    """What one server is tried with."""

    settings: Settings
    world: SmallWorld
    server: Server
    hosts: tuple[str, ...]
    bucket: Any
    """A client of our own."""

    @property
    def name(self) -> str:
        return self.server.name

    @property
    def served(self) -> Contents:
        """Read what is served, but compressed copies: host/path → MD5."""
        found = {}
        for tree in sorted(self.settings.sites.glob("*/current")):
            host, root = tree.parent.name, tree.resolve()
            for file in root.rglob("*") if not self.hosts or host in self.hosts else ():
                if file.is_file() and not _is_copy(file):
                    key = f"{host}/{file.relative_to(root).as_posix()}"
                    found[key] = hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()
        return found

    @property
    def there(self) -> dict[str, There]:
        """List the bucket without the product's notes."""
        found = {}
        for page in self.bucket.get_paginator("list_objects_v2").paginate(Bucket="sites"):
            for item in page.get("Contents", ()):
                if not item["Key"].startswith(".delivered/"):
                    found[item["Key"]] = There(item["ETag"].strip('"'), str(item["LastModified"]))
        return found

    @property
    def environment(self) -> dict[str, str]:
        own = {"MARKETPLACE_INSTANCE": str(self.settings.instance), "SECRET_KEY": self.settings.secret_key}
        return own | self.server.environment

    def words(self, bucket: str, **options: str) -> list[str]:
        """The product's own command."""
        return ["publish", *self.hosts, "--to", self.server.target(bucket, **options)]

    def deliver(self, bucket: str = "sites", **options: str) -> dict[str, Any]:
        """Run it."""
        os.environ.update(self.environment)
        try:
            told, _ = report(self.settings.instance, *self.words(bucket, **options))
        finally:
            for name in self.environment:
                os.environ.pop(name, None)
        return told


def prove_storage(proof: Proof) -> None:
    """Deliver a small world to each real server on this machine, change it, deliver again, kill a delivery."""
    with fresh_instance() as instance:
        settings = config.load({}, marketplace_instance=instance, secret_key="b7-storage-" * 4)
        with bound(settings):
            world = founded(settings)
            tried = 0
            for name, hosts in SERVERS.items():
                try:
                    with object_storage.running(name) as server:
                        _prove(proof, _Ground(settings, world, server, hosts, _bucket(server, "sites")))
                        tried += 1
                except NoServer as reason:
                    proof.figure(f"{name} NOT TRIED: {reason}")
    if not tried:
        raise CannotProve("no S3-compatible server is on this machine")


def _prove(proof: Proof, ground: _Ground) -> None:
    name, served = ground.name, ground.served
    first, there = ground.deliver(), ground.there
    proof.hold(
        f"{name}: {len(served)} files of {len(first['hosts'])} hosts put once",
        _tags(there) == served and _sum(first, "put") == len(served),
        f"{name}: {len(there)} objects for {len(served)} files, {_sum(first, 'put')} put",
    )
    seen, faults = _headers(ground.bucket, served)
    proof.hold(f"{name}: type and cache headers of {seen} kinds", seen > 4 and not faults, f"{name}: {faults[:3]}")
    time.sleep(TICK)
    again = ground.deliver()
    proof.hold(f"{name}: a second run puts nothing", ground.there == there and not _sum(again, "put"))
    _interrupted(proof, ground, _difference(proof, ground, there))
    _encoded(proof, ground)
    ground.bucket.close()


def _difference(proof: Proof, ground: _Ground, there: dict[str, There]) -> dict[str, There]:
    """Change a price and withdraw a car: what differs between the two publishes, and nothing else, is touched."""
    before = ground.served
    with acting(ground.world.tenant_id):
        perform(_reprice, ground.world).unwrap()
        perform(_withdraw_one, ground.world).unwrap()
    publish(ground.settings)
    after = ground.served
    changed = {key for key, content in after.items() if before.get(key) != content}
    gone = before.keys() - after.keys()
    told, now = ground.deliver(), ground.there
    touched = {key for key, seen in now.items() if there.get(key) != seen}
    lost = there.keys() - now.keys()
    exact = touched == changed and lost == gone and _tags(now) == after
    proof.hold(
        f"{ground.name}: two publishes differ in {len(changed)} files and {len(gone)} that are gone, and exactly these"
        " were put and deleted",
        exact and (_sum(told, "put"), _sum(told, "deleted")) == (len(changed), len(gone)) and bool(changed and gone),
        f"{ground.name}: {sorted(touched ^ changed)[:3]} put, {sorted(lost ^ gone)[:3]} deleted or not",
    )
    return now


def _interrupted(proof: Proof, ground: _Ground, there: dict[str, There]) -> None:
    """Kill a delivery in its midst; the next one puts what is missing and nothing that is there."""
    with acting(ground.world.tenant_id):
        perform(_reprice, ground.world).unwrap()
    publish(ground.settings)
    after = ground.served
    time.sleep(TICK)
    script = [sys.executable, "-c", _KILLED, str(DIES_AFTER), *ground.words("sites"), "--jobs", "1"]
    ended = subprocess.run(script, cwd=ROOT, env=os.environ | ground.environment, capture_output=True, check=False)
    half = ground.there
    put = {key for key, seen in half.items() if there.get(key) != seen}
    time.sleep(TICK)
    rest, now = ground.deliver(), ground.there
    second = {key for key, seen in now.items() if half.get(key) != seen}
    whole = _tags(now) == after
    proof.hold(
        f"{ground.name}: killed after {len(put)} files, the next run put the other {len(second)}",
        whole and ended.returncode == -signal.SIGKILL and bool(put and second) and not put & second
        and _sum(rest, "put") == len(second),
        f"{ground.name}: after a kill ({ended.returncode}) {len(put)} and {len(second)} files, {len(put & second)} of"
        f" them twice, {'whole' if whole else 'not whole'}",
    )  # fmt: skip


def _encoded(proof: Proof, ground: _Ground) -> None:
    """Deliver compressed contents under the plain names."""
    bucket = _bucket(ground.server, "packed")
    ground.deliver("packed", encoding="gzip")
    faults, packed = [], 0
    for key, content in ground.served.items():
        answer = bucket.get_object(Bucket="packed", Key=key)
        body = answer["Body"].read()
        if answer.get("ContentEncoding") == "gzip":
            packed += 1
            body = gzip.decompress(body)
        if hashlib.md5(body, usedforsecurity=False).hexdigest() != content:
            faults.append(key)
    proof.hold(
        f"{ground.name}: {packed} contents kept as gzip", not faults and packed > 20, f"{ground.name}: {faults[:3]}"
    )
    bucket.close()


def _headers(bucket: Any, served: Contents) -> tuple[int, list[str]]:
    """Get one file of each kind as a client does and compare its headers; tells how many kinds there are."""
    faults, seen = [], 0
    for ending, (kind, cache) in CHECKED.items():
        keys = [key for key in sorted(served) if key.endswith(ending)]
        if not keys:
            continue
        answer, seen = bucket.get_object(Bucket="sites", Key=keys[0]), seen + 1
        answer["Body"].read()
        if answer["ContentType"] != kind or not answer["CacheControl"].startswith(cache):
            faults.append(f"{keys[0]}: {answer['ContentType']}, {answer['CacheControl']}")
    return seen, faults


def _is_copy(file: Path) -> bool:
    return file.suffix in (".br", ".gz") and file.with_suffix("").is_file()


def _bucket(server: Server, name: str) -> Any:
    """Make a bucket and give a client of our own, which shares nothing with the product's."""
    import boto3.session
    from botocore.config import Config

    server.make_bucket(name)
    session = boto3.session.Session(object_storage.ACCESS_KEY, object_storage.SECRET_KEY, region_name="us-east-1")
    return session.client("s3", endpoint_url=server.endpoint, config=Config(s3={"addressing_style": "path"}))


def _tags(there: dict[str, There]) -> Contents:
    return {key: seen.tag for key, seen in there.items()}


def _sum(told: dict[str, Any], name: str) -> int:
    return sum(host[name] for host in told["hosts"])


def _reprice(world: SmallWorld) -> None:
    golf = db.session.get_one(Listing, world.golf_id)
    cheaper = (golf.price_cents or 2_000_000) - 10_000
    listings.change_price(golf, cheaper, reason=PriceReason.PROMOTION, now=clock.now(), actor="proof")


def _withdraw_one(world: SmallWorld) -> None:
    north = db.session.get_one(Listing, world.golf_id).dealer_id
    offered = db.session.query(Listing).filter(Listing.status == ListingStatus.ACTIVE, Listing.dealer_id == north)
    car = offered.filter(Listing.id != world.golf_id).order_by(Listing.public_id).first()
    if car is not None:
        listings.withdraw(car, now=clock.now(), actor="proof")
