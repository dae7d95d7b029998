"""What is said about VAT beside a price, by the dealer's country (SEO.md §18; `domain/dealers/countries.py`)."""

from storefront.domain.dealers import countries

from .formats import NBSP
from .siteview import Face


def note(face: Face, country: str, vat: str | None) -> str | None:
    """Give the short note of a card, None where nothing is known.

    Args:
        face: language of the page.
        country: the dealer's, ISO 3166-1.
        vat: `standard`, `margin` or None.
    """
    if vat == "standard":
        return face.t("pages.vat.standard", tax=_tax(face, country))
    return _margin(face, country, "margin_card") if vat == "margin" else None


def line(face: Face, country: str, vat: str | None, rate: int | None) -> str | None:
    """Give the sentence of a car's page; the margin scheme never names a sum or a rate.

    Args:
        face: language of the page.
        country: the dealer's, ISO 3166-1.
        vat: `standard`, `margin` or None.
        rate: with `standard`, in tenths of a per cent.
    """
    if vat == "standard" and rate is not None:
        return face.t("pages.vat.standard_rate", tax=_tax(face, country), rate=face.formats.percent(rate))
    return _margin(face, country, "margin") if vat == "margin" else note(face, country, vat)


def net(face: Face, gross: int, currency: str, vat: str | None, rate: int | None) -> str | None:
    """Give the price without VAT, never with the margin scheme (SEO.md §18); amounts in minor units."""
    if vat != "standard" or rate is None:
        return None
    return face.t("pages.vat.net", price=face.formats.price(net_cents(gross, rate), currency))


def net_cents(gross: int, rate_tenths: int) -> int:
    """Take VAT out of a gross amount in minor units, rounded half up; the rate in tenths of a per cent."""
    return (gross * 1000 * 2 + (1000 + rate_tenths)) // ((1000 + rate_tenths) * 2)


def _margin(face: Face, country: str, key: str) -> str:
    law = countries.rules(country).margin_law
    tax = _tax(face, country)
    if law is None:
        return face.t(f"pages.vat.{key}", tax=tax)
    return face.t(f"pages.vat.{key}_law", tax=tax, law=law.replace(" ", NBSP))


def _tax(face: Face, country: str) -> str:
    return countries.rules(country).tax.get(face.lang) or face.t("pages.vat.tax")
