"""The builds that are measured beside each other build the same: else a ratio says nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import hugo_site, measuring
from benchmarks.__main__ import main
from benchmarks.builds import OTHERS, differences, files
from benchmarks.catalogue import make, read, write

ROOT = Path(__file__).resolve().parents[3]


def run(module: str, *words: object) -> str:
    """Run a part of the bench in a process of its own, as the bench does; it changes nothing in this one."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench") / "catalogue"
    write(make(2, 5), folder)
    return folder


@pytest.fixture(scope="module")
def ours(catalogue: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    instance = tmp_path_factory.mktemp("ours")
    run("ours", "load", catalogue, instance)
    run("ours", "build", instance, 1)
    return instance


def tree_of(instance: Path) -> dict[str, str]:
    return files((instance / "sites" / "cars.localhost" / "current").resolve())


def test_a_catalogue_comes_back_as_it_was_written(catalogue: Path) -> None:
    assert read(catalogue) == make(2, 5)


def test_more_dealers_make_as_many_pages_as_the_document_says(tmp_path: Path) -> None:
    write(make(20, 100), tmp_path)
    assert run("plain_jinja", tmp_path, tmp_path / "out") == "2358 pages\n"


def test_our_build_gives_the_bytes_that_jinja_and_the_stock_freezer_give(
    catalogue: Path, ours: Path, tmp_path: Path
) -> None:
    run("plain_jinja", catalogue, tmp_path / "plain")
    run("frozen", "memory", catalogue, tmp_path / "memory")
    run("frozen", "sql", catalogue, tmp_path / "sql")
    found = {name: files(tmp_path / name) for name in ("plain", "memory", "sql")}
    assert differences({"ours": tree_of(ours), **found}) == []
    assert len(found["plain"]) > 20


def test_hugo_has_the_same_files(catalogue: Path, ours: Path, tmp_path: Path) -> None:
    hugo_site.prepare(catalogue, tmp_path / "hugo")
    command = [measuring.hugo(), "--source", str(tmp_path / "hugo"), "--destination", str(tmp_path / "out"), "--quiet"]
    subprocess.run(command, check=True)
    assert files(tmp_path / "out").keys() == tree_of(ours).keys()


def test_a_page_that_differs_is_told(ours: Path) -> None:
    mine = tree_of(ours)
    other = {**mine, "index.html": "another"}
    assert differences({"ours": mine, "plain": other}) == ["plain differs in 1 files, such as index.html"]
    assert differences({"ours": mine, "hugo": {}}) == [f"hugo has 0 files, not {len(mine)}"]


def test_after_prices_sales_and_new_cars_the_pages_are_those_of_a_build_from_nothing(
    catalogue: Path, tmp_path: Path
) -> None:
    run("ours", "load", catalogue, tmp_path)
    run("ours", "build", tmp_path, 1)
    measured = json.loads(run("incremental", "catalogue", tmp_path, 1))
    assert measured["price"]["drawn_most"] < len(tree_of(tmp_path)) / 2
    assert measured["nothing"]["drawn_most"] == 0
    step_by_step = tree_of(tmp_path)
    subprocess.run(["rm", "-r", str(tmp_path / "sites"), str(tmp_path / "store")], check=True)
    run("ours", "build", tmp_path, 1)
    assert tree_of(tmp_path) == step_by_step


def test_the_figures_that_are_kept_have_the_documented_form(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    words = ["--dealers", "2", "--listings", "5", "--pairs", "1", "--only", "plain_jinja", "--json", str(file)]
    assert main(words) == 0
    found = json.loads(file.read_text("utf-8"))
    assert found["ratios"].keys() == {"plain_jinja/ours"}
    assert found["differences"] == []
    assert found["builds"].keys() == {"ours", "plain_jinja"}
    assert found["size"] == {"dealers": 2, "listings": 5, "pairs": 1}
    assert found["machine"].keys() >= {"commit", "processor", "cores", "python", "versions"}


def test_the_promised_ratios_are_among_those_that_are_measured() -> None:
    assert {"frozen_flask_sql", "frozen_flask", "hugo"} <= {build.name for build in OTHERS}
