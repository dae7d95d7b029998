"""The theme studio beneath its page: drafts, undo, what is seen is what is published, the way back (SPEC 22-24)."""

import io
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from PIL import Image
from sqlalchemy import delete

from builder.studio import fitting, hosts, publishing, showing
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts.models import AuditEntry
from storefront.domain.dealers.models import DealerStatus
from storefront.domain.listings.models import Photo, PhotoState
from storefront.domain.listings.photo_store import photo_store
from storefront.domain.stores import drafts, looks
from storefront.domain.stores.models import Step, Store, StorePage
from storefront.live.drafts import LINE, Drafts
from storefront.live.files import site_of
from tests.conftest import NOW
from tests.factories import make_tenant
from tests.integration.admin_stock_ready import photo_file
from tests.integration.test_preview_hosts import Answer, ask

ACTOR = "user:test"
RED = "#b00020"
SOON = ("default", "publish")
"""Queues that a publication needs; pictures can wait."""
PAGE = {"titles": {"de": "Werkstatt"}, "bodies": {"de": "Wir **reparieren**."}, "in_menu": True, "position": 1}


def changed(store: Store, **values: Any) -> None:
    """Change a draft; `_` in a name stands for the colon of a key."""
    keys = {name.replace("__", ":"): value for name, value in values.items()}
    perform(drafts.change, store, keys, now=NOW, actor=ACTOR).unwrap()


def look(store: Store) -> dict[str, Any]:
    return dict(drafts.standing(store).look)


def without_photos() -> None:
    """Take the photos away: a publication then need not make pictures of them."""
    perform(lambda: db.session.execute(delete(Photo))).unwrap()


def at_draft(settings: Settings, store_id: UUID, path: str, **more: str) -> Answer:
    """Ask the draft's own host."""
    host = hosts.host_for(store_id, settings=settings, now=clock.now())
    return ask(Drafts(_nobody, settings), path, host, **more)


def _nobody(_environ: Any, start: Any) -> list[bytes]:
    start("418 Teapot", [])
    return [b"another host"]


def test_a_change_is_seen_in_the_draft_and_nowhere_else(world: SimpleNamespace, database: Settings) -> None:
    store = world.north_store
    before = looks.look_of(store)
    changed(store, setting__accent=RED, setting__heading={"de": "Ehrlich seit 1998"})
    assert looks.look_of(store) == before
    assert drafts.standing(store).differs == {"setting:accent": RED, "setting:heading": {"de": "Ehrlich seit 1998"}}
    page = at_draft(database, store.id, "/")
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "Ehrlich seit 1998" in page.body.decode()
    sheet = page.body.decode().partition('href="/a/site.')[2].partition('"')[0]
    style = at_draft(database, store.id, f"/a/site.{sheet}")
    assert f"--act:{RED}" in style.body.decode()
    assert looks.look_of(db.session.get_one(Store, store.id)) == before


def test_changes_are_taken_back_and_done_again_one_by_one(world: SimpleNamespace) -> None:
    store = world.north_store
    before = look(store)
    changed(store, setting__accent=RED)
    changed(store, theme="noir")
    undo, redo = (lambda: perform(drafts.undo, store, now=NOW, actor=ACTOR).unwrap()), drafts.redo
    assert undo().changes == [["theme", "classic", "noir"]]
    assert look(store) == {**before, "setting:accent": RED}
    undo()
    assert look(store) == before
    assert perform(drafts.undo, store, now=NOW, actor=ACTOR).message == "There is nothing to take back"
    perform(redo, store, now=NOW, actor=ACTOR).unwrap()
    perform(redo, store, now=NOW, actor=ACTOR).unwrap()
    assert look(store) == {**before, "setting:accent": RED, "theme": "noir"}
    assert perform(redo, store, now=NOW, actor=ACTOR).message == "There is nothing to do again"


def test_a_change_after_an_undo_begins_another_branch_and_nothing_is_forgotten(world: SimpleNamespace) -> None:
    store = world.north_store
    changed(store, setting__accent=RED)
    perform(drafts.undo, store, now=NOW, actor=ACTOR).unwrap()
    changed(store, setting__accent="#123456")
    assert drafts.standing(store).redo is None
    said = [one.changes[0][2] for one in drafts.history(store.id) if one.step is Step.CHANGED]
    assert said == ["#123456", RED]


