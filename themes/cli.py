"""Console commands for people who write themes."""

import click

from themes.check import check as problems_of
from themes.check import notices as notices_of
from themes.errors import ThemeError
from themes.making import make
from themes.theme import available


@click.group()
def themes() -> None:
    """List, make, check and look at themes (docs/themes.md)."""


@themes.command("list")
def list_themes() -> None:
    """Name every theme there is."""
    for name in available():
        click.echo(name)


@themes.command()
@click.argument("name")
@click.option("--from", "origin", metavar="THEME", default="classic", show_default=True, help="The theme to copy.")
def new(name: str, origin: str) -> None:
    """Make the theme NAME: a copy of another one's folder. Dealers may choose it at once."""
    try:
        folder = make(name, origin)
    except ThemeError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{folder}: a copy of {origin}. Now: marketplace themes preview {name}")


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
