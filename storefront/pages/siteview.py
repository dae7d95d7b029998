"""A site as pages see it: its store, whose it is, its face in each language, and what was read of it so far."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

import themes
from seo.schema_org import Seller
from storefront.core.changes import Key, Reads
from storefront.core.config import Settings
from storefront.domain.accounts.models import Tenant
from storefront.domain.dealers import queries as dealer_queries
from storefront.domain.dealers.models import CanonicalPolicy, Dealer
from storefront.domain.listings import queries as listing_queries
from storefront.domain.listings.placement import MARKET, dealer_scope
from storefront.domain.listings.queries import CardRow, Cover, ShownRow
from storefront.domain.stores import queries as store_queries
from storefront.domain.stores.models import Store, StorePage, owner_key
from storefront.domain.valuation.queries import LabelRow
from storefront.feeds.outgoing import StockItem
from themes.ingredients import NOTHING, Log

from . import ingredients
from .contexts import Card, Contact, InquiryForm, SearchForm, Site
from .formats import Formats
from .stock import Stock
from .urls import Urls

SOLD_DAYS = 14
"""How many days a sold car keeps its page (SEO.md §3)."""
NEW_DAYS = 3
"""Up to how many days after it was listed a car is flagged as new (BRIEF §5)."""


@dataclass(slots=True)
class Face:
    """A site in one language: shell, look, words, formats, addresses."""

    lang: str
    t: themes.Words
    formats: Formats
    urls: Urls
    look: themes.Look
    site: Site = field(init=False)
    page_words: Mapping[str, str] = field(default_factory=dict)
    """What the dealer wrote in the theme's settings for fields of pages (`use = "page:heading"`), in this language."""
    reads: Reads = field(default_factory=Reads)
    """What the shell read in this language only: documents have no shell and do not depend on it."""


@dataclass(slots=True)
class KeptCard:
    """A card made once, with what it read."""

    card: Card
    reads: Reads


@dataclass(slots=True)
class Offers:
    """The stock as outgoing feeds take it, read once for all formats, with what it depends on."""

    items: list[StockItem]
    reads: Reads
    used: frozenset[str]
    """The ingredients they are made of."""


@dataclass(slots=True)
class Kept:
    """What a view keeps between batches: rows that cards are made of, the cards and contacts in each language."""

    rows: dict[UUID, tuple[CardRow, Cover | None]] = field(default_factory=dict)
    labels: dict[UUID, LabelRow] = field(default_factory=dict)
    """How the prices of these cars compare, where that is known."""
    judged: set[UUID] = field(default_factory=set)
    """Cars of which it was asked."""
    best_priced: list[UUID] = field(default_factory=list)
    """The newest cars whose price was judged very good, for the marketplace's front page."""
    hidden: dict[UUID, UUID] = field(default_factory=dict)
    """Cars in lists whose dealer is not shown on this site any more (a job takes them out), with the dealer."""
    unsound: set[UUID] = field(default_factory=set)
    """Cars whose records are corrupt: they are left out wherever others are listed (SECURITY E11)."""
    cards: dict[tuple[UUID, str], KeptCard] = field(default_factory=dict)
    contacts: dict[tuple[UUID, str, bool], Contact] = field(default_factory=dict)
    search_forms: dict[str, tuple[SearchForm, frozenset[str]]] = field(default_factory=dict)
    """By language, without makes, each with its ingredients."""
    used: dict[frozenset[str], frozenset[str]] = field(default_factory=dict)
    """Sets of ingredients of pages, so that equal ones are one."""
    told: dict[str, Key] | None = None
    """The words that differ from car to car, as pages read them (`ingredients.sorted_out`)."""
    told_names: frozenset[str] = NOTHING
    card_reads: dict[UUID, Reads] = field(default_factory=dict)
    sellers: dict[UUID, tuple[Seller, frozenset[str]]] = field(default_factory=dict)
    canonical: dict[tuple[UUID, str], Store] = field(default_factory=dict)
    canonical_reads: dict[UUID, Reads] = field(default_factory=dict)
    membership_reads: Reads | None = None
    forms: dict[tuple[UUID, str, bool], tuple[InquiryForm, frozenset[str]]] = field(default_factory=dict)
    """Inquiry forms by dealer, language and whether they are about a car, with their ingredients."""
    templates: dict[tuple[str, str], tuple[str, frozenset[str]]] = field(default_factory=dict)
    """Templates of titles and descriptions, by what they are for and language."""
    colours: dict[str, tuple[tuple[str, str], frozenset[str]]] = field(default_factory=dict)
    """Accent and ground of shared pictures by language."""
    shown: list[ShownRow] | None = None
    shown_by_id: dict[UUID, ShownRow] = field(default_factory=dict)
    offers: Offers | None = None
    """All cars as feeds for other platforms take them, with the days on which one changes by itself."""


