"""Console commands of search."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import click

from storefront import commands as shared
from storefront.core.tenancy import acting

from . import following, jobs, verify
from .errors import IndexBusy, SearchUnavailable
from .index import index_name, open_index

SHOWN = 10
"""Listings named of each kind of difference."""


@click.group()
def search() -> None:
    """Keep the search index."""


@search.command()
@shared.tenant_option
def rebuild() -> None:
    """Make the index anew from the database; the old one answers until the new one is whole."""
    shared.start(bell=False)
    for tenant_id in shared.chosen_tenants():
        with _told(), _bar(tenant_id) as each:
            number = jobs.rebuild(tenant_id, each)
        click.echo(f"{index_name(tenant_id)}: {number} cars can be found")


@search.command("verify")
@click.option("--repair", is_flag=True, help="Put right what differs.")
@click.option("--json", "json_file", metavar="FILE", default=None, help="Write a report; `-` is standard output.")
@shared.tenant_option
def verify_index(repair: bool, json_file: str | None) -> None:
    """Compare the index with the database, car by car; ends with 1 when they differ and nothing was put right."""
    settings = shared.start(bell=False)
    report, is_true = [], True
    for tenant_id in shared.chosen_tenants():
        with _told(), acting(tenant_id):
            index = open_index(tenant_id, settings)
            found = verify.repair(index) if repair else verify.compare(index)
        is_true &= found.is_true
        report.append({"index": index_name(tenant_id), "cars": found.cars, "aged": found.aged} | _differences(found))
        if json_file != "-":
            _say(index_name(tenant_id), found, repair=repair)
    shared.write_json(json_file, {"indexes": report})
    if not is_true and not repair:
        sys.exit(1)


@search.command()
def keys() -> None:
    """Make the two keys this installation needs of Meilisearch, with its master key, and print them as settings.

    They may write to and search the indexes of this product, nothing else. Set both, and take the master key away.
    """
    settings = click.get_current_context().obj["settings"]
    if not settings.meilisearch_url:
        raise click.ClickException("MEILISEARCH_URL is not set: this installation searches with the embedded engine")
    from .meili_access import access_of

    with _told():
        writer, searcher = access_of(settings).made()
    click.echo(f"MEILISEARCH_KEY={writer.secret}\nMEILISEARCH_SEARCH_KEY={searcher.uid}:{searcher.secret}")


commands = (search,)


def _differences(found: verify.Compared) -> dict[str, list[str]]:
    kinds = {"missing": found.missing, "stale": found.stale, "surplus": found.surplus}
    return {kind: [str(key) for key in some] for kind, some in kinds.items()}


def _say(name: str, found: verify.Compared, *, repair: bool) -> None:
    aged = f", {found.aged} of another day" if found.aged else ""
    click.echo(f"{name}: {found.cars} cars on offer{aged}")
    for kind, some in _differences(found).items():
        if some:
            more = " …" if len(some) > SHOWN else ""
            click.echo(f"  {kind}: {len(some)} ({', '.join(some[:SHOWN])}{more})")
    if found.is_true:
        click.echo("  The index holds what it should.")
    else:
        click.echo("  Put right." if repair else "  `marketplace search verify --repair` puts it right.")


@contextmanager
def _bar(tenant_id: UUID) -> Iterator[Callable[[], object]]:
    with acting(tenant_id):
        number = following.on_offer()
    with click.progressbar(length=number, label=f"{index_name(tenant_id):<20}", file=sys.stderr) as bar:
        yield lambda: bar.update(1)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (SearchUnavailable, IndexBusy) as error:
        raise click.ClickException(str(error)) from error