def test_a_text_that_is_typed_on_is_one_change_to_take_back(world: SimpleNamespace) -> None:
    store = world.north_store
    before = look(store)

    def typed(text: str, seconds: int = 0, actor: str = ACTOR) -> None:
        at, keys = NOW + timedelta(seconds=seconds), {"setting:heading": {"de": text}}
        perform(drafts.change, store, keys, now=at, actor=actor, is_typing=True).unwrap()

    def undone() -> dict[str, Any]:
        perform(drafts.undo, store, now=NOW, actor=ACTOR).unwrap()
        return look(store)

    changed(store, setting__accent=RED)
    for number, text in enumerate(("Ehr", "Ehrlich", "Ehrlich seit 1998")):
        typed(text, 10 * number)
    assert undone() == {**before, "setting:accent": RED}
    perform(drafts.redo, store, now=NOW, actor=ACTOR).unwrap()
    assert look(store)["setting:heading"] == {"de": "Ehrlich seit 1998"}
    typed("Ehrlich seit 1999", 200)
    typed("Ehrlich seit 2000", 210, "user:another")
    assert undone()["setting:heading"] == {"de": "Ehrlich seit 1999"}
    assert undone()["setting:heading"] == {"de": "Ehrlich seit 1998"}
    assert undone() == {**before, "setting:accent": RED}
    assert undone() == before


def test_what_equals_what_is_published_does_not_wait(world: SimpleNamespace) -> None:
    store = world.north_store
    changed(store, theme="noir")
    changed(store, theme="classic")
    assert drafts.standing(store).differs == {}
    assert perform(publishing.publish, store, now=NOW, actor=ACTOR).message == "Nothing is waiting to be published"


def test_a_discarded_draft_can_be_had_back(world: SimpleNamespace) -> None:
    store = world.north_store
    changed(store, setting__accent=RED, theme="noir")
    perform(drafts.discard, store, now=NOW, actor=ACTOR).unwrap()
    assert drafts.standing(store).differs == {}
    perform(drafts.undo, store, now=NOW, actor=ACTOR).unwrap()
    assert drafts.standing(store).differs == {"setting:accent": RED, "theme": "noir"}


def test_publishing_changes_the_store_in_one_act_with_one_entry(world: SimpleNamespace) -> None:
    store = world.north_store
    changed(store, setting__accent=RED, page__werkstatt=PAGE, logo={"hash": "0" * 64, "width": 40, "height": 10})
    before = db.session.query(AuditEntry).count()
    perform(publishing.publish, store, now=NOW, actor=ACTOR).unwrap()
    assert db.session.query(AuditEntry).count() == before + 1
    assert (store.theme, store.theme_settings) == ("classic", {"accent": RED})
    page = db.session.query(StorePage).filter_by(store_id=store.id, slug="werkstatt").one()
    assert (page.titles, page.bodies, page.in_menu) == (PAGE["titles"], PAGE["bodies"], True)
    assert drafts.standing(store).differs == {}


def test_a_theme_takes_what_it_knows_and_the_rest_stays_in_the_draft(world: SimpleNamespace) -> None:
    """On white the colour is readable, on paper it is not; Noir has no order of sections (SECURITY C2)."""
    store = world.north_store
    changed(store, theme="noir", setting__accent="#757575", setting__home_sections=["visit"])
    perform(publishing.publish, store, now=NOW, actor=ACTOR).unwrap()
    assert (store.theme, store.theme_settings) == ("noir", {})


def test_an_earlier_look_comes_back_and_the_draft_stays(world: SimpleNamespace) -> None:
    store = world.north_store
    first = looks.look_of(store)
    changed(store, setting__accent=RED)
    perform(publishing.publish, store, now=NOW, actor=ACTOR).unwrap()
    changed(store, setting__corners="round")
    oldest = drafts.publications(store.id)[-1]
    assert oldest.look == first
    perform(publishing.bring_back, store, oldest.number, now=NOW, actor=ACTOR).unwrap()
    assert looks.look_of(store) == first
    assert drafts.standing(store).differs == {"setting:corners": "round"}
    again = perform(publishing.bring_back, store, oldest.number, now=NOW, actor=ACTOR)
    assert again.message == "This look is published already"


