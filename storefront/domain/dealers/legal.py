"""The legal notice: what a dealer or the operator told of itself, and what its country still asks for (SEO.md §18)."""

import re

from storefront.domain.accounts.models import Tenant

from .countries import FIELDS, rules
from .models import Dealer

_REGISTERED = re.compile(
    r"(?<!\w)(?:"
    r"g?GmbH|Ges\.?m\.?b\.?H|mbH|UG|AG|SE|KG|KGaA|OHG|OG|e\.\s?K|e\.\s?U|"
    r"S\.?\s?[àa]\.?\s?r\.?\s?l|SARL|SASU?|EURL|SNC|S\.?\s?A|S\.?\s?r\.?\s?l|SRL|S\.?\s?p\.?\s?A|S\.?\s?L(?:\.?\s?U)?|"
    r"B\.?\s?V|N\.?\s?V|V\.?O\.?F|sp\.\s?z\s?o\.\s?o|s\.\s?r\.\s?o|a\.\s?s"
    r")(?!\w)"
)
"""Legal forms that stand in a commercial register, in the spelling of their country."""


def of_dealer(dealer: Dealer) -> dict[str, str]:
    """Give the fields of a dealer's legal notice that say something, by the names of `countries.FIELDS`."""
    known = {
        "provider": dealer.legal_name or dealer.name,
        "address": _address(dealer.street, dealer.postal_code, dealer.city),
        "phone": dealer.phone,
        "email": dealer.email,
        "vat_id": dealer.vat_id,
    }
    return _said({**dealer.legal, **{name: value for name, value in known.items() if value}})


def of_operator(tenant: Tenant) -> dict[str, str]:
    """Give the fields of the operator's legal notice that say something."""
    legal = tenant.legal
    address = _address(*(str(legal.get(part) or "") for part in ("street", "postal_code", "city")))
    return _said({**legal, "provider": legal.get("name") or tenant.name, "address": address})


def missing(dealer: Dealer) -> tuple[str, ...]:
    """Name the fields the law of the dealer's country asks for that the dealer did not tell, in the notice's order."""
    told = of_dealer(dealer)
    filled = set(told) if dealer.street and dealer.city else set(told) - {"address"}
    return rules(dealer.country).missing(filled, registered=is_registered(told["provider"]))


def is_registered(legal_name: str) -> bool:
    """Ask whether a firm's name says that it stands in a commercial register: `North Cars GmbH`, `Huber e. K.`."""
    return _REGISTERED.search(legal_name) is not None


def _address(street: str, postal_code: str, city: str) -> str:
    return ", ".join(part for part in (street, f"{postal_code} {city}".strip()) if part)


def _said(values: dict[str, object]) -> dict[str, str]:
    return {name: str(values[name]).strip() for name in FIELDS if str(values.get(name) or "").strip()}
