"""Where the web servers in front are, as settings say it."""

import pytest

from storefront.core import config
from storefront.core.edge import edge_of
from storefront.core.errors import ConfigurationError


def test_without_addresses_no_domains_are_offered() -> None:
    assert not edge_of(config.load({})).is_offered


def test_addresses_targets_and_what_is_ours_are_read() -> None:
    settings = config.load(
        {
            "EDGE_ADDRESSES": "203.0.113.80, 2001:0db8::80",
            "BASE_HOST": "autos.beispiel.de",
            "ADMIN_HOST": "buero.beispiel.de:8443",
            "LIVE_ORIGIN": "https://live.beispiel.net",
            "SITE_SCHEME": "https",
            "SITE_PORT": "0",
        }
    )
    edge = edge_of(settings)
    assert edge.addresses == ("203.0.113.80", "2001:db8::80")
    assert (edge.host, edge.probe) == ("edge.autos.beispiel.de", ("203.0.113.80", 443))
    assert edge.own == {"autos.beispiel.de", "edge.autos.beispiel.de", "buero.beispiel.de", "live.beispiel.net"}
    assert len(edge.resolvers) >= 2


def test_name_servers_may_have_ports() -> None:
    said = {"EDGE_ADDRESSES": "203.0.113.80", "DNS_RESOLVERS": "192.0.2.53:5300,[2001:db8::53]:5301,2001:db8::54"}
    assert edge_of(config.load(said)).resolvers == (
        ("192.0.2.53", 5300),
        ("2001:db8::53", 5301),
        ("2001:db8::54", 53),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EDGE_ADDRESSES", "edge.example.com"),
        ("DNS_RESOLVERS", "dns.example.com"),
        ("DNS_RESOLVERS", "192.0.2.1:99999"),
        ("DNS_RESOLVERS", "192.0.2.1"),
        ("DNS_RESOLVERS", "192.0.2.1,192.0.2.1"),
        ("EDGE_PROBE", "front:443"),
    ],
)
def test_what_cannot_be_read_names_its_setting(name: str, value: str) -> None:
    said = {"EDGE_ADDRESSES": "203.0.113.80"} | {name: value}
    with pytest.raises(ConfigurationError, match=name):
        config.load(said)
