"""The web process: gunicorn with two workers of eight threads, the built sites in front of the application.

`python -m storefront.live.web --port 8000 [--host 127.0.0.1] [--no-live]`; started by `serving.py`.
"""

import argparse
import gc
import importlib
import signal
from collections.abc import Sequence
from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from storefront.core import config
from storefront.core.config import Settings

from . import logs
from .files import Application, StaticSites
from .previews import Previews
from .still import Still
from .supervisor import die_with_parent

WORKERS = 2
THREADS = 8
GRACE_SECONDS = 5
APPLICATION = ("wsgi", "create_app")
"""Where the packages are plugged together; named, because nothing imports wsgi."""


def application(settings: Settings, *, live: bool) -> Application:
    """Make what a web worker serves.

    Args:
        settings: of the installation.
        live: False serves files alone: no database, no queue, no part of the application is touched.
    """
    if not live:
        return Previews(StaticSites(Still(settings), settings), settings)
    from .drafts import Drafts

    module, name = APPLICATION
    app = StaticSites(getattr(importlib.import_module(module), name)(settings), settings)
    return Drafts(Previews(app, settings), settings)


class Quiet(Logger):  # type: ignore[misc]
    """Gunicorn's messages go where ours go."""

    def setup(self, cfg: Any) -> None:
        """Drop its own handlers."""
        super().setup(cfg)
        self.error_log.handlers[:] = []
        self.error_log.propagate = True


class Web(BaseApplication):  # type: ignore[misc]
    """Gunicorn, configured here and nowhere else."""

    def __init__(self, settings: Settings, address: str, *, live: bool) -> None:
        self._settings = settings
        self._address = address
        self._live = live
        super().__init__()

    def load_config(self) -> None:
        """Say how to serve."""
        for name, value in self._options().items():
            self.cfg.set(name, value)

    def _options(self) -> dict[str, Any]:
        return {
            "bind": self._address,
            "workers": WORKERS,
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": 60,
            "graceful_timeout": GRACE_SECONDS,
            "keepalive": 5,
            "limit_request_line": 4094,
            "limit_request_fields": 60,
            "max_requests": 50_000,
            "max_requests_jitter": 5_000,
            "secure_scheme_headers": {},
            "forwarder_headers": "",
            "proc_name": "marketplace-web",
            "logger_class": Quiet,
            "loglevel": "warning",
            "control_socket_disable": True,
            "post_fork": _after_fork,
        }

    def load(self) -> Application:
        """Make the application, in each worker after its fork.

        What it is made of stays: looking through it for garbage would hold up a request for a tenth of a second.
        """
        made = application(self._settings, live=self._live)
        gc.collect()
        gc.freeze()
        return made


def _after_fork(_arbiter: Any, _worker: Any) -> None:
    die_with_parent(signal.SIGTERM)


def main(words: Sequence[str] | None = None) -> None:
    """Serve this process's installation."""
    parser = argparse.ArgumentParser(prog="storefront.live.web")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--no-live", action="store_true")
    given = parser.parse_args(words)
    settings = config.load()
    logs.configure(settings, "web")
    Web(settings, f"{given.host}:{given.port}", live=not given.no_live).run()


if __name__ == "__main__":
    main()
