"""Everybody stops when asked to: the scheduler in the middle of a round, a slow child in the time others left it."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from storefront.core import queue, runtime
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.outbox import OutboxEvent
from storefront.core.tenancy import acting, everywhere
from storefront.live import scheduler, views
from storefront.live.supervisor import Child, Stop, Supervisor, spawn

_SLOW = """
import pathlib, signal, sys, time
def leave(number, frame):
    time.sleep(0.5)
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
pathlib.Path(sys.argv[1]).touch()
while True:
    time.sleep(60)
"""


def test_a_scheduler_in_the_middle_of_a_long_round_stops_at_once_and_still_writes_the_views(
    world, database: Settings, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    before = signal.getsignal(signal.SIGTERM)

    def long_round() -> None:
        try:
            with acting(world.tenant.id):
                db.session.add(OutboxEvent(name="Unfinished", payload={}, at=scheduler.clock.now()))
                db.session.flush()
                done.append("round")
                signal.raise_signal(signal.SIGTERM)
                done.append("round was not left")
        except Exception as error:
            raise scheduler.Stopped from error

    monkeypatch.setattr(queue, "sweep", long_round)
    monkeypatch.setattr(views, "flush_views", lambda: done.append("views"))
    scheduler.run(replace(database, redis_url=redis_url))
    assert done == ["round", "views"]
    assert signal.getsignal(signal.SIGTERM) is before
    with everywhere():
        assert db.session.query(OutboxEvent).filter_by(name="Unfinished").count() == 0


def test_a_scheduler_that_waits_for_its_next_round_stops_at_once(
    world, database: Settings, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "_do", lambda _round: None)
    monkeypatch.setattr(scheduler.time, "sleep", lambda _seconds: signal.raise_signal(signal.SIGINT))
    scheduler.run(replace(database, redis_url=redis_url))
    assert runtime.settings().redis_url == redis_url


def test_a_slow_child_may_use_the_time_that_those_before_it_left(tmp_path: Path) -> None:
    quick, slow = Child("quick", "", stop=Stop(10.0)), Child("slow", "", stop=Stop(0.01, asks=2))
    supervisor = Supervisor([slow, quick], ("quick", "slow"), os.environ)
    quick.process = spawn([sys.executable, "-c", "input()"], os.environ)
    slow.process = spawn([sys.executable, "-c", _SLOW, str(tmp_path / "ready")], os.environ)
    _wait_for(tmp_path / "ready", slow.process)
    supervisor.stop()
    assert slow.process.returncode == 0


def test_a_child_that_nobody_left_time_is_killed_at_the_end_of_its_own(tmp_path: Path) -> None:
    slow = Child("slow", "", stop=Stop(0.01))
    supervisor = Supervisor([slow], ("slow",), os.environ)
    slow.process = spawn([sys.executable, "-c", _SLOW, str(tmp_path / "ready")], os.environ)
    _wait_for(tmp_path / "ready", slow.process)
    supervisor.stop()
    assert slow.process.returncode == -signal.SIGKILL


def _wait_for(file: Path, process: "subprocess.Popen[bytes]") -> None:
    while not file.exists():
        assert process.poll() is None, "it ended by itself"
        time.sleep(0.02)
