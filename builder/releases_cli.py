"""Console commands about releases: what is kept, the way back and forward, publishing one site now, cleaning."""

import sys
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import click

from storefront import commands as shared
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.errors import DomainError, NotFound
from storefront.core.tenancy import acting
from storefront.domain.stores.queries import by_host, operator

from . import holding, runs
from .cli import Console
from .delivery_cli import DeliveryWanted, delivery_options, run_delivery
from .holding import Hold, Kept, Rollback
from .manifest import BadManifest
from .preview_cli import plan_site
from .releases import SiteBusy, clean_up
from .sites import SiteKey, key_of

ACTOR = "command"
_SHOWN = 10
"""Pages of a kind that are named; all are in the JSON."""


@click.command()
@click.argument("host")
@click.option("--json", "json_path", metavar="FILE", help="Write the list as JSON; - is standard output.")
@shared.tenant_option
def releases(host: str, json_path: str | None) -> None:
    """List the releases of HOST that there is a way back to, the newest first."""
    settings = shared.start(bell=False)
    site = _site(host)
    with acting(site.tenant_id):
        kept, held = holding.kept_releases(site, settings), holding.hold_of(site.store_id)
    shared.write_json(json_path, _listed(site, kept, held))
    if json_path == "-":
        return
    for one in kept:
        click.echo(_line(one))
    if not kept:
        click.echo(f"{site.host} was not published yet")
    if held is not None:
        click.echo(f"held since {held.at:%Y-%m-%d %H:%M} UTC ({held.by}): marketplace publish {site.host} --resume")


@click.command()
@click.argument("host")
@click.argument("release", required=False)
@click.option("--json", "json_path", metavar="FILE", help="Write what differs as JSON; - is standard output.")
@shared.tenant_option
def rollback(host: str, release: str | None, json_path: str | None) -> None:
    """Serve an earlier RELEASE of HOST again, by default the one before, under a new number.

    The site is held: nothing is published there until `marketplace publish HOST --resume`. Search and status file go on
    telling which cars there are today.
    """
    settings = shared.start(bell=False)
    site = _site(host)
    with acting(site.tenant_id):
        today = runs.today(operator(by_host(site.host)))
        db.session.rollback()
        try:
            done = holding.roll_back(site, release, settings=settings, today=today, actor=ACTOR)
        except (SiteBusy, BadManifest, OSError) as error:
            raise click.ClickException(f"{site.host} serves what it did: {error}") from error
    shared.write_json(json_path, _as_dict(done))
    _say(done)


@click.command()
@click.argument("host", required=False)
@click.option("--resume", is_flag=True, help="The site was rolled back and is held: go on publishing it.")
@click.option("--at", metavar="TIME", help="Hold it until 2026-12-01 08:00 on the marketplace's clocks.")
@click.option("--jobs", metavar="N", type=click.IntRange(1, 64), help="Processes (default 1); with --to uploads (8).")
@click.option(
    "--as-of", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="Business date of the pages (default: today)."
)
@click.option("--json", "json_path", metavar="FILE", help="Write the report as JSON; - is standard output.")
@delivery_options
@shared.tenant_option
def publish(
    host: str | None,
    resume: bool,
    at: str | None,
    jobs: int | None,
    as_of: datetime | None,
    json_path: str | None,
    delivery: DeliveryWanted | None,
) -> None:
    """Publish HOST now: draw what changed, check it, and serve it.

    With --to TARGET deliver what is served, of HOST or of all hosts, and draw nothing: only the difference is put, what
    is no more is deleted last, and doing it again does nothing.
    """
    if delivery is not None:
        if resume or as_of or at:
            raise click.UsageError("--to delivers what is served; publish with --resume or --as-of first")
        return run_delivery(shared.start(bell=False), delivery, host, jobs=jobs, json_path=json_path)
    if host is None:
        raise click.UsageError("Name the HOST to publish, or say where to deliver to with --to TARGET")
    settings = shared.start(bell=False, pooled=False)
    site = _site(host)
    if at is not None:
        if resume or as_of:
            raise click.UsageError("--at publishes later; --resume and --as-of publish now")
        return plan_site(site, at)
    with acting(site.tenant_id):
        if resume:
            perform(holding.resume, site.store_id, now=clock.now(), actor=ACTOR).unwrap()
        held = holding.hold_of(site.store_id)
        db.session.rollback()
    if held is not None:
        raise DomainError(f"{site.host} is held ({held.by}); --resume publishes it again", code="conflict")
    day = as_of.date() if as_of else None
    try:
        report = runs.build_all(
            settings, hosts=[site.host], tenant_ids=[site.tenant_id], jobs=jobs or 1, as_of=day, reporter=Console()
        )
    except runs.NoSuchHost as error:
        raise click.ClickException(f"{site.host} is switched off") from error
    finally:
        db.session.rollback()
    shared.write_json(json_path, report.as_dict())
    if not report.is_clean:
        sys.exit(1)
    return None


