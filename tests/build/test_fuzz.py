"""Random edits: after each the served trees equal a build from scratch (SECURITY E5).

`make fuzz` makes many more on a larger world; what it finds becomes a fixed case of `test_incremental.py`.
"""

import itertools
from pathlib import Path

import pytest

from storefront.demo.world import SmallWorld
from tests.build.fuzz import digest, ground, walk
from tests.build.fuzz.dice import Dice

CARS = 4
"""Of each dealer: under 400 pages on all hosts together."""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, prepared_world: tuple[Path, SmallWorld]) -> ground.Prepared:
    """Give a small world whose pictures are made already."""
    folder = tmp_path_factory.mktemp("fuzz") / "world"
    return ground.prepare(folder, CARS, prepared_world[0] / "derivatives")


@pytest.mark.parametrize("seed", [1, 2])
def test_after_random_edits_the_served_trees_are_those_of_a_build_from_scratch(
    prepared: ground.Prepared, tmp_path: Path, seed: int
) -> None:
    result = walk.fuzz(prepared, tmp_path / "fuzz", seed=seed, edits=12)
    assert not result.faults, str(result)


def test_neither_workers_nor_clock_nor_zone_nor_hash_seed_change_a_byte(
    prepared: ground.Prepared, tmp_path: Path
) -> None:
    found = digest.digests(prepared, tmp_path / "builds", ground.START)
    assert len(set(found.values())) == 1, found


def test_the_same_seed_gives_the_same_edits() -> None:
    first, second = ([*itertools.islice(walk.random_items(7), 50)] for _ in range(2))
    assert first == second
    assert first != [*itertools.islice(walk.random_items(8), 50)]


def test_a_choice_stays_when_other_things_come_and_go() -> None:
    things = [(f"car {number}", number) for number in range(50)]
    chosen = Dice("1:1").pick(things)
    assert Dice("1:1").pick([thing for thing in things if thing[1] % 2 == 0 or thing[1] == chosen]) == chosen
