"""The two forms of a site: search and inquiry, empty as static pages carry them; the live layer fills them in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from markupsafe import Markup

from storefront.core.changes import Reads
from storefront.core.slugs import slug
from storefront.domain.dealers.models import Dealer
from storefront.domain.leads.details import CONDITION_LENGTH, NAME_LENGTH, TimeOfDay
from storefront.domain.vehicles.vocabulary import FUELS
from themes.ingredients import shown

from . import urls
from .contacts import grouped_phone
from .contexts import Card, ExtraField, FormField, InquiryForm, Option, SearchForm
from .ingredients import YEAR
from .list_names import make_name
from .siteview import Face, SiteView

PRICES = (5_000, 10_000, 15_000, 20_000, 30_000, 40_000, 60_000, 100_000)
"""Steps of the price choices in whole units of the tenant's currency."""
MILEAGES = (10_000, 20_000, 50_000, 100_000, 150_000)
"""Steps of the mileage choices in km."""
YEARS = (0, 1, 2, 3, 5, 8, 10, 15, 20)
"""How many years back the registration choices lie."""
_NOTHING: Mapping[str, str] = MappingProxyType({})
POWERS = (50, 75, 100, 125, 150, 200, 250, 300, 400)
"""Steps of the power choices in kW."""
RADII = (10, 25, 50, 100, 200, 500)
"""Radii round a place in km."""
RADIUS = 50
"""The one that counts when nobody chooses (SPEC 132)."""
SORTS = ("newest", "price", "-price", "mileage", "-year")
_CHOICES = ("prices_max", "prices_min", "years_min", "years_max", "mileages_max", "sorts", "radii")
"""Fields of the search form that are made of words and of the day."""
INQUIRY_KINDS = ("general", "price_question", "test_drive", "financing", "trade_in")
"""SPEC 63 with `general` first (SPEC decisions)."""
CONTACT_METHODS = ("email", "phone", "sms")
EXTRAS = {
    "test_drive": ("car", "drive_day", "drive_time"),
    "trade_in": (
        *("trade_make", "trade_model", "trade_registered", "trade_mileage", "trade_fuel", "trade_condition"),
        "car",
    ),
}
"""Fields of the request pages by kind, in order (docs/addresses.md); `live.forms` reads the same names."""
_REQUIRED = ("drive_day", "trade_make", "trade_model", "trade_mileage")
_KINDS = {
    "drive_day": "date",
    "drive_time": "select",
    "trade_mileage": "number",
    "trade_fuel": "select",
    "trade_condition": "longtext",
}
"""How a field is typed in where it is no plain text."""
_MOST = {"car": NAME_LENGTH, "trade_make": NAME_LENGTH, "trade_model": NAME_LENGTH, "trade_condition": CONDITION_LENGTH}


def search_form(view: SiteView, face: Face, makes: Iterable[Option] = ()) -> SearchForm:
    """Make the empty search form.

    Args:
        view: the site.
        face: its language.
        makes: makes to choose from, left out in the bar, which may not depend on stock.
    """
    if face.lang not in view.kept.search_forms:
        view.kept.search_forms[face.lang] = view.log.apart(lambda: _search_form(view, face))
    form, used = view.kept.search_forms[face.lang]
    view.log.names |= used
    listed = tuple(makes)
    return replace(form, makes=(Option("", face.t("pages.search.all_makes"), True), *listed)) if listed else form


def bar_search_form(view: SiteView, face: Face) -> SearchForm:
    """Make the search form of the site's bar: it shows a field to type in, where a page may show more of it."""
    form, used = view.log.apart(lambda: search_form(view, face))
    return shown(form, dict.fromkeys(_CHOICES, used), view.log)


def _search_form(view: SiteView, face: Face) -> SearchForm:
    any_text = face.t("pages.search.any")
    view.log.names.add(YEAR)
    prices = [(str(step), face.formats.price(step * 100, view.tenant.currency)) for step in PRICES]
    years = [(str(view.as_of.year - back), str(view.as_of.year - back)) for back in YEARS]
    mileages = [(str(step), face.formats.km(step)) for step in MILEAGES]
    return SearchForm(
        action=f"{view.live}{urls.SEARCH_ANSWER}",
        lang=face.lang,
        makes=(),
        prices_max=_options(prices, any_text),
        prices_min=_options(prices, any_text),
        years_min=_options(years, any_text),
        years_max=_options(years, any_text),
        mileages_max=_options(mileages, any_text),
        sorts=sort_options(face),
        radii=radius_options(face) if view.is_marketplace else (),
    )


def sort_options(face: Face, first: str = SORTS[0]) -> tuple[Option, ...]:
    """Give the orders to choose from; the first one is in force when nobody chooses, and is sent as nothing.

    Args:
        face: the language.
        first: `newest`, or `relevance` for a text.
    """
    others = [code for code in SORTS if code != first]
    return (
        Option("", face.t(f"pages.sort.{first}"), True),
        *(Option(code, face.t(f"pages.sort.{code}")) for code in others),
    )


def chosen_sort(face: Face, chosen: str | None, *, text: bool, near: bool) -> tuple[Option, ...]:
    """Give the orders beside results.

    Args:
        face: the language.
        chosen: the one asked for, None for the usual one.
        text: something was typed: the usual order is by how well a car fits.
        near: a place was named: cars can be ordered by how far away they are.
    """
    options = sort_options(face, "relevance" if text else SORTS[0])
    if near:
        options = (*options, Option("distance", face.t("pages.sort.distance")))
    wanted = chosen or ""
    if wanted and all(option.value != wanted for option in options):
        wanted = ""
    return tuple(replace(option, selected=option.value == wanted) for option in options)


