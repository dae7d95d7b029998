"""Whether the process lives, and whether it can work (SECURITY E10); search and mail do not make it unready."""

from flask import Blueprint, Flask, Response
from sqlalchemy import literal, select
from sqlalchemy.exc import SQLAlchemyError

from storefront.core.db import db
from storefront.core.errors import ConfigurationError
from storefront.migrations import runner

from .answers import as_json


def add_health(blueprint: Blueprint) -> None:
    """Give the live layer its health under `/-/`."""
    blueprint.add_url_rule("/health", "health", health)
    blueprint.add_url_rule("/ready", "ready", ready)


def add_root_health(app: Flask) -> None:
    """Answer `/health` and `/ready` as well, on every host and on none: balancers ask by address."""
    app.add_url_rule("/health", "root_health", health)
    app.add_url_rule("/ready", "root_ready", ready)


def health() -> Response:
    """Say that the process answers."""
    return as_json({"status": "ok"})


def ready() -> Response:
    """Say whether the database is reachable and up to date."""
    fault = _fault()
    return as_json({"status": "ok"}) if fault is None else as_json({"status": "unready", "reason": fault}, 503, 5)


def _fault() -> str | None:
    try:
        with db.engine.connect() as connection:
            connection.execute(select(literal(1)))
        return None if runner.current(db.engine) == runner.head() else "migrations are pending"
    except (SQLAlchemyError, ConfigurationError):
        return "the database does not answer"
