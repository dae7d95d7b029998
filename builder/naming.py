"""Things of the ledger in words, for people: `car bmw-320d-0cz7p… (price)` instead of 32 hex digits."""

from collections.abc import Collection, Iterable, Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from storefront.core.changes import Key
from storefront.core.db import db
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings.models import Listing
from storefront.domain.stores.models import Store, StorePage
from storefront.domain.vehicles.models import Vehicle

Thing = tuple[str, str]
"""Kind and key."""
_CHUNK = 500
_DEALER = "dealer:"


def words_of(keys: Iterable[Key]) -> dict[Key, str]:
    """Give each changed key in words."""
    several = list(keys)
    things = things_of(several)
    return {key: f"{things[key[:2]]} ({key[2]})" for key in several}


def things_of(keys: Iterable[Key]) -> dict[Thing, str]:
    """Give each thing in words, in a query a kind."""
    things = {(kind, key) for kind, key, _ in keys}
    ids: dict[str, set[str]] = {}
    for kind, key in things:
        name = key.partition("/")[0]
        if name.startswith(_DEALER):
            ids.setdefault("dealer", set()).add(name.removeprefix(_DEALER))
        elif len(key) == 32:
            ids.setdefault(kind, set()).add(key)
    names = {(kind, key): name for kind, some in ids.items() for key, name in _names(kind, some)}
    return {thing: _words(thing, names) for thing in things}


def _words(thing: Thing, names: dict[Thing, str]) -> str:
    kind, key = thing
    owner, slash, rest = key.partition("/")
    if owner.startswith(_DEALER):
        hex_id = owner.removeprefix(_DEALER)
        return f"{kind} {names.get(('dealer', hex_id), hex_id)}{slash}{rest}"
    return f"{'car' if kind == 'listing' else kind} {names.get(thing, key)}"


def _names(kind: str, keys: Collection[str]) -> Iterator[tuple[str, str]]:
    """Give the names of some rows by their ids in hex."""
    columns: dict[str, tuple[InstrumentedAttribute[UUID], tuple[InstrumentedAttribute[str], ...]]] = {
        "listing": (Listing.id, (Listing.slug, Listing.public_id)),
        "vehicle": (Vehicle.id, (Vehicle.make, Vehicle.model)),
        "dealer": (Dealer.id, (Dealer.name,)),
        "store": (Store.id, (Store.host,)),
        "store_page": (StorePage.id, (StorePage.slug,)),
    }
    if kind not in columns:
        return
    number, parts = columns[kind]
    several = [UUID(key) for key in sorted(keys) if _is_id(key)]
    for start in range(0, len(several), _CHUNK):
        reading = select(number, *parts).where(number.in_(several[start : start + _CHUNK]))
        for row in db.session.execute(reading):
            glue = "-" if kind == "listing" else " "
            yield row[0].hex, glue.join(part for part in row[1:] if part)


def _is_id(key: str) -> bool:
    return all(letter in "0123456789abcdef" for letter in key) and len(key) == 32
