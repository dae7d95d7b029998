"""Who read what is kept packed: few readers in one row, very many in rows of neighbours."""

from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from builder import actions, postings
from builder.models import SiteReads
from builder.reads import Things, packed
from storefront.core.acts import perform
from storefront.core.db import db
from tests.conftest import NOW

FAT, THIN = 77, 78


@pytest.fixture
def site(world: SimpleNamespace) -> int:
    """Give the number of a site."""
    turn = perform(actions.take_turn, world.north_store.id, after=0, machine="here", now=NOW).unwrap()
    return turn.stand.number


def write(site: int, pages: list[tuple[int, Things]]) -> None:
    """Write what all pages read."""
    found = postings.Readers({})
    for number, things in pages:
        found.add(number, packed(things))
    perform(postings.write_all, site, found).unwrap()


def change(site: int, *changes: tuple[int, Things, Things]) -> None:
    """Write what some pages read now."""
    perform(postings.change, site, changes).unwrap()


def readers(site: int, thing: int, aspects: int = 1) -> set[int]:
    """Ask who read a thing."""
    return postings.readers([site], {thing: aspects})[site]


def rows(site: int, thing: int) -> int:
    """Count the rows of a thing."""
    counting = select(func.count()).where(SiteReads.site == site, SiteReads.thing == thing)
    return db.session.scalar(counting) or 0


def test_only_readers_of_a_changed_aspect_are_found(site: int) -> None:
    write(site, [(1, {THIN: 1}), (2, {THIN: 2}), (3, {THIN: 3})])
    assert readers(site, THIN, 1) == {1, 3}
    assert readers(site, THIN, 2) == {2, 3}
    assert readers(site, THIN, 4) == set()


def test_what_all_pages_read_stands_in_rows_of_neighbours(site: int) -> None:
    write(site, [(number, {FAT: 1}) for number in range(3000)])
    assert rows(site, FAT) == 3
    assert readers(site, FAT) == set(range(3000))
    change(site, (3000, {}, {FAT: 1}), (5, {FAT: 1}, {}))
    assert readers(site, FAT) == set(range(3001)) - {5}
    assert rows(site, FAT) == 3


def test_a_thing_that_many_come_to_read_is_spread_over_rows(site: int) -> None:
    write(site, [(number, {THIN: 1}) for number in range(1000)])
    assert rows(site, THIN) == 1
    change(site, *((number, {}, {THIN: 2}) for number in range(1000, 1100)))
    assert rows(site, THIN) == 2
    assert readers(site, THIN, 3) == set(range(1100))
    change(site, (1099, {THIN: 2}, {THIN: 1}))
    assert readers(site, THIN, 2) == set(range(1000, 1099))


def test_a_page_that_is_gone_is_nobodys_reader(site: int) -> None:
    write(site, [(1, {THIN: 1, FAT: 1}), (2, {FAT: 1})])
    change(site, (1, {THIN: 1, FAT: 1}, {}))
    assert readers(site, THIN) == set()
    assert rows(site, THIN) == 0
    assert postings.is_read(site, [THIN, FAT]) == {FAT}


def test_writing_all_anew_forgets_what_was(site: int) -> None:
    write(site, [(1, {THIN: 1})])
    write(site, [(1, {FAT: 1})])
    assert (readers(site, THIN), readers(site, FAT)) == (set(), {1})
