"""Console commands of the operator: dealers, imports, places, the database."""

import sys
from datetime import datetime
from pathlib import Path

import click

from storefront import commands as shared
from storefront import feeds
from storefront.core import clock, runtime
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.places import load_places
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts import queries as accounts
from storefront.domain.accounts.actions import add_user, change_password, found_tenant, home_of
from storefront.domain.accounts.models import Role, Tenant
from storefront.domain.accounts.passwords import hash_password, refuse_weak
from storefront.domain.accounts.second_factor import switch_off
from storefront.domain.dealers.actions import DealerData, dealer_by_slug
from storefront.domain.dealers.models import Dealer, Plan
from storefront.domain.listings.importing import import_stock, known_texts
from storefront.domain.listings.photos import listings_waiting, queued
from storefront.domain.listings.stock import ImportReport
from storefront.domain.stores.actions import create_store, free_host
from storefront.migrations import runner
from themes.theme import available

from .feed_cli import feeds_command, set_command
from .forms.dealers import is_address
from .registration import register_with_site
from .site_cli import dealer_commands, store

ACTOR = "command"


def _theme(_context: click.Context, _option: click.Parameter, name: str) -> str:
    if name not in available():
        raise click.BadParameter(f"there is no theme {name!r}; there are: {', '.join(available())}")
    return name


def _address(_context: click.Context, _option: click.Parameter, email: str | None) -> str | None:
    if email and not is_address(email):
        raise click.BadParameter("this cannot be an e-mail address")
    return email


@click.group()
def dealer() -> None:
    """Dealers and their sites."""


@dealer.command("add")
@click.argument("slug")
@click.option("--name", required=True, help="The name buyers read.")
@click.option(
    "--plan", type=click.Choice(["individual", "premium"]), required=True, help="29 or 59 EUR a month (SPEC 2, 3)."
)
@click.option("--licence", default=None, help="Business licence; the short name when not given.")
@click.option("--street", default="")
@click.option("--postal-code", default="")
@click.option("--city", default="")
@click.option("--country", default=None, help="ISO 3166-1, two letters; the tenant's by default.")
@click.option("--phone", default=None)
@click.option("--email", default=None, callback=_address, help="Where inquiries go.")
@click.option("--host", default=None, help="Host of the site; <slug>.<BASE_HOST> by default.")
@click.option("--theme", default="classic", show_default=True, callback=_theme, help="Look: `marketplace themes list`.")
@shared.tenant_option
def add_dealer(
    slug: str, name: str, plan: str, host: str | None, theme: str, country: str | None, **more: str | None
) -> None:
    """Register a dealer and give it a site. In an empty installation this also founds the marketplace."""
    settings = shared.start(bell=False)
    now = clock.now()
    _found_when_empty(settings, now)
    address = host or f"{slug}.{settings.base_host}"
    with shared.tenant_scope() as tenant_id:
        tenant = next(tenant for tenant in accounts.tenants() if tenant.id == tenant_id)
        data = DealerData(
            name=name,
            slug=slug,
            licence=more["licence"] or slug,
            plan=Plan[plan.upper()],
            street=more["street"] or "",
            postal_code=more["postal_code"] or "",
            city=more["city"] or "",
            country=country or tenant.country,
            phone=more["phone"],
            email=more["email"],
        )
        today = clock.business_date(now, tenant.time_zone)
        perform(register_with_site, data, tenant, address, now=now, today=today, actor=ACTOR, theme=theme).unwrap()
    click.echo(f"{name} is registered; its site will be {settings.origin(address)}/ after `marketplace build`.")


def _found_when_empty(settings: Settings, now: datetime) -> None:
    with everywhere():
        if accounts.tenants():
            return
        free_host(settings.base_host)
        tenant_id = perform(found_tenant, "main", "Marketplace Auto", now=now).unwrap().id
    with acting(tenant_id):
        perform(
            create_store,
            "Marketplace Auto",
            settings.base_host,
            dealer_id=None,
            theme="market",
            languages=["de", "en"],
            now=now,
            actor=ACTOR,
        ).unwrap()