@dataclass
class SiteView:
    """One site on one business date, read in the scope and database snapshot that are open; nothing in it is written.

    Args:
        store: the site.
        tenant: the operator.
        dealer: whose site it is, None on the marketplace.
        as_of: the business date; no other clock is read.
        settings: of the installation, for public addresses.
        config: the store's configuration, key → value (SPEC 23); what is read of it is noted.
        faces: by language, the default first.
        log: which ingredients are used is noted here: by words, themes, configuration and what is kept.
    """

    store: Store
    tenant: Tenant
    dealer: Dealer | None
    as_of: date
    settings: Settings
    config: Mapping[str, Any]
    faces: dict[str, Face] = field(default_factory=dict)
    log: Log = field(default_factory=Log)
    reads: Reads = field(default_factory=Reads)
    """What the shell of every page read."""
    kept: Kept = field(default_factory=Kept)

    def ingredients(self) -> dict[str, str]:
        """Give what the pages of this site are made of besides rows: name and digest (`themes.ingredients`)."""
        return ingredients.of_site(self)

    @cached_property
    def origin(self) -> str:
        """The site's public origin, without a slash at the end."""
        return self.settings.origin(self.store.public_host)

    @property
    def is_marketplace(self) -> bool:
        """Ask whether this is the operator's marketplace."""
        return self.store.is_marketplace

    @property
    def live(self) -> str:
        """The live layer's origin, empty where the site's own host answers `/-/`."""
        return self.settings.live_origin.rstrip("/")

    @property
    def default(self) -> Face:
        """The face in the site's default language."""
        return next(iter(self.faces.values()))

    @property
    def showing(self) -> str:
        """The aspect of a dealer that says whether this site shows its cars."""
        return "market" if self.is_marketplace else "visible"

    @property
    def seller_name(self) -> str:
        """The name cars are offered under on this site."""
        return self.store.name

    @cached_property
    def dealers(self) -> dict[UUID, Dealer]:
        """The dealers whose cars this site shows, by slug; none for a dealer who may not sell (SPEC 19)."""
        if self.dealer is not None:
            return {self.dealer.id: self.dealer} if self.dealer.is_active else {}
        return {dealer.id: dealer for dealer in self._every_dealer if dealer.on_marketplace}

    @cached_property
    def written(self) -> Sequence[StorePage]:
        """The pages the owner of this site wrote, in their order."""
        return store_queries.pages_written(self.store.id)

    @cached_property
    def _every_dealer(self) -> Sequence[Dealer]:
        return dealer_queries.everyone()

    @cached_property
    def stock(self) -> Stock:
        """The lists of this site."""
        if self.dealer is None:
            return Stock(MARKET)
        return Stock(dealer_scope(self.dealer.id) if self.dealer.is_active else "")

    @cached_property
    def own_stocks(self) -> dict[UUID, Stock]:
        """The own lists of each dealer, for their profiles on the marketplace."""
        return {dealer_id: Stock(dealer_scope(dealer_id)) for dealer_id in self.dealers}

    @cached_property
    def dealer_totals(self) -> dict[UUID, int]:
        """How many cars each dealer of this site offers now."""
        return listing_queries.counts(list(self.dealers))

    @cached_property
    def sold_since(self) -> date:
        """The first day a car may have been sold on and still have its page."""
        return self.as_of - timedelta(days=SOLD_DAYS)

    @cached_property
    def _every_store(self) -> Mapping[UUID | None, Sequence[Store]]:
        """All stores by dealer, oldest first; the marketplace's stand under None."""
        found: dict[UUID | None, list[Store]] = defaultdict(list)
        for store in store_queries.everyone():
            found[store.dealer_id].append(store)
        return found

    def canonical_store(self, dealer: Dealer, lang: str) -> Store:
        """Give the site that has the one indexable page of a dealer's cars in a language (SEO.md §6).

        The dealer's own first store, or the marketplace where the dealer chose it or has none; a site that does not
        speak the language passes it on to the one being read.
        """
        found = self.kept.canonical.get((dealer.id, lang))
        if found is None:
            found = self.kept.canonical[dealer.id, lang] = self._canonical_store(dealer, lang)
        return found

    def _canonical_store(self, dealer: Dealer, lang: str) -> Store:
        order = (self._first_active(owner) for owner in _canonical_order(dealer))
        return next((store for store in order if store is not None and lang in store.languages), self.store)

    def _first_active(self, dealer_id: UUID | None) -> Store | None:
        return next((store for store in self._every_store.get(dealer_id, ()) if store.active), None)

    def canonical_reads(self, dealer: Dealer) -> Reads:
        """Give what `canonical_store` depends on; not to be added to."""
        if dealer.id not in self.kept.canonical_reads:
            self.kept.canonical_reads[dealer.id] = self._canonical_reads(dealer)
        return self.kept.canonical_reads[dealer.id]

    def _canonical_reads(self, dealer: Dealer) -> Reads:
        """Record the dealer's choice only where there is one: both sites speak a language of this site.

        Where there is none, both owners' sites are read, so that the day there is one the page learns of the choice.
        """
        reads, order = Reads(), _canonical_order(dealer)
        spoken = [self._spoken_by_first(owner) for owner in order]
        is_choice = len(order) > 1 and bool(set.intersection(*spoken))
        reads.add("dealer", dealer.id, "market", *(["canonical"] if is_choice else []))
        for owner, languages in zip(order, spoken, strict=True):
            reads.add("stores", owner_key(owner), "members")
            for store in self._every_store.get(owner, ()):
                reads.add("store", store.id, "address", "languages")
                if store.active:
                    break  # those after the first active one decide nothing
            if is_choice and languages == self.faces.keys():
                break  # nor do those of the other owner
        return reads

    def _spoken_by_first(self, owner: UUID | None) -> set[str]:
        """Give which of this site's languages the first active site of an owner speaks."""
        first = self._first_active(owner)
        return set() if first is None else self.faces.keys() & set(first.languages)

    def membership_reads(self) -> Reads:
        """Give what it depends on which dealers this site shows, or does not show yet; not to be added to."""
        if self.kept.membership_reads is None:
            self.kept.membership_reads = self._membership_reads()
        return self.kept.membership_reads

    def _membership_reads(self) -> Reads:
        reads = Reads()
        if self.is_marketplace:
            reads.add("dealers", "all", "members")
        for dealer in self._every_dealer if self.dealer is None else (self.dealer,):
            reads.add("dealer", dealer.id, self.showing)
        return reads

    def absolute(self, path: str) -> str:
        """Give the absolute address of a path of this site."""
        return f"{self.origin}{path}"

    def day_begins(self, reads: Reads, day: date) -> None:
        """Record that a page changes by itself when a day begins."""
        if day > self.as_of:
            reads.add("day", day.isoformat(), "begins")


def _canonical_order(dealer: Dealer) -> tuple[UUID | None, ...]:
    """Give whose first active site comes first as the one of a dealer's indexable pages; None is the marketplace."""
    if not dealer.on_marketplace:
        return (dealer.id,)
    return (None, dealer.id) if dealer.canonical_policy is CanonicalPolicy.MARKETPLACE else (dealer.id, None)
