"""What the pages of a site are made of besides rows: words, parts, settings, files, code, each with its digest.

A page keeps the number of the set it was made with. Sets and digests of the last build are one content of the store,
known by its hash (`SiteState.look_digest`); a second name in the site's folder keeps it there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import xxhash

from . import disk
from .store import Blob, Store

FILE = "ingredients.json"


def set_number(names: frozenset[str]) -> int:
    """Give the number of a set of ingredients; signed, as databases know numbers."""
    return int.from_bytes(xxhash.xxh3_64_digest("\0".join(sorted(names)).encode()), "big", signed=True)


@dataclass(frozen=True, slots=True)
class Ingredients:
    """Digests of one build, and the sets its pages were made with."""

    digests: Mapping[str, str]
    """By name."""
    sets: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """By number; names are sorted."""

    def changed(self, now: Mapping[str, str]) -> list[str]:
        """Give the names whose digests are others now, those that are gone among them."""
        if now == self.digests:
            return []
        return sorted(name for name in self.digests.keys() | now.keys() if self.digests.get(name) != now.get(name))

    def made_with(self, names: list[str]) -> set[int]:
        """Give the numbers of the sets in which one of these names stands."""
        wanted = set(names)
        return {number for number, several in self.sets.items() if not wanted.isdisjoint(several)}

    def to_bytes(self) -> bytes:
        """Write them down, the same ones always alike."""
        sets = {str(number): self.sets[number] for number in sorted(self.sets)}
        return orjson.dumps({"digests": dict(sorted(self.digests.items())), "sets": sets})


def read(store: Store, content_hash: str) -> Ingredients | None:
    """Read those of a build; None when they are not there any more."""
    try:
        said = orjson.loads(store.read(content_hash))
        return Ingredients(said["digests"], {int(number): tuple(names) for number, names in said["sets"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def keep(store: Store, folder: Path, made: Ingredients) -> Blob:
    """Put them into the content store, durably, and name them in the site's folder.

    Args:
        store: where they go.
        folder: of the host.
        made: those of the build that is to be recorded.

    Raises:
        OSError: the disk refused.
    """
    blob = store.put(made.to_bytes(), text=False)
    store.make_durable([blob])
    beside = folder / f".{FILE}"
    disk.remove(beside)
    disk.link(store.path(blob.hash), beside)
    disk.replace(beside, folder / FILE)
    return blob
