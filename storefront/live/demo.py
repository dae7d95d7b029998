"""The command that shows everything: `marketplace demo` founds a small world, builds its sites and serves them."""

import os
from dataclasses import replace

import click
from sqlalchemy import select

from builder.cli import Console
from builder.runs import build_all
from search.jobs import rebuild
from storefront import commands as shared
from storefront.core import clock
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import everywhere
from storefront.demo.world import found_demo_world
from storefront.domain.accounts import queries as accounts
from storefront.domain.stores.models import Store

from .serving import serve


@click.command()
@click.option("--port", default=8000, show_default=True, help="Port to serve on.")
@click.option("--no-serve", is_flag=True, help="Found and build the demo, then stop.")
def demo(port: int, no_serve: bool) -> None:
    """Show a marketplace with four dealers, 144 cars and their sites: found, built and served in about a minute.

    Run it again and it goes on with what is there; remove the instance folder to start afresh.
    """
    context = click.get_current_context()
    os.environ["SITE_PORT"] = str(port)
    context.obj["settings"] = replace(context.obj["settings"], site_port=port)
    settings = shared.start(bell=False, pooled=False)
    with everywhere():
        empty = not accounts.tenants()
    if empty:
        click.echo("Founding the demo: four dealers, their cars, their sites …")
        with everywhere():
            tenant_id, logins = found_demo_world(clock.now(), settings=settings)
        rebuild(tenant_id)
        _keep_logins(settings, [(login.email, login.password) for login in logins])
    click.echo("Building the sites …")
    report = build_all(settings, jobs=2, reporter=Console())
    if not report.is_clean:
        raise click.ClickException("a site could not be built whole: see above, or run `marketplace check`")
    if not no_serve:
        raise SystemExit(serve(settings, port=port, announce=addresses(settings)))


def addresses(settings: Settings) -> list[str]:
    """Give the lines that tell where everything is, for a newcomer."""
    with everywhere():
        stores = db.session.scalars(select(Store).where(Store.active).order_by(Store.kind.desc(), Store.name)).all()
    lines = ["", "Marketplace Auto is running:"]
    width = max((len(store.name) for store in stores), default=0) + 2
    lines += [f"  {store.name:<{width}} {settings.origin(store.public_host)}/" for store in stores]
    market = next((store for store in stores if store.is_marketplace), None)
    if market is not None:
        admin = settings.admin_host or market.public_host
        lines.append(f"  {'Admin':<{width}} {settings.origin(admin)}/admin/")
    login = settings.instance / "demo-login.txt"
    if login.exists():
        lines += ["", "Log in to the admin as"] + [f"  {line}" for line in login.read_text("utf-8").splitlines()]
    return [*lines, "", "Letters are written to " + str(settings.instance / "outbox"), "Stop with Ctrl-C.", ""]


def _keep_logins(settings: Settings, logins: list[tuple[str, str]]) -> None:
    path = settings.instance / "demo-login.txt"
    path.touch(mode=0o600)
    path.write_text("".join(f"{email}  {password}\n" for email, password in logins), encoding="utf-8")


commands = [demo]
