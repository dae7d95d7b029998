"""Mass assignment: what changes when every column of every table is sent along with a form (SECURITY A4)."""

import sqlite3
from dataclasses import replace
from typing import Any

from flask import Flask

from admin.forms import Form
from storefront.migrations.models import whole_metadata
from tests.integration import admin_matrix
from tests.integration.admin_routes import ROUTES

VOLATILE = ("hash", "token", "_at", "nonce", "secret", "totp_step", "password", "id", "payload", "until", "at", "key")
"""Endings of columns that differ by themselves between two runs."""
Rows = dict[str, dict[str, dict[str, Any]]]


def stray_changes(app: Flask, ground: Any, endpoint: str) -> list[str]:
    """Use a route twice, each in a fresh town, the second time with everything sent along.

    Returns:
        `table.column` of rows that were there before and changed otherwise the second time, and tables that grew
        differently.
    """
    town = ground.again()
    before = _rows(ground)
    admin_matrix.use(app, town, endpoint)
    plain = _rows(ground)
    town = ground.again()
    more = _everything(town)
    known = ROUTES[endpoint]
    ROUTES[endpoint] = _with(known, more)
    try:
        admin_matrix.use(app, town, endpoint)
    finally:
        ROUTES[endpoint] = known
    full = _rows(ground)
    return sorted(_differences(before, plain, full))


def _with(route: Any, more: dict[str, str]) -> Any:
    return replace(route, form={**more, **route.form})


def _everything(town: Any) -> dict[str, str]:
    """Give every column of every table a telling value; owners are those of somebody else."""
    columns = {column.name for table in whole_metadata().tables.values() for column in table.columns}
    values = dict.fromkeys(columns, "1")
    theirs = {"dealer_id", "store_id", "listing_id", "user_id"}
    values |= {name: str(town.theirs[name]) for name in theirs}
    values |= {
        "tenant_id": str(town.foreign["dealer_id"]),
        "role_name": "SystemAdmin",
        "is_admin": "1",
        "roles": "SystemAdmin",
    }
    return {name: value for name, value in values.items() if name not in _spoken()}


def _spoken() -> set[str]:
    """Name fields that forms have: a column of the same name is a field of its own there, filled or left empty."""
    return {
        *("name", "email", "phone", "language", "reason", "status", "notes", "description", "price", "role", "minutes"),
        *("password", "present", "code", "secret", "wanted", "csrf_token", "next", "assignee", "dealer"),
        *("focus_x", "focus_y"),  # where a photo is cropped round
    } | _fields_of_forms()


def _fields_of_forms() -> set[str]:
    found: set[str] = set()
    waiting = [Form]
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        found |= set(one.names)
    return found


def _rows(ground: Any) -> Rows:
    """Read every table, rows by their key."""
    tables: Rows = {}
    with sqlite3.connect(f"file:{ground.file}?mode=ro", uri=True) as connection:
        connection.row_factory = sqlite3.Row
        for name, table in whole_metadata().tables.items():
            keys = [column.name for column in table.primary_key.columns]
            rows = connection.execute(f'SELECT * FROM "{name}"').fetchall()  # noqa: S608 - our own table names
            tables[name] = {"/".join(str(row[key]) for key in keys): dict(row) for row in rows}
    return tables


def _differences(before: Rows, plain: Rows, full: Rows) -> set[str]:
    found = set()
    for table, rows in before.items():
        found |= {f"{table} (rows)" for _ in (1,) if len(plain[table]) != len(full[table])}
        for key in rows:
            one, other = plain[table].get(key), full[table].get(key)
            if one is None or other is None:
                found |= {f"{table} (gone)"} if one is not other else set()
                continue
            found |= {f"{table}.{name}" for name in one if _is_telling(name) and one[name] != other[name]}
        new = [{key: rows[key] for key in rows.keys() - before[table].keys()} for rows in (plain[table], full[table])]
        dealers = set(before["dealers"])
        found |= {f"{table} (owner)" for _ in (1,) if _owners(new[0], dealers) != _owners(new[1], dealers)}
    return found


def _is_telling(column: str) -> bool:
    return column in ("dealer_id", "tenant_id", "user_id", "role_name") or not column.endswith(VOLATILE)


def _owners(rows: dict[str, dict[str, Any]], dealers: set[str]) -> list[tuple[str, str]]:
    """Give whose rows are; dealers that were made by the act itself have other ids each time and count as one."""
    owners = ((str(row.get("tenant_id")), row.get("dealer_id")) for row in rows.values())
    return sorted((tenant, "new" if dealer and dealer not in dealers else str(dealer)) for tenant, dealer in owners)