def blank_card(face: Face) -> Card:
    """Give a card without a car, for scripts that draw what they find in the files of a site."""
    return Card(
        id="-",
        href=face.urls.vehicles(),
        title="-",
        version="-",
        facts=("-",),
        energy="-",
        price="-",
        price_label=None,
        vat=None,
        flag=None,
        picture=None,
        photo_count=0,
        body="other",
        dealer="-",
        distance="-",
        snippet=Markup("-"),
    )


def radius_options(face: Face, chosen: int = RADIUS) -> tuple[Option, ...]:
    """Give the radii to choose from, in km; another one that was asked for stands among them."""
    return tuple(Option(str(km), face.formats.km(km), km == chosen) for km in sorted({*RADII, chosen}))


def inquiry_form(view: SiteView, face: Face, dealer: Dealer, listing: str = "") -> InquiryForm:
    """Make the empty inquiry form.

    Args:
        view: the site it stands on.
        face: its language.
        dealer: who gets the inquiry.
        listing: public id of the car, empty for a general question.
    """
    key = (dealer.id, face.lang, bool(listing))
    if key not in view.kept.forms:
        view.kept.forms[key] = view.log.apart(lambda: _inquiry_form(view, face, dealer, listing))
    form, used = view.kept.forms[key]
    view.log.names |= used
    return form if form.listing == listing else replace(form, listing=listing)


def _inquiry_form(view: SiteView, face: Face, dealer: Dealer, listing: str) -> InquiryForm:
    kinds = INQUIRY_KINDS if listing else ("general", "test_drive", "trade_in")
    return InquiryForm(
        action=f"{view.live}{urls.INQUIRIES}",
        lang=face.lang,
        site=view.store.public_host,
        listing=listing,
        dealer=dealer.slug,
        dealer_name=dealer.name,
        kinds=tuple(Option(code, face.t(f"pages.inquiry.{code}"), code == kinds[0]) for code in kinds),
        contact_method=tuple(
            Option(code, face.t(f"pages.contact_method.{code}"), code == "email") for code in CONTACT_METHODS
        ),
        phone_href=f"tel:{dealer.phone}" if dealer.phone else None,
        phone_text=grouped_phone(dealer.phone, dealer.country, home=face is view.default),
    )


def request_form(view: SiteView, face: Face, dealer: Dealer, kind: str, listing: str = "") -> InquiryForm:
    """Make the empty form of a request page: an inquiry of one kind with fields of its own.

    Args:
        view: the site it stands on.
        face: its language.
        dealer: who gets the request.
        kind: `test_drive` or `trade_in`.
        listing: public id of the car, empty where the buyer names it (or a script fills it in).
    """
    return replace(
        inquiry_form(view, face, dealer, listing),
        kinds=(Option(kind, face.t(f"pages.inquiry.{kind}"), True),),
        extra=extra_fields(face, kind),
        message_required=False,
    )


def extra_fields(
    face: Face, kind: str, values: Mapping[str, str] = _NOTHING, errors: Mapping[str, str] = _NOTHING
) -> tuple[ExtraField, ...]:
    """Give the fields of a kind of request.

    Args:
        face: the language.
        kind: a key of `EXTRAS`.
        values: what was typed, by field name.
        errors: what is to be mended, by field name.
    """
    return tuple(_extra(face, kind, name, FormField(values.get(name, ""), errors.get(name))) for name in EXTRAS[kind])


def _extra(face: Face, kind: str, name: str, state: FormField) -> ExtraField:
    label = f"pages.extra.{name}_{kind}" if name == "car" else f"pages.extra.{name}"
    help_key = f"{label}_help"
    return ExtraField(
        name=name,
        label=face.t(label),
        kind=_KINDS.get(name, "text"),
        field=state,
        help=face.t(help_key) if face.t.has(help_key) else None,
        options=_choices(face, name, state.value),
        required=name in _REQUIRED or (name == "car" and kind == "test_drive"),
        most=_MOST.get(name),
        unit=face.t("pages.extra.km") if name == "trade_mileage" else None,
    )


def _choices(face: Face, name: str, chosen: str) -> tuple[Option, ...]:
    if name == "drive_time":
        times = [(str(time), face.t(f"pages.extra.time.{time}")) for time in TimeOfDay]
        return tuple(Option(code, text, code == (chosen or TimeOfDay.ANY)) for code, text in times)
    if name == "trade_fuel":
        fuels = [("", face.t("pages.extra.choose")), *((code, face.t(f"fuel.{code}")) for code in FUELS)]
        return tuple(Option(code, text, code == chosen) for code, text in fuels)
    return ()


def make_options(view: SiteView, face: Face, reads: Reads, *, counted: bool) -> tuple[Option, ...]:
    """Give every make in stock to choose from.

    Args:
        view: the site.
        face: its language.
        reads: of the page.
        counted: with the number of cars of each, which makes the page stale with every car that comes or leaves.
    """
    if counted:
        view.stock.record(reads, "make")
    else:
        view.stock.record_names(reads, "make")
    found = []
    for key, shape in view.stock.shapes().items():
        name = make_name(view, key, reads) if key.startswith("make:") else None
        if name is not None:
            count = face.formats.number(shape.total) if counted else None
            found.append(Option(key.removeprefix("make:"), name, count=count))
    return tuple(sorted(found, key=lambda option: (slug(option.text), option.value)))


def _options(steps: Sequence[tuple[str, str]], any_text: str) -> tuple[Option, ...]:
    return (Option("", any_text, True), *(Option(value, text) for value, text in steps))
