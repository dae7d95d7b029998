"""Console commands for a site's feeds to other platforms, and for its settings (docs/feeds.md)."""

import json

import click

from storefront import commands as shared
from storefront.core import clock
from storefront.core.acts import perform
from storefront.domain.stores.actions import configure, drop_feed_token, renew_feed_token
from storefront.domain.stores.queries import by_host, configuration
from storefront.pages import urls

ACTOR = "command"


@click.command("feeds")
@click.argument("host")
@click.option("--renew", is_flag=True, help="Give the feeds new addresses; the old ones end with the next build.")
@click.option("--off", is_flag=True, help="Take the feeds away.")
@shared.tenant_option
def feeds_command(host: str, renew: bool, off: bool) -> None:
    """Print the addresses of a site's feeds to other platforms; whoever knows them can read them."""
    if renew and off:
        raise click.UsageError("--renew and --off exclude one another")
    settings = shared.start()
    with shared.tenant_scope():
        store = by_host(host)
        if renew or off:
            act = renew_feed_token if renew else drop_feed_token
            perform(act, store, now=clock.now(), actor=ACTOR).unwrap()
        if store.feed_token is None:
            click.echo(f"{store.public_host} has no feeds; --renew gives it some.")
            return
        for kind in urls.FEEDS:
            click.echo(f"{kind:<8}{settings.origin(store.public_host)}{urls.feed(store.feed_token, kind)}")


@click.command("set")
@click.argument("host")
@click.argument("key", required=False)
@click.argument("value", required=False)
@shared.tenant_option
def set_command(host: str, key: str | None, value: str | None) -> None:
    """Set one of a site's settings (docs/feeds.md names them); without VALUE print them.

    VALUE is JSON (`true`, `{"north-cars": "HH-1"}`); anything else is taken as words.
    """
    shared.start()
    with shared.tenant_scope():
        store = by_host(host)
        if key is not None and value is not None:
            perform(configure, store, key, _meant(value), now=clock.now(), actor=ACTOR).unwrap()
        for name, said in configuration(store).items():
            if key in (None, name):
                click.echo(f"{name} = {json.dumps(said, ensure_ascii=False)}")


def _meant(value: str) -> object:
    try:
        return json.loads(value)
    except ValueError:
        return value
