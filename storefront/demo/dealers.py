"""The dealers of the demo as `dealers.toml` tells them, and how each is founded with its site, people and pages."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any
from uuid import UUID

from storefront.core import clock
from storefront.core.config import Settings
from storefront.domain.dealers.actions import DealerData, register_dealer, set_faq, set_team, update_dealer
from storefront.domain.dealers.models import Plan
from storefront.domain.dealers.team import Member
from storefront.domain.stores.actions import Written, create_store, write_page
from storefront.domain.stores.models import Store

ACTOR = "command"
LANGUAGES = ("de", "en")


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A second yard: every so many-th car of the dealer stands at another postal code."""

    postal_code: str
    city: str
    latitude: float
    longitude: float
    every: int


@dataclass(frozen=True, slots=True)
class DemoDealer:
    """A dealer of the demo and its site."""

    name: str
    slug: str
    plan: Plan
    theme: str
    data: dict[str, Any]
    """Fields of `DealerData`."""
    more: dict[str, Any]
    """Further columns of the dealer."""
    theme_settings: dict[str, Any]
    team: tuple[Member, ...]
    faq: dict[str, list[tuple[str, str]]]
    pages: tuple[dict[str, Any], ...]
    """Pages the dealer wrote: slug, menu, title and body by language."""
    cars: int
    """How many are made by number."""
    makes: tuple[str, ...]
    """Only these makes; all when empty."""
    written: bool
    """The cars are those of `rarities.toml`, not made by number."""
    elsewhere: Elsewhere | None


@cache
def known_dealers() -> Mapping[str, DemoDealer]:
    """Give all dealers of the demo by their slug, in the order they are founded."""
    text = resources.files(__package__).joinpath("dealers.toml").read_text("utf-8")
    return {entry["slug"]: _dealer(entry) for entry in tomllib.loads(text)["dealer"]}


def found_dealer(known: DemoDealer, settings: Settings, now: datetime) -> UUID:
    """Register a dealer with its site, people, answers and pages; gives the dealer's id."""
    data = DealerData(name=known.name, slug=known.slug, plan=known.plan, **known.data)
    dealer = register_dealer(data, now=now, today=clock.business_date(now), actor=ACTOR)
    update_dealer(dealer, known.more, now=now, actor=ACTOR)
    set_team(dealer, known.team, now=now, actor=ACTOR)
    set_faq(dealer, known.faq, now=now, actor=ACTOR)
    store = create_store(
        known.name,
        f"{known.slug}.{settings.base_host}",
        dealer_id=dealer.id,
        theme=known.theme,
        languages=list(LANGUAGES),
        theme_settings=known.theme_settings,
        now=now,
        actor=ACTOR,
    )
    _write_pages(known, store, now)
    return dealer.id


def _write_pages(known: DemoDealer, store: Store, now: datetime) -> None:
    for page in known.pages:
        written = Written(page["slug"], page["title"], page["body"], in_menu=page.get("menu", False))
        write_page(store, written, now=now, actor=ACTOR)


def _dealer(entry: dict[str, Any]) -> DemoDealer:
    elsewhere = entry.get("elsewhere")
    return DemoDealer(
        name=entry["name"],
        slug=entry["slug"],
        plan=Plan[entry["plan"].upper()],
        theme=entry["theme"],
        data=entry["data"],
        more=entry["more"],
        theme_settings=entry.get("settings", {}),
        team=tuple(Member(consent=True, **person) for person in entry["team"]),
        faq={lang: [(question, answer) for question, answer in pairs] for lang, pairs in entry["faq"].items()},
        pages=tuple(entry["page"]),
        cars=entry.get("cars", 0),
        makes=tuple(entry.get("makes", ())),
        written=entry.get("written", False),
        elsewhere=None if elsewhere is None else Elsewhere(**elsewhere),
    )
