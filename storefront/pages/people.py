"""A dealer's team as pages show it (SEO.md §18: named with consent, which the domain asks for)."""

from collections.abc import Mapping
from typing import Any

from storefront.core.changes import Reads
from storefront.domain.dealers.models import Dealer

from .contacts import grouped_phone
from .contexts import Person
from .shells import language_name
from .siteview import Face, SiteView


def team(view: SiteView, face: Face, dealer: Dealer, reads: Reads) -> tuple[Person, ...]:
    """Give the people of a dealer in their order.

    Args:
        view: the site.
        face: its language; a role not told in it is told in the first one it was told in.
        dealer: whose.
        reads: of the page that shows them.
    """
    reads.add("dealer", dealer.id, "team")
    home = face is view.default
    return tuple(_person(face, member, dealer.country, home=home) for member in dealer.team)


def _person(face: Face, member: Mapping[str, Any], country: str, *, home: bool) -> Person:
    phone = member.get("phone")
    spoken = [language_name(code) for code in member.get("languages") or ()]
    return Person(
        name=member["name"],
        initials=_initials(member["name"]),
        role=_role(member.get("role") or {}, face.lang),
        phone=grouped_phone(phone, country, home=home),
        phone_href=f"tel:{phone}" if phone else None,
        email=member.get("email"),
        languages=", ".join(spoken) or None,
    )


def _role(role: Mapping[str, str], lang: str) -> str | None:
    return role.get(lang) or next((text for _, text in sorted(role.items()) if text), None)


def _initials(name: str) -> str:
    """Give the first letters of the first and the last name, the only one's where there is one."""
    letters = [next((letter for letter in word if letter.isalnum()), "") for word in name.split()]
    known = [letter.upper() for letter in letters if letter]
    return "".join(known[:1] + known[1:][-1:]) or "•"
