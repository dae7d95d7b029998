"""The live layer as tests call it: the real application on the named world, with a real Valkey."""

from importlib import import_module
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from rq import Queue, SimpleWorker
from rq.registry import FailedJobRegistry
from werkzeug.test import TestResponse

from storefront.core import config, queue, runtime
from storefront.core.config import Settings
from storefront.live.app import create_live_app
from tests.conftest import SECRET

NORTH, SOUTH, MARKET = "north-cars.localhost", "south-motors.localhost", "localhost"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"


def live_app(database: Settings, redis_url: str, **more: Any) -> Flask:
    """Make the application of an installation whose Redis is at that address."""
    chosen = config.load(
        {}, marketplace_instance=database.instance, secret_key=SECRET, database_url=database.database_url,
        redis_url=redis_url, **more,
    )  # fmt: skip
    runtime.start(chosen, pooled=False)
    return create_live_app(chosen)


class Visitor:
    """Somebody who reads one host."""

    def __init__(self, app: Flask, host: str = NORTH, address: str = "203.0.113.7") -> None:
        self.client: FlaskClient = app.test_client(use_cookies=False)
        self.base = f"http://{host}:8000"
        self.environ = {"REMOTE_ADDR": address}

    def get(self, path: str, **headers: str) -> TestResponse:
        """Open an address, as a browser does unless the headers say otherwise."""
        return self.client.get(path, base_url=self.base, headers=self._headers(headers), environ_overrides=self.environ)

    def post(self, path: str, data: Any, **headers: str) -> TestResponse:
        """Send a form."""
        return self.client.post(
            path, data=data, base_url=self.base, headers=self._headers(headers), environ_overrides=self.environ
        )

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        plain = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "User-Agent": BROWSER}
        return plain | {name.replace("_", "-"): value for name, value in headers.items()}


JSON = {"Accept": "application/json"}


def form(listing: str = "", dealer: str = "north-cars", **values: str) -> dict[str, str]:
    """Give a filled form, as a static page sends it without script."""
    plain = {
        "site": NORTH,
        "lang": "de",
        "listing": listing,
        "dealer": dealer,
        "kind": "test_drive",
        "name": "Erika Muster",
        "email": "erika@example.com",
        "phone": "",
        "contact_method": "email",
        "message": "Ist der Golf noch da?",
        "website": "",
        "started": "",
    }
    return plain | values


def drain(redis_url: str) -> None:
    """Do what follows from acts with a real worker, but leave the sites unbuilt: letters, index and lists only.

    Raises:
        AssertionError: a job failed.
    """
    for name in ("storefront.domain.listings", "search", "storefront.notices"):
        import_module(f"{name}.listeners")
    connection: Any = Redis.from_url(redis_url)
    default = Queue("default", connection=connection)
    queue.sweep()
    while default.count:
        SimpleWorker([default], connection=connection).work(burst=True, logging_level="ERROR")
        queue.sweep()
    failed = FailedJobRegistry(queue=default).get_job_ids()
    connection.close()
    assert not failed, f"{len(failed)} jobs failed"
