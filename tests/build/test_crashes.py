"""Builders die and disks fail under a visitor's eyes: a sample; `python -m tools.prove B5` tries every step."""

import math
from dataclasses import replace

import pytest

from tests.build.conftest import Installation
from tests.conftest import NOW, TODAY
from tools.prove import b5
from tools.prove.crashes import Ground
from tools.prove.proof import Proof


@pytest.fixture
def ground(built: Installation) -> Ground:
    """Give a site whose pages say which release they are of."""
    made = Ground(built.settings, built.world, TODAY, NOW)
    made.prepare()
    made.publish()
    return replace(made)


def test_a_builder_killed_before_any_step_leaves_one_whole_release(ground: Ground) -> None:
    proof = Proof()
    b5.killed_at_every_step(proof, ground, every=31)
    assert proof.shortfalls == []


def test_a_builder_killed_at_any_moment_leaves_one_whole_release(ground: Ground) -> None:
    proof = Proof()
    b5.killed_at_random(proof, ground, 5)
    assert proof.shortfalls == []


def test_whichever_file_operation_fails_the_live_release_stays(ground: Ground) -> None:
    proof = Proof()
    b5.failed_at_every_step(proof, ground, every=31)
    assert proof.shortfalls == []


def test_many_builders_at_once_end_with_the_newest_input(ground: Ground) -> None:
    proof = Proof()
    b5.crowd(proof, ground, builders=4, rounds=2)
    assert proof.shortfalls == []


def test_a_site_goes_back_with_all_its_pages_while_others_build(ground: Ground) -> None:
    proof = Proof()
    b5.back(proof, ground, 300, most=math.inf)
    assert proof.shortfalls == []
