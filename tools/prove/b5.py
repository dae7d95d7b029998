"""B5: whatever kills a builder or fails on the disk, visitors get one whole release; the next publish needs no hand.

The small world is published while a visitor asks for its pages without pause. Builders are killed before every single
step on the disk and at random moments, every step fails once, fifty publish at once, and a site of 11,000 pages goes
back while others build. A way back is measured as a running process goes it, from the wish until the old pages are
served and durable; how long the console command takes, with the start of Python, is stated beside it.
"""

import itertools
import os
import random
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

from builder import holding
from builder.manifest import Delta, Entry
from builder.releases import SiteFolder, release_name
from builder.runs import build_all
from builder.sites import key_of, publish
from storefront.core import config, runtime
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.demo.world import found_small_world
from storefront.domain.dealers.actions import update_dealer
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings.models import Listing
from storefront.migrations import runner
from tools.prove import crashes
from tools.prove.crashes import Ground
from tools.prove.crawling import visited
from tools.prove.ground import fresh_instance, marketplace
from tools.prove.proof import Proof

MOMENTS, MOMENTS_QUICK = 200, 12
EVERY, EVERY_QUICK = 1, 9
"""Of so many steps one is tried."""
BUILDERS, ROUNDS = 50, 20
BUILDERS_QUICK, ROUNDS_QUICK = 6, 3
PAGES, PAGE_BYTES = 11_000, 20_000
LOOK_AT = 25
"""After so many deaths a publish must equal a full build."""
ROLLBACK_SECONDS = 1.0
_KEY = "a key for this proof only, long enough to be taken"


def prove(proof: Proof, *, quick: bool) -> None:
    """Kill, fail, crowd and go back."""
    with small_world() as ground:
        killed_at_every_step(proof, ground, EVERY_QUICK if quick else EVERY)
        killed_at_random(proof, ground, MOMENTS_QUICK if quick else MOMENTS)
        failed_at_every_step(proof, ground, EVERY_QUICK if quick else EVERY)
        crowd(proof, ground, BUILDERS_QUICK if quick else BUILDERS, ROUNDS_QUICK if quick else ROUNDS)
        back(proof, ground, PAGES)


@contextmanager
def small_world() -> Iterator[Ground]:
    """Give an installation of its own with the small world in it, built."""
    with fresh_instance() as folder:
        settings = config.load({}, marketplace_instance=folder, secret_key=_KEY)
        runtime.start(settings, bell=False, pooled=False)
        runner.bring_up(db.engine)
        now = crashes.noon()
        with everywhere():
            ids = found_small_world(now, settings=settings)
        with acting(ids.tenant_id):
            ground = Ground(settings, ids.load(), now.date(), now)
            ground.prepare()
        failures = [build.failure for build in build_all(settings, as_of=now.date()).hosts if build.failure]
        if failures:
            raise RuntimeError(f"the small world cannot be built: {failures[0]}")
        with acting(ids.tenant_id):
            yield Ground(settings, ids.load(), now.date(), now)
        db.unbind()


def killed_at_every_step(proof: Proof, ground: Ground, every: int = 1) -> None:
    """Change a price and kill the builder right before step 1, then 2 … until it gets through."""
    killed, step, wrong = 0, 1, Wrong()
    with visited(ground.visitor()) as found:
        while True:
            ground.reprice()
            ended = crashes.builder(ground, die_at=step)
            wrong.note(f"killed at step {step}", ground.faults())
            if not ended.was_killed and not ended.was_refused:
                break
            killed += 1
            if killed % LOOK_AT == 0:
                _publish_and_compare(ground, wrong)
            step += every
    _publish_and_compare(ground, wrong)
    _judge(proof, f"{killed} builders killed, each before another of {step - 1} steps on the disk", found.faults, wrong)
    proof.figure(f"{found.answers} answers meanwhile")
    proof.hold("every step was reached", killed >= 10, f"only {killed} steps")


def killed_at_random(proof: Proof, ground: Ground, moments: int) -> None:
    """Change what every page shows and kill the builder at some moment of its work."""
    dice, wrong, killed = random.Random(5), Wrong(), 0
    ground.stamp(1)
    whole = crashes.builder(ground).seconds
    with visited(ground.visitor()) as found:
        for number in range(2, moments + 2):
            ground.stamp(number)
            ended = crashes.builder(ground, kill_after=dice.uniform(0.0, whole * 1.1))
            killed += ended.was_killed
            wrong.note(f"killed at moment {number}", ground.faults())
            if number % LOOK_AT == 0:
                _publish_and_compare(ground, wrong)
    _publish_and_compare(ground, wrong)
    words = f"builders killed at {moments} random moments ({killed} before they were done)"
    _judge(proof, words, found.faults, wrong)
    proof.figure(f"{found.answers} answers meanwhile")


def failed_at_every_step(proof: Proof, ground: Ground, every: int = 1) -> None:
    """Let step 1 of a publish fail, then 2 … until the publish completes; what is served stays whole each time."""
    failed, step, wrong = 0, 1, Wrong()
    with visited(ground.visitor()) as found:
        while True:
            ground.reprice()
            ended = crashes.builder(ground, fail_at=step)
            wrong.note(f"failed at step {step}", ground.faults())
            if not ended.was_refused:
                break
            failed += 1
            if failed % LOOK_AT == 0:
                _publish_and_compare(ground, wrong)
            step += every
    _publish_and_compare(ground, wrong)
    _judge(proof, f"{failed} file operations failed, one a publish", found.faults, wrong)
    proof.hold("a publish was refused", failed >= 10, f"only {failed} operations failed")