@click.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dealer", "dealer_slug", required=True, metavar="SLUG", help="Whose stock this is.")
@click.option(
    "--format", "format_name", default=None, help="Name of the format; found out from the content when not given."
)
@click.option("--dry-run", is_flag=True, help="Say what would happen, change nothing.")
@click.option(
    "--full-sync",
    is_flag=True,
    help="The file is the whole stock: cars of earlier imports that are not in it are withdrawn.",
)
@click.option(
    "--photos",
    type=click.Choice(["queue", "now", "skip"]),
    default="queue",
    show_default=True,
    help="Fetch photos later by a worker, at once, or not at all.",
)
@click.option("--json", "json_path", default=None, metavar="FILE", help="Write the report there; - is standard output.")
@shared.tenant_option
def import_command(
    path: Path,
    dealer_slug: str,
    format_name: str | None,
    dry_run: bool,
    full_sync: bool,
    photos: str,
    json_path: str | None,
) -> None:
    """Import a dealer's stock file: AutoScout24 STX3, Cardealer DP, our CSV, or any CSV by a mapping.

    Rows that cannot be offered are refused with a reason, everything else is imported. Importing the same file again
    changes nothing. More in docs/importing.md.
    """
    shared.start()
    now = clock.now()
    with shared.tenant_scope():
        chosen = dealer_by_slug(dealer_slug)
        try:
            report = _import(path, chosen, format_name, dry_run, full_sync, photos, now)
        except feeds.FeedError as error:
            raise click.ClickException(str(error)) from error
        fetched = _fetch_photos(chosen) if photos == "now" and not dry_run else None
    shared.write_json(json_path, report.as_dict())
    _tell(report, dry_run, err=json_path == "-")
    if fetched is not None:
        click.echo(f"Photos: {fetched[0]} fetched, {fetched[1]} could not be had.", err=json_path == "-")


def _import(
    path: Path, chosen: Dealer, format_name: str | None, dry_run: bool, full_sync: bool, photos: str, now: datetime
) -> ImportReport:
    today = clock.business_date(now, db.session.get_one(Tenant, chosen.tenant_id).time_zone)
    known, items = feeds.read(path, format_name, known_boilerplate=known_texts(chosen))
    click.echo(f"Reading {path.name} as {known} …", err=True)
    return perform(
        import_stock,
        chosen,
        items,
        format=known,
        full_sync=full_sync,
        dry_run=dry_run,
        photos=photos != "skip",
        today=today,
        now=now,
        progress=_progress,
    ).unwrap()


def _progress(rows: int) -> None:
    if rows and rows % 1000 == 0:
        click.echo(f"  {rows} rows", err=True)


def _fetch_photos(chosen: Dealer) -> tuple[int, int]:
    from builder.jobs import take_queued

    waiting = listings_waiting(chosen.id)
    db.session.rollback()
    wanted = taken = 0
    with click.progressbar(waiting, label="Photos", file=sys.stderr) as bar:
        for listing_id in bar:
            wanted += len(queued(listing_id))
            taken += take_queued(listing_id)
    return taken, wanted - taken


def _tell(report: ImportReport, dry_run: bool, *, err: bool) -> None:
    verb = "would be " if dry_run else ""
    click.echo(
        f"{report.format}: {report.read} read, {report.created} {verb}new, {report.updated} {verb}changed, "
        f"{report.unchanged} unchanged, {report.withdrawn} {verb}withdrawn, {len(report.refused)} refused",
        err=err,
    )
    for name, count in sorted(report.changed_fields.items(), key=lambda item: -item[1]):
        click.echo(f"  changed: {name} in {count}", err=err)
    reasons: dict[str, int] = {}
    for refusal in report.refused:
        reasons[f"{refusal.field}: {refusal.reason}"] = reasons.get(f"{refusal.field}: {refusal.reason}", 0) + 1
    for reason, count in sorted(reasons.items(), key=lambda item: -item[1])[:20]:
        click.echo(f"  refused {count} × {reason}", err=err)
    if report.warnings:
        click.echo(f"  {len(report.warnings)} remarks: see them with --json FILE", err=err)


