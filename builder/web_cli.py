"""Console command `marketplace web-config`: configuration of Caddy or nginx for all hosts of the installation."""

from pathlib import Path

import click

from storefront import commands as shared

from . import disk, web_caddy, web_config, web_nginx
from .web_config import USUAL, Front


@click.command("web-config")
@click.argument("server", type=click.Choice(["caddy", "nginx"]))
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Folder to write to; <instance>/web/<server> by default.",
)
@click.option(
    "--live",
    default=USUAL.live,
    show_default=True,
    help="Address of `marketplace serve`; empty where files are served alone.",
)
@click.option("--listen", type=click.IntRange(1, 65535), default=USUAL.listen, show_default=True, help="Port for HTTP.")
@click.option(
    "--listen-tls", type=click.IntRange(1, 65535), default=USUAL.listen_tls, show_default=True, help="Port for HTTPS."
)
@click.option(
    "--certificates",
    default=USUAL.certificates,
    show_default=True,
    help="nginx: folder of <host>.crt and <host>.key. Caddy gets its own.",
)
@click.option("--brotli/--no-brotli", default=True, help="nginx: the module brotli_static is loaded.")
def write(
    server: str, output: Path | None, live: str, listen: int, listen_tls: int, certificates: str, brotli: bool
) -> None:
    """Write the configuration of SERVER for all hosts: files, redirects, 410, headers, the live layer behind them.

    Scheme, hosts and folders come from the installation's settings. Write it again, and reload the server, to have it
    answer redirects itself that came since; until then the live layer answers them.
    """
    settings = shared.start(bell=False)
    known = web_config.frontage(settings)
    front = Front(live, listen, listen_tls, certificates, brotli)
    folder = (output or settings.instance / "web" / server).resolve()
    try:
        files = (
            web_caddy.files(settings, known, front)
            if server == "caddy"
            else web_nginx.files(settings, known, front, folder)
        )
    except ValueError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    put(folder, files)
    moves = sum(len(served.moves) for served in known.served)
    click.echo(
        f"{len(known.served)} hosts, {len(known.forwards)} that lead to them, {moves} former addresses: {folder}"
    )


def put(folder: Path, files: dict[str, bytes]) -> None:
    """Write a configuration's files, and remove those of hosts that have none any more."""
    disk.make_folder(folder / "hosts")
    for name, content in sorted(files.items()):
        path = folder / name
        if not path.exists() or path.read_bytes() != content:
            disk.write_durable(path, content)
    for file in sorted((folder / "hosts").iterdir()):
        if f"hosts/{file.name}" not in files:
            disk.remove(file)


commands: list[click.Command] = [write]
