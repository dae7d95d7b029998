"""A task that kills its child is answered like any other; the rest goes on."""

import os
import signal
import time

import pytest

from builder.children import Crew, Died, Limits, Raised


def work(task: str) -> str:
    if task == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if task == "leave":
        os._exit(3)
    if task == "raise":
        raise ValueError("no such thing")
    if task == "hang":
        time.sleep(60)
    if task == "eat":
        return str(len(bytearray(400 * 1024 * 1024)))
    if task == "spin":
        while True:
            pass
    return task.upper()


def answers(tasks: list[str], size: int = 2, limits: Limits | None = None) -> dict[str, object]:
    with Crew(size, work, limits) as crew:
        return dict(crew.each(tasks))


def test_every_task_is_answered() -> None:
    tasks = [f"task {number}" for number in range(50)]
    assert answers(tasks) == {task: task.upper() for task in tasks}


def test_a_task_that_kills_its_child_does_not_hinder_the_others() -> None:
    found = answers(["a", "die", "b", "leave", "c", "raise", "d"])
    assert [found[task] for task in "abcd"] == ["A", "B", "C", "D"]
    assert found["die"] == Died("killed by SIGKILL")
    assert found["leave"] == Died("ended with status 3")
    failure = found["raise"]
    assert isinstance(failure, Raised)
    assert str(failure.error) == "no such thing"


@pytest.mark.parametrize("task", ["hang", "spin"])
def test_a_task_that_takes_too_long_is_ended(task: str) -> None:
    found = answers([task, "a"], size=1, limits=Limits(seconds=1))
    assert isinstance(found[task], Died)
    assert found["a"] == "A"


def test_a_task_that_takes_too_much_memory_fails_alone() -> None:
    found = answers(["eat", "a"], size=1, limits=Limits(megabytes=100))
    failure = found["eat"]
    assert isinstance(failure, Raised)
    assert isinstance(failure.error, MemoryError)
    assert found["a"] == "A"


def test_one_task_for_all_children_is_done_by_each() -> None:
    with Crew(3, lambda _: os.getpid()) as crew:
        crew.all_begin("whoever you are")
        found = crew.all_done()
    assert len(set(found)) == 3
    assert os.getpid() not in found


def test_no_child_outlives_its_crew() -> None:
    with Crew(2, lambda _: os.getpid()) as crew:
        crew.all_begin("")
        found = crew.all_done()
    for pid in found:
        assert isinstance(pid, int)
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def _doubled(number: int) -> int:
    return 2 * number


def _through_a_crew(number: int) -> int:
    with Crew(2, _doubled) as crew:
        answers = [answer for _, answer in crew.each(range(number))]
    return sum(answer for answer in answers if isinstance(answer, int))


def test_a_child_that_builds_a_site_may_have_children_for_its_pictures() -> None:
    with Crew(2, _through_a_crew) as crew:
        assert sorted(crew.each([3, 4])) == [(3, 6), (4, 12)]
