"""What people type as a domain: read into one name, or refused with a reason (SECURITY D1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from storefront.core.errors import DomainError
from storefront.domain.stores import domain_names
from storefront.domain.stores.domain_names import LONGEST, named, read, spoken


@pytest.mark.parametrize(
    ("typed", "name", "host", "twin"),
    [
        ("autohaus.de", "autohaus.de", "autohaus.de", "www.autohaus.de"),
        ("  WWW.Autohaus.DE. ", "autohaus.de", "www.autohaus.de", "autohaus.de"),
        ("https://www.autohaus.co.uk/cars?x=1#top", "autohaus.co.uk", "www.autohaus.co.uk", "autohaus.co.uk"),
        ("http://autohaus.de:80/", "autohaus.de", "autohaus.de", "www.autohaus.de"),
        ("Müller.de", "xn--mller-kva.de", "xn--mller-kva.de", "www.xn--mller-kva.de"),
        (
            "autohaus-strauß.de",
            "xn--autohaus-strau-egb.de",
            "xn--autohaus-strau-egb.de",
            "www.xn--autohaus-strau-egb.de",
        ),
        ("autos.muster-gruppe.de", "autos.muster-gruppe.de", "autos.muster-gruppe.de", None),
        ("автосалон.рф", "xn--80aaf1bkdcvh.xn--p1ai", "xn--80aaf1bkdcvh.xn--p1ai", "www.xn--80aaf1bkdcvh.xn--p1ai"),
        ("haendler.github.io", "haendler.github.io", "haendler.github.io", "www.haendler.github.io"),
    ],
)
def test_a_domain_is_read_however_it_is_written(typed: str, name: str, host: str, twin: str | None) -> None:
    found = read(typed)
    assert (found.name, found.host, found.twin) == (name, host, twin)
    assert read(found.host) == found


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        *((one, "address of a computer") for one in ("192.0.2.1", "127.1", "2130706433", "0x7f000001", "1.2.3.0x4")),
        *((one, "address of a computer") for one in ("[::1]", "2001:db8::1", "http://[::1]/")),
        *(
            (one, "Write a domain")
            for one in ("", "a b.de", "-a.de", "a..de", "_dmarc.auto.de", "auto.de:8080", "\0.de")
        ),
        *((one, "Write a domain") for one in ("a" * 64 + ".de", "a." * 130 + "de", "xn--a.de", "auto\u200b.de\u202e")),
        *((one, "without *") for one in ("*.auto.de", "auto.*")),
        *((one, "ending, under which") for one in ("co.uk", "github.io", "com.au")),
        *(
            (one, "does not exist on the internet")
            for one in ("auto.test", "auto.local", "auto.localhost", "auto.onion")
        ),
        ("auto.exmaple", "no such ending"),
        ("autohaus", "a name and an ending"),
        ("info@auto.de", "e-mail address"),
        *((one, "taken for others") for one in ("аррӏе.com", "gооgle.de", "pаypal.com", "ѕсоре.de")),
        *((one, "marketplace itself") for one in ("markt.de", "shop.markt.de", "www.markt.de")),
    ],
)
def test_what_is_no_domain_for_a_site_is_refused_with_a_reason(typed: str, reason: str) -> None:
    with pytest.raises(DomainError, match=reason.replace("*", r"\*")):
        read(typed, own={"markt.de"})


def test_a_name_above_ours_is_ours() -> None:
    with pytest.raises(DomainError, match="marketplace itself"):
        read("beispiel.de", own={"autos.beispiel.de"})


def test_a_domain_whose_records_would_be_too_long_is_refused() -> None:
    label = "a" * 60
    long = ".".join([label] * 3 + ["b" * 48, "de"])
    assert len(long) < LONGEST
    with pytest.raises(DomainError, match="too long"):
        read(long)


def test_a_name_is_written_in_its_own_letters_again() -> None:
    assert spoken("www.xn--mller-kva.de") == "www.müller.de"
    assert spoken("xn--a.de") == "xn--a.de"


def test_nothing_is_fetched_to_know_endings() -> None:
    assert domain_names.suffixes().publicsuffix("a.b.co.uk") == "co.uk"


@given(some.text(max_size=80) | some.from_regex(r"(www\.)?[a-zäöüß0-9.-]{1,40}\.(de|com|co\.uk)", fullmatch=True))
def test_whatever_is_typed_is_refused_or_a_name_that_reads_back_as_itself(typed: str) -> None:
    try:
        found = read(typed, own={"markt.de"})
    except DomainError:
        return
    for host in filter(None, (found.name, found.host, found.twin, found.challenge)):
        assert host.isascii()
        assert host == host.lower()
        assert len(host) <= LONGEST
    assert not f".{found.name}".endswith(".markt.de")
    assert read(found.host) == found == named(found.name, www=found.host != found.name)
