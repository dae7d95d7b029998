"""Write docs/configuration.md from the settings class: `python -m tools.write_configuration`."""

from dataclasses import fields
from pathlib import Path

from storefront.core.config import Settings

TARGET = Path(__file__).resolve().parents[1] / "docs" / "configuration.md"
HEAD = """# Configuration

Written from `storefront/core/config.py` by `python -m tools.write_configuration`; a test compares them.

Every setting is an environment variable. None is needed for a first look: the defaults run SQLite, the embedded search
engine, an embedded Valkey and a local mail outbox in the instance folder. Servers are used by naming them.

| variable | type | default | what it does |
| --- | --- | --- | --- |
"""


def page(cls: type[Settings]) -> str:
    """Give the page's text."""
    rows = []
    for item in fields(cls):
        default = "" if item.default in ("", None) else f"`{item.default}`"
        kind = getattr(item.type, "__name__", str(item.type)).lower()
        rows.append(f"| `{item.name.upper()}` | {kind} | {default or 'empty'} | {item.metadata['says']} |\n")
    return HEAD + "".join(rows)


if __name__ == "__main__":
    TARGET.write_text(page(Settings), encoding="utf-8")
