"""Builds never run in a web process: what a visitor or a member of staff can reach asks for work and does none."""

import ast

from tests.rules.sources import ROOT

WORKERS = {"storefront/live/worker.py", "storefront/live/scheduler.py", "storefront/live/demo.py"}
"""Modules of the live layer that are no door: processes and commands of their own."""
COMMANDS = {"admin/cli.py", "storefront/live/cli.py"}
ALLOWED = {"asking", "events", "models", "images", "preview", "queries", "scheduling", "studio"}
"""Modules of the builder that name, read or plan; none of them writes a release. A draft's page is drawn when somebody
asks for it, and given to whoever asked."""
BUILDS = {"publish", "publish_one", "publish_stale", "build_all", "build_preview", "publish_site"}


def doors() -> list[str]:
    """Name the modules that answer requests."""
    files = [*(ROOT / "admin").rglob("*.py"), *(ROOT / "storefront" / "live").rglob("*.py")]
    names = {path.relative_to(ROOT).as_posix() for path in files}
    return sorted(names - WORKERS - COMMANDS)


def used(name: str) -> set[str]:
    """Name the modules of the builder that a module imports, in whatever way."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / name).read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "builder":
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("builder."):
            found.add(str(node.module).split(".")[1])
        elif isinstance(node, ast.Import):
            found.update(alias.name.split(".")[1] for alias in node.names if alias.name.startswith("builder."))
    return found


def called(name: str) -> set[str]:
    """Name the functions a module calls, by their last name."""
    calls = [node.func for node in ast.walk(ast.parse((ROOT / name).read_text("utf-8"))) if isinstance(node, ast.Call)]
    names = {item.attr for item in calls if isinstance(item, ast.Attribute)}
    return names | {item.id for item in calls if isinstance(item, ast.Name)}


def test_there_are_doors_to_judge() -> None:
    assert {"storefront/live/web.py", "storefront/live/inquiries.py", "admin/app.py"} <= set(doors())


def test_no_door_knows_the_parts_of_the_builder_that_build() -> None:
    guilty = [f"{name}: {module}" for name in doors() for module in sorted(used(name) - ALLOWED)]
    assert guilty == []


def test_no_door_publishes() -> None:
    guilty = [f"{name}: {function}" for name in doors() for function in sorted(called(name) & BUILDS)]
    assert guilty == []


def test_what_doors_may_know_of_the_builder_does_not_build_either() -> None:
    parts = {module: used_here(f"builder/{module}.py") for module in ALLOWED - {"studio"}}
    studio = [f"builder/studio/{file.name}" for file in (ROOT / "builder" / "studio").glob("*.py")]
    parts["studio"] = set().union(*map(used, studio))
    building = {"sites", "runs", "press", "freeze", "previewing", "draft", "children", "jobs"}
    # What a plan holds is put back by the way back's own module, which also knows how to switch releases.
    parts["scheduling"].discard("holding")
    assert {module: sorted(names & building) for module, names in parts.items() if names & building} == {
        "images": ["children"]
    }


def used_here(name: str) -> set[str]:
    """Name the neighbours a module of the builder imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / name).read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            found.update([node.module.split(".")[0]] if node.module else [alias.name for alias in node.names])
    return found