def test_a_draft_is_published_by_the_clock_once(world: SimpleNamespace) -> None:
    store = world.north_store
    refused = perform(drafts.plan, store, NOW + timedelta(hours=1), now=NOW, actor=ACTOR)
    assert refused.message == "Nothing is waiting to be published"
    changed(store, theme="noir")
    assert perform(drafts.plan, store, NOW, now=NOW, actor=ACTOR).message == "That moment is past"
    perform(drafts.plan, store, NOW + timedelta(hours=1), now=NOW, actor=ACTOR).unwrap()
    assert perform(publishing.publish_due, now=NOW).unwrap() == []
    late = NOW + timedelta(hours=5)
    with everywhere():
        assert drafts.tenants_with_due(late) == [world.tenant.id]
    assert perform(publishing.publish_due, now=late).unwrap() == [store.id]
    assert store.theme == "noir"
    assert perform(publishing.publish_due, now=late).unwrap() == []


def test_nobody_else_finds_a_draft_or_its_history(world: SimpleNamespace) -> None:
    store = world.north_store
    changed(store, theme="noir")
    with everywhere():
        other = perform(make_tenant, "other").unwrap()
    for scope in (acting(other.id), acting(world.tenant.id, world.south.id)):
        with scope:
            assert drafts.history(store.id) == []
            assert drafts.revision(store.id, 2) is None
    with acting(world.tenant.id, world.north.id):
        assert len(drafts.history(store.id)) == 2


def test_a_drafts_host_is_signed_ends_by_itself_and_answers_for_its_store_alone(
    world: SimpleNamespace, settings: Settings
) -> None:
    given = {"settings": settings, "now": NOW}
    host = hosts.host_for(world.north_store.id, **given)
    assert hosts.store_at(host, **given) == world.north_store.id
    assert hosts.host_for(world.south_store.id, **given) != host
    label, _, rest = host.partition(".")
    turned = label[:-2] + ("a" if label[-2] != "a" else "b") + label[-1]
    forged = [f"{turned}.{rest}", f"{label}.preview.example.com", host.replace("x", "y", 1), f"www.{host}", rest]
    assert [one for one in forged if hosts.store_at(one, **given)] == []
    assert hosts.store_at(host, settings=settings, now=NOW + hosts.LASTS - timedelta(hours=1)) == world.north_store.id
    assert hosts.store_at(host, settings=settings, now=NOW + hosts.LASTS) is None
    assert len(label) <= 63


def test_pages_of_a_draft_stay_out_of_caches_and_are_framed_by_the_admin_alone(
    world: SimpleNamespace, database: Settings
) -> None:
    store_id = world.north_store.id
    page = at_draft(database, store_id, "/")
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "frame-ancestors http://localhost:8000" in page.headers["Content-Security-Policy"]
    assert at_draft(database, store_id, "/nowhere/").status == 404
    assert at_draft(database, store_id, "/a/site.0000000000000000.css").status == 404
    assert at_draft(database, store_id, "/-/inquiries", method="POST").status == 403
    assert at_draft(database, store_id, "/", method="POST").status == 405
    assert ask(Drafts(_nobody, database), "/", "north-cars.localhost").status == 418
    wrong = f"x{'a' * 58}.preview.localhost"
    assert ask(Drafts(_nobody, database), "/", wrong).status == 404


def test_in_a_frame_a_page_has_one_line_more_and_not_a_byte_else(world: SimpleNamespace, database: Settings) -> None:
    alone = at_draft(database, world.north_store.id, "/contact/").body
    framed = at_draft(database, world.north_store.id, "/contact/", HTTP_SEC_FETCH_DEST="iframe").body
    assert framed == alone + LINE


