"""Where the source is that the rules are about."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
