"""What all pages of a site share: name, navigation, contact, languages. It depends on store, theme and words only."""

from functools import lru_cache

from babel import Locale

from themes.ingredients import made_by_field

from . import forms, menus, presence, urls
from .contacts import dealer_contact
from .contexts import Link, Logo, Site
from .pictures import HASH_DIGITS
from .siteview import Face, SiteView

LOGO = "logo"
"""Key of a site's configuration: `{"hash", "width", "height", "light", "colours"}` of the mark its owner brought."""
WIDE = 2
"""A mark this many times wider than high has the name in it."""
RIGHT_TO_LEFT = ("ar", "fa", "he", "ur", "yi")


def shell(view: SiteView, face: Face) -> Site:
    """Make the shell of a site in one language; one object, so that themes can keep what they draw of it.

    Pages use the words of what they show of it, not those of all its fields.
    """
    name, t = view.store.name, face.t

    def stock() -> tuple[Link, Link]:
        return Link(face.urls.vehicles(), t("pages.nav.vehicles")), Link(face.urls.search, t("pages.nav.search"))

    fields: dict[str, object] = {
        "kind": "marketplace" if view.is_marketplace else "dealer",
        "host": view.store.public_host,
        "origin": view.origin,
        "name": name,
        "tagline": (view.dealer.city or None) if view.dealer is not None else None,
        "initial": next((letter.upper() for letter in name if letter.isalnum()), "•"),
        "lang": face.lang,
        "dir": "rtl" if face.lang.split("-")[0] in RIGHT_TO_LEFT else "ltr",
        "home": face.urls.home,
        "vehicles": face.urls.vehicles(),
        "search": face.urls.search,
        "live": view.live,
        "nav": lambda: menus.links(view, face, "header"),
        "footer_stock": stock,
        "footer_service": lambda: menus.links(view, face, "footer"),
        "footer_legal": lambda: tuple(Link(face.urls.text(text), t(f"pages.nav.{text}")) for text in urls.TEXTS),
        "languages": tuple(
            Link(other.urls.home, language_name(other.lang), lang=other.lang)
            for other in view.faces.values()
            if other is not face
        ),
        "contact": None if view.dealer is None else dealer_contact(view, face, view.dealer),
        "rss": face.urls.rss,
        "manifest": urls.MANIFEST,
        "theme_colour": lambda: theme_colour(face),
        "search_form": forms.bar_search_form(view, face),
        "views_beacon": f"{view.live}{urls.VIEWS}",
        "privacy": face.urls.text("privacy"),
        "favourites": face.urls.kept("favourites"),
        "compare": face.urls.kept("compare"),
        "about": face.urls.about if presence.has_about(view) else None,
        "test_drive": face.urls.request("test_drive") if presence.takes_requests(view) else None,
        "trade_in": face.urls.request("trade_in") if presence.takes_requests(view) else None,
        "logo": lambda: logo(view),
        "faq": face.urls.faq if presence.questions(view, face.lang) else None,
    }
    return made_by_field(Site, view.log, fields)


def logo(view: SiteView) -> Logo | None:
    """Give the mark of a site's owner, as the admin read it; None where there is none."""
    said = view.config.get(LOGO)
    if not isinstance(said, dict) or not said.get("width") or not said.get("height"):
        return None
    width, height = int(said["width"]), int(said["height"])
    address = f"/i/logo-{str(said['hash'])[:HASH_DIGITS]}.png"
    return Logo(address, width, height, is_wide=width >= WIDE * height, is_light=said.get("light") is True)


@lru_cache(maxsize=64)
def language_name(lang: str) -> str:
    """Give a language's own name for itself: `Deutsch`."""
    locale = Locale.parse(lang, sep="-")
    name = locale.get_display_name(locale) or lang
    return name[:1].upper() + name[1:]


def theme_colour(face: Face) -> str:
    """Give the accent colour of the look, or the ground where the theme has none or the site is always dark."""
    look = face.look
    if ground(face) == look.grounds["dark"]:
        return ground(face)
    accents = (str(look.settings.values[s.id]) for s in look.theme.settings if s.use == "accent:light")
    return next((accent for accent in accents if accent), look.grounds["light"])


def ground(face: Face) -> str:
    """Give the colour of the page: the dark one where the dealer fixed the site to it, else the light one."""
    look = face.look
    fixed = next((look.settings.values[s.id] for s in look.theme.settings if s.use == "scheme"), None)
    return look.grounds["dark" if fixed == "dark" else "light"]