def test_what_a_draft_shows_is_what_is_published_to_the_byte(
    world: SimpleNamespace, database: Settings, run_jobs: Callable[..., int]
) -> None:
    store = db.session.get_one(Store, world.north_store.id)
    without_photos()
    menu = {"header": {"on": ["contact", "page:werkstatt"], "off": ["search", "vehicles"]}}
    changed(store, setting__accent=RED, setting__home_sections=["visit", "arrivals"], menu=menu, page__werkstatt=PAGE)
    shown = showing.overview(store, lang="de", settings=database, now=clock.now())
    paths = [path for lang, _, path in shown.pages if lang == "de"]
    assert "/info/werkstatt/" in paths
    drawn = {path: at_draft(database, store.id, path).body for path in paths}
    perform(publishing.publish, store, now=clock.now(), actor=ACTOR).unwrap()
    run_jobs(SOON)
    site = site_of(database, store.public_host)
    assert site is not None
    for path in paths:
        name = path.lstrip("/")
        file = site.root / (f"{name}index.html" if not name or name.endswith("/") else name)
        assert file.read_bytes() == drawn[path], path
    assert drawn["/"].decode().index("/contact/") < drawn["/"].decode().index("/info/werkstatt/")


def test_how_many_pages_a_draft_alters_is_said_before_it_is_published(
    world: SimpleNamespace, database: Settings, run_jobs: Callable[..., int]
) -> None:
    store = db.session.get_one(Store, world.north_store.id)
    without_photos()
    run_jobs(SOON)
    assert showing.overview(store, lang="de", settings=database, now=clock.now()).estimate is None
    changed(store, setting__heading={"de": "Anders"})
    one = showing.overview(store, lang="de", settings=database, now=clock.now()).estimate
    perform(drafts.discard, store, now=NOW, actor=ACTOR).unwrap()
    changed(store, setting__accent=RED)
    every = showing.overview(store, lang="de", settings=database, now=clock.now()).estimate
    assert one is not None
    assert every is not None
    assert one.pages == len(store.languages)  # the front page in each
    assert every.pages > 20
    assert every.seconds >= one.seconds >= 1


def test_a_site_that_is_not_public_yet_is_shown_with_its_cars(world: SimpleNamespace, database: Settings) -> None:
    def close() -> None:
        world.north_store.active = False
        world.north.status = DealerStatus.INACTIVE

    perform(close).unwrap()
    changed(world.north_store, theme="noir")
    page = at_draft(database, world.north_store.id, "/vehicles/")
    assert page.status == 200
    assert "Golf" in page.body.decode()
    db.session.expire_all()
    assert (world.north_store.active, world.north.status) == (False, DealerStatus.INACTIVE)


def test_a_photo_that_was_never_published_is_seen_in_the_draft(world: SimpleNamespace, database: Settings) -> None:
    def kept() -> str:
        photo = db.session.query(Photo).filter_by(state=PhotoState.READY, tenant_id=world.north.tenant_id).first()
        photo.content_hash, photo.width, photo.height = photo_store(database).put(photo_file()), 640, 480
        photo.focus_x = photo.focus_y = None
        return photo.content_hash

    key = perform(kept).unwrap()[:20]
    picture = at_draft(database, world.north_store.id, f"/i/{key}-320.jpg")
    assert (picture.status, picture.headers["Content-Type"]) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(picture.body)).size == (320, 240)
    stranger = f"/i/{photo_store(database).put(photo_file(colour='red'))[:20]}-320.jpg"
    assert at_draft(database, world.north_store.id, stranger).status == 404


def test_the_marketplace_has_a_draft_like_any_site(world: SimpleNamespace, database: Settings) -> None:
    store = world.market_store
    changed(store, setting__field="#ffd54a", setting__heading={"de": "Alle Autos hier."})
    shown = showing.overview(store, lang="de", settings=database, now=clock.now())
    assert {"home", "dealers", "list"} <= {name for lang, name, _ in shown.pages if lang == "de"}
    assert "Alle Autos hier." in at_draft(database, store.id, "/").body.decode()
    assert [theme.name for theme in fitting.offered("marketplace")] == ["market"]


def test_a_menu_that_was_chosen_keeps_room_for_what_is_written_later(
    world: SimpleNamespace, database: Settings
) -> None:
    store = world.north_store
    changed(store, menu={"header": {"on": ["contact"], "off": ["vehicles", "search"]}, "footer": "nonsense"})
    changed(store, page__werkstatt=PAGE)
    menus = showing.overview(store, lang="de", settings=database, now=clock.now()).menus
    assert next(iter(menus.shown["header"])) == "contact"
    assert "page:werkstatt" in menus.shown["header"]
    assert "vehicles" not in menus.shown["header"]
    assert list(menus.shown["footer"]) == list(menus.usual["footer"])
