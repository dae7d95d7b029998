"""Builders that die, and disks that fail, at a step that is chosen: each builder lives and dies in a child process."""

import errno
import gzip
import itertools
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import brotli
import xxhash

from builder import disk
from builder.draft import BuildFailed
from builder.manifest import file_of
from builder.press import let_go_of_database
from builder.releases import SiteFolder, site_folder
from builder.site_pages import open_pages
from builder.sites import SiteKey, key_of, publish
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting
from storefront.domain.dealers.actions import update_dealer
from storefront.domain.listings.actions import change_price
from storefront.domain.listings.models import PriceReason
from storefront.domain.stores.models import Store
from tools.prove.crawling import Mark, Visitor

STEPS = (
    "write",
    "link",
    "replace",
    "remove",
    "make_folder",
    "enter_folder",
    "remove_folder",
    "remove_tree",
    "point",
    "sync",
    "flush",
)
"""The functions of `builder/disk.py` that change something on the disk."""
PHONE = Mark(re.compile(rb"tel:\+49401(\d{6})"))
"""Stands on every page of the dealer's site."""
PRICE = Mark(re.compile(rb"(?<![0-9a-z])(4[.,]?37\d[.,]?\d{3})(?![0-9a-z])"))
"""Stands on the pages that show the car."""
Work = Callable[[], None]
_HIGHEST = 9_000_000_00
_DONE, _REFUSED, _BROKEN = 0, 3, 4
_PATIENCE = 600.0
CODINGS = {"": bytes, "br": brotli.decompress, "gz": gzip.decompress}


@dataclass(frozen=True)
class Ground:
    """A built installation with the small world in it, acting for its tenant, and the dealer's site that suffers."""

    settings: Settings
    world: SimpleNamespace
    as_of: date
    now: datetime
    prices: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @cached_property
    def site(self) -> SiteKey:
        """Give the site; known for good, so that a child need not read it again."""
        return key_of(self.world.north_store)

    @property
    def folder(self) -> SiteFolder:
        """Give its folder."""
        return site_folder(self.settings, self.site.host)

    def prepare(self) -> None:
        """Put the marks on all pages, and see to it that they show one price of the car, the present one.

        A price that fell and may not be announced hides those before it (SEO.md §4). Without one a page would tell all
        prices as long as they rise, and look as if it were of several releases.
        """
        self._change_price(_HIGHEST, self.now - timedelta(days=1))
        self.stamp(0)
        self.reprice(0)

    def stamp(self, number: int) -> None:
        """Change what every page shows."""
        phone = f"+49401{number:06d}"
        perform(update_dealer, self.world.north, {"phone": phone}, now=self.now, actor="proof").unwrap()

    def reprice(self, number: int | None = None) -> None:
        """Change what the pages of one car show."""
        self._change_price((4_370_000 + (next(self.prices) if number is None else number)) * 100, self.now)

    def _change_price(self, cents: int, now: datetime) -> None:
        reason = PriceReason.MARKET_ADJUSTMENT
        perform(change_price, self.world.golf, cents, reason=reason, now=now, actor="proof").unwrap()

    def publish(self) -> None:
        """Publish the site, in this process."""
        publish(self.site, as_of=self.as_of, settings=self.settings, patience=_PATIENCE)

    def visitor(self) -> Visitor:
        """Give a visitor of all pages the site has now, and of some other files."""
        tree = self.folder.current
        pages = [file for file in tree.rglob("*.html") if file.name == "index.html"]
        paths = [f"/{file.parent.relative_to(tree).as_posix()}/".replace("/./", "/") for file in pages]
        others = [f"/{file.relative_to(tree)}" for file in (*tree.glob("robots.txt"), *sorted(tree.glob("a/**/*.css")))]
        return Visitor(self.settings, self.site.host, sorted(paths) + others, (PHONE, PRICE))

    def faults(self) -> list[str]:
        """Say what is wrong with what is served, as it lies on the disk: files that are missing, foreign or cut off."""
        live = self.folder.live()
        if live is None:
            return ["what is served is not known"]
        tree = self.folder.current
        wanted = live.files()
        found = {file.relative_to(tree).as_posix() for file in tree.rglob("*") if not file.is_dir()}
        faults = [f"{path} is missing" for path in wanted.keys() - found]
        faults += [f"{path} is of no release" for path in found - wanted.keys()]
        for path, (content_hash, encoding) in wanted.items():
            if path in found and not _is_whole(tree / path, content_hash, encoding):
                faults.append(f"{path} has another content")
        return faults

    def drift(self) -> list[str]:
        """Name the pages that are served otherwise than a full build would draw them now."""
        with acting(self.site.tenant_id), db.snapshot():
            source = open_pages(db.session.get_one(Store, self.site.store_id), as_of=self.as_of, settings=self.settings)
            wanted = {file_of(page.ref.path): page.content for page in source.draw(source.pages())}
        tree = self.folder.current
        differing = [path for path, content in wanted.items() if _content(tree / path) != content]
        live = self.folder.live()
        served = set() if live is None else {entry.path for entry in live.entries.values() if entry.page is not None}
        return sorted([*differing, *(served - wanted.keys())])


