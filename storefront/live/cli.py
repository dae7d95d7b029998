"""Console commands of the live layer: `marketplace serve`, `marketplace worker`, `marketplace tasks`."""

import sys

import click

from storefront import commands as shared
from storefront.core import clock, embedded, runtime
from storefront.core.config import Settings
from storefront.core.queue import QUEUES
from storefront.core.tasks import replay

from . import logs
from .tasks import work


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at; 0.0.0.0 for every one.")
@click.option("--live/--no-live", default=True, help="Without the live layer: files alone, no database, no queue.")
@click.pass_obj
def serve(obj: dict[str, object], port: int, host: str, live: bool) -> None:
    """Serve this installation: web, one worker, scheduler and Valkey; SIGTERM or Ctrl-C stops them all.

    \b
    Sites are plain files under <instance>/sites/<host>/current/; forms, search and the admin are the live layer.
    With --no-live only the files are served, and forms say what to do instead.
    """
    from .serving import serve as serve_installation

    sys.exit(serve_installation(_settings(obj), port, live, host=host))


@click.command()
@click.option("--burst", is_flag=True, help="End when nothing is left to do.")
@click.option(
    "--queue", "only", multiple=True, type=click.Choice(QUEUES), help="Work for this queue alone; repeatable."
)
@click.pass_obj
def worker(obj: dict[str, object], burst: bool, only: tuple[str, ...]) -> None:
    """Run one more worker; with REDIS_URL on as many machines as you like.

    Jobs are kept in the database and only rung by the queue: a worker may be stopped at any moment.
    """
    from .worker import run

    settings = _settings(obj)
    logs.configure(settings, "worker")
    own = None if settings.redis_url else embedded.start(settings)
    try:
        run(settings, burst=burst, only=only or QUEUES)
    finally:
        embedded.stop(own)


@click.group(invoke_without_command=True)
@click.pass_context
def tasks(context: click.Context) -> None:
    """Show what work waits, and what was given up and why."""
    shared.start(bell=False)
    if context.invoked_subcommand is None:
        found = work()
        click.echo(f"{found.events} events to hand on, {found.waiting} tasks waiting, {found.dead} dead")
        for task in found.newest_dead:
            click.echo(f"  {task.id}  {task.job}  after {task.attempts} tries: {task.error}")


@tasks.command("replay")
def replay_command() -> None:
    """Give dead tasks another life, once their cause is mended."""
    click.echo(f"{replay(clock.now())} tasks will be tried again.")


def _settings(obj: dict[str, object]) -> Settings:
    settings = obj.get("settings")
    return settings if isinstance(settings, Settings) else runtime.settings()


commands = [serve, worker, tasks]
