"""Sealed fields: nobody reads them without the key, and none opens in another row (SECURITY D12)."""

from pathlib import Path

import pytest

from storefront.core import config
from storefront.core.config import Settings
from storefront.core.errors import ConfigurationError
from storefront.core.sealing import BrokenSeal, current_prefix, seal, unseal


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


def test_a_seal_of_a_former_key_opens_and_is_told_from_todays(tmp_path: Path) -> None:
    former = settings(tmp_path, "f" * 40)
    sealed = seal("JBSWY3DP", "users/1/totp", former)
    keys = f"{'o' * 40}; {'f' * 40}"
    today = config.load({}, marketplace_instance=tmp_path, secret_key="t" * 40, secret_key_fallbacks=keys)
    assert unseal(sealed, "users/1/totp", today) == "JBSWY3DP"
    assert not sealed.startswith(current_prefix(today))
    assert seal("JBSWY3DP", "users/1/totp", today).startswith(current_prefix(today))


def test_half_a_former_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="SECRET_KEY_FALLBACKS"):
        config.load({}, marketplace_instance=tmp_path, secret_key="t" * 40, secret_key_fallbacks=f"{'o' * 40};half")
