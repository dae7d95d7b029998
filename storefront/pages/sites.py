"""Opening a site for reading: its store, whose it is, and its face in each language. Everything starts here."""

from datetime import date

import themes
from storefront.core.config import Settings
from storefront.domain.dealers import queries as dealer_queries
from storefront.domain.stores import queries as store_queries
from storefront.domain.stores.models import Store
from themes.ingredients import Log

from . import presence
from .formats import Formats
from .shells import shell
from .siteview import Face, SiteView
from .urls import Urls

__all__ = ["Face", "SiteView", "open_site"]

CONFIGURATION = {"ai_crawlers": True, "seo.publish_vin": False, "seo.strict_noindex": False}
"""What holds where a store says nothing (SPEC 23): to say the same changes no page."""


def open_site(
    store: Store, *, as_of: date, settings: Settings, compiles: bool = True, log: Log | None = None
) -> SiteView:
    """Open a site for reading.

    Args:
        store: the site; the open scope must see it and, for the marketplace, all dealers.
        as_of: the business date in the tenant's time zone.
        settings: of the installation.
        compiles: templates are compiled; Jinja renders the same bytes (`themes.Look`).
        log: where ingredients are noted; a new one by default.

    Raises:
        ThemeError: the store's theme is missing or broken.
    """
    tenant = store_queries.operator(store)
    dealer = None if store.dealer_id is None else dealer_queries.by_id(store.dealer_id)
    log = Log() if log is None else log
    said = {key: value for key, value in store_queries.configuration(store).items() if value is not None}
    config = log.watched("config", CONFIGURATION | said)
    view = SiteView(store, tenant, dealer, as_of, settings, config, log=log)
    theme = themes.load(store.theme)
    chosen = themes.resolve(theme, store.theme_settings)
    bundle = themes.bundle(theme, chosen)
    spoken = [lang for lang in dict.fromkeys(store.languages) if lang in theme.languages()]
    for lang in spoken or [theme.languages()[0]]:
        look = themes.Look(theme, chosen, lang, bundle, log=log, compiles=compiles)
        face = Face(
            lang=lang,
            t=look.t,
            formats=Formats(lang, look.t, tenant.time_zone),
            urls=Urls("" if not view.faces else f"/{lang}"),
            look=look,
            page_words=log.watched("setting", _page_words(theme, chosen, lang)),
        )
        view.faces[lang] = face
    _record_shell(view)
    for face in view.faces.values():
        face.site = shell(view, face)
    return view


def _page_words(theme: themes.Theme, chosen: themes.ThemeSettings, lang: str) -> dict[str, str]:
    """Collect what the dealer wrote for fields of pages, by the setting's id."""
    found: dict[str, str] = {}
    for setting in theme.settings:
        if setting.use.startswith("page:") and (text := chosen.text(setting.id, lang)):
            found[setting.id] = text
    return found


def _record_shell(view: SiteView) -> None:
    view.reads.add("store", view.store.id, "address", "shell")
    view.reads.add("tenant", view.tenant.id, "shell")
    if view.dealer is not None:
        view.reads.add("dealer", view.dealer.id, "name", "place", "contact")
    presence.record(view)
