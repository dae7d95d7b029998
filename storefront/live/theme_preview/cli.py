"""`marketplace themes preview NAME`: look at a theme while it is being written."""

import sys
from collections import Counter
from pathlib import Path

import click
from werkzeug.test import Client

import themes as faces
from themes.check import check
from themes.cli import themes

from . import world as worlds
from .app import ThemePreview, served
from .drawing import World

FOLDER = "theme-preview"


@themes.command()
@click.argument("name")
@click.option("--port", type=click.IntRange(1, 65535), default=8010, show_default=True, help="Port to serve on.")
@click.option(
    "--once", is_flag=True, help="Draw every page, say what is wrong, and stop; exit status 0 only if nothing is."
)
@click.option(
    "--world",
    "folder",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help=f"Where the demo world lies (default: {FOLDER} in the instance folder).",
)
@click.pass_context
def preview(context: click.Context, name: str, port: int, once: bool, folder: Path | None) -> None:
    """Show the demo world in the theme NAME; pages load themselves again when you save a file.

    Every page is drawn when it is asked for, by the code of a publish. A name that is not there, a word or a field that
    is missing is an error with template and line. Nothing of your installation is read or changed.
    """
    try:
        theme = faces.load(name)
    except faces.ThemeError as error:
        raise click.ClickException(str(error)) from error
    place = folder or context.obj["settings"].instance / FOLDER
    if not any(place.glob("*")):
        click.echo("Founding the demo world, once …", err=True)
    settings, tenant = worlds.opened(place.resolve(), port)
    world = World(settings, tenant, worlds.today(tenant))
    app = ThemePreview(world, name, worlds.wear(tenant, name, theme.kinds))
    if once:
        sys.exit(_drawn_once(app))
    _serve(app, port)


def _serve(app: ThemePreview, port: int) -> None:
    try:
        server = served(app, port)
    except (OSError, SystemExit) as error:
        raise click.ClickException(f"port {port} cannot be used; another one: --port") from error
    settings = app.world.settings
    click.echo(f"{settings.origin(app.hosts[0])}/-/theme/   every page, and what themes check says")
    for host in app.hosts:
        click.echo(f"{settings.origin(host)}/")
    click.echo("Stop with Ctrl-C.")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


def _drawn_once(app: ThemePreview) -> int:
    """Draw all pages and what the live layer answers; gives the exit status."""
    wrong = [f"themes check: {fault}" for fault in check(app.theme)]
    templates: Counter[str] = Counter()
    for host in app.hosts:
        for template, fault in app.world.drawn(host):
            templates.update([template] if template else [])
            wrong += [f"{host}{fault}"] if fault else []
        templates.update(_answered(app, host, wrong))
    for fault in wrong:
        click.echo(fault, err=True)
    click.echo(f"{app.theme}: {templates.total()} pages of {len(templates)} templates drawn, {len(wrong)} wrong")
    return 1 if wrong else 0


def _answered(app: ThemePreview, host: str, wrong: list[str]) -> list[str]:
    """Have the live layer answer: hits, none, a form that is not whole."""
    client = Client(app)
    base = f"http://{host}/"
    asked = {
        "hits": client.get("/-/search?q=golf&lang=de", base_url=base),
        "none": client.get("/-/search?q=zeppelin&lang=en", base_url=base),
        "form": client.post("/-/inquiries", data={"lang": "de", "started": "1"}, base_url=base),
    }
    wrong += [f"{host}/-/ {name}: {answer.status}" for name, answer in asked.items() if answer.status_code >= 500]
    return ["pages/answer.html" if name == "form" else "pages/search.html" for name in asked]


commands: list[click.Command] = []
"""`preview` is a command of the group `themes`."""
