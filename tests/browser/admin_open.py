"""The admin in a browser: the small world's, with people who can log in, served by a real server in this process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

from flask import Flask
from playwright.sync_api import BrowserContext, ConsoleMessage, Page
from werkzeug.serving import WSGIRequestHandler, make_server

from admin.app import register_admin
from storefront.core import clock, config, runtime
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.demo.world import SmallWorld, found_small_world
from storefront.domain.accounts.actions import add_user, log_in
from storefront.domain.accounts.models import Role, User
from storefront.domain.accounts.passwords import hash_password, hasher
from storefront.live.drafts import Drafts
from storefront.migrations import runner
from tests.conftest import SECRET
from tools.judges.serving import free_port


class _Handler(WSGIRequestHandler):
    timeout = 10
    """Seconds: browsers open connections ahead and may never use them."""


@dataclass(frozen=True)
class Open:
    """A served admin."""

    settings: Settings
    world: SmallWorld
    people: dict[str, UUID]
    """`owner` (German), `english`, `operator`."""
    port: int

    def address(self, path: str) -> str:
        """Give the whole address of a page."""
        return f"http://localhost:{self.port}{path}"

    def log_in(self, context: BrowserContext, who: str = "owner") -> None:
        """Give a browser somebody's login."""
        with acting(self.world.tenant_id):
            user = db.session.get_one(User, self.people[who])
            token = perform(log_in, user, agent="browser", now=clock.now()).unwrap()
        context.add_cookies([{"name": "session", "value": token, "url": self.address("/")}])

    def things(self) -> SimpleNamespace:
        """Give the world's rows; inside `acting`."""
        return self.world.load()


@contextmanager
def open_admin(folder: Path, cars: int = 12, **more: str) -> Iterator[Open]:
    """Found the small world in a folder and serve its admin.

    Args:
        folder: of the installation; empty.
        cars: of North Cars.
        more: further settings.
    """
    port = free_port()
    settings = config.load({}, marketplace_instance=folder, secret_key=SECRET, site_port=port, **more)
    runtime.start(settings, bell=False, pooled=False)
    runner.upgrade(db.engine)
    with everywhere():
        world = found_small_world(clock.now(), settings=settings, cars=cars)
    with acting(world.tenant_id):
        people = _people(world)
    app = Flask("admin")
    register_admin(app, settings)
    drafts = Drafts(app, settings)
    server = make_server("127.0.0.1", port, drafts, threaded=True, request_handler=_Handler)
    # A page that closes leaves its stream behind for a moment: the database goes after the last answer.
    server.daemon_threads = False  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Open(settings, world, people, server.server_port)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        db.unbind()


def watched(context: BrowserContext) -> tuple[Page, list[str]]:
    """Open a page that notes what scripts fail of and what the browser complains of."""
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda message: complaints.append(message.text) if _is_fault(message) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


def _is_fault(message: ConsoleMessage) -> bool:
    """The icon of the site is not the admin's; a stream is refused while all seats are taken."""
    return message.type == "error" and not message.location["url"].endswith(("/favicon.ico", "/admin/events/"))


def _people(world: SmallWorld) -> dict[str, UUID]:
    known = {
        "owner": ("Jette Brandt", Role.DEALER_OWNER, world.north_id, "de"),
        "english": ("Ada Byron", Role.SALES_MANAGER, world.north_id, "en"),
        "operator": ("Olga Ortmann", Role.SYSTEM_ADMIN, None, "en"),
    }
    found = {}
    for key, (name, role, dealer_id, language) in known.items():
        given = {"dealer_id": dealer_id, "language": language, "now": clock.now()}
        password = hash_password("correct horse battery", hasher(8, 1, 1))
        found[key] = perform(add_user, f"{key}@example.org", name, password, role, **given).unwrap().id
    return found