@dataclass(frozen=True, slots=True)
class Ended:
    """How a builder in a child ended."""

    was_killed: bool
    was_refused: bool
    """The disk failed, and it said so."""
    seconds: float


def builder(ground: Ground, *, die_at: int = 0, fail_at: int = 0, kill_after: float | None = None) -> Ended:
    """Let a builder publish in a child.

    Args:
        ground: where.
        die_at: it is killed right before this step, a file that is written being half there.
        fail_at: this step fails: no room, or an error of the device.
        kill_after: it is killed after so many seconds.

    Raises:
        RuntimeError: it ended otherwise than by being killed, refused or done.
    """
    began = time.monotonic()

    def live() -> None:
        if die_at:
            _at(die_at, _die)
        if fail_at:
            _at(fail_at, _fail)
        ground.publish()

    child = _forked(live)
    if kill_after is not None:
        _wait(child, kill_after)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    code = os.waitstatus_to_exitcode(status)
    if code not in (_DONE, _REFUSED, -signal.SIGKILL):
        raise RuntimeError(f"a builder ended with {code} (die_at={die_at}, fail_at={fail_at})")
    return Ended(code == -signal.SIGKILL, code == _REFUSED, time.monotonic() - began)


def at_once(works: list[Work]) -> list[int]:
    """Let several processes of this installation work at the same time; gives their exit codes."""
    children = [_forked(work) for work in works]
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


@contextmanager
def meanwhile(work: Work) -> Iterator[None]:
    """Let another process do something again and again; it is killed in the end."""

    def again() -> None:
        while True:
            work()

    child = _forked(again)
    try:
        yield
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _forked(work: Work) -> int:
    """Do something in a child that has a database connection of its own; gives its process id."""
    let_go_of_database()
    child = os.fork()
    if child:
        return child
    code = _BROKEN
    try:
        db.after_fork()
        work()
        code = _DONE
    except (OSError, BuildFailed) as error:
        # A picture is made in a child of the builder: that it failed or died there is a failed build, said in words.
        code = _REFUSED if isinstance(error, BuildFailed) or error.errno in (errno.ENOSPC, errno.EIO) else _BROKEN
        if code == _BROKEN:
            _tell(error)
    except BaseException as error:
        _tell(error)
    finally:
        os._exit(code)


def _tell(error: BaseException) -> None:
    os.write(2, f"{type(error).__name__}: {error}\n".encode())


def _wait(child: int, seconds: float) -> None:
    """Wait for a while, or until the child has ended; it is reaped by the caller."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
            return
        time.sleep(min(0.002, max(0.0, until - time.monotonic())))


def _at(number: int, act: Callable[[int, str, tuple[Any, ...]], None]) -> None:
    """Do something at the n-th step on the disk of this process."""
    steps = itertools.count(1)

    def stepping(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **words: Any) -> Any:
            if next(steps) == number:
                act(number, name, args)
            return real(*args, **words)

        return step

    for name in STEPS:
        setattr(disk, name, stepping(name, getattr(disk, name)))


def _die(_number: int, name: str, args: tuple[Any, ...]) -> None:
    if name == "write":
        with suppress(OSError):
            handle = os.open(args[0], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
            os.write(handle, args[1][: len(args[1]) // 2])
    os.kill(os.getpid(), signal.SIGKILL)


def _fail(number: int, name: str, args: tuple[Any, ...]) -> None:
    code = errno.ENOSPC if number % 2 else errno.EIO
    raise OSError(code, os.strerror(code), f"{name} {args[0] if args else ''}")


def _is_whole(file: Path, content_hash: str, encoding: str) -> bool:
    try:
        content = CODINGS[encoding](file.read_bytes())
    except (brotli.error, EOFError, OSError):
        return False
    return xxhash.xxh3_128_hexdigest(content) == content_hash


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None


def noon() -> datetime:
    """Give a moment for acts of a proof."""
    return datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