@click.command()
def clean() -> None:
    """Remove what nobody needs any more: releases beyond the last five, their contents, what crashed builds left.

    Safe beside running builds; the scheduler does the same once a day.
    """
    settings = shared.start(bell=False)
    click.echo(f"{clean_up(settings)} files removed from the content store", err=True)


def _site(host: str) -> SiteKey:
    """Find a site by its host among the tenants the command may work for.

    Raises:
        NotFound: none of them has it.
    """
    for tenant in shared.chosen_tenants():
        found = _of_tenant(tenant, host)
        if found is not None:
            return found
    raise NotFound(f"There is no site on {host[:100]}")


def _of_tenant(tenant: UUID, host: str) -> SiteKey | None:
    with acting(tenant):
        try:
            return key_of(by_host(host))
        except NotFound:
            return None
        finally:
            db.session.rollback()


def _line(one: Kept) -> str:
    words = ["served" if one.is_served else "      ", f"as of {one.as_of}" if one.as_of else ""]
    if one.finished_at is not None:
        words.append(f"published {one.finished_at:%Y-%m-%d %H:%M} UTC")
        words.append(f"{one.pages} pages, {one.rendered} drawn, {one.removed} removed")
    if one.of is not None:
        words.append(f"the content of {one.of}")
    return "  ".join([one.release, *(word for word in words if word)])


def _listed(site: SiteKey, kept: list[Kept], held: Hold | None) -> dict[str, Any]:
    return {
        "host": site.host,
        "held": None if held is None else {"at": held.at.isoformat(), "by": held.by},
        "releases": [
            {
                "release": one.release,
                "served": one.is_served,
                "as_of": None if one.as_of is None else one.as_of.isoformat(),
                "content_of": one.of,
                "finished_at": None if one.finished_at is None else one.finished_at.isoformat(),
                "pages": one.pages,
                "rendered": one.rendered,
                "removed": one.removed,
            }
            for one in kept
        ],
    }


def _as_dict(done: Rollback) -> dict[str, Any]:
    return {
        "host": done.host,
        "left": done.left or None,
        "content_of": done.of,
        "release": done.release,
        **{name: list(pages) for name, pages in asdict(done.differences).items()},
        "seconds": done.seconds,
    }


def _say(done: Rollback) -> None:
    said = done.differences
    for words, pages in (("changed", said.changed), ("added", said.added), ("removed", said.removed)):
        for page in pages[:_SHOWN]:
            click.echo(f"  {words}: {page}", err=True)
        if len(pages) > _SHOWN:
            click.echo(f"  {words}: {len(pages) - _SHOWN} more", err=True)
    click.echo(
        f"{done.host}: {done.release} serves the content of {done.of} ({done.seconds:.2f} s):"
        f" {len(said.changed)} pages changed, {len(said.added)} added, {len(said.removed)} removed",
        err=True,
    )
    click.echo(f"held until `marketplace publish {done.host} --resume`", err=True)


commands: list[click.Command] = [releases, rollback, publish, clean]
