"""Our laws, read from the source: one place commits, one place reads the clock, nothing points upwards by a string."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("storefront", "admin", "builder", "search", "seo", "themes")


def modules() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


def calls(tree: ast.Module, *names: str) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            yield node.lineno


def test_one_place_commits():
    search_index = "search/embedded.py"  # its writer commits to the search index, not to the database
    allowed = {"storefront/core/acts.py", "storefront/migrations/runner.py", search_index}
    guilty = [f"{name}:{line}" for name, tree in modules() if name not in allowed for line in calls(tree, "commit")]
    assert guilty == []


def test_no_statement_goes_past_the_walls_and_the_ledger():
    """Raw SQL, tables without their mapping, and the session's old bulk writers are limited and recorded by nobody."""
    allowed = {
        "storefront/core/tenancy.py": {"text"},
        "storefront/core/db.py": {"exec_driver_sql"},
        "storefront/core/prepared.py": {"exec_driver_sql"},
        "builder/postings.py": {"__table__"},
        "builder/records.py": {"__table__"},
    }
    past = {"text", "exec_driver_sql", "__table__", "bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings"}
    guilty = []
    for name, tree in modules():
        if name.startswith("storefront/migrations/"):
            continue
        imported = [item for item in ast.walk(tree) if isinstance(item, ast.ImportFrom) and item.module == "sqlalchemy"]
        used = {alias.name for item in imported for alias in item.names}
        used |= {item.attr for item in ast.walk(tree) if isinstance(item, ast.Attribute) and item.attr != "text"}
        guilty += [f"{name}: {word}" for word in sorted(used & past - allowed.get(name, set()))]
    assert guilty == []


def test_only_the_clock_reads_the_clock():
    guilty = []
    for name, tree in modules():
        if name == "storefront/core/clock.py":
            continue
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("now", "today", "utcnow")
            ):
                owner = node.func.value
                if isinstance(owner, ast.Name) and owner.id in ("datetime", "date"):
                    guilty.append(f"{name}:{node.lineno}")
    assert guilty == []


def test_there_is_no_drawer_for_odds_and_ends():
    names = [path.relative_to(ROOT).as_posix() for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    assert [name for name in names if name.rpartition("/")[2] in ("utils.py", "helpers.py", "misc.py")] == []


def test_every_public_function_says_what_it_is_for():
    silent = []
    for name, tree in modules():
        for node in tree.body:
            if (
                isinstance(node, (ast.FunctionDef, ast.ClassDef))
                and not node.name.startswith("_")
                and not ast.get_docstring(node)
            ):
                silent.append(f"{name}:{node.lineno} {node.name}")
    assert silent == []


def test_nothing_is_left_open():
    words = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX|NotImplemented" + r"Error)\b")
    guilty = []
    for package in (*PACKAGES, "tests", "tools"):
        for path in (ROOT / package).rglob("*.py"):
            if "node_modules" in path.parts:
                continue
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                if words.search(line):
                    guilty.append(f"{path.relative_to(ROOT)}:{number}")
    assert guilty == []


def test_every_setting_is_documented():
    from storefront.core.config import Settings
    from tools.write_configuration import page

    assert page(Settings) == (ROOT / "docs" / "configuration.md").read_text("utf-8"), (
        "run: python -m tools.write_configuration"
    )
