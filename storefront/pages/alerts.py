"""The forms of people who want to be written to: about a search, or when a car gets cheaper (SPEC 66, 107)."""

from collections.abc import Iterable

from . import urls
from .contexts import AlertForm
from .siteview import Face, SiteView


def search_alert(view: SiteView, face: Face, parameters: Iterable[tuple[str, str]]) -> AlertForm:
    """Make the form that saves a search.

    Args:
        view: the site.
        face: its language.
        parameters: of the search page; order and page are no part of a search.
    """
    return _form(view, face, "search", urls.ALERTS, tuple(parameters))


def price_alert(view: SiteView, face: Face, public_id: str) -> AlertForm:
    """Make the form that watches the price of a car.

    Args:
        view: the site.
        face: its language.
        public_id: the car's.
    """
    return _form(view, face, "price", urls.PRICE_ALERTS, (("listing", public_id),))


def _form(view: SiteView, face: Face, kind: str, path: str, wanted: tuple[tuple[str, str], ...]) -> AlertForm:
    return AlertForm(f"{view.live}{path}", kind, face.lang, view.store.public_host, wanted)
