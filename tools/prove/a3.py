"""A3: over 500 injections through every field, column and token: nothing runs, with the policy and without.

The whole application stands in this process before a real Chromium. Every payload is first seen to bite on a page
without any guard; then all of them go through every field of every form of the admin and of a dealer's site, every
parameter, every column of every stock file and the mapping on screen, and every theme's settings. What answers, and
every page that shows what was kept, is opened with its policy and with the policy stripped.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from redis import Redis
from werkzeug.serving import WSGIRequestHandler, make_server

import themes
from admin.app import register_admin
from search.jobs import rebuild
from storefront.core import clock, config, embedded
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.demo.world import SmallWorld, found_small_world
from storefront.domain.accounts.models import Role
from storefront.domain.listings.models import Photo, PhotoState
from storefront.domain.listings.photo_store import photo_store
from storefront.domain.stores.models import Store
from storefront.live.app import create_live_app
from storefront.live.files import StaticSites
from storefront.pages.catalogue import PageKind
from tests.conftest import SECRET
from tests.integration.admin_desk import desk_of
from tests.integration.admin_matrix import Town, build_town
from tests.integration.admin_stock_ready import photo_file
from themes.settings import Setting
from tools.prove.a3_control import control
from tools.prove.a3_files import Files, every_format
from tools.prove.a3_forms import Asked, Forms, require_forms
from tools.prove.a3_payloads import Payload, payloads
from tools.prove.a3_sites import CAR, MARKET, NORTH, OWN, Sites, Visitors
from tools.prove.a3_watch import MODES, Stage, Watcher, chromium
from tools.prove.ground import fresh_instance
from tools.prove.proof import Proof
from tools.prove.small_world import bound, publish

LEAST_FORMS = 40
LEAST_FURTHER = 3
OF_QUICK = 12
"""Every how manieth payload a quick proof types."""
PAGES_OPENED = 60
"""Files of a published site that are opened as a visitor does, of each site."""


@dataclass
class Ground:
    """What stands for the proof."""

    settings: Settings
    world: SmallWorld
    town: Town
    app: Flask
    watcher: Watcher

    def forget_tries(self) -> None:
        """Empty the limits' store."""
        connection: Any = Redis.from_url(self.settings.redis_url)
        connection.flushall()
        connection.close()


def prove(proof: Proof, *, quick: bool) -> None:
    """Try the watcher, then every way in; then read what stands everywhere."""
    with _ground() as ground:
        biting = control(proof, ground.watcher, payloads())
        chosen = biting[::OF_QUICK] if quick else biting
        sites = Sites(ground.settings, ground.world, clock.business_date(clock.now(), "Europe/Berlin"))
        began = time.monotonic()
        for name, part in PARTS.items():
            if proof.parts and name not in proof.parts:
                continue
            part(proof, ground, sites, chosen)
            ground.watcher.finish()
            print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
        faults = ground.watcher.faults
        proof.hold(
            f"{ground.watcher.shown} answers opened in Chromium, half of them with the policy stripped, "
            f"{ground.watcher.alike} more the same as one of them: 0 executions",
            not faults,
            f"{len(faults)} answers hold an execution: {'; '.join(faults[:6])}",
        )


@contextmanager
def _ground() -> Iterator[Ground]:
    with fresh_instance() as folder, chromium() as browser:
        plain = config.load({}, marketplace_instance=folder, secret_key=SECRET)
        valkey = embedded.start(plain)
        settings = config.load({}, marketplace_instance=folder, secret_key=SECRET, redis_url=embedded.socket_url(plain))
        try:
            # A connection that stays: without one SQLite tidies up after every request.
            with bound(settings), db.engine.connect(), everywhere():
                world = found_small_world(clock.now(), settings=settings, cars=6)
                with acting(world.tenant_id):
                    town = build_town(world.load())
                perform(_give_photos, settings).unwrap()
                publish(settings)
                app = _application(settings)
                with _served(app, settings) as (stage, port):
                    yield Ground(settings, world, town, app, Watcher(browser, stage, port))
        finally:
            embedded.stop(valkey)


def _give_photos(settings: Settings) -> None:
    """Put a photo where the town's rows name one that is nowhere: without it no site can be published."""
    store = photo_store(settings)
    for photo in db.session.query(Photo).filter_by(state=PhotoState.READY):
        if photo.content_hash is not None and photo.content_hash not in store:
            photo.content_hash = store.put(photo_file())


