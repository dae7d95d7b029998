"""`marketplace publish … --to TARGET`: its options and what they do; the command itself stands in `releases_cli.py`."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import click

from storefront import commands as shared
from storefront.core import clock
from storefront.core.config import Settings
from storefront.core.errors import ConfigurationError

from .cli import Console
from .delivery.hosts import DeliveryReport, NotBuilt, deliver_all
from .delivery.targets import PARALLEL, target


@dataclass(frozen=True, slots=True)
class DeliveryWanted:
    """What somebody asked for with `--to`."""

    to: str
    is_dry: bool
    verify: bool


def delivery_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--to`, `--dry-run` and `--verify` to a command, which gets them as `delivery`; None without `--to`."""

    @click.option(
        "--to",
        metavar="TARGET",
        help="Deliver what is served: folder:/srv/www or s3://bucket/prefix?endpoint=https://… (docs/delivery.md).",
    )
    @click.option("--dry-run", "is_dry", is_flag=True, help="With --to: only say what would be put and deleted.")
    @click.option("--verify", is_flag=True, help="With --to: compare with what really lies at the target.")
    @wraps(function)
    def wrapped(*args: Any, to: str | None, is_dry: bool, verify: bool, **kwargs: Any) -> Any:
        if to is None and (is_dry or verify):
            raise click.UsageError("--dry-run and --verify belong to --to TARGET")
        wanted = None if to is None else DeliveryWanted(to, is_dry, verify)
        return function(*args, delivery=wanted, **kwargs)

    return wrapped


def run_delivery(
    settings: Settings, wanted: DeliveryWanted, host: str | None, *, jobs: int | None, json_path: str | None
) -> None:
    """Deliver, tell how it went, and end with status 1 when a host failed.

    Args:
        settings: of the installation.
        wanted: where to and how.
        host: which; all that were ever built when None.
        jobs: uploads at a time.
        json_path: where the report goes.

    Raises:
        ClickException: the target cannot be meant, or the host was never built.
    """
    try:
        report = deliver_all(
            settings,
            target(wanted.to, parallel=jobs or PARALLEL),
            today=clock.now().date(),
            hosts=None if host is None else [host],
            is_dry=wanted.is_dry,
            verify=wanted.verify,
            reporter=Console(is_terminal=False),
        )
    except (NotBuilt, ConfigurationError) as error:
        raise click.ClickException(str(error)) from error
    shared.write_json(json_path, report.as_dict())
    _say(report, wanted.is_dry)
    if report.failures:
        sys.exit(1)


def _say(report: DeliveryReport, is_dry: bool) -> None:
    would = "would be " if is_dry else ""
    put, deleted = sum(one.put for one in report.hosts), sum(one.deleted for one in report.hosts)
    size = sum(one.octets for one in report.hosts) / 1e6
    click.echo(f"{len(report.hosts)} hosts: {put} files {would}put ({size:.1f} MB), {deleted} {would}deleted", err=True)
    if report.failures:
        click.echo(f"{len(report.failures)} hosts failed; delivering again goes on where it ended", err=True)