def crowd(proof: Proof, ground: Ground, builders: int, rounds: int) -> None:
    """Let many processes change the site and publish it, all at the same time: the newest input is what is served."""
    wrong = Wrong()
    began = time.monotonic()
    with visited(ground.visitor(), pause=0.01) as found:
        for turn in range(rounds):
            works = [_changing(ground, 2000 + turn * builders + number) for number in range(builders)]
            ended = crashes.at_once(works)
            wrong.note(f"round {turn}", [f"a builder ended with {code}" for code in ended if code])
            wrong.note(f"round {turn}", [f"{path} is not the newest" for path in ground.drift()])
            wrong.note(f"round {turn}", ground.faults())
    backwards = [fault for fault in found.faults if "mixed: a tree" in fault or "went back" not in fault]
    seconds = time.monotonic() - began
    _judge(proof, f"{builders} builders at once, {rounds} times ({seconds:.0f} s): newest served", backwards, wrong)


def back(proof: Proof, ground: Ground, pages: int, most: float = ROLLBACK_SECONDS) -> None:
    """Go back on a site of many pages all of which differ, while others build and a visitor asks."""
    folder, wrong = ground.folder, Wrong()
    with folder.locked():
        for number, fill in ((folder.newest + 1, b"a"), (folder.newest + 2, b"b")):
            folder.switch(_vast(folder, number, fill, pages))
        folder.forget_old()
    goes: list[tuple[float, float, int]] = []
    with visited(ground.visitor()) as found, crashes.meanwhile(_building(ground)):
        target: str | None = None
        for fill in (b"a", b"b", b"a"):
            began, worked = time.monotonic(), time.process_time()
            done = holding.roll_back(ground.site, target, settings=ground.settings, today=ground.as_of, actor="proof")
            goes.append((time.monotonic() - began, time.process_time() - worked, len(done.differences.changed)))
            wrong.note("back", _not_filled(folder, fill, pages))
            target = done.left
        command = ("rollback", ground.site.host, target or "")
        ran = marketplace(ground.settings.instance, *command, SECRET_KEY=ground.settings.secret_key)
        wrong.note("back by command", _not_filled(folder, b"b", pages))
    wrong.note("in the end", ground.faults())
    shown = f"there and back {len(goes)} times on {pages} pages that all differ"
    proof.hold(f"{shown}: 0 missing or truncated", not found.faults, f"{shown}: {'; '.join(found.faults[:3])}")
    proof.hold("the pages are those of the release each time", not wrong, "; ".join(wrong[:3]))
    proof.expect("pages differing", {differing for _, _, differing in goes}, {pages})
    seconds, work, _ = (statistics.median(figures) for figures in zip(*goes, strict=True))
    said = f"back in {seconds:.2f} s ({work:.2f} s of processor; load {os.getloadavg()[0]:.1f})"
    proof.hold(said, seconds <= most, f"{said}, not {most:.0f} s")
    proof.figure(f"the command, with the start of Python, in {ran.seconds:.2f} s")


class Wrong(list[str]):
    """What was found wrong on the disk."""

    def note(self, when: str, faults: list[str]) -> None:
        """Note some of it."""
        self.extend(f"{when}: {fault}" for fault in faults[:3])


def _publish_and_compare(ground: Ground, wrong: Wrong) -> None:
    """Publish without any preparation: it must work, and what is served must be what a full build would give."""
    ended = crashes.builder(ground)
    if ended.was_killed or ended.was_refused:
        wrong.append("a publish after a crash did not get through")
    wrong.note("next publish", [f"{path} differs from a full build" for path in ground.drift()])
    wrong.note("next publish", ground.faults())


def _judge(proof: Proof, words: str, faults: list[str], wrong: list[str]) -> None:
    proof.hold(f"{words}: 0 mixed, missing or truncated", not faults, f"{words}: {'; '.join(faults[:3])}")
    proof.hold("live tree whole each time, next publish as a full build", not wrong, "; ".join(wrong[:3]))


def _changing(ground: Ground, number: int) -> crashes.Work:
    golf = ground.world.golf.id

    def work() -> None:
        with acting(ground.site.tenant_id):
            car = db.session.get_one(Listing, golf)
            own = Ground(ground.settings, SimpleNamespace(golf=car), ground.as_of, ground.now)
            own.reprice(number)
            db.session.rollback()
        ground.publish()

    return work


def _vast(folder: SiteFolder, number: int, fill: bytes, pages: int) -> Delta:
    """Make a release of many pages, with the size of real ones, and of nothing else."""
    live = folder.live()
    delta = Delta(release_name(number), None if live is None else live.release)
    for path in () if live is None else live.entries:
        delta.remove(path)
    blobs = []
    for page in range(pages):
        path = f"vehicles/car-{page}/index.html"
        blob = folder.store.put(b"<p>%d %s</p>" % (page, fill * PAGE_BYTES), text=False)
        blobs.append(blob)
        delta.add(Entry(path, blob.hash, blob.size, page=f"/vehicles/car-{page}/"))
    folder.store.make_durable(blobs)
    return delta


def _not_filled(folder: SiteFolder, fill: bytes, pages: int) -> list[str]:
    """Name the pages whose content is another."""
    files = (folder.current / f"vehicles/car-{page}/index.html" for page in range(pages))
    return [f"{file} is of another release" for file in files if fill * PAGE_BYTES not in file.read_bytes()]


def _building(ground: Ground) -> crashes.Work:
    """Draw all pages of the neighbour's site, and publish them."""
    numbers, south_id, site = itertools.count(1), ground.world.south.id, key_of(ground.world.south_store)

    def work() -> None:
        with acting(site.tenant_id):
            phone = {"phone": f"+49402{next(numbers):06d}"}
            south = db.session.get_one(Dealer, south_id)
            perform(update_dealer, south, phone, now=ground.now, actor="proof").unwrap()
        publish(site, as_of=ground.as_of, settings=ground.settings)

    return work
