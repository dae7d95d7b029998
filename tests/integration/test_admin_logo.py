"""A dealer's logo, from the file it brings to the head of every page of its site, in every theme (SPEC 24)."""

import io
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from lxml import html
from PIL import Image

from builder.runs import build_all
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.domain.accounts.models import Role
from storefront.domain.stores.actions import set_theme
from storefront.domain.stores.models import Store
from storefront.pages.app import create_site_app
from tests.conftest import NOW, TODAY
from tests.integration.admin_desk import Desk, desk_of, person
from tests.worn import DEALER


@pytest.fixture
def desk(app: Flask, world: SimpleNamespace) -> Desk:
    """Give the browser of the owner of North Cars."""
    return desk_of(app, person(Role.DEALER_OWNER, world.north.id, NOW))


def bring(
    desk: Desk,
    size: tuple[int, int],
    ink: tuple[int, ...],
    ground: tuple[int, ...],
    path: str = "/admin/site/logo",
) -> Any:
    """Upload a bar of one colour on a ground."""
    image, file = Image.new("RGBA", size, ground), io.BytesIO()
    image.paste(ink, (size[0] // 4, size[1] // 4, 3 * size[0] // 4, 3 * size[1] // 4))
    image.save(file, "PNG")
    data = {"logo": (io.BytesIO(file.getvalue()), "logo.png"), "csrf_token": desk.token()}
    return desk.client.post(path, data=data, base_url=f"http://{desk.host}")


def head_of(store_id: object, settings: Settings, theme: str) -> Any:
    """Give the mark in the head of a site's front page in a theme."""
    store = db.session.get_one(Store, store_id)
    perform(set_theme, store, theme, {}, now=NOW, actor="test").unwrap()
    with db.snapshot():
        body = create_site_app(db.session.get_one(Store, store_id), TODAY, settings).test_client().get("/").data
    return html.fromstring(body).xpath("//header//a[contains(@class, 'brand')]")[0]


@pytest.mark.parametrize("theme", DEALER)
def test_a_logo_stands_in_the_head_of_every_theme(
    desk: Desk, world: SimpleNamespace, database: Settings, theme: str
) -> None:
    store = world.north_store
    assert "has-logo" not in head_of(store.id, database, theme).get("class")
    assert bring(desk, (400, 100), (10, 60, 200, 255), (0, 0, 0, 0)).status_code == 303
    brand = head_of(store.id, database, theme)
    (shown,) = brand.iter("img")
    assert shown.get("alt") == world.north_store.name
    assert (shown.get("width"), shown.get("height")) == ("400", "100")


def test_beside_a_square_logo_the_name_is_written(desk: Desk, world: SimpleNamespace, database: Settings) -> None:
    bring(desk, (200, 200), (10, 60, 200, 255), (0, 0, 0, 0))
    brand = head_of(world.north_store.id, database, "classic")
    assert brand.text_content().strip() == world.north_store.name
    assert next(brand.iter("img")).get("alt") == ""


@pytest.mark.parametrize(
    ("ink", "ground", "dark"),
    [
        ((255, 255, 255, 255), (0, 0, 0, 0), True),
        ((0, 0, 0, 255), (0, 0, 0, 0), False),
        ((255, 255, 255, 255), (20, 20, 20, 255), False),
    ],
)
def test_a_white_logo_without_a_ground_gets_a_dark_one(
    desk: Desk, world: SimpleNamespace, database: Settings, ink: Any, ground: Any, dark: bool
) -> None:
    bring(desk, (400, 100), ink, ground)
    (shown,) = head_of(world.north_store.id, database, "noir").iter("img")
    assert ("on-dark" in shown.get("class")) is dark


def test_the_file_is_published_with_the_pages_that_show_it(
    desk: Desk, world: SimpleNamespace, database: Settings
) -> None:
    bring(desk, (400, 100), (10, 60, 200, 255), (0, 0, 0, 0))
    report = build_all(database, as_of=TODAY)
    assert [build.failure for build in report.hosts if build.failure] == []
    folder = database.instance / "sites" / world.north_store.host / "current"
    (shown,) = html.fromstring((folder / "index.html").read_bytes()).xpath("//header//img[contains(@class, 'logo')]")
    with Image.open(folder / shown.get("src").lstrip("/")) as served:
        assert served.size == (400, 100)
    assert not list((database.instance / "sites" / world.south_store.host / "current" / "i").glob("logo-*"))


def test_the_operators_logo_stands_in_the_head_of_the_marketplace_until_it_is_taken_away(
    app: Flask, world: SimpleNamespace, database: Settings
) -> None:
    operator = desk_of(app, person(Role.SYSTEM_ADMIN, None, NOW))
    assert operator.get("/admin/brand/logo.png").status_code == 404
    assert bring(operator, (400, 100), (10, 60, 200, 255), (0, 0, 0, 0), "/admin/brand/").status_code == 303
    assert operator.get("/admin/brand/logo.png").data.startswith(b"\x89PNG")
    brand = head_of(world.market_store.id, database, "market")
    assert next(brand.iter("img")).get("alt") == world.market_store.name
    assert operator.post("/admin/brand/removal").status_code == 303
    assert not list(head_of(world.market_store.id, database, "market").iter("img"))
    assert operator.get("/admin/brand/logo.png").status_code == 404
    assert "/admin/brand/removal" not in operator.get("/admin/brand/").text


def test_the_marketplace_takes_no_text_for_a_logo(app: Flask, world: SimpleNamespace) -> None:
    operator = desk_of(app, person(Role.SYSTEM_ADMIN, None, NOW))
    data = {"logo": (io.BytesIO(b"<svg onload=alert(1)>"), "logo.png"), "csrf_token": operator.token()}
    answer = operator.client.post("/admin/brand/", data=data, base_url=f"http://{operator.host}")
    assert answer.status_code == 422
    assert html.fromstring(answer.data).xpath("//input[@id='logo']/@aria-invalid") == ["true"]
    assert operator.post("/admin/brand/").status_code == 422
