"""The small world as ground of a proof: this process bound to an installation, the world in it, published."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from builder.runs import build_all
from storefront.core import clock, runtime
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import everywhere
from storefront.demo.world import SmallWorld, found_small_world
from storefront.migrations import runner
from tools.prove.proof import CannotProve


@contextmanager
def bound(settings: Settings) -> Iterator[None]:
    """Bind this process to a fresh installation, with its tables, for as long as a proof needs it."""
    runtime.start(settings, bell=False, pooled=False)
    runner.upgrade(db.engine)
    try:
        yield
    finally:
        db.unbind()
        runtime._settings.clear()


def founded(settings: Settings) -> SmallWorld:
    """Found the small world, six cars a dealer, and publish its sites. Raises CannotProve."""
    with everywhere():
        world = found_small_world(clock.now() - timedelta(days=1), settings=settings, cars=6)
    publish(settings)
    return world


def publish(settings: Settings) -> None:
    """Publish all sites. Raises CannotProve when one cannot be."""
    report = build_all(settings)
    if failures := [f"{build.host}: {build.failure}" for build in report.hosts if build.failure]:
        raise CannotProve("; ".join(failures))
