"""Photo derivatives on disk: every file of `pictures.derivatives_of`, made once per content and recipe (SPEC 43).

Originals come from strangers, so they are decoded in child processes with limits of memory and time (SECURITY C3). What
a publish waits for is made quickly; the best encodings of the same files are made later (`improving.py`) and lie beside
the quick ones, in a folder of their own, which is there whole or not at all.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import orjson
import xxhash

from storefront.core.config import Settings
from storefront.domain.listings.photo_store import PhotoStore, photo_store
from storefront.pages.pictures import HASH_DIGITS, derivatives_of, parsed_name, set_name

from . import disk
from .children import Crew, Died, Limits, Raised

RECIPE = "2"
"""Grows when the files made of an original change; older ones are made again."""
LIMITS = Limits(megabytes=1024, seconds=30)
BEST_LIMITS = Limits(megabytes=1024, seconds=120, nice=15)
"""Nobody waits for the best encodings; whoever serves visitors on the same machine goes first."""
_INDEX = "index.json"
_BEST = "best"


@dataclass(frozen=True, slots=True)
class Original:
    """A photo to make a set of pictures of."""

    content_hash: str
    width: int
    """Upright, in pixels."""
    height: int
    variant: str = ""
    """Which set: empty for the photo's own, else as `pictures.derivatives_of` has it."""

    @property
    def key(self) -> str:
        """Give the name of the set, which its picture addresses begin with."""
        return set_name(self.content_hash, self.variant)


@dataclass(frozen=True, slots=True)
class Made:
    """One file made of an original."""

    path: str
    """Its public path, `/i/…`."""
    hash: str
    """xxh3_128 of its bytes."""
    size: int
    file: Path


@dataclass(frozen=True, slots=True)
class Pictures:
    """All derivatives of an installation, in `<instance>/derivatives/<hh>/<key>/<recipe>[-<variant>][.best]/`."""

    root: Path
    originals: PhotoStore

    def ready(self, name: str) -> tuple[Made, ...] | None:
        """Give the files of a set, the best there are; None when they are still to be made.

        Args:
            name: of the set: the first 20 hex digits of the photo's hash, with a variant where there is one.

        Raises:
            ValueError: no name of a set.
        """
        return self._read(self._folder(name, _BEST)) or self._read(self._folder(name))

    def best(self, name: str) -> tuple[Made, ...] | None:
        """Give the files of a set when its best encodings are made."""
        return self._read(self._folder(name, _BEST))

    def make(
        self,
        originals: Iterable[Original],
        *,
        jobs: int = 1,
        step: Callable[[], None] = lambda: None,
        limits: Limits | None = None,
    ) -> dict[Original, str]:
        """Make what is missing, each original in a child process.

        Args:
            originals: photos whose pictures are needed; those that are ready cost a look.
            jobs: how many at once.
            step: called after each one that was made or failed.
            limits: what a child may use; `LIMITS` when None.

        Returns:
            Those that could not be made, with a sentence why.

        Raises:
            OSError: the disk refused to take what was made.
        """
        missing = [one for one in originals if self.ready(one.key) is None]
        return self._made(missing, self._develop, jobs, step, limits or LIMITS)

    def improve(self, originals: Iterable[Original], *, limits: Limits = BEST_LIMITS) -> dict[Original, str]:
        """Make the best encodings of sets, one after the other in a child process; arguments and answer as `make`."""
        missing = [one for one in originals if self.best(one.key) is None]
        return self._made(missing, self._develop_best, 1, lambda: None, limits)

    def _made(
        self,
        missing: list[Original],
        develop: Callable[[Original], None],
        jobs: int,
        step: Callable[[], None],
        limits: Limits,
    ) -> dict[Original, str]:
        ordered = sorted({one.key: one for one in missing}.values(), key=lambda one: one.key)
        failed: dict[Original, str] = {}
        if not ordered:
            return failed
        with Crew(min(jobs, len(ordered)), develop, limits) as crew:
            for original, answer in crew.each(ordered):
                if isinstance(answer, Died):
                    failed[original] = f"The picture could not be decoded ({answer.reason})"
                elif isinstance(answer, Raised):
                    failed[original] = _reason(answer.error)
                step()
        return failed

    def _develop(self, original: Original) -> None:
        self._put(original, self._folder(original.key), best=False)

    def _develop_best(self, original: Original) -> None:
        self._put(original, self._folder(original.key, _BEST), best=True)

    def _put(self, original: Original, folder: Path, *, best: bool) -> None:
        """Make all files of a set beside their place, then put the folder there; runs in a child."""
        from .developing import BEST, QUICK, developed  # most builds develop none, and need no pictures' library

        content = self.originals.read(original.content_hash)
        wanted = derivatives_of(original.content_hash, original.width, original.height, original.variant)
        beside = folder.with_name(f".{folder.name}.{os.getpid()}")
        disk.remove_tree(beside)
        disk.make_folder(beside)
        listed = []
        for derivative, made in developed(content, original.width, original.height, wanted, BEST if best else QUICK):
            disk.write(beside / derivative.path.rpartition("/")[2], made)
            listed.append((derivative.path, xxhash.xxh3_128_hexdigest(made), len(made)))
        disk.write(beside / _INDEX, orjson.dumps(listed))
        if self._read(folder) is not None:
            # Another builder made it meanwhile and may be linking its files: it stays.
            disk.remove_tree(beside)
            return
        disk.remove_tree(folder)
        disk.replace(beside, folder)

    def _read(self, folder: Path) -> tuple[Made, ...] | None:
        try:
            listed = orjson.loads((folder / _INDEX).read_bytes())
            made = tuple(Made(path, kept, size, folder / path.rpartition("/")[2]) for path, kept, size in listed)
            whole = all(item.file.stat().st_size == item.size for item in made)
        except (FileNotFoundError, ValueError, TypeError):
            return None
        return made if whole else None

    def _folder(self, name: str, ending: str = "") -> Path:
        key, variant = parsed_name(name)
        leaf = RECIPE + (f"-{variant}" if variant else "") + (f".{ending}" if ending else "")
        return self.root / key[:2] / key[:HASH_DIGITS] / leaf


def pictures(settings: Settings) -> Pictures:
    """Give the derivatives of an installation."""
    return Pictures(settings.instance / "derivatives", photo_store(settings))


def _reason(error: BaseException) -> str:
    """Say why a photo gave no pictures; a disk that refuses is not the photo's fault and goes up."""
    if isinstance(error, FileNotFoundError):
        return "The original of the photo is missing"
    from .developing import UnreadablePhoto

    if isinstance(error, UnreadablePhoto):
        return str(error)
    if isinstance(error, MemoryError):
        return "The picture needs too much memory to decode"
    raise error
