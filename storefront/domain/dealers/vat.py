"""VAT numbers, judged by the checksum of their country alone: nobody is asked over the net."""

import stdnum.ch.vat
import stdnum.eu.vat
import stdnum.gb.vat
import stdnum.no.mva
from stdnum.exceptions import ValidationError

from storefront.core.errors import DomainError

EXAMPLES = {
    "DE": "DE136695976",
    "AT": "ATU13585627",
    "FR": "FR40303265045",
    "IT": "IT00743110157",
    "CH": "CHE-107.787.577 MWST",
} | {
    "GB": "GB980780684",
    "NL": "NL004495445B01",
    "BE": "BE0403019261",
    "LU": "LU15027442",
    "PL": "PL8567346215",
    "CZ": "CZ25123891",
    "ES": "ESA13585625",
}
"""A valid one of each country, to show what is meant."""
_OTHERS = {"CH": stdnum.ch.vat, "LI": stdnum.ch.vat, "GB": stdnum.gb.vat, "NO": stdnum.no.mva}
_LONGEST = 20


def vat_id(text: str, country: str) -> str | None:
    """Read a VAT number.

    Args:
        text: as people write it, with or without its country.
        country: the dealer's, two letters.

    Returns:
        Its plain form with the country before it; None for nothing.

    Raises:
        DomainError: the checksum does not fit; `field` is `vat_id`.
    """
    plain = "".join(text.split())
    if not plain:
        return None
    try:
        if country in _OTHERS:
            found = str(_OTHERS[country].validate(plain))
            return (found if found.startswith(country) else country + found)[:_LONGEST]
        prefix = "EL" if country == "GR" else country
        if prefix.lower() in (*stdnum.eu.vat.MEMBER_STATES, "el"):
            begun = plain.upper().startswith(prefix)
            return str(stdnum.eu.vat.validate(plain if begun else prefix + plain))[:_LONGEST]
    except ValidationError as error:
        raise DomainError("The digits of this VAT id do not fit together; please check them", field="vat_id") from error
    if len(plain) > _LONGEST or not plain.isascii():
        raise DomainError("A VAT id has at most 20 letters and digits", field="vat_id")
    return plain
