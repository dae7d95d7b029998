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
        ("MEILISEARCH_URL", "search.example:7700"),
        ("MEILISEARCH_URL", "ftp://search.example"),
        ("MEILISEARCH_URL", "http://search.example:port"),
        ("MEILISEARCH_URL", "http://"),
        ("MEILISEARCH_URL", "http://master-key@search.example"),
        ("MEILISEARCH_KEY", "key\n"),
        ("MEILISEARCH_SEARCH_KEY", "only-a-key"),
        ("PURGE_BY", "chance"),
        ("INDEXNOW", "maybe"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        config.load({name: value})
