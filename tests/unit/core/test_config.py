"""Settings that cannot be meant, or that nothing heeds, are refused with the name of their variable."""

import pytest

from storefront.core import config
from storefront.core.errors import ConfigurationError


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SITE_SCHEME", "ftp"),
        ("SITE_PORT", "eighty"),
        ("SECRET_KEY", "short"),
        ("MEILISEARCH_URL", "http://search.example"),
        ("PURGE_BY", "chance"),
        ("INDEXNOW", "maybe"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        config.load({name: value})
