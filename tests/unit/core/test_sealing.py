"""Sealed fields: nobody reads them without the key, and none opens in another row (SECURITY D12)."""

from pathlib import Path

import pytest

from storefront.core import config
from storefront.core.config import Settings
from storefront.core.sealing import BrokenSeal, seal, unseal


def settings(tmp_path: Path, key: str = "a key for tests only, long enough to be taken") -> Settings:
    """Give settings with a key."""
    return config.load({}, marketplace_instance=tmp_path, secret_key=key)


def test_a_sealed_text_tells_nothing_and_comes_back_whole(tmp_path: Path) -> None:
    first, second = (seal("JBSWY3DP", "users/1/totp", settings(tmp_path)) for _ in range(2))
    assert first != second
    assert "JBSWY3DP" not in first
    assert unseal(first, "users/1/totp", settings(tmp_path)) == "JBSWY3DP"


@pytest.mark.parametrize("broken", ["", "1.", "1.AAAA", "2.{}", "x", "1.!!!!"])
def test_what_was_never_sealed_does_not_open(tmp_path: Path, broken: str) -> None:
    with pytest.raises(BrokenSeal):
        unseal(broken, "users/1/totp", settings(tmp_path))


def test_a_seal_opens_in_its_own_row_with_its_own_key_only(tmp_path: Path) -> None:
    sealed = seal("JBSWY3DP", "users/1/totp", settings(tmp_path))
    with pytest.raises(BrokenSeal):
        unseal(sealed, "users/2/totp", settings(tmp_path))
    with pytest.raises(BrokenSeal):
        unseal(sealed, "users/1/totp", settings(tmp_path, "another key for tests, long enough too"))
    with pytest.raises(BrokenSeal):
        unseal(sealed[:-4] + "AAAA", "users/1/totp", settings(tmp_path))
