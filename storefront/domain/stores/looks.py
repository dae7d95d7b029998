"""A site's look, and what its owner wrote on it, as flat values: what the theme studio changes (SPEC 22-24).

| key | value |
| --- | --- |
| `theme` | name of a folder of `themes/` |
| `setting:<id>` | a dealer's value for a setting of the theme |
| `logo`, `menu` | the store's configuration of that name |
| `seo.vehicle_title`, `seo.vehicle_description` | the same: templates by language (SPEC 102) |
| `page:<slug>` | a page somebody wrote: `titles`, `bodies`, `in_menu`, `position` |

What is not in it has no value: the theme's own setting holds, there is no logo, no such page.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from storefront.core.db import db

from .models import Store, StorePage, StoreSetting
from .queries import configuration, pages_written

THEME, LOGO, MENU = "theme", "logo", "menu"
SETTING, PAGE = "setting:", "page:"
TEMPLATES = {"title": "seo.vehicle_title", "description": "seo.vehicle_description"}
"""Templates of what search engines show of a car (SPEC 102), by what they are for."""
CONFIGURED = (LOGO, MENU, *TEMPLATES.values())
Look = Mapping[str, Any]


def look_of(store: Store) -> dict[str, Any]:
    """Read the look that is published: the store's rows in the open scope."""
    found: dict[str, Any] = {THEME: store.theme}
    found |= {f"{SETTING}{name}": value for name, value in store.theme_settings.items()}
    said = configuration(store)
    found |= {key: said[key] for key in CONFIGURED if said.get(key) is not None}
    return found | {f"{PAGE}{page.slug}": _written(page) for page in pages_written(store.id)}


def settings_in(look: Look) -> dict[str, Any]:
    """Give the values for settings of themes that a look has, by the setting's id; some may be another theme's."""
    return {key.removeprefix(SETTING): value for key, value in look.items() if key.startswith(SETTING)}


def pages_in(look: Look) -> dict[str, dict[str, Any]]:
    """Give the pages somebody wrote, by slug, in their order."""
    found = {key.removeprefix(PAGE): value for key, value in look.items() if key.startswith(PAGE)}
    return dict(sorted(found.items(), key=lambda item: (item[1]["position"], item[0])))


def put(store: Store, look: Look, settings: Mapping[str, Any], *, now: datetime) -> None:
    """Make a store's rows say what a look says; part of an act that tells the trail and the house of it.

    Args:
        store: whose.
        look: the whole look.
        settings: those of its settings that its theme takes (`builder.studio.fitting`).
        now: aware UTC.
    """
    store.theme, store.theme_settings, store.updated_at = str(look[THEME]), dict(settings), now
    _configure(store, look)
    _write(store, look, now)
    db.session.flush()


def _configure(store: Store, look: Look) -> None:
    reading = select(StoreSetting).where(StoreSetting.store_id == store.id, StoreSetting.key.in_(CONFIGURED))
    rows = {row.key: row for row in db.session.scalars(reading)}
    for key in CONFIGURED:
        value, row = look.get(key), rows.get(key)
        if value is None:
            if row is not None:
                db.session.delete(row)
        elif row is None:
            db.session.add(StoreSetting(store_id=store.id, dealer_id=store.dealer_id, key=key, value=value))
        elif row.value != value:
            row.value = value


def _write(store: Store, look: Look, now: datetime) -> None:
    rows, wanted = {page.slug: page for page in pages_written(store.id)}, pages_in(look)
    for slug, row in rows.items():
        if slug not in wanted:
            db.session.delete(row)
    for slug, said in wanted.items():
        page = rows.get(slug)
        if page is None:
            page = StorePage(store_id=store.id, dealer_id=store.dealer_id, slug=slug)
            db.session.add(page)
        elif _written(page) == said:
            continue
        if page.titles != said["titles"] or page.bodies != said["bodies"]:
            page.updated_at = now
        page.titles, page.bodies = dict(said["titles"]), dict(said["bodies"])
        page.in_menu, page.position = bool(said["in_menu"]), int(said["position"])


def _written(page: StorePage) -> dict[str, Any]:
    words = {"titles": dict(page.titles), "bodies": dict(page.bodies)}
    return {**words, "in_menu": page.in_menu, "position": page.position}
