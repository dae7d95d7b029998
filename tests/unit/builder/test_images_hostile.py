"""Hostile pictures end in a sentence or in clean pictures: no crash, no excess, no word of what they carried (G4)."""

import multiprocessing
import resource
from collections.abc import Iterator

import pytest

from builder.children import Crew, Died, Limits, Raised
from builder.developing import UnreadablePhoto, developed
from storefront.domain.listings.photo_files import BadPhoto, facts
from storefront.pages.pictures import derivatives_of
from tools.hostile_pictures import SECRET, Case, cases
from tools.metadata import found_in

CASES = {case.name: case for case in cases()}
LIMITS = Limits(megabytes=1024, seconds=30)
HASH = "ab" * 32


def treat(case: Case) -> list[bytes] | str:
    """Do what an upload and a build do with a file."""
    try:
        found = facts(case.content)
        wanted = derivatives_of(HASH, found.width, found.height)
        return [made for _, made in developed(case.content, found.width, found.height, wanted)]
    except (BadPhoto, UnreadablePhoto) as refusal:
        return str(refusal)


@pytest.fixture(scope="module")
def crew() -> Iterator[Crew[Case, list[bytes] | str]]:
    with Crew(1, treat, LIMITS) as made:
        yield made


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_picture_is_refused_or_made_clean(name: str, crew: Crew[Case, list[bytes] | str]) -> None:
    case = CASES[name]
    ((_, answer),) = crew.each([case])
    assert not isinstance(answer, (Died, Raised)), answer
    if isinstance(answer, str):
        assert case.accepted is not True, answer
        assert answer[0].isupper()
        assert "Error" not in answer.partition("(")[0]
        return
    assert case.accepted is not False
    for made in answer:
        assert found_in(made) == []
        assert SECRET not in made


def test_no_hostile_picture_takes_a_gigabyte() -> None:
    most = max(_peak(case) for case in CASES.values() if "megapixels" in case.name or "MB" in case.name)
    assert most < 1024


def _peak(case: Case) -> int:
    """Give the MiB a process takes for a file, beyond what it was forked with."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_measured, args=(case, theirs))
    process.start()
    theirs.close()
    peak = int(ours.recv())
    process.join()
    return peak


def _measured(case: Case, line: "multiprocessing.connection.Connection") -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    treat(case)
    line.send((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)


def test_the_scanner_sees_what_a_file_carries() -> None:
    told = CASES["JPEG that tells everything"].content
    assert len(found_in(told)) >= 6
    assert found_in(CASES["WebP that tells everything"].content)
