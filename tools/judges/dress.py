"""A world to judge: the demo, and in it a site of one dealer in every dealer theme and every scheme of it.

    python -m tools.judges.dress INSTANCE

founds the demo if the folder is empty, opens the missing sites and builds. Hosts are called after what they wear:
`noir-light.localhost`.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select

import themes
from builder.runs import build_all
from storefront.core import clock, config, runtime
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts import queries as accounts
from storefront.domain.dealers.models import Dealer
from storefront.domain.stores.actions import create_store
from storefront.domain.stores.models import Store
from tools.judges.serving import MARKETPLACE

SHOWN = "north-cars"
"""The dealer everybody knows; without it the first one there is."""


def dealer_looks() -> Iterator[tuple[str, str]]:
    """Give every (theme, scheme) a dealer's site may wear; the scheme is empty where it is the theme's own default.

    Where a theme follows the visitor's device, its other scheme is the dark one: light is what it shows anyway.
    """
    for name in themes.available():
        theme = themes.load(name)
        if "dealer" not in theme.kinds or name == "base":
            continue
        yield name, ""
        scheme = next((setting for setting in theme.settings if setting.use == "scheme"), None)
        if scheme is not None:
            own = str(scheme.default)
            shown_anyway = {own, "auto", "light"} if own == "auto" else {own}
            yield from ((name, choice.value) for choice in scheme.choices if choice.value not in shown_anyway)


def dress(instance: Path) -> None:
    """Open a site for each look no site has yet, and build what is stale.

    Raises:
        RuntimeError: a site could not be built.
    """
    settings = config.load(dict(os.environ), marketplace_instance=instance)
    runtime.start(settings, bell=False, pooled=False)
    with everywhere():
        tenant = accounts.tenants()[0].id
    with acting(tenant):
        perform(_open_sites, settings.base_host).unwrap()
    report = build_all(settings, jobs=2)
    if not report.is_clean:
        raise RuntimeError(
            f"the sites could not be built: {[build.failure for build in report.hosts if build.failure]}"
        )


def _open_sites(base_host: str) -> None:
    dealers = db.session.scalars(select(Dealer).order_by(Dealer.created_at, Dealer.slug)).all()
    shown = next((dealer for dealer in dealers if dealer.slug == SHOWN), dealers[0])
    worn = {(store.theme, store.theme_settings.get("scheme", "")) for store in db.session.scalars(select(Store))}
    for theme, scheme in dealer_looks():
        if (theme, scheme) not in worn:
            create_store(
                shown.name,
                f"{'-'.join(filter(None, (theme.replace('_', '-'), scheme)))}.{base_host}",
                dealer_id=shown.id,
                theme=theme,
                languages=["de", "en"],
                theme_settings={"scheme": scheme} if scheme else {},
                now=clock.now(),
            )


def found(instance: Path) -> None:
    """Found the demo world in a folder and dress it, each in a process of its own. Raises RuntimeError."""
    environment = os.environ | {"MARKETPLACE_INSTANCE": str(instance)}
    for command in (
        [MARKETPLACE, "demo", "--no-serve"],
        [sys.executable, "-m", "tools.judges.dress", str(instance), "--dress-only"],
    ):
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if ran.returncode:
            raise RuntimeError(f"no world to judge: {' '.join(command[-3:])}: {(ran.stdout + ran.stderr)[-800:]}")


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Found and dress a world to judge.")
    parser.add_argument("instance", type=Path)
    parser.add_argument("--dress-only", action="store_true", help="the world is there already")
    options = parser.parse_args()
    (dress if options.dress_only else found)(options.instance.resolve())
    return 0


if __name__ == "__main__":
    sys.exit(main())
