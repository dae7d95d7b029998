"""Console commands of search."""

import click

from storefront import commands as shared

from . import jobs


@click.group()
def search() -> None:
    """Keep the search index."""


@search.command()
@shared.tenant_option
def rebuild() -> None:
    """Make the index anew from the database; the old one answers until the new one is whole."""
    shared.start(bell=False)
    for tenant_id in shared.chosen_tenants():
        click.echo(f"{jobs.rebuild(tenant_id)} cars can be found")


commands = (search,)
