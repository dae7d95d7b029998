"""What pages of a real site say they are made of, held against what changes when it is edited (issue 4, B3)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

import themes
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.domain.stores import actions as stores
from storefront.domain.stores.models import Store
from storefront.pages.catalogue import pages_of
from storefront.pages.ingredients import CODE, keys_of
from storefront.pages.rendering import Rendered, drawn
from storefront.pages.sites import open_site
from tests.conftest import NOW, TODAY
from themes.words import Entry, Words

Site = tuple[dict[str, str], dict[str, Rendered]]
"""Ingredients with their digests, and pages by address."""


def draw(store: Store, settings: Settings) -> Site:
    """Draw every page of a site."""
    with db.snapshot():
        view = open_site(db.session.get_one(Store, store.id), as_of=TODAY, settings=settings)
        return view.ingredients(), {page.ref.path: page for page in drawn(view, pages_of(view))}


def stale(before: Site, after: Site) -> set[str]:
    """Give the pages that used an ingredient that differs."""
    names = {name for name in before[0].keys() | after[0].keys() if before[0].get(name) != after[0].get(name)}
    keys = set(keys_of(names))
    return {path for path, page in before[1].items() if page.used & names or page.reads.keys & keys}


def changed(before: Site, after: Site) -> set[str]:
    """Give the pages whose bytes differ."""
    return {path for path, page in after[1].items() if before[1][path].content != page.content}


@contextmanager
def word_edited(theme: str, key: str) -> Iterator[None]:
    """Let a German word grow."""
    loaded = themes.load(theme)
    words = loaded.words("de")
    entries: dict[str, Entry] = {name: words.entry(name) for name in words}
    entry = entries[key]
    entries[key] = f"{entry} neu" if isinstance(entry, str) else {form: f"{text} neu" for form, text in entry.items()}
    loaded._words["de"] = Words(words.theme, "de", entries)
    yield
    loaded._words["de"] = words


WORDS = ("feature.abs", "fuel.diesel", "state.sold_title", "photos.none", "pages.nav.faq", "pages.unit.km", "skip",
         "price.on_request", "pages.kept.without_script", "form.name", "pages.sort.price", "pages.vat.margin_law",
         "hours.title", "pages.answer.hours", "pages.price.reduced", "pages.feed")  # fmt: skip


@pytest.mark.parametrize("key", WORDS)
def test_an_edited_word_draws_the_pages_that_say_it(world: SimpleNamespace, database: Settings, key: str) -> None:
    for store in (world.north_store, world.market_store):
        before = draw(store, database)
        if not themes.load(store.theme).words("de").has(key):
            pytest.fail(f"there is no word {key} any more")
        with word_edited(store.theme, key):
            after = draw(store, database)
        drawn_again, differ = stale(before, after), changed(before, after)
        assert differ <= drawn_again
        assert len(drawn_again - differ) <= len(differ) + 10


Edit = Callable[[SimpleNamespace], object]


def accent(world: SimpleNamespace) -> object:
    return stores.set_theme(world.north_store, "classic", {"accent": "#0b4f8a"}, now=NOW, actor="test")


def heading(world: SimpleNamespace) -> object:
    told = {"heading": {"de": "Autos mit Geschichte"}}
    return stores.set_theme(world.north_store, "classic", told, now=NOW, actor="test")


def sections(world: SimpleNamespace) -> object:
    order = {"home_sections": ["makes", "arrivals"]}
    return stores.set_theme(world.north_store, "classic", order, now=NOW, actor="test")


def title_template(world: SimpleNamespace) -> object:
    return stores.configure(world.north_store, "seo.vehicle_title", "{name} kaufen", now=NOW, actor="test")


def something_no_page_reads(world: SimpleNamespace) -> object:
    return stores.configure(world.north_store, "letters.footer", "Danke", now=NOW, actor="test")


@pytest.mark.parametrize(
    ("edit", "few"),
    [(accent, False), (heading, True), (sections, True), (title_template, False), (something_no_page_reads, True)],
)
def test_an_edited_setting_draws_the_pages_that_read_it(
    world: SimpleNamespace, database: Settings, edit: Edit, few: bool
) -> None:
    before = draw(world.north_store, database)
    edit(world)
    db.session.commit()
    after = draw(world.north_store, database)
    drawn_again, differ = stale(before, after), changed(before, after)
    assert differ <= drawn_again
    assert len(drawn_again - differ) <= len(differ) + 10
    assert (len(drawn_again) <= 2) is few


def test_every_page_uses_the_code_and_pages_that_used_the_same_share_a_set(
    world: SimpleNamespace, database: Settings
) -> None:
    ingredients, pages = draw(world.north_store, database)
    assert all(CODE in page.used for page in pages.values())
    sets = {id(page.used): page.used for page in pages.values()}
    assert len(sets) == len(set(sets.values())) < len(pages)
    unknown = {name for used in sets.values() for name in used - ingredients.keys()}
    assert all(name.startswith(("config:", "word:")) for name in unknown), "only what is asked for and not there"
