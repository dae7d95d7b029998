"""The header's and the foot's links: which there are, in which order, and which the site's owner left out (SPEC 23).

A store's configuration `menu` is `{"header": {"on": […], "off": […]}, "footer": {…}}`, both of names of entries. An
entry it does not name, such as a page written later, stands at the end of where it stands by itself.
"""

from collections.abc import Callable, Mapping

from . import presence, urls
from .contexts import Link
from .siteview import Face, SiteView

MENU = "menu"
"""Key of the configuration."""
PLACES = ("header", "footer")
PAGE = "page:"


def links(view: SiteView, face: Face, place: str) -> tuple[Link, ...]:
    """Give the links of a place, `header` or `footer`, in one language.

    Only the words of what is shown are used.
    """
    known = _entries(view, face)
    return tuple(known[name]() for name in order(view, face, place)[0] if name in known)


def order(view: SiteView, face: Face, place: str) -> tuple[list[str], list[str]]:
    """Give the names of a place's entries: those that are shown, in order, and those that were left out."""
    known, usual = _entries(view, face), usual_order(view, face, place)
    said = _said(view.config.get(MENU), place)
    shown = [name for name in said.get("on", usual) if name in known]
    hidden = [name for name in said.get("off", ()) if name in known and name not in shown]
    return [*shown, *(name for name in usual if name not in shown and name not in hidden)], hidden


def named(view: SiteView, face: Face) -> dict[str, str]:
    """Give what every entry there could be is called, by name."""
    return {name: make().text for name, make in _entries(view, face).items()}


def usual_order(view: SiteView, face: Face, place: str) -> list[str]:
    """Give the entries of a place as they stand where nobody chose."""
    about = ["about"] if presence.has_about(view) else []
    own = [f"{PAGE}{page.slug}" for page in presence.written(view, face.lang) if page.in_menu is (place == "header")]
    if place == "header":
        return ["vehicles", "search", *about, *own, *(["dealers", "join"] if view.is_marketplace else ["contact"])]
    if view.is_marketplace:
        return ["dealers", *urls.MARKET_TEXTS, *own, "contact", "favourites"]
    asked = list(urls.REQUESTS) if presence.takes_requests(view) else []
    faq = ["faq"] if presence.questions(view, face.lang) else []
    return ["contact", *about, *asked, *faq, *own, "favourites"]


def _entries(view: SiteView, face: Face) -> dict[str, Callable[[], Link]]:
    """Give a maker for the link of each entry there could be on this site now."""
    addresses = {
        "vehicles": face.urls.vehicles(),
        "search": face.urls.search,
        "contact": face.urls.contact,
        "favourites": face.urls.kept("favourites"),
    }
    if presence.has_about(view):
        addresses["about"] = face.urls.about
    if presence.takes_requests(view):
        addresses |= {kind: face.urls.request(kind) for kind in urls.REQUESTS}
    if presence.questions(view, face.lang):
        addresses["faq"] = face.urls.faq
    if view.is_marketplace:
        addresses |= {"dealers": face.urls.dealers} | {text: face.urls.text(text) for text in urls.MARKET_TEXTS}

    def worded(name: str, address: str) -> Callable[[], Link]:
        return lambda: Link(address, face.t(f"pages.nav.{name}"))

    def written(address: str, title: str) -> Callable[[], Link]:
        return lambda: Link(address, title)

    found = {name: worded(name, address) for name, address in addresses.items()}
    for page in presence.written(view, face.lang):
        found[f"{PAGE}{page.slug}"] = written(face.urls.info(page.slug), str(page.titles[face.lang]))
    return found


def _said(menu: object, place: str) -> Mapping[str, list[str]]:
    """Read a place of the configuration; what is not as it should be says nothing."""
    part = menu.get(place) if isinstance(menu, Mapping) else None
    if not isinstance(part, Mapping):
        return {}
    return {key: [str(name) for name in part[key]] for key in ("on", "off") if isinstance(part.get(key), list)}
