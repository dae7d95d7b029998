"""Console commands for people who write themes."""

import click

from themes.check import check as problems_of
from themes.check import notices as notices_of
from themes.theme import available


@click.group()
def themes() -> None:
    """List and check themes."""


@themes.command("list")
def list_themes() -> None:
    """Name every theme there is."""
    for name in available():
        click.echo(name)


@themes.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
def check(names: tuple[str, ...]) -> None:
    """Read themes (all, if none is named) and say what is wrong with them: settings, words, templates, colours.

    Notices, such as a template that cannot be compiled, are no faults.
    """
    faults = 0
    for name in names or available():
        found = problems_of(name)
        faults += len(found)
        for sentence in (*found, *(f"notice: {notice}" for notice in notices_of(name))):
            click.echo(f"{name}: {sentence}")
    if faults:
        raise SystemExit(1)
    click.echo("All is well.")


commands = (themes,)
