"""What a search found, as the theme's search page and as JSON; cars are read from the database, in one batch."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import request

from search.index import Hits
from search.query import Sort
from storefront.core.changes import Reads
from storefront.domain.listings.models import ListingStatus
from storefront.domain.listings.queries import CardRow
from storefront.pages import cards, forms, lists
from storefront.pages.contexts import Card, Link, Option, Page, Pager, SearchForm, SearchPage
from storefront.pages.urls import SEARCH_ANSWER

from .answers import words
from .files import serves, site_of
from .hosts import hosts
from .search_form import Filters, Problem
from .sites import Opened

_MONEY = ("price_min", "price_max")


class Results:
    """A search on a site, in a language, with these filters."""

    def __init__(self, site: Opened, filters: Filters) -> None:
        self.site = site
        self.filters = filters
        self.words = words(site.face.lang)

    def render(self, page: Page) -> str:
        """Draw a page."""
        return self.site.render(page)

    def page(self, hits: Hits, without: tuple[str, int] | None) -> SearchPage:
        """Make the page of some hits.

        Args:
            hits: what the index found; a car that is gone since is left out.
            without: where nothing was found, the parameter without which most cars remain, and how many.
        """
        shown = self._cards(hits)
        number = self.site.face.formats.number(hits.total)
        heading = self.words("search.found", n=hits.total).replace(str(hits.total), number, 1)
        return self._made(
            heading,
            cards=tuple(card for _, card in shown),
            pager=self._pager(hits),
            empty=None if hits.total else self._none(without),
        )

    def nothing(self, sentence: str, *, fallback: bool = False) -> SearchPage:
        """Make the page for a search that was not asked or not answered.

        Args:
            sentence: what to say.
            fallback: offer the static lists by make instead (BRIEF §9, search down).
        """
        makes = lists.makes(self.site.view, self.site.face, Reads()) if fallback else ()
        return self._made(self.words("search.title"), empty=sentence, fallback=makes)

    def problem(self, problem: Problem) -> str:
        """Say which parameter cannot be meant, and what can."""
        field = self.words(f"search_field.{problem.field}")
        reason = self.words(f"search_reason.{problem.reason}", **problem.values)
        return self.words("search.wrong", field=field, reason=reason)

    def as_json(self, hits: Hits, took_ms: float) -> dict[str, Any]:
        """Give the hits for a program."""
        return {
            "ok": True,
            "total": hits.total,
            "page": hits.page,
            "pages": hits.pages,
            "size": hits.size,
            "sort": self.filters.sort.value,
            "took_ms": took_ms,
            "items": [self._item(row, card) for row, card in self._cards(hits)],
        }

    def _cards(self, hits: Hits) -> list[tuple[CardRow, Card]]:
        """Read the cars of a page; a stale hit, sold or moved off the marketplace since, is dropped (SPEC 49).

        So is one whose page is not served: the site may have been rolled back, or not be published yet.
        """
        view, face = self.site.view, self.site.face
        cards.prepare(view, hits.ids)
        rows = [view.kept.rows[listing_id][0] for listing_id in hits.ids if listing_id in view.kept.rows]
        rows = [row for row in rows if row.status is ListingStatus.ACTIVE and row.dealer_id in view.dealers]
        found = zip(rows, cards.cards(view, face, [row.id for row in rows], Reads()), strict=True)
        site = site_of(view.settings, view.store.public_host)
        return [(row, card) for row, card in found if site is None or serves(site, card.href)]

    def _item(self, row: CardRow, card: Card) -> dict[str, Any]:
        return {
            "id": card.id,
            "url": self.site.view.absolute(card.href),
            "title": card.title,
            "version": card.version,
            "facts": card.facts,
            "price": card.price,
            "price_cents": row.price_cents,
            "currency": row.currency,
            "year": row.first_registered.year if row.first_registered is not None else row.year,
            "mileage_km": row.mileage_km,
            "energy": card.energy,
            "dealer": card.dealer,
            "picture": None if card.picture is None else card.picture.src,
        }

    def _made(
        self,
        heading: str,
        *,
        cards: tuple[Card, ...] = (),
        pager: Pager | None = None,
        empty: str | None = None,
        fallback: tuple[Link, ...] = (),
    ) -> SearchPage:
        view, face = self.site.view, self.site.face
        chips = self._chips()
        ranking = Link(face.urls.text("how-we-rank"), face.t("pages.nav.how-we-rank")) if view.is_marketplace else None
        return SearchPage(
            **self.site.frame(SEARCH_ANSWER, self.words("search.title")),
            heading=heading,
            intro=None,
            form=self._form(),
            chips=chips,
            clear=face.urls.search if chips else None,
            cards=cards,
            pager=pager or Pager(None, None, None),
            ranking=ranking,
            empty=empty,
            fallback=fallback,
            live=True,
        )

    def _form(self) -> SearchForm:
        view, face, filters = self.site.view, self.site.face, self.filters
        empty = forms.search_form(view, face, forms.make_options(view, face))
        chosen = filters.make[0] if filters.make else ""
        return replace(
            empty,
            q=filters.q,
            makes=_selected(empty.makes, chosen, chosen),
            prices_min=self._bound(empty.prices_min, "price_min"),
            prices_max=self._bound(empty.prices_max, "price_max"),
            years_min=self._bound(empty.years_min, "year_min"),
            years_max=self._bound(empty.years_max, "year_max"),
            mileages_max=self._bound(empty.mileages_max, "mileage_max"),
            sorts=_selected(empty.sorts, filters.sort.value, self._sort_name()),
        )

    def _bound(self, options: tuple[Option, ...], name: str) -> tuple[Option, ...]:
        value = getattr(self.filters, name)
        return (
            _selected(options, "", "") if value is None else _selected(options, str(value), self._written(name, value))
        )

    def _written(self, name: str, value: int) -> str:
        formats = self.site.face.formats
        if name in _MONEY:
            return formats.price(value * 100, self.site.view.tenant.currency)
        return formats.km(value) if name == "mileage_max" else str(value)

    def _sort_name(self) -> str:
        return self.words(f"sort.{self.filters.sort.name.lower()}")

    def _chips(self) -> tuple[Link, ...]:
        found = []
        for name, value in self.filters.parameters():
            rest = self.filters.without(name, value)
            found.append(Link(self._href(rest, 1), self._chip(name, value)))
        return tuple(found)

    def _chip(self, name: str, value: str) -> str:
        if name == "q":
            return value
        if name == "make":
            return self._make_name(value)
        written = self._written(name, int(value))
        return self.words(f"chip.{name}", price=written, year=written, km=written)

    def _make_name(self, slug: str) -> str:
        named = self.site.view.stock.name(f"make:{slug}")
        return slug if named is None else named.make

    def _none(self, without: tuple[str, int] | None) -> str:
        if without is None:
            return self.words("search.none")
        name, number = without
        values = [value for parameter, value in self.filters.parameters() if parameter == name]
        called = ", ".join(self._chip(name, value) for value in values)
        return self.words("search.none_without", n=number, filter=called)

    def _pager(self, hits: Hits) -> Pager:
        if hits.pages == 1 and hits.page == 1:
            return Pager(None, None, None)
        page = min(hits.page, hits.pages + 1)
        return Pager(
            newer=self._href(self.filters, page - 1) if page > 1 else None,
            older=self._href(self.filters, page + 1) if page < hits.pages else None,
            front=self._href(self.filters, 1) if page > 2 else None,
            label=self.words("page.nth", n=hits.page),
        )

    def _href(self, filters: Filters, page: int) -> str:
        """Give the address of a search; it names the language, and the site where one origin answers for all."""
        pairs = [("lang", self.site.face.lang)]
        if hosts().is_live_origin(request.host):
            pairs.append(("site", self.site.view.store.public_host))
        pairs += filters.parameters()
        if filters.sort is not (Sort.RELEVANCE if filters.q else Sort.NEWEST):
            pairs.append(("sort", filters.sort.value))
        if page > 1:
            pairs.append(("page", str(page)))
        return f"{self.site.view.live}{SEARCH_ANSWER}?{urlencode(pairs)}"


def _selected(options: Sequence[Option], value: str, text: str) -> tuple[Option, ...]:
    """Choose a value among options; one that is not offered is added, so that the form says what was asked."""
    chosen = tuple(replace(option, selected=option.value == value) for option in options)
    if not options or any(option.selected for option in chosen):
        return chosen
    return (*chosen, Option(value, text, selected=True))
