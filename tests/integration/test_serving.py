"""`marketplace serve` as a whole: real processes, real signals, nothing left behind (issue, item 9; F1, F5)."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import IO

import pytest
from redis import Redis
from rq import Queue
from sqlalchemy import select

from storefront.core import config, queue
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.outbox import OutboxEvent
from storefront.core.tasks import Task
from storefront.live.scheduler import Days
from storefront.live.serving import address, greeting, served_hosts
from storefront.live.supervisor import Child, Supervisor
from tests.conftest import NOW, SECRET
from tests.integration.admin_desk import ask

ROOT = Path(__file__).resolve().parents[2]
HOST = "north-cars.localhost"
CONTACT = '<!doctype html><html lang="de"><a href="tel:+494066969123">040 66969-123</a>'


@dataclass
class Served:
    """A running installation."""

    instance: Path
    port: int
    process: "subprocess.Popen[bytes]"
    log: IO[bytes]

    def ask(self, path: str, host: str = "localhost", method: str = "GET") -> tuple[int, bytes]:
        """Ask for a page of a host."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, headers={"Host": f"{host}:{self.port}"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    @property
    def said(self) -> str:
        """Give what it has written so far."""
        self.log.seek(0)
        return self.log.read().decode()

    def stop(self) -> tuple[int, float]:
        """Send SIGTERM; give exit status and seconds."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20), time.monotonic() - began


@pytest.fixture
def instance(prepared_sqlite: Path) -> Iterator[Path]:
    """Give a folder with a migrated database and two small built sites."""
    folder = Path(tempfile.mkdtemp(prefix="mserve"))
    shutil.copy(prepared_sqlite, folder / "marketplace.sqlite3")
    for host in ("localhost", HOST):
        for path in ("index.html", "contact/index.html"):
            page = folder / "sites" / host / "a" / path
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(CONTACT)
        (folder / "sites" / host / "current").symlink_to("a")
    yield folder
    for process in _processes(folder):
        os.kill(process, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _serving(instance: Path, *words: str) -> Iterator[Served]:
    port = _free_port()
    with tempfile.TemporaryFile() as log:
        command = [sys.executable, "-m", "wsgi", "serve", "--port", str(port), *words]
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=_environment(instance))
        served = Served(instance, port, process, log)
        try:
            _wait_for(lambda: "Ctrl-C" in served.said or process.poll() is not None, 60, served)
            assert process.poll() is None, served.said
            yield served
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def _run(instance: Path, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "wsgi", *words]
    environment = {**_environment(instance), **more}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)


def _environment(instance: Path) -> dict[str, str]:
    settings = {item.upper() for item in Settings.__dataclass_fields__}
    clean = {name: value for name, value in os.environ.items() if name not in settings}
    return {**clean, "MARKETPLACE_INSTANCE": str(instance), "SECRET_KEY": SECRET}


def _processes(instance: Path) -> dict[int, str]:
    """Give the processes that have to do with an installation, by id, with their command lines."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words, environment = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if str(instance).encode() in words + environment and state != "Z" and folder.name != str(os.getpid()):
            found[int(folder.name)] = words.replace(b"\0", b" ").decode()
    return found


def _named(instance: Path, word: str) -> list[int]:
    return [number for number, command in _processes(instance).items() if re.search(rf"\b{word}\b", command)]


def _wait_for(holds: Callable[[], object], seconds: float, served: Served | None = None) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, served.said if served else "it never came true"
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_one_command_serves_everything_and_one_signal_stops_it(instance: Path) -> None:
    with _serving(instance) as served:
        assert f"http://localhost:{served.port}/\n" in served.said
        assert f"http://{HOST}:{served.port}/\n" in served.said
        assert f"http://localhost:{served.port}/admin/\n" in served.said
        assert served.ask("/", HOST) == (200, CONTACT.encode())
        assert served.ask("/ready")[0] == served.ask("/health")[0] == 200
        for name in ("web", "worker", "scheduler", "valkey"):
            assert _named(instance, name), f"{name} is not running"
        status, seconds = served.stop()
        assert (status, _processes(instance)) == (0, {})
        assert seconds < 15
        assert (instance / "serve.pid").read_text() == ""


def test_a_child_that_dies_is_started_again_and_said_so(instance: Path) -> None:
    with _serving(instance) as served:
        for number, name in enumerate(("worker", "web"), start=1):
            (first, *_) = sorted(_named(instance, name))
            others = set(_named(instance, name))
            os.kill(first, signal.SIGKILL)
            _wait_for(lambda number=number: served.said.count('"event": "died"') == number, 20, served)  # type: ignore[misc]
            _wait_for(lambda name=name, others=others: set(_named(instance, name)) - others, 20, served)  # type: ignore[misc]
        _wait_for(lambda: _answers(served), 20, served)
        assert served.stop()[0] == 0
        assert _processes(instance) == {}


def _answers(served: Served) -> bool:
    try:
        return served.ask("/ready")[0] == 200
    except OSError:
        return False


