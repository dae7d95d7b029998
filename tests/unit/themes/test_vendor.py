"""What a theme carries of others is named, licensed, and byte for byte what was published."""

import hashlib
import tomllib

import themes

BASE = themes.load("base").chain[0]


def vendored() -> dict[str, dict[str, object]]:
    """Read what `vendor.toml` names."""
    with (BASE / "vendor.toml").open("rb") as file:
        return tomllib.load(file)


def test_every_vendored_file_is_the_published_one() -> None:
    sums = {name: digest for each in vendored().values() for name, digest in dict(each["sha256"]).items()}  # type: ignore[call-overload]
    folder = BASE / "assets" / "vendor"
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()} == sums


def test_every_vendored_part_says_where_it_is_from_and_may_be_used() -> None:
    for name, each in vendored().items():
        assert each["licence"] in {"MIT", "BSD-3-Clause", "ISC", "Apache-2.0"}, name
        assert str(each["source"]).startswith("https://")
        assert each["version"]
        assert each["why"]
