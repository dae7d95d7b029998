"""The text a dealer repeats in (nearly) every car: found once, taken out of the cars' own descriptions (SPEC F).

Lines are counted, whole blocks (a paragraph, a list) are moved: `CRUISE CONTROL` stands in most cars' lists and is
still a fact about each, while a list of the house's merits is boilerplate although some cars have it with one line
less. What stands between two such blocks goes with them if other cars say it too. Memory holds eight bytes a line.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from hashlib import blake2b

from storefront.domain.vehicles.vocabulary import folded
from storefront.feeds.text import RULE, blocks, joined

SHARE = 0.6
"""A line recurs from this share of the file's cars that have a text; a block goes from this share of its lines."""
SHARE_BETWEEN = 0.05
"""Between two blocks that recur, a line needs only this share of the cars (`we also sell: Jaguar`)."""
CARS = 5
"""In a smaller lot nothing recurs: two cars may well have the same sentence for a good reason."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Which lines recur: everywhere, or at least now and then."""

    always: frozenset[bytes]
    often: frozenset[bytes]


class Recurring:
    """Counts lines over a file, then tells which recur."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        """`known`: the dealer's boilerplate from earlier imports, as Markdown; its lines recur whatever is counted.

        Without it a line near the border would be boilerplate on Monday and part of two hundred cars on Wednesday.
        """
        self._known = frozenset(key for text in known for key in _keys(text))
        self._seen: Counter[bytes] = Counter()
        self._cars = 0

    def count(self, text: str) -> None:
        """Take note of one car's text (raw or cleaned)."""
        keys = _keys(text)
        self._cars += bool(keys)
        self._seen.update(keys)

    def found(self) -> Marks:
        """Give the marks of the lines that recur in the counted cars; the known ones recur everywhere."""
        return Marks(self._known | self._in(SHARE), self._in(SHARE_BETWEEN))

    def _in(self, share: float) -> frozenset[bytes]:
        enough = max(CARS, share * self._cars)
        return frozenset(key for key, times in self._seen.items() if times >= enough)


def split(text: str, marks: Marks) -> tuple[str, str]:
    """Part a car's text into its own description and the dealer's boilerplate, both safe Markdown."""
    parts = blocks(text)
    anchors = [place for place, block in enumerate(parts) if block != RULE and _recurs(block, marks.always)]
    inside = range(anchors[0], anchors[-1]) if anchors else range(0)
    moved = {*anchors, *(place for place in inside if parts[place] == RULE or _recurs(parts[place], marks.often))}
    own = [block for place, block in enumerate(parts) if place not in moved]
    return joined(own), joined(parts[place] for place in sorted(moved))


def _recurs(block: str, known: Collection[bytes]) -> bool:
    lines = block.split("\n")
    return sum(_key(line) in known for line in lines) >= SHARE * len(lines)


def _keys(text: str) -> set[bytes]:
    return {_key(line) for block in blocks(text) if block != RULE for line in block.split("\n")}


def _key(line: str) -> bytes:
    return blake2b(folded(line).encode(), digest_size=8).digest()
