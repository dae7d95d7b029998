"""Surrogate keys: what purges a car's page, a list, all assets, or a host, and nothing else."""

import pytest

from seo.surrogate import car_of, header_value, keys_of

HOST = "north-cars.example"


@pytest.mark.parametrize(
    ("path", "narrow"),
    [
        ("vehicles/vw-golf-0123456789abc/index.html", "host:north-cars.example/car:0123456789abc"),
        ("en/vehicles/vw-golf-0123456789abc/index.html", "host:north-cars.example/car:0123456789abc"),
        ("vehicles/0123456789abc/index.html", "host:north-cars.example/car:0123456789abc"),
        ("vehicles/index.html", "host:north-cars.example/list:vehicles/"),
        ("vehicles/page-12/index.html", "host:north-cars.example/list:vehicles/"),
        ("vehicles/bmw/index.html", "host:north-cars.example/list:vehicles/bmw/"),
        ("vehicles/bmw/page-2/index.html", "host:north-cars.example/list:vehicles/bmw/"),
        ("en/vehicles/bmw/x5/index.html", "host:north-cars.example/list:en/vehicles/bmw/x5/"),
        ("vehicles/in/at/wien/page-1/index.html", "host:north-cars.example/list:vehicles/in/at/wien/"),
        ("a/site.0123456789abcdef.css", "host:north-cars.example/asset"),
        ("i/photo-720.0123456789abcdef.avif", "host:north-cars.example/asset"),
        ("index.html", "host:north-cars.example"),
        ("sitemap.xml", "host:north-cars.example"),
        ("contact/index.html", "host:north-cars.example"),
    ],
)
def test_every_file_has_its_hosts_key_and_the_narrowest_that_fits(path: str, narrow: str) -> None:
    keys = keys_of(HOST, path)
    assert keys[0] == "host:north-cars.example"
    assert keys[-1] == narrow
    assert len(keys) <= 2


def test_headers_are_written_as_each_cdn_reads_them() -> None:
    path = "vehicles/bmw/index.html"
    assert header_value(HOST, path) == "host:north-cars.example,host:north-cars.example/list:vehicles/bmw/"
    assert header_value(HOST, path, separator=" ").split(" ") == list(keys_of(HOST, path))


def test_a_make_is_no_car() -> None:
    assert car_of("vehicles/bmw/index.html") is None
