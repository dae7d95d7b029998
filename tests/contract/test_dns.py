"""Name servers are asked over the wire, and what they do not say is told apart from what they deny."""

from collections.abc import Iterator

import pytest

from storefront.adapters.dns import NameServer
from storefront.domain.stores.dns import Outcome
from tests.servers.dns import Zone, serving


@pytest.fixture
def zone() -> Zone:
    """Give an empty zone."""
    return Zone()


@pytest.fixture
def server(zone: Zone) -> Iterator[NameServer]:
    """Give a resolver that asks a server of the zone."""
    with serving(zone, 1) as places:
        yield NameServer(places[0], seconds=0.6, altogether=1.5)


def test_texts_and_addresses_are_read(zone: Zone, server: NameServer) -> None:
    zone.set("_x.autohaus.de", ("TXT", "one"), ("TXT", "two"))
    zone.set("autohaus.de", ("A", "192.0.2.1"), ("A", "192.0.2.2"), ("AAAA", "2001:db8::1"))
    assert server.texts("_x.autohaus.de").values == ("one", "two")
    assert server.addresses("autohaus.de").values == ("192.0.2.1", "192.0.2.2", "2001:db8::1")


def test_a_text_in_pieces_is_one_and_a_long_answer_comes_by_tcp(zone: Zone, server: NameServer) -> None:
    zone.set("autohaus.de", *[("TXT", f"{n}" * 600) for n in range(9)])
    answer = server.texts("autohaus.de")
    assert answer.outcome is Outcome.FOUND
    assert len(answer.values) == 9
    assert answer.values[3] == "3" * 600


def test_a_chain_of_names_is_followed_and_told(zone: Zone, server: NameServer) -> None:
    zone.set("www.autohaus.de", ("CNAME", "c1.edge.example.net"))
    zone.set("c1.edge.example.net", ("CNAME", "edge.example.net"))
    zone.set("edge.example.net", ("A", "192.0.2.1"))
    answer = server.addresses("www.autohaus.de")
    assert answer.values == ("192.0.2.1",)
    assert answer.chain == ("c1.edge.example.net", "edge.example.net")


def test_names_that_lead_to_each_other_are_a_loop_and_so_are_too_many(zone: Zone, server: NameServer) -> None:
    zone.set("a.de", ("CNAME", "b.de"))
    zone.set("b.de", ("CNAME", "a.de"))
    for number in range(14):
        zone.set(f"n{number}.de", ("CNAME", f"n{number + 1}.de"))
    assert server.addresses("a.de").outcome is Outcome.LOOP
    assert server.addresses("n0.de").outcome is Outcome.LOOP


def test_no_such_name_no_such_record_and_a_broken_zone_are_three_things(zone: Zone, server: NameServer) -> None:
    zone.set("empty.de", ("TXT", "x"))
    zone.broken.add("broken.de")
    zone.silent.add("silent.de")
    assert server.addresses("missing.de").outcome is Outcome.NXDOMAIN
    assert server.addresses("empty.de").outcome is Outcome.NONE
    assert server.addresses("broken.de").outcome is Outcome.REFUSED
    assert server.addresses("silent.de").outcome is Outcome.SILENT
    assert [server.texts(name).tells for name in ("missing.de", "empty.de", "broken.de", "silent.de")] == [
        True, True, False, False,
    ]  # fmt: skip


def test_a_cname_that_leads_to_nothing_says_where_it_led(zone: Zone, server: NameServer) -> None:
    zone.set("www.autohaus.de", ("CNAME", "gone.hoster.net"))
    answer = server.addresses("www.autohaus.de")
    assert (answer.outcome, answer.chain) == (Outcome.NXDOMAIN, ("gone.hoster.net",))


def test_a_server_that_is_not_there_is_silent() -> None:
    assert NameServer(("127.0.0.1", 1), seconds=0.3).texts("autohaus.de").outcome is Outcome.SILENT
