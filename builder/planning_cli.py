"""Console commands that say what a build will do: `marketplace plan` and `marketplace why`."""

import json
from datetime import date

import click
from sqlalchemy import select

from storefront import commands as shared
from storefront.core.db import db
from storefront.domain.accounts.models import Tenant

from . import planning, runs
from .planning import Dependencies, SitePlan

_SHOWN = 40
"""Pages of a site that are printed; all are in the JSON."""


@click.command()
@click.argument("host", required=False)
@click.option("--json", "as_json", is_flag=True, help="Write it as JSON.")
@shared.tenant_option
def plan(host: str | None, as_json: bool) -> None:
    """Say what the next publish would draw, add and remove on HOST, or on all sites, and why; nothing is built."""
    settings = shared.start(bell=False)
    with shared.tenant_scope():
        found = planning.plan(settings, as_of=_today(), hosts=None if host is None else [host])
    if as_json:
        click.echo(json.dumps({"hosts": [one.as_dict() for one in found]}, ensure_ascii=False, indent=2))
        return
    for one in found:
        _tell(one)


@click.command()
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="Write it as JSON.")
@shared.tenant_option
def why(url: str, as_json: bool) -> None:
    """Say what the page at URL depends on: rows it reads, words and parts it is made with, its file."""
    settings = shared.start(bell=False)
    with shared.tenant_scope():
        found = planning.why(settings, url, as_of=_today())
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
    else:
        _explain(found)


def _today() -> date:
    return runs.today(db.session.scalars(select(Tenant)).one())


def _tell(found: SitePlan) -> None:
    total = len(found.changes)
    acts = ", ".join(f"{found.count(act)} to {act}" for act in ("draw", "add", "remove") if found.count(act))
    click.echo(f"{found.host}: this change alters {total} pages ({acts})" if total else f"{found.host}: nothing to do")
    if found.whole is not None:
        click.echo(f"  all pages: {found.whole}")
        return
    for change in found.changes[:_SHOWN]:
        click.echo(f"  {change.act:<6} {change.address}")
        for reason in change.why:
            click.echo(f"           {reason}")
    if total > _SHOWN:
        click.echo(f"  and {total - _SHOWN} more (--json names all)")


def _explain(found: Dependencies) -> None:
    click.echo(f"{found.host}{found.address}: {found.kind}")
    if found.file is not None:
        click.echo(f"  file {found.file}, {found.size} bytes, in release {found.release}")
    for title, reads in (("reads", found.reads), ("reads like every page", found.shared)):
        click.echo(f"  {title}:")
        for thing, aspects in reads.items():
            click.echo(f"    {thing}: {', '.join(aspects)}")
    click.echo(f"  made with {len(found.ingredients)} words, parts, settings and files:")
    for name in found.ingredients:
        click.echo(f"    {name}")


commands: list[click.Command] = [plan, why]