def test_no_process_outlives_a_supervisor_that_is_killed(instance: Path) -> None:
    with _serving(instance) as served:
        served.process.kill()
        served.process.wait()
        _wait_for(lambda: not _processes(instance), 15, served)
    with _serving(instance) as again:
        assert again.ask("/", HOST)[0] == 200
        assert again.stop()[0] == 0


def test_a_second_start_says_that_the_first_one_runs(instance: Path) -> None:
    with _serving(instance, "--no-live") as served:
        second = _run(instance, "serve", "--no-live", "--port", str(_free_port()))
        assert second.returncode == 1
        assert f"served already, by process {served.process.pid}" in second.stderr
        assert "Traceback" not in second.stderr
        assert served.ask("/", HOST)[0] == 200


def test_a_port_that_is_taken_is_named(instance: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        tried = _run(instance, "serve", "--no-live", "--port", str(port))
    assert tried.returncode == 1
    assert f"Port {port}" in tried.stderr
    assert "--port" in tried.stderr


def test_without_the_live_layer_files_need_nothing_and_forms_say_what_to_do(instance: Path) -> None:
    (instance / "marketplace.sqlite3").unlink()
    with _serving(instance, "--no-live") as served:
        assert served.ask("/", HOST)[0] == 200
        assert served.ask("/contact/", HOST)[0] == 200
        for method in ("GET", "POST"):
            status, page = served.ask("/-/inquiries", HOST, method)
            assert status == 503
            assert b'href="tel:+494066969123"' in page
        assert served.ask("/admin/")[0] == 503
        assert not _named(instance, "worker")
        assert served.stop()[0] == 0
    left = {path.name for path in instance.iterdir()}
    assert left == {"sites", "serve.pid"}


def test_a_worker_alone_does_what_waits_and_goes(world: SimpleNamespace, database: Settings, redis_url: str) -> None:
    ask(world.golf, NOW)
    Queue("default", connection=Redis.from_url(redis_url)).enqueue(queue.relay_outbox)
    worker = _run(
        database.instance, "worker", "--burst", "--queue", "default", "--queue", "publish", REDIS_URL=redis_url
    )
    assert worker.returncode == 0, worker.stderr
    assert len(list((database.instance / "outbox").rglob("*.eml"))) == 2
    db.session.expire_all()
    assert db.session.scalars(select(OutboxEvent).where(OutboxEvent.relayed_at.is_(None))).all() == []
    # A worker for photos may take its time with theirs.
    tasks = db.session.scalars(select(Task).where(Task.queue != "photos")).all()
    assert tasks
    done = {task.job: task.done_at is not None for task in tasks}
    assert all(done.values()), [task.error for task in tasks]


def test_dead_work_is_shown_with_its_reason_and_can_be_revived(world: SimpleNamespace, database: Settings) -> None:
    dead = Task(
        event_id=1, job="search.jobs:nothing", arguments=[], ring_at=NOW, dead_at=NOW, attempts=8, error="OSError: full"
    )
    db.session.add(dead)
    db.session.commit()
    shown = _run(database.instance, "tasks")
    assert "1 dead" in shown.stdout
    assert f"{dead.id}  search.jobs:nothing  after 8 tries: OSError: full" in shown.stdout
    assert "1 tasks will be tried again" in _run(database.instance, "tasks", "replay").stdout
    assert "0 dead" in _run(database.instance, "tasks").stdout


def test_a_new_day_is_told_once_for_each_marketplace(world: SimpleNamespace, database: Settings) -> None:
    days = Days()
    assert days.look() == [world.tenant.id]
    assert days.look() == []
    told = db.session.scalars(select(OutboxEvent).where(OutboxEvent.name == "DayBegan")).one()
    assert told.payload["tidy"] is True


def test_addresses_for_people_come_from_the_host_and_only_localhost_has_the_port(settings: Settings) -> None:
    public = config.load({}, marketplace_instance=settings.instance, site_scheme="https", site_port=0)
    assert address(public, "north-cars.localhost", 8123) == "http://north-cars.localhost:8123"
    assert address(public, "north-cars.example", 8123) == "https://north-cars.example"
    assert served_hosts(settings) == []
    assert any("marketplace build" in line for line in greeting(settings, 8123, True))
    for number in range(15):
        (settings.sites / f"d{number:02d}.localhost" / "a").mkdir(parents=True)
        (settings.sites / f"d{number:02d}.localhost" / "current").symlink_to("a")
    lines = greeting(settings, 8123, True)
    assert "  … and 3 more hosts" in lines


def test_pauses_grow_while_a_child_keeps_dying() -> None:
    child = Child("short", "storefront.live.nothing_of_that_name")
    supervisor = Supervisor([child], ("short",), {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"})
    pauses = []
    for _ in range(3):
        supervisor.start("short")
        assert child.process is not None
        child.process.wait(30)
        supervisor._look_after(child, time.monotonic())
        pauses.append(child.pause)
        assert child.due > time.monotonic()
        child.due = 0.0
    assert pauses == [1.0, 2.0, 4.0]