def _application(settings: Settings) -> Flask:
    """Make the whole application as `wsgi.create_app` does, in a process that is bound already."""
    app = create_live_app(settings)
    register_admin(app, settings)
    app.config["ADMIN_STREAM_SECONDS"] = 0
    return app


class _Silent(WSGIRequestHandler):
    def log(self, *_words: object) -> None:
        """Say nothing."""


@contextmanager
def _served(app: Flask, settings: Settings) -> Iterator[tuple[Stage, int]]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    stage = Stage(StaticSites(app, settings))
    server = make_server("127.0.0.1", 0, stage, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stage, server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _forms(proof: Proof, ground: Ground, sites: Sites, chosen: list[Payload]) -> None:
    """Every form and every parameter of the admin."""
    forms = Forms(ground.app, ground.town, ground.watcher, ground.forget_tries, sites.after)
    found = [one for one in forms.found() if not one.is_further]
    require_forms(found, LEAST_FORMS)
    _attack(forms, found, sites, chosen)
    forms.ask(chosen)
    forms.walk()
    _tell(proof, forms, f"admin: {len(found)} forms")


def _further_forms(proof: Proof, ground: Ground, sites: Sites, chosen: list[Payload]) -> None:
    """Forms of a page that has several for one route, such as the groups of settings in the theme studio."""
    forms = Forms(ground.app, ground.town, ground.watcher, ground.forget_tries, sites.after)
    found = [one for one in forms.found() if one.is_further]
    require_forms(found, LEAST_FURTHER)
    _attack(forms, found, sites, chosen)
    forms.walk()
    _tell(proof, forms, f"{len(found)} further forms of its pages")


def _attack(forms: Forms, found: list[Asked], sites: Sites, chosen: list[Payload]) -> None:
    for asked in found:
        began = time.monotonic()
        forms.attack(asked, chosen)
        sites.restore()
        print(f"  {asked.endpoint}: {asked.keeps} {time.monotonic() - began:.0f} s", flush=True)
    forms.tally.fields = sum(len(asked.keeps) for asked in found)


def _tell(proof: Proof, forms: Forms, what: str) -> None:
    told = forms.tally
    proof.hold(
        f"{what}, {told.fields} fields, {told.kept} payloads kept, {told.refused} refused, "
        f"{told.parameters} in parameters",
        not told.broken,
        f"{len(told.broken)} answers broke: {told.broken[:6]}",
    )


def _visitors(proof: Proof, ground: Ground, sites: Sites, chosen: list[Payload]) -> None:
    """Every form a visitor finds, the search among them, and its way to the dealer's desk."""
    rebuild(ground.world.tenant_id)
    owner = desk_of(ground.app, ground.town.people[Role.DEALER_OWNER])
    visitors = Visitors(ground.app, sites, ground.watcher, ground.forget_tries, owner)
    visitors.attack(ground.world.golf_id, ground.world.tenant_id, chosen)
    told = visitors.tally
    proof.hold(
        f"sites: {told.fields} fields of {visitors.forms} forms, {told.kept} kept, {told.refused} refused, "
        f"{told.parameters} in parameters",
        visitors.forms >= 3 and not told.broken,
        f"{visitors.forms} forms of a site; broken: {told.broken[:6]}",
    )


def _settings_of_themes(proof: Proof, ground: Ground, sites: Sites, chosen: list[Payload]) -> None:
    """Every setting of every theme: words are shown as words, a token that is none is refused (SECURITY C2)."""
    words, tokens, taken = 0, 0, list[str]()
    for name in (one for one in themes.available() if one != "base"):
        theme, host = themes.load(name), MARKET if name == "market" else NORTH
        with _dressed(ground, host, name) as dress:
            for n in range(len(chosen)):
                turned = [chosen[(n + 7 * k) % len(chosen)] for k, _ in enumerate(theme.settings)]
                values = {one.id: _value(one, text) for one, text in zip(theme.settings, turned, strict=True)}
                kept = {one.id for one in theme.settings if not _is_refused(theme, one.id, values[one.id])}
                free = {one.id for one in theme.settings if one.kind in ("text", "longtext")}
                words, tokens = words + len(kept & free), tokens + len(values) - len(free)
                taken += [f"{name}.{one} {values[one]!r}" for one in kept - free]
                dress(values)
                for shown in sites.pages(host, frozenset({PageKind.HOME}), set(), f"dressed in {name}"):
                    ground.watcher.show(shown)
    proof.hold(
        f"themes: {tokens} payloads as tokens refused, {words} as words shown", not taken, f"tokens taken: {taken[:5]}"
    )


def _value(setting: Setting, payload: Payload) -> object:
    """Give what a site's row would hold: the text, or the text in each language."""
    return {"de": payload.text, "en": payload.text} if setting.translated else payload.text


def _is_refused(theme: themes.Theme, setting: str, value: object) -> bool:
    try:
        themes.resolve(theme, {setting: value}, strict=True)
    except themes.SettingsError:
        return True
    return False


@contextmanager
def _dressed(ground: Ground, host: str, theme: str) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Give a function that puts settings into a site's row, past every check; the site is as before afterwards."""

    def put(name: str, values: dict[str, Any]) -> None:
        store = db.session.query(Store).filter_by(host=host).one()
        store.theme, store.theme_settings = name, values

    with acting(ground.world.tenant_id):
        store = db.session.query(Store).filter_by(host=host).one()
        before = store.theme, dict(store.theme_settings)

    def dress(values: dict[str, Any]) -> None:
        with acting(ground.world.tenant_id):
            perform(put, theme, values).unwrap()

    try:
        yield dress
    finally:
        with acting(ground.world.tenant_id):
            perform(put, *before).unwrap()


def _files(proof: Proof, ground: Ground, sites: Sites, chosen: list[Payload]) -> None:
    """Every column of every format, then the editor and the page of every car that came of it."""
    owner = desk_of(ground.app, ground.town.people[Role.DEALER_OWNER])
    files = Files(owner, ground.settings, (ground.world.tenant_id, ground.world.north_id), ground.watcher)
    files.bring_all(chosen)
    brought = files.brought
    for listing_id in brought.cars:
        files._show(f"/admin/listings/{listing_id}/")
    for number in range(1, 2 + len(brought.cars) // 20):
        files._show(f"/admin/listings/?page={number}")
    for shown in sites.pages(NORTH, OWN, {one.hex for one in brought.cars}, "of an import"):
        ground.watcher.show(shown)
    proof.hold(
        f"imports: {brought.cells} cells in {brought.files} files of {len(brought.formats)} formats, "
        f"{len(brought.cars)} cars of them on offer, no formula in an export",
        every_format(brought.formats)
        and not brought.broken
        and not brought.formulas
        and len(brought.cars) > len(chosen),
        f"formats {sorted(brought.formats)}, {len(brought.cars)} cars, broken {brought.broken[:4]}, "
        f"formulas {brought.formulas[:4]}",
    )


def _as_published(proof: Proof, ground: Ground, sites: Sites, chosen: list[Payload]) -> None:
    """Publish with all of it in the database, and open the files as a visitor does."""
    publish(ground.settings)
    wrong, opened = [], 0
    kinds = OWN | CAR | {PageKind.DEALERS, PageKind.DEALER, PageKind.INFO, PageKind.SEARCH}
    for host in (NORTH, MARKET):
        folder = ground.settings.instance / "sites" / host / "current"
        pages = sorted(str(one.relative_to(folder)) for one in folder.rglob("*.html"))
        step = max(1, len(pages) // PAGES_OPENED)
        for name in pages[::step]:
            for mode in MODES:
                opened += 1
                path = f"/{name.removesuffix('index.html')}"
                wrong += [f"{host}{path} ({mode}): {fault}" for fault in ground.watcher.open(host, path, mode)]
    proof.hold(
        f"published with all of it, {opened} files opened ({len(kinds)} kinds)",
        opened >= PAGES_OPENED and not wrong,
        f"{opened} files opened, {len(wrong)} executions: {wrong[:4]}",
    )


PARTS: Mapping[str, Callable[[Proof, Ground, Sites, list[Payload]], None]] = {
    "forms": _forms,
    "further_forms": _further_forms,
    "visitors": _visitors,
    "themes": _settings_of_themes,
    "files": _files,
    "published": _as_published,
}
"""What is tried, in this order; about an hour in all."""
