"""A car's code: the same bytes for the same address, readable as an SVG, never as large as a photo."""

from lxml import etree

from storefront.pages import qr

ADDRESS = "https://north-cars.example/vehicles/volkswagen-golf-1-5-tsi-life-01bmdhmczp5p5/"


def modules(svg: bytes) -> int:
    """Give the width of the code in modules, its quiet zone included."""
    return int(etree.fromstring(svg).get("viewBox").split()[2])


def test_the_code_of_an_address_is_always_the_same() -> None:
    qr.drawn.cache_clear()
    first = qr.drawn(ADDRESS)
    qr.drawn.cache_clear()
    assert qr.drawn(ADDRESS) == first
    assert qr.drawn(ADDRESS + "x") != first


def test_the_code_is_black_on_white_with_its_quiet_zone() -> None:
    root = etree.fromstring(qr.drawn(ADDRESS))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("width") is None, "as large as the page wants it"
    assert b"#fff" in qr.drawn(ADDRESS)
    assert modules(qr.drawn(ADDRESS)) == 4 + 37 + 4, "version 5: 84 letters at level M"


def test_the_code_is_small() -> None:
    assert len(qr.drawn(ADDRESS)) < 4_000
