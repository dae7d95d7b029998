"""Console commands about what is not public yet: previews, and what is planned for a time."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from storefront import commands as shared
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.errors import NotFound
from storefront.core.tenancy import acting
from storefront.domain.accounts.models import Tenant
from storefront.domain.listings import scheduling as offers
from storefront.domain.listings.models import Listing
from storefront.domain.stores import queries as stores
from storefront.domain.stores.models import Store

from . import preview as previews
from . import previewing, scheduling
from .models import Preview
from .preview import DAYS, MOST_DAYS, Plan
from .sites import SiteKey

ACTOR = "command"


@click.command()
@click.argument("host")
@click.option("--theme", metavar="NAME", help="In another theme than the site's.")
@click.option(
    "--settings",
    "settings_file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With other values for the theme's settings: a JSON object.",
)
@click.option("--as-of", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="As on this day (default: today).")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=DAYS, show_default=True, help="How long it stands.")
@click.option("--include-pending", is_flag=True, help="With cars that wait to be offered.")
@shared.tenant_option
def preview(
    host: str, theme: str | None, settings_file: Path | None, as_of: datetime | None, days: int, include_pending: bool
) -> None:
    """Show what HOST would look like if it were published now, at an address nobody can guess.

    Also while the site is held, switched off or its dealer not active yet. Nothing that is served changes; forms on the
    preview are not sent.
    """
    settings = shared.start()
    plan = Plan(theme, _values(settings_file), as_of.date() if as_of else None, include_pending)
    with shared.tenant_scope():
        store = stores.by_host(host)
        made = perform(
            previews.open_preview, store, plan, settings=settings, now=clock.now(), actor=ACTOR, days=days
        ).unwrap()
        address, expires, zone = settings.origin(made.host), made.expires_at, _zone()
        pages = previewing.build(made.id, settings)
        click.echo(f"{address}/")
        click.echo(f"{pages} pages, until {scheduling.in_words(expires, zone)}", err=True)


def _values(file: Path | None) -> dict[str, Any] | None:
    if file is None:
        return None
    try:
        found = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise click.ClickException(f"{file}: {error}") from error
    if not isinstance(found, dict):
        raise click.ClickException(f"{file} holds no JSON object")
    return found


@click.group("previews", invoke_without_command=True)
@shared.tenant_option
@click.pass_context
def list_previews(context: click.Context) -> None:
    """List the previews that stand; end one."""
    if context.invoked_subcommand is not None:
        return
    settings = shared.start(bell=False)
    with shared.tenant_scope():
        zone = _zone()
        for one in previews.previews(clock.now()):
            click.echo(_line(settings, one, zone))


def _line(settings: Settings, one: Preview, zone: str) -> str:
    of = db.session.get_one(Store, one.store_id).public_host
    state = f"{one.pages} pages" if one.built_at else (one.failure or "being built")
    return f"{settings.origin(one.host)}/  {of}  {state}  until {scheduling.in_words(one.expires_at, zone)}"


@list_previews.command("end")
@click.argument("wanted", metavar="PREVIEW")
@shared.tenant_option
def end(wanted: str) -> None:
    """End the preview with this host, or the beginning of it."""
    settings = shared.start()
    with shared.tenant_scope():
        found = previews.preview_of(wanted, clock.now())
        host = found.host
        perform(previews.end_preview, found, now=clock.now(), actor=ACTOR).unwrap()
        previewing.remove(settings, host)
    click.echo(f"{host}: ended", err=True)


@click.group(invoke_without_command=True)
@shared.tenant_option
@click.pass_context
def schedule(context: click.Context) -> None:
    """Show what goes live by itself, and when; plan a car, cancel a plan.

    A whole site is planned with `marketplace publish HOST --at TIME`.
    """
    if context.invoked_subcommand is not None:
        return
    shared.start(bell=False)
    with shared.tenant_scope():
        zone = _zone()
        plans = [(one.at, _site_plan(str(one.id)[:8], one.store_id)) for one in scheduling.planned()]
        plans += [(one.publish_at, f"{one.public_id}  car {one.slug}") for one in offers.waiting() if one.publish_at]
        for at, words in sorted(plans):
            click.echo(f"{scheduling.in_words(at, zone)}  {words}")
        if not plans:
            click.echo("Nothing is planned.", err=True)


def _site_plan(number: str, store_id: Any) -> str:
    return f"{number}  site {db.session.get_one(Store, store_id).public_host}"


@schedule.command("car")
@click.argument("listing")
@click.option("--at", "said", metavar="TIME", required=True, help="On the marketplace's clocks: 2026-12-01 08:00.")
@shared.tenant_option
def plan_car(listing: str, said: str) -> None:
    """Have the pending car with the public id LISTING go live at a time."""
    shared.start()
    with shared.tenant_scope():
        at = scheduling.moment(said, _zone())
        perform(offers.schedule, _listing(listing), at, now=clock.now(), actor=ACTOR).unwrap()
        click.echo(f"{listing} goes live on {scheduling.in_words(at, _zone())}", err=True)


def plan_site(site: SiteKey, said: str) -> None:
    """Hold a site and have it published at a time (`marketplace publish HOST --at TIME`).

    Args:
        site: which.
        said: the time, on the clocks of its marketplace.

    Raises:
        DomainError: the time cannot be read or is past, the site was never built, or has a time already.
    """
    with acting(site.tenant_id):
        zone, store = _zone(), db.session.get_one(Store, site.store_id)
        at = scheduling.moment(said, zone)
        perform(scheduling.plan_publish, store, at, now=clock.now(), actor=ACTOR).unwrap()
    click.echo(f"{site.host} is held from now on and published on {scheduling.in_words(at, zone)}", err=True)


@schedule.command("cancel")
@click.argument("wanted", metavar="PLAN")
@shared.tenant_option
def cancel(wanted: str) -> None:
    """Cancel the plan with this number, or that of the car with this public id.

    The site stays held, the car goes on waiting.
    """
    shared.start()
    with shared.tenant_scope():
        try:
            perform(scheduling.cancel, scheduling.schedule_of(wanted), now=clock.now(), actor=ACTOR).unwrap()
        except NotFound:
            perform(offers.cancel, _listing(wanted), now=clock.now(), actor=ACTOR).unwrap()
    click.echo(f"{wanted}: cancelled", err=True)


def _listing(public_id: str) -> Listing:
    found = db.session.scalars(select(Listing).where(Listing.public_id == public_id)).first()
    if found is None:
        raise NotFound(f"There is no car with the id {public_id[:20]}")
    return found


def _zone() -> str:
    return db.session.scalars(select(Tenant)).one().time_zone


commands: list[click.Command] = [preview, list_previews, schedule]
