"""Plugs the packages together: the web application, the listeners, and the console command `marketplace`."""

import importlib
import sys
from typing import Any

import click
from flask import Flask

from storefront.core import config, runtime
from storefront.core.config import Settings
from storefront.core.errors import ConfigurationError, DomainError

LISTENERS = (
    "storefront.domain.listings.listeners",
    # Tasks of one event are done in this order: a car is found before it is valued, which takes longer.
    "search.listeners",
    "storefront.domain.valuation.listeners",
    "storefront.notices.listeners",
    "builder.listeners",
    "builder.delivery.listeners",
    "builder.domains.listeners",
    "admin.listeners",
)
COMMANDS = (
    "admin.cli",
    "builder.cli",
    "builder.pictures_cli",
    "builder.planning_cli",
    "builder.releases_cli",
    "builder.web_cli",
    "builder.preview_cli",
    "search.cli",
    "storefront.live.cli",
    "storefront.live.demo",
    "storefront.live.theme_preview.cli",
    "themes.cli",
)


def plug_listeners() -> None:
    """Import every module that listens to events; a worker and each web process do it once."""
    for name in LISTENERS:
        importlib.import_module(name)


def create_app(settings: Settings | None = None) -> Flask:
    """Make the web application: live layer on every host, admin on its own.

    Args:
        settings: those of the installation; read from the environment when not given.
    """
    from admin.app import register_admin
    from storefront.live.app import create_live_app

    chosen = runtime.start(settings or config.load())
    plug_listeners()
    app = create_live_app(chosen)
    register_admin(app, chosen)
    return app


class Marketplace(click.Group):
    """The command group: settings are read once, and refusals are sentences, not tracebacks."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order a newcomer needs them."""
        self._plug()
        first = ["demo", "dealer", "user", "import", "build", "check", "serve", "worker", "places", "db"]
        return [name for name in first if name in self.commands] + sorted(set(self.commands) - set(first))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find a command."""
        self._plug()
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run, and say refusals in one line."""
        try:
            return super().invoke(ctx)
        except (DomainError, ConfigurationError) as refusal:
            raise click.ClickException(str(refusal)) from refusal

    def _plug(self) -> None:
        if not self.commands:
            for module in COMMANDS:
                for command in importlib.import_module(module).commands:
                    self.add_command(command)


@click.group(cls=Marketplace, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--tenant", metavar="SLUG", default=None, help="Work for this tenant; not needed while there is only one."
)
@click.pass_context
def marketplace(ctx: click.Context, tenant: str | None) -> None:
    """Marketplace Auto: fast static sites for used-car dealers, and the marketplace where buyers find them.

    \b
    A first look:      marketplace demo

    \b
    A dealer's own:    marketplace dealer add north-cars --name "North Cars" --plan premium
                       marketplace import stock.xml.gz --dealer north-cars
                       marketplace build && marketplace check
                       marketplace serve

    Everything of an installation lies in one folder, MARKETPLACE_INSTANCE (default: instance/); built sites are plain
    files under <instance>/sites/<host>/current/. Settings are environment variables: docs/configuration.md.
    """
    settings = config.load()
    ctx.ensure_object(dict)
    ctx.obj["settings"] = settings
    ctx.obj["tenant"] = tenant or settings.tenant or None


def main() -> None:
    """Run the console command."""
    marketplace(prog_name="marketplace")


if __name__ == "__main__":
    sys.exit(main())
