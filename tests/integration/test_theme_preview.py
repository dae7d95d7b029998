"""`marketplace themes preview`: the demo world in a theme that is being written."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import Client

import themes
from storefront.core import runtime
from storefront.core.db import db
from storefront.live.theme_preview import world as worlds
from storefront.live.theme_preview.app import ThemePreview
from storefront.live.theme_preview.drawing import World
from storefront.pages.contexts import TEMPLATES, DealerPage, DealersPage, MarketHomePage
from themes import theme as theme_module

PORT = 8010
HOST = "north-cars.localhost"
ONLY_MARKET = {MarketHomePage, DealersPage, DealerPage}


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Found the world once for this module."""
    settings, tenant = worlds.opened(tmp_path_factory.mktemp("preview"), PORT)
    yield World(settings, tenant, worlds.today(tenant))
    db.unbind()
    runtime._settings.clear()


@pytest.fixture
def harbour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a theme of one's own: a copy of Harbour's folder beside those of the product."""
    for name in themes.available():
        (tmp_path / name).symlink_to(theme_module.ROOT / name, target_is_directory=True)
    own = tmp_path / "quay"
    shutil.copytree(theme_module.ROOT / "harbour", own)
    monkeypatch.setattr(theme_module, "ROOT", tmp_path)
    themes.load.cache_clear()
    yield own
    themes.load.cache_clear()


@pytest.fixture
def preview(installation: World, harbour: Path) -> ThemePreview:
    """Give the preview of that theme."""
    return ThemePreview(installation, "quay", worlds.wear(installation.tenant, "quay", ("dealer",)))


def get(preview: ThemePreview, path: str) -> tuple[int, str]:
    """Ask North Cars' site for an address."""
    answer = Client(preview).get(path, base_url=f"http://{HOST}:{PORT}/")
    return answer.status_code, answer.get_data().decode(errors="replace")


def test_every_type_of_page_is_drawn_in_the_theme(preview: ThemePreview) -> None:
    templates = set()
    for host in preview.hosts:
        for template, fault in preview.world.drawn(host):
            assert fault is None
            templates.add(template)
    answered = {"pages/answer.html"}
    wanted = {template for page, template in TEMPLATES.items() if page not in ONLY_MARKET} - answered
    assert templates - {""} == wanted
    status, found = get(preview, "/-/search?q=golf&lang=de")
    assert status == 200
    assert "Golf" in found


def test_the_list_of_pages_leads_to_pages_that_are_there(preview: ThemePreview) -> None:
    stops = preview.world.stops(HOST)
    names = {stop.name for stop in stops}
    assert {"home", "list all", "car", "car sold", "contact", "about", "faq", "404"} <= names | {"404"}
    for stop in stops:
        status, text = get(preview, stop.path)
        assert status == 200, stop
        assert "reload.js" in text
    assert get(preview, "/-/theme/")[0] == 200


def test_a_saved_file_is_seen_at_the_next_request(preview: ThemePreview, harbour: Path) -> None:
    _, before = get(preview, "/")
    seen = preview.watch.look()
    part = harbour / "templates/pages/home.html"
    part.write_text(part.read_text("utf-8").replace("<h1>", '<h1 class="mine">'), encoding="utf-8")
    assert preview.watch.change(seen, 5) is not None
    _, after = get(preview, "/")
    assert 'class="mine"' not in before
    assert 'class="mine"' in after


def test_a_saved_style_sheet_has_another_address_and_is_served(preview: ThemePreview, harbour: Path) -> None:
    def sheet() -> str:
        return get(preview, "/")[1].split('rel="stylesheet" href="')[1].partition('"')[0]

    before = sheet()
    css = harbour / "assets/css/harbour.css"
    css.write_text(css.read_text("utf-8").replace("--swell: 11px", "--swell: 13px"), encoding="utf-8")
    after = sheet()
    assert before != after
    status, text = get(preview, after)
    assert status == 200
    assert "--swell:13px" in text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("{{ page.headding }}", "headding"),
        ("{{ nobody }}", "nobody"),
        ('{{ t("no.such.word") }}', "no.such.word"),
        ("{% if %}", "pages/home.html, line"),
    ],
)
def test_a_mistake_is_named_with_template_and_line_and_gone_when_it_is_mended(
    preview: ThemePreview, harbour: Path, wrong: str, said: str
) -> None:
    part = harbour / "templates/pages/home.html"
    good = part.read_text("utf-8")
    part.write_text(good.replace("<h1>", f"<h1>{wrong}"), encoding="utf-8")
    status, text = get(preview, "/")
    assert status == 500
    assert said in text
    assert "line" in text or "word" in text
    assert "reload.js" in text
    part.write_text(good, encoding="utf-8")
    assert get(preview, "/")[0] == 200


def test_a_photo_is_made_when_it_is_first_wanted(preview: ThemePreview) -> None:
    _, text = get(preview, "/")
    address = next(part for part in text.split('"') if part.startswith("/i/") and part.endswith(".jpg"))
    assert get(preview, address)[0] == 200
