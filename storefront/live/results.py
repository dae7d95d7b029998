"""What a search found, as the theme's search page and as JSON; cars are read from the database, in a few queries."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import request

from search.index import Answer
from search.query import Facet, Range
from search.suggest import Suggestion, splitting
from storefront.core.changes import Reads
from storefront.core.places import Found
from storefront.pages import forms, lists
from storefront.pages.alerts import search_alert
from storefront.pages.contexts import Card, Link, Page, Pager, SearchForm, SearchPage
from storefront.pages.urls import SEARCH_ANSWER

from .answers import words
from .filter_groups import Counted, Groups, counted, whole_units, written
from .hits import Hit, dressed, read_hits
from .hosts import Place, hosts
from .names import Names, named, word
from .search_form import FACETS, Filters, Problem
from .sites import Opened

FEW = 3
"""Hits up to which it is said what could be loosened."""
MOST_WAYS = 4
LOOKED_AT = 8
"""Values of each facet that may be suggested: those with most cars."""


class Results:
    """A search on a site, in a language, with these filters."""

    def __init__(self, site: Opened, place: Place, filters: Filters, names: Names) -> None:
        self.site, self.place, self.filters, self.names = site, place, filters, names
        self.words = words(site.face.lang)

    def render(self, page: Page) -> str:
        """Draw a page."""
        return self.site.render(page)

    def page(self, answer: Answer, near: Found | None, ways: Sequence[Suggestion]) -> SearchPage:
        """Make the page of an answer.

        Args:
            answer: what the index found; a car that is gone since is left out.
            near: the place searched round.
            ways: what could be loosened, where little was found.
        """
        hits = read_hits(self.site.view, self.site.face, answer)
        values = self._values(answer)
        heading = self._counted("search.found_near" if near else "search.found", answer.total, km=self._km())
        form = replace(
            self._form(),
            groups=Groups(self.site.view, self.site.face, self.words, self.filters).of(values, answer),
            submit=self._counted("search.show", answer.total),
        )
        looser = tuple(self._way(way) for way in ways[:MOST_WAYS])
        return self._made(
            heading,
            form,
            intro=None if near is None else self._called_place(near),
            chips=self._chips(values),
            cards=tuple(dressed(hit, self.site.face, self.words) for hit in hits),
            pager=self._pager(answer),
            empty=None if answer.total else self._none(ways),
            correction=self._correction(answer),
            suggested=self._suggested(answer, values) if answer.total > FEW else (),
            ways=looser,
        )

    def nothing(self, sentence: str, *, down: bool = False) -> SearchPage:
        """Make the page for a search that was not asked or not answered.

        Args:
            sentence: what to say.
            down: the engine does not answer: offer the static lists by make instead (BRIEF §9, search down).
        """
        view, face = self.site.view, self.site.face
        fallback = self._lists() if down else ()
        options = forms.make_options(view, face, Reads(), counted=True)
        chosen = self.filters.values(Facet.MAKE)
        makes = tuple(replace(option, selected=option.value in chosen) for option in options)
        form = replace(self._form(), makes=makes)
        page = self._made(self.words("search.title"), form, chips=self._chips({}), empty=sentence, fallback=fallback)
        # A search that was refused is none that could be saved; one that was not answered is.
        return replace(page, down=down, alert=page.alert if down else None)

    def problem(self, problem: Problem) -> str:
        """Say which parameter cannot be meant, and what can."""
        field = self.words(f"search_field.{problem.field}")
        number = str if problem.field.startswith("year") else self.site.face.formats.number
        said = {name: number(value) if isinstance(value, int) else value for name, value in problem.values.items()}
        reason = self.words(f"search_reason.{problem.reason}", **said)
        return self.words("search.wrong", field=field, reason=reason)

    def called(self) -> str:
        """Say what is searched for in one line, `BMW · bis 20.000 €`: the name of a saved search."""
        return " · ".join(link.text for link in self._chips({}))

    def address(self) -> str:
        """Give the address this search is found under."""
        return self._href(self.filters)

    def as_json(self, answer: Answer) -> dict[str, Any]:
        """Give the answer for a program; the static index gives the same shape."""
        hits = read_hits(self.site.view, self.site.face, answer)
        values = self._values(answer)
        return {
            "ok": True,
            "total": answer.total,
            "page": answer.page,
            "pages": answer.pages,
            "size": answer.size,
            "sort": self.filters.order.value,
            "items": [self._item(hit) for hit in hits],
            "facets": {facet.value: [_plain(one) for one in some] for facet, some in values.items()},
            "bounds": {
                which.value: list(whole_units(which, bounds)) for which, bounds in answer.bounds.items() if bounds
            },
            "did_you_mean": answer.did_you_mean,
            "suggested": [
                {"name": link.text, "href": link.href, "count": number}
                for number, link in self._suggestions(answer, values)
            ],
            "source": "engine",
        }

    def _item(self, hit: Hit) -> dict[str, Any]:
        row, card = hit.row, hit.card
        marks = {"title": hit.title, "description": hit.description}
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
            "km": None if hit.km is None else round(hit.km, 1),
            "highlights": {name: pieces for name, pieces in marks.items() if any(matches for _, matches in pieces)},
        }

    def _made(
        self,
        heading: str,
        form: SearchForm,
        *,
        intro: str | None = None,
        chips: tuple[Link, ...] = (),
        cards: tuple[Card, ...] = (),
        pager: Pager | None = None,
        empty: str | None = None,
        fallback: tuple[Link, ...] = (),
        correction: Link | None = None,
        suggested: tuple[Link, ...] = (),
        ways: tuple[Link, ...] = (),
    ) -> SearchPage:
        view, face = self.site.view, self.site.face
        ranking = Link(face.urls.text("how-we-rank"), face.t("pages.nav.how-we-rank")) if view.is_marketplace else None
        return SearchPage(
            **self.site.frame(SEARCH_ANSWER, self.words("search.title")),
            heading=heading,
            intro=intro,
            form=form,
            chips=chips,
            clear=self._href(Filters(sort=self.filters.sort)) if chips else None,
            cards=cards,
            pager=pager or Pager(None, None, None),
            ranking=ranking,
            empty=empty,
            fallback=fallback,
            live=True,
            correction=correction,
            suggested=suggested,
            ways=ways,
            blank=forms.blank_card(face),
            alert=search_alert(view, face, self.filters.parameters()),
        )

    def _lists(self) -> tuple[Link, ...]:
        """Give the lists that stand as files and need no engine: all cars, and the makes that have a page."""
        view, face = self.site.view, self.site.face
        every = Link(
            face.urls.vehicles(), face.t("pages.list.all"), count=face.formats.number(view.stock.shape("all").total)
        )
        return (every, *(link for link in lists.makes(view, face, Reads()) if SEARCH_ANSWER not in link.href))

    def _form(self) -> SearchForm:
        """Give the form with what was asked: words, place and order; and the bounds where no groups follow."""
        view, face, filters = self.site.view, self.site.face, self.filters
        plain = forms.search_form(view, face)
        bound: dict[str, Any] = {
            f"{name}_{end}": _selected(getattr(plain, f"{name}_{end}"), value, self._written(which, value))
            for name, which in (("prices", Range.PRICE), ("years", Range.YEAR), ("mileages", Range.MILEAGE))
            for end, value in zip(("min", "max"), filters.range(which), strict=True)
            if hasattr(plain, f"{name}_{end}")
        }
        return replace(
            plain,
            q=filters.q,
            place=filters.place,
            radii=forms.radius_options(face, filters.radius) if plain.radii or filters.place else (),
            sorts=forms.chosen_sort(face, filters.sort, text=bool(filters.q), near=bool(filters.place)),
            reset=self._href(Filters()),
            **bound,
        )

    def _values(self, answer: Answer) -> dict[Facet, tuple[Counted, ...]]:
        names = {
            facet: named(self.names, self.place, self.site.face, facet, [value for value, _ in some])
            for facet, some in answer.facets.items()
        }
        return counted(self.filters, answer, names)

    # -- links --

    def _chips(self, values: dict[Facet, tuple[Counted, ...]]) -> tuple[Link, ...]:
        found = []
        for name, value in self.filters.parameters():
            if name == "radius":
                continue
            found.append(Link(self._href(self.filters.without(name, value)), self._chip(name, value, values)))
        return tuple(found)

    def _chip(self, name: str, value: str, values: dict[Facet, tuple[Counted, ...]]) -> str:
        if name == "q":
            return value
        if name == "place":
            return self.words("chip.place", place=value, km=self._km())
        if name in FACETS:
            return self._name(Facet(name), value, values)
        which = Range(name.rpartition("_")[0])
        said = self._written(which, int(value))
        return self.words(f"chip.{name}", price=said, year=said, km=said, power=said)

    def _name(self, facet: Facet, value: str, values: dict[Facet, tuple[Counted, ...]]) -> str:
        known = next((one.name for one in values.get(facet, ()) if one.value == value), None)
        if known is not None:
            return known
        return named(self.names, self.place, self.site.face, facet, [value]).get(value) or word(
            self.site.face, facet, value
        )

    def _correction(self, answer: Answer) -> Link | None:
        text = answer.did_you_mean
        return None if not text else Link(self._href(replace(self.filters, q=text, page=1)), text)

    def _suggested(self, answer: Answer, values: dict[Facet, tuple[Counted, ...]]) -> tuple[Link, ...]:
        return tuple(link for _, link in self._suggestions(answer, values))

    def _suggestions(self, answer: Answer, values: dict[Facet, tuple[Counted, ...]]) -> Iterable[tuple[int, Link]]:
        """Give the filters that split the hits and have a name, each with how many cars it leaves (SPEC 55)."""
        sayable = {facet: [(one.value, one.number) for one in some[:LOOKED_AT]] for facet, some in values.items()}
        chosen = {facet for facet, _ in self.filters.chosen}
        for facet, value, number in splitting(sayable, answer.total, chosen):
            further = self.filters.with_values(facet, (*self.filters.values(facet), value))
            name = self._name(facet, value, values)
            yield number, Link(self._href(further), name, count=self.site.face.formats.number(number))

    def _way(self, way: Suggestion) -> Link:
        """Give a way out: `Im Umkreis von 100 km: 3 Fahrzeuge`."""
        if way.field == "near":
            near = way.query.near
            if near is None:
                return Link(self._href(self.filters.without("place")), self._counted("way.anywhere", way.count))
            wider = replace(self.filters, radius=near.km, page=1)
            km = self.site.face.formats.km(near.km)
            return Link(self._href(wider), self._counted("way.wider", way.count, km=km))
        return Link(self._href(self._loosened(way)), self._counted("way.without", way.count, filter=self._called(way)))

    def _loosened(self, way: Suggestion) -> Filters:
        if way.field == "text":
            return self.filters.without("q")
        if way.field in FACETS:
            return self.filters.with_values(Facet(way.field), ())
        return self.filters.with_range(Range(way.field), None, None)

    def _called(self, way: Suggestion) -> str:
        """Name the filters a way takes away."""
        names = {"q"} if way.field == "text" else {way.field, f"{way.field}_min", f"{way.field}_max"}
        pairs = [pair for pair in self.filters.parameters() if pair[0] in names]
        return ", ".join(self._chip(name, value, {}) for name, value in pairs)

    def _none(self, ways: Sequence[Suggestion]) -> str:
        if not ways:
            return self.words("search.none")
        best = ways[0]
        if best.field == "near":
            near = best.query.near
            key = "search.none_wider" if near is not None else "search.none_anywhere"
            return self._counted(key, best.count, km="" if near is None else self.site.face.formats.km(near.km))
        return self._counted("search.none_without", best.count, filter=self._called(best))

    def _pager(self, answer: Answer) -> Pager:
        if answer.pages == 1 and answer.page == 1:
            return Pager(None, None, None)
        page = min(answer.page, answer.pages + 1)
        return Pager(
            newer=self._href(self.filters, page - 1) if page > 1 else None,
            older=self._href(self.filters, page + 1) if page < answer.pages else None,
            front=self._href(self.filters) if page > 2 else None,
            label=self.words("page.nth", n=answer.page, of=self.site.face.formats.number(answer.pages)),
        )

    def _href(self, filters: Filters, page: int = 1) -> str:
        """Give the address of a search; it names the language, and the site where one origin answers for all."""
        pairs = [("lang", self.site.face.lang)]
        if hosts().is_live_origin(request.host):
            pairs.append(("site", self.site.view.store.public_host))
        pairs += filters.parameters()
        if filters.sort is not None:
            pairs.append(("sort", filters.sort.value))
        if page > 1:
            pairs.append(("page", str(page)))
        return f"{self.site.view.live}{SEARCH_ANSWER}?{'&'.join([_parameter(*pair) for pair in pairs])}"

    # -- words --

    def _written(self, which: Range, value: int | None) -> str:
        return "" if value is None else written(self.site.view, self.site.face, which, value)

    def _called_place(self, near: Found) -> str:
        """Name the place searched round, and its country where another could be meant."""
        if near.country in ("", self.place.home) and not near.is_ambiguous:
            return near.called
        return f"{near.called} ({self.site.face.formats.locale.territories.get(near.country, near.country)})"

    def _km(self) -> str:
        return self.site.face.formats.km(self.filters.radius)

    def _counted(self, key: str, n: int, **values: object) -> str:
        """Say a sentence with a number in it, its thousands grouped."""
        return self.words(key, n=n, count=self.site.face.formats.number(n), **values)


@lru_cache(maxsize=8192)
def _parameter(name: str, value: str) -> str:
    """Write a parameter of an address; the links of a page have nearly all of theirs in common."""
    return urlencode([(name, value)])


def _plain(one: Counted) -> dict[str, Any]:
    return {"value": one.value, "name": one.name, "count": one.number, "chosen": one.chosen}


def _selected(options: Sequence[Any], value: int | None, text: str) -> tuple[Any, ...]:
    """Choose a value among options; one that is not offered is added, so that the form says what was asked."""
    wanted = "" if value is None else str(value)
    chosen = tuple(replace(option, selected=option.value == wanted) for option in options)
    if not options or any(option.selected for option in chosen):
        return chosen
    return (*chosen, replace(options[0], value=wanted, text=text, selected=True))
