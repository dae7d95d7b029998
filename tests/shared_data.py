"""Where the real data lies that some tests run on: beside the checkout, or in MARKETPLACE_SHARED."""

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("MARKETPLACE_SHARED") or Path(__file__).resolve().parents[2] / "shared")


def shared(name: str) -> Path:
    """Give the path of a real data file, or skip the test loudly when it is not on this machine."""
    path = ROOT / name
    if not path.exists():
        pytest.skip(f"real data {name} is not here: put it beside the checkout or set MARKETPLACE_SHARED")
    return path