ROLES = {
    "operator": Role.SYSTEM_ADMIN,
    "owner": Role.DEALER_OWNER,
    "manager": Role.SALES_MANAGER,
    "sales": Role.SALES_PERSON,
}


@click.group()
def user() -> None:
    """People who log in to the admin."""


@user.command("add")
@click.argument("email", callback=_address)
@click.option("--name", required=True, help="For people to read.")
@click.option("--role", type=click.Choice(list(ROLES)), required=True, help="What they are (SPEC 12).")
@click.option("--dealer", "dealer_slug", metavar="SLUG", default=None, help="Whose; for every role but operator.")
@click.password_option(help="Asked for when not given.")
@shared.tenant_option
def add_user_command(email: str, name: str, role: str, dealer_slug: str | None, password: str) -> None:
    """Let somebody log in to the admin."""
    shared.start(bell=False)
    with shared.tenant_scope():
        dealer_id = dealer_by_slug(dealer_slug).id if dealer_slug else None
        refuse_weak(password, alone=True, about=(name, email))
        hashed = hash_password(password)
        perform(add_user, email, name, hashed, ROLES[role], dealer_id=dealer_id, now=clock.now(), actor=ACTOR).unwrap()
    click.echo(f"{name} can log in as {email.lower()}.")


@user.command("password")
@click.argument("email")
@click.password_option(help="Asked for when not given.")
@shared.tenant_option
def password_command(email: str, password: str) -> None:
    """Set somebody's password; all their logins end."""
    shared.start(bell=False)
    with shared.tenant_scope():
        found = accounts.user_by_email(email)
        if found is None:
            raise click.ClickException(f"Nobody logs in as {email}")
        perform(change_password, found, password, now=clock.now(), actor=ACTOR).unwrap()
    click.echo(f"{email.lower()} has a new password.")


@user.command("second-factor-off")
@click.argument("email")
@shared.tenant_option
def second_factor_off(email: str) -> None:
    """Take a lost second factor away; the password alone opens the door until a new one is made."""
    shared.start(bell=False)
    with shared.tenant_scope():
        found = accounts.user_by_email(email)
        if found is None:
            raise click.ClickException(f"Nobody logs in as {email}")
        perform(switch_off, found, now=clock.now(), actor=ACTOR, dealer_id=home_of(found)).unwrap()
    click.echo(f"{email.lower()} logs in with the password alone.")


@click.group()
def places() -> None:
    """Postal codes and where they are."""


@places.command("load")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load_command(path: Path) -> None:
    """Load a GeoNames postal-code CSV (plain or gzip); its countries are replaced."""
    shared.start(bell=False)
    with everywhere():
        loaded, repeats = perform(load_places, path).unwrap()
    click.echo(f"{loaded} places loaded, {repeats} repeated rows left out.")


@click.group()
def database() -> None:
    """The database."""


@database.command("upgrade")
def upgrade_command() -> None:
    """Bring the database to the newest revision; running it again changes nothing."""
    settings: Settings = click.get_current_context().obj["settings"]
    runtime.start(settings, bell=False)
    before = runner.current(db.engine)
    runner.upgrade(db.engine)
    after = runner.current(db.engine)
    click.echo("The database was up to date." if before == after else f"The database is at {after} now.")


database.name = "db"
for command in dealer_commands:
    dealer.add_command(command)
store.add_command(feeds_command)
store.add_command(set_command)
commands = [dealer, store, user, import_command, places, database]
