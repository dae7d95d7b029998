"""Console commands of the builder: `marketplace build` and `marketplace check`."""

import sys
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import click

from storefront import commands as shared
from storefront.core.db import db

from . import runs
from .check import CheckReport, NoSuchSite, check_sites
from .runs import BuildReport, NoSuchHost

_SHOWN = 20
"""Problems of a host that are printed; all are in the JSON."""


@dataclass
class Console:
    """Tells a person: a bar on a terminal, plain lines elsewhere."""

    is_terminal: bool = field(default_factory=sys.stderr.isatty)
    _bar: Any = None

    def begin(self, host: str, pages: int) -> None:
        """Open a bar for a site."""
        if self.is_terminal and pages:
            self._bar = click.progressbar(length=pages, label=f"{host:<32}", file=sys.stderr)

    def step(self, host: str) -> None:
        """Move it."""
        if self._bar is not None:
            self._bar.update(1)

    def warn(self, host: str, page: str, message: str) -> None:
        """Say what was left out."""
        click.echo(f"  {host}{page if page.startswith('/') else f' {page}'}: {message}", err=True)

    def end(self, host: str, message: str) -> None:
        """Close the bar and say how it went."""
        if self._bar is not None:
            self._bar.render_finish()
            self._bar = None
        click.echo(f"{host}: {message}", err=True)


@click.command()
@click.option("--host", "hosts", metavar="HOST", multiple=True, help="Only this site; may be given several times.")
@click.option("--jobs", metavar="N", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option(
    "--as-of", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="Business date of the pages (default: today)."
)
@click.option("--json", "json_path", metavar="FILE", help="Write the report as JSON; - is standard output.")
@shared.tenant_option
def build(hosts: tuple[str, ...], jobs: int, as_of: datetime | None, json_path: str | None) -> None:
    """Build the sites: draw what changed, check it, and serve it from <instance>/sites/<host>/current/.

    A page is drawn again only when something on it changed; the first build draws all. Nothing is served that breaks a
    rule of `marketplace check`. Needs no queue and no server.
    """
    settings = shared.start(bell=False, pooled=False)
    tenants = shared.chosen_tenants()
    try:
        report = runs.build_all(
            settings,
            hosts=hosts or None,
            tenant_ids=tenants,
            jobs=jobs,
            as_of=as_of.date() if as_of else None,
            reporter=Console(),
        )
    except NoSuchHost as error:
        raise click.ClickException(str(error)) from error
    finally:
        db.session.rollback()
    shared.write_json(json_path, report.as_dict())
    _say_built(report)
    if not report.is_clean:
        sys.exit(1)


def _say_built(report: BuildReport) -> None:
    for host in report.retired:
        click.echo(f"{host}: no longer served", err=True)
    for host in report.held:
        click.echo(f"{host}: held, left as it is; marketplace publish {host} --resume", err=True)
    pages = sum(host.pages for host in report.hosts)
    drawn = sum(host.rendered for host in report.hosts)
    failed = [host for host in report.hosts if host.failure]
    click.echo(f"{len(report.hosts)} sites, {pages} pages, {drawn} drawn, {report.seconds:.1f} s", err=True)
    if failed:
        click.echo(f"{len(failed)} not published; what they serve is as before", err=True)


@click.command()
@click.option("--host", "hosts", metavar="HOST", multiple=True, help="Only this site; may be given several times.")
@click.option("--json", "json_path", metavar="FILE", help="Write the report as JSON; - is standard output.")
@click.pass_context
def check(ctx: click.Context, hosts: tuple[str, ...], json_path: str | None) -> None:
    """Check built sites as a stranger reads them: links, pictures, titles, structured data, sitemaps, weights.

    Reads the files that are served, not the database. Exit status 0 only when nothing was found.
    """
    settings = ctx.obj["settings"]
    try:
        report = check_sites(settings, hosts or None)
    except NoSuchSite as error:
        raise click.ClickException(str(error)) from error
    shared.write_json(json_path, report.as_dict())
    _say_checked(report)
    if not report.is_clean:
        sys.exit(1)


def _say_checked(report: CheckReport) -> None:
    for host in report.hosts:
        for problem in host.problems[:_SHOWN]:
            click.echo(f"{host.host}{problem.page}: {problem.rule}: {problem.detail}", err=True)
        if len(host.problems) > _SHOWN:
            click.echo(f"{host.host}: {len(host.problems) - _SHOWN} more; --json FILE has all", err=True)
        found = f"{len(host.problems)} problems" if host.problems else "no problems"
        click.echo(f"{host.host}: {host.pages} pages, {found}", err=True)


commands: list[click.Command] = [build, check]
