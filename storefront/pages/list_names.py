"""What lists are called: the name of each, and the words of its page around it."""

from collections.abc import Sequence
from dataclasses import dataclass

from storefront.core.changes import Reads
from storefront.domain.listings.models import BUCKET
from storefront.domain.listings.placement import city_key
from storefront.domain.listings.queries import NameRow
from storefront.domain.vehicles.vocabulary import make_of

from .siteview import Face, SiteView
from .stock import SORTED


@dataclass(frozen=True, slots=True)
class ListWords:
    """What the page of a list says of it.

    Args:
        name: the list by itself, as crumbs and links write it: `Kombis`.
        called: the list in the heading of an older page: `Gebrauchtwagen in Hamburg`.
        heading: of its front, with the number of cars.
        intro: the sentence below it.
        titles: for the browser, the longest first.
    """

    name: str
    called: str
    heading: str
    intro: str
    titles: Sequence[str]


def list_name(view: SiteView, face: Face, list_key: str, reads: Reads) -> str:
    """Give a list's name: `Alle Fahrzeuge`, `BMW`, `BMW 320d`, `Kombis`, `Diesel`, `Hamburg`.

    Models, cities and makes that the vocabulary does not know are called after the car that stands longest in their
    list.
    """
    kind, _, code = list_key.partition(":")
    if kind == "all":
        return face.t("pages.list.all")
    if kind in SORTED:
        return _capital(face.t(f"pages.lists.{kind}.{code}"))
    if kind == "city":
        return city_name(view, face, list_key, reads)
    if kind == "make":
        return make_name(view, list_key, reads) or code
    found = view.stock.name(list_key)
    if found is None:
        return code
    record_name(view, found, reads)
    return f"{found.make} {found.model}" if found.model else face.t("pages.list.other_models", make=found.make)


def make_name(view: SiteView, list_key: str, reads: Reads) -> str | None:
    """Give a make's name: the vocabulary's, which no car can change, else its oldest car's; None without cars."""
    if not view.stock.shape(list_key).total:
        return None
    known = make_of(list_key.removeprefix("make:"))
    if known is not None:
        return known.name
    found = view.stock.name(list_key)
    if found is None:
        return None
    record_name(view, found, reads)
    return found.make


def city_name(view: SiteView, face: Face, list_key: str, reads: Reads) -> str:
    """Give a city's name as its oldest car has it, abroad with its country.

    A dealer that has just moved has left the list in all but the lists' own rows, which follow within seconds; until
    then the name is made of the address.
    """
    found = view.stock.name(list_key)
    name = list_key.removeprefix("city:").rpartition("/")[2].replace("-", " ").title()
    if found is not None:
        reads.add("listing", found.listing_id, "place")
        reads.add("dealer", found.dealer_id, "place")
        reads.add("list", f"{view.stock.scope}/{list_key}", f"bucket-{found.position // BUCKET}")
        if city_key(found.city, found.country, view.tenant.country) == list_key:
            name = found.city
    return placed(face, list_key, name)


def placed(face: Face, list_key: str, city: str) -> str:
    """Give a city's name, abroad with its country: `Wien (Österreich)`."""
    country = list_key.removeprefix("city:").rpartition("/")[0].upper()
    return f"{city} ({face.formats.locale.territories.get(country, country)})" if country else city


def record_name(view: SiteView, named: NameRow, reads: Reads) -> None:
    """Record which car lends a make or model its name, and that it stands there."""
    reads.add("vehicle", named.vehicle_id, "name")
    reads.add("list", f"{view.stock.scope}/{named.list_key}", f"bucket-{named.position // BUCKET}")


def list_words(view: SiteView, face: Face, list_key: str, reads: Reads) -> ListWords:
    """Give what the page of a list says of it; a dealer's page names the dealer's town too."""
    kind, _, code = list_key.partition(":")
    name = list_name(view, face, list_key, reads)
    if kind == "city":
        return _city_words(view, face, name, view.stock.shape(list_key).total)
    if kind in SORTED:
        return _sorted_words(view, face, name, face.t(f"pages.lists.{kind}.{code}"), view.stock.shape(list_key).total)
    return _make_words(view, face, list_key, name)


def _make_words(view: SiteView, face: Face, list_key: str, name: str) -> ListWords:
    total, town = view.stock.shape(list_key).total, _town(view)
    every = list_key == "all"
    heading = "pages.list.heading_all" if every else "pages.list.heading"
    title = "pages.title.list_all" if every else "pages.title.list"
    if view.is_marketplace:
        intro = face.t("pages.list.intro_market" if every else "pages.list.intro_market_name", name=name)
    else:
        intro = _dealer_intro(view, face, "pages.list.intro" if every else "pages.list.intro_name", name)
    return ListWords(
        name=name,
        called=name,
        heading=face.t(heading, name=name, n=total, count=face.formats.number(total)),
        intro=intro,
        titles=(face.t(f"{title}_city" if town else title, name=name, city=town), face.t(title, name=name)),
    )


def _sorted_words(view: SiteView, face: Face, name: str, several: str, total: int) -> ListWords:
    """Give the words of a list by body or fuel; `several` is its name inside a sentence (`estate cars`)."""
    town = _town(view)
    heading = "pages.lists.heading_city" if town else "pages.lists.heading"
    if view.is_marketplace:
        intro = face.t("pages.list.intro_market_name", name=name)
    else:
        intro = _dealer_intro(view, face, "pages.list.intro_name", several)
    long = (face.t("pages.lists.title_city", name=several, city=town),) if town else ()
    return ListWords(
        name=name,
        called=f"{name} {face.t('pages.lists.in_city', city=town)}" if town else name,
        heading=face.t(heading, name=several, count=face.formats.number(total), city=town),
        intro=intro,
        titles=(*long, face.t("pages.lists.title", name=several)),
    )


def _city_words(view: SiteView, face: Face, city: str, total: int) -> ListWords:
    return ListWords(
        name=city,
        called=face.t("pages.title.list_all_city", city=city),
        heading=face.t("pages.lists.heading_in", city=city, count=face.formats.number(total)),
        intro=face.t("pages.lists.intro_in", city=city),
        titles=(face.t("pages.title.list_all_city", city=city),),
    )


def _dealer_intro(view: SiteView, face: Face, key: str, name: str) -> str:
    town = _town(view)
    return face.t(f"{key}_city" if town else key, name=name, dealer=view.store.name, city=town)


def _town(view: SiteView) -> str:
    return view.dealer.city if view.dealer else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
