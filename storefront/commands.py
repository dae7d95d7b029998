"""What console commands share: the installation they work on, the tenant they act for, the report they write."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from storefront.core import runtime
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts import queries
from storefront.migrations import runner


def tenant_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--tenant SLUG` to a command; it may stand before the command too, the nearer one wins."""

    @click.option("--tenant", metavar="SLUG", default=None, help="Work for this tenant (default: the only one).")
    @wraps(function)
    def wrapped(*args: Any, tenant: str | None, **kwargs: Any) -> Any:
        if tenant:
            click.get_current_context().obj["tenant"] = tenant
        return function(*args, **kwargs)

    return wrapped


def start(*, bell: bool = True, pooled: bool = True) -> Settings:
    """Bind this command to its installation, an embedded database being brought up to date first.

    Args:
        bell: whether commits ring the queue; a command that needs none says False.
        pooled: False for commands that fork.
    """
    settings: Settings = click.get_current_context().obj["settings"]
    chosen = runtime.start(settings, bell=bell, pooled=pooled)
    runner.bring_up(db.engine)
    return chosen


@contextmanager
def tenant_scope() -> Iterator[UUID]:
    """Act for the tenant of this command: the one named, else the only one there is.

    Raises:
        DomainError: there is none, there are several and none is named, or the named one does not exist.
    """
    wanted: str | None = click.get_current_context().obj.get("tenant")
    with everywhere():
        chosen = queries.tenant_by_slug(wanted).id if wanted else _only_one()
    with acting(chosen):
        yield chosen


def chosen_tenants() -> list[UUID]:
    """Give the tenants a command works through: the one named, else all."""
    wanted: str | None = click.get_current_context().obj.get("tenant")
    with everywhere():
        return [queries.tenant_by_slug(wanted).id] if wanted else [tenant.id for tenant in queries.tenants()]


def _only_one() -> UUID:
    found = queries.tenants()
    if not found:
        raise DomainError("This installation is empty: start with `marketplace demo` or `marketplace dealer add`")
    if len(found) > 1:
        raise DomainError(f"There are several tenants, name one: --tenant {'|'.join(t.slug for t in found)}")
    return found[0].id


def write_json(path: str | None, report: Any) -> None:
    """Write a report where `--json FILE` says; `-` is standard output."""
    if path is None:
        return
    text = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
    if path == "-":
        sys.stdout.write(text)
    else:
        try:
            Path(path).write_text(text, encoding="utf-8")
        except OSError as error:
            raise click.ClickException(f"The report cannot be written: {error.strerror}: {path}") from error
