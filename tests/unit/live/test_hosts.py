"""Whose request it is, before the database is asked."""

from storefront.core.config import Settings
from storefront.live.hosts import Hosts


def test_a_name_that_can_be_no_host_never_reaches_the_database() -> None:
    hosts = Hosts(Settings())  # no database is bound: asking it would raise
    assert [hosts.find(name) for name in ("", "a\0b", "a\nb", "x" * 254)] == [None] * 4
