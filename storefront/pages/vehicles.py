"""The page of one car, and everything that belongs to it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import quote, urlencode
from uuid import UUID

from markupsafe import Markup

from seo import schema_org
from storefront.core.changes import Reads
from storefront.core.money import Money
from storefront.domain.dealers import queries as dealer_queries
from storefront.domain.listings import queries
from storefront.domain.listings import tours as tour_rows
from storefront.domain.listings.models import ListingStatus, VirtualTour
from storefront.domain.listings.queries import CardRow, DetailRow, PhotoRow, PriceRow
from storefront.domain.valuation.queries import ValuationRow

from . import (
    alerts,
    cards,
    contacts,
    facts,
    forms,
    heads,
    history,
    presence,
    social,
    structured,
    texts,
    tours,
    urls,
    valued,
    vat,
)
from .contexts import AlertForm, Card, Crumb, Link, Picture, PriceBlock, PriceComparison, SocialImage, VehiclePage
from .siteview import SOLD_DAYS, Face, SiteView

SIMILAR = 6
"""Cars at the foot of a page at most."""
BY_KIND = 12
"""So many photos are sorted by what they show."""


@dataclass(slots=True)
class Batch:
    """What the pages of some cars are made of: read once for all of them and all languages."""

    details: Mapping[UUID, DetailRow]
    photos: Mapping[UUID, Sequence[PhotoRow]]
    prices: Mapping[UUID, Sequence[PriceRow]]
    texts: Mapping[UUID, str]
    tours: Mapping[UUID, Sequence[VirtualTour]] = field(default_factory=dict)
    valuations: Mapping[UUID, ValuationRow] = field(default_factory=dict)
    similar: dict[UUID, list[UUID]] = field(default_factory=dict)
    similar_reads: dict[UUID, Reads] = field(default_factory=dict)


def read(view: SiteView, listing_ids: Collection[UUID]) -> Batch:
    """Read everything the pages of these cars need: one query per kind, however many cars they are."""
    valuations = valued.explained(view, listing_ids)
    cards.prepare(view, listing_ids)
    details = queries.details(listing_ids)
    batch = Batch(
        details,
        queries.photos(listing_ids),
        queries.prices(listing_ids),
        dealer_queries.texts({row.text_id for row in details.values() if row.text_id is not None}),
        tour_rows.of_listings(listing_ids),
        valuations,
    )
    rows = [view.kept.rows[listing_id][0] for listing_id in listing_ids if listing_id in view.kept.rows]
    view.stock.prepare(key for row in rows for key in _alike(row))
    view.stock.prepare_cars(row.id for row in rows)
    for row in rows:
        reads = batch.similar_reads[row.id] = Reads()
        batch.similar[row.id] = view.stock.neighbours(row.id, _alike(row), SIMILAR, reads)
    cards.prepare(view, (similar for several in batch.similar.values() for similar in several))
    return batch


def page(view: SiteView, face: Face, listing_id: UUID, batch: Batch) -> tuple[VehiclePage, Reads] | None:
    """Make the page of a car in a language.

    Returns:
        The page and what it read, or None when the car is gone.
    """
    if listing_id not in view.kept.rows or listing_id not in batch.details:
        return None
    return _Maker(view, face, view.kept.rows[listing_id][0], batch).page()


def stand_by_kind(pictures: Sequence[Picture]) -> bool:
    """Ask whether a car's photos are sorted by what they show: there are many, and not all show the same (BRIEF §7)."""
    return len(pictures) >= BY_KIND and len({picture.kind for picture in pictures}) > 1


class _Maker:
    """Makes one page; the attributes are what its parts share."""

    def __init__(self, view: SiteView, face: Face, row: CardRow, batch: Batch) -> None:
        self.view, self.face, self.row, self.batch = view, face, row, batch
        self.more = batch.details[row.id]
        self.shots = batch.photos.get(row.id, ())
        self.dealer = view.dealers[row.dealer_id]
        self.reads = Reads()
        self.sold = row.status is ListingStatus.SOLD
        self.name = cards.name_of(row)
        self.path = face.urls.vehicle(row.slug, row.public_id)
        changes = batch.prices.get(row.id, ())
        self.reduction = None if self.sold else history.reduction(view, row, changes)
        self.told = [] if self.sold else history.may_be_told(view, row, changes, self.reduction)
        self.words = facts.describe(face, row, self.more)

    def page(self) -> tuple[VehiclePage, Reads]:
        view, face, row = self.view, self.face, self.row
        self._record()
        description = texts.dealer_markup(self.more.description) or self._said_for_us()
        general = self.batch.texts.get(self.more.text_id) if self.more.text_id else None
        crumbs = self._crumbs()
        shots = self._pictures()
        similar = self._similar()
        made = VehiclePage(
            path=self.path,
            head=heads.head(view, face, self._subject(texts.plain(description), crumbs)),
            languages=heads.languages(view, face, self.path),
            crumbs=crumbs,
            id=row.public_id,
            state="sold" if self.sold else "active",
            title=self.name,
            version=row.version or None,
            sold_on=self._sold_on(),
            price=self._price(),
            pictures=shots,
            body=row.body or "other",
            strip=self.words.strip,
            description=description,
            general_text=texts.dealer_markup(general) if general else None,
            specs=self.words.specs,
            features=facts.features(face, self.more),
            consumption=facts.consumption(view, face, row, self.more),
            history=history.dated(face, self.told),
            dealer=contacts.car_contact(view, face, self.dealer),
            dealer_link=self._dealer_link(),
            inquiry=None if self.sold else forms.inquiry_form(view, face, self.dealer, row.public_id),
            alert=self._alert(),
            alert_link=self._alert_link(),
            similar=similar,
            similar_link=self._similar_link(),
            share_text=" ".join(part for part in (self.name, row.version) if part),
            energy_label=None if self.sold else cards.energy(view, face, row),
            tours=tours.shown(face, self.name, self.batch.tours.get(row.id, ())),
            price_line=history.line(face, self.told),
            qr=urls.qr(row.public_id),
            test_drive=self._request("test_drive"),
            trade_in=self._request("trade_in"),
            by_kind=stand_by_kind(shots),
            comparison=self._comparison(),
        )
        return made, self.reads

    def _similar(self) -> tuple[Card, ...]:
        view, chosen = self.view, self.batch.similar[self.row.id]
        for car in chosen:
            if car in view.kept.hidden:
                # Its dealer left the marketplace: others take its place when the job takes it out of the lists.
                self.reads.add("placed", car, view.stock.scope)
        return cards.cards(view, self.face, chosen, self.reads)

    def _alert(self) -> AlertForm | None:
        if self.sold or self.row.price_cents is None:
            return None
        return alerts.price_alert(self.view, self.face, self.row.public_id)

    def _alert_link(self) -> Link | None:
        """Lead from a sold car to letters about others of its model (BRIEF §6, sold): to the form below that search."""
        row = self.row
        if not self.sold:
            return None
        asked = {"make": row.make_slug} | ({"model": f"{row.make_slug}/{row.model_slug}"} if row.model_slug else {})
        found = urls.search_answer(self.view.live, self.face.lang, **self._site(), **asked)
        return Link(f"{found}#alert", self.face.t("alert.search"))

    def _site(self) -> dict[str, str]:
        return {"site": self.view.store.public_host} if self.view.live else {}

    def _record(self) -> None:
        row, reads = self.row, self.reads
        cards.record(self.view, row, reads)
        reads.add("listing", row.id, "price", "text", "seo", "detail", "photos", "tours")
        reads.add("vehicle", row.vehicle_id, "detail", "energy")
        reads.add("valuation", row.id, "inputs")
        reads.add("dealer", row.dealer_id, "name", "place", "contact", "person", self.view.showing)
        reads.include(self.view.canonical_reads(self.dealer))
        reads.include(self.batch.similar_reads[row.id])
        if self.more.text_id is not None:
            reads.add("dealer_text", self.more.text_id, "body")
        if self.reduction is not None:
            self.view.day_begins(reads, self.reduction.last_day + timedelta(days=1))

    # -- price --

    def _price(self) -> PriceBlock:
        face, row = self.face, self.row
        if self.sold or row.price_cents is None:
            return PriceBlock(None, None, None, None, None, face.t("pages.price.on_request") if not self.sold else "")
        price = face.formats.price(row.price_cents, row.currency)
        return PriceBlock(
            price,
            valued.label(self.view, face, row),
            vat.line(face, self.dealer.country, row.vat, self.more.vat_rate),
            vat.net(face, row.price_cents, row.currency, row.vat, self.more.vat_rate),
            history.announced(face, self.reduction, row.currency),
            price,
        )

    def _comparison(self) -> PriceComparison | None:
        return valued.comparison(self.view, self.face, self.row, self.batch.valuations.get(self.row.id))

    # -- words --

    def _said_for_us(self) -> Markup:
        """Say the facts in a sentence where the dealer wrote nothing: every car has a description (SEO.md §2)."""
        return Markup("<p>{}</p>").format(structured.in_a_sentence(self.face, self.row))

    def _sold_on(self) -> str | None:
        if self.row.sold_at is None or not self.sold:
            return None
        day = self.face.formats.day_of(self.row.sold_at)
        self.view.day_begins(self.reads, day + timedelta(days=SOLD_DAYS + 1))
        return self.face.t("pages.sold_on", date=self.face.formats.day_month(day))

    def _pictures(self) -> tuple[Picture, ...]:
        return tuple(cards.photo(self.face, self.row, shot, number) for number, shot in enumerate(self.shots, start=1))

    # -- links --

    def _crumbs(self) -> tuple[Crumb, ...]:
        face, row = self.face, self.row
        steps = [Crumb(face.t("pages.nav.vehicles"), face.urls.vehicles())]
        for key, text in ((f"make:{row.make_slug}", row.make), (f"model:{row.make_slug}/{row.model_slug}", row.model)):
            if self._has_page(key):
                steps.append(Crumb(text, face.urls.listing(key)))
        return (*steps, Crumb(self.name))

    def _has_page(self, list_key: str) -> bool:
        self.reads.add("page", self.face.urls.listing(list_key), "exists")
        return self.view.stock.shape(list_key).has_pages

    def _similar_link(self) -> Link | None:
        face, row = self.face, self.row
        for key, name in ((f"model:{row.make_slug}/{row.model_slug}", self.name), (f"make:{row.make_slug}", row.make)):
            if self._has_page(key):
                return Link(face.urls.listing(key), face.t("pages.see_all", name=name))
        return Link(face.urls.vehicles(), face.t("pages.see_all_cars"))

    def _dealer_link(self) -> Link | None:
        return Link(self.face.urls.dealer(self.dealer.slug), self.dealer.name) if self.view.is_marketplace else None

    def _request(self, kind: str) -> Link | None:
        """Give the way to a request page that knows this car: from its address, for the script to fill the form."""
        if self.sold or not presence.takes_requests(self.view):
            return None
        asked = urlencode({"listing": self.row.public_id, "car": cards.name_of(self.row)}, quote_via=quote)
        return Link(f"{self.face.urls.request(kind)}?{asked}", self.face.t(f"pages.vehicle.{kind}"))

    # -- head --

    def _subject(self, description: str, crumbs: Sequence[Crumb]) -> heads.Subject:
        view, face, row = self.view, self.face, self.row
        url = view.absolute(self.path)
        car = structured.car_facts(view, face, row, self.more, self.words, url, description)
        car = structured.with_offer(car, self._offer(), contacts.seller(view, self.dealer).id, sold=self.sold)
        car = structured.with_images(car, [view.absolute(path) for path in structured.named_pictures(self.shots)])
        nodes = schema_org.vehicle(car, contacts.seller(view, self.dealer), heads.linked(view, crumbs))
        offered = row.price_cents is not None and not self.sold
        return heads.Subject(
            path=self.path,
            title=self._title(),
            description=self._meta_description(),
            nodes=nodes,
            og_type="product",
            image=self._social(),
            price=(Money(row.price_cents or 0).decimal, row.currency) if offered else None,
            canonical=self._elsewhere(),
            keywords=structured.vehicle_keywords(face, row, self.more, self.dealer),
            refused=face.lang in self._elsewhere() and view.config.get("seo.strict_noindex") is True,
        )

    def _offer(self) -> schema_org.OfferFacts | None:
        if self.row.price_cents is None or self.sold:
            return None
        old = None if self.reduction is None else Money(self.reduction.old_cents).decimal
        return schema_org.OfferFacts(Money(self.row.price_cents).decimal, self.row.currency, old)

    def _social(self) -> SocialImage:
        shot, row = self.shots[0] if self.shots else None, self.row
        name = self.dealer.name if self.view.is_marketplace else None
        return social.image(
            self.view, self.face, self.name, self.name, text=row.version, name=name, body=row.body or "other", shot=shot
        )

    def _elsewhere(self) -> dict[str, str]:
        """Give where the indexable page is, for the languages in which it is not on this site."""
        found = {}
        for face in self.view.faces.values():
            store = self.view.canonical_store(self.dealer, face.lang)
            if store.id != self.view.store.id:
                prefix = "" if store.default_language == face.lang else f"/{face.lang}"
                path = f"{prefix}{self.path.removeprefix(self.face.urls.prefix)}"
                found[face.lang] = f"{self.view.settings.origin(store.public_host)}{path}"
        return found

    def _title(self) -> str:
        return structured.vehicle_title(self.view, self.face, self.row, self.more)

    def _meta_description(self) -> str:
        return structured.vehicle_description(self.view, self.face, self.row, self.more, self.dealer)


def _alike(row: CardRow) -> tuple[str, ...]:
    """Give the lists of cars like this one, the most alike first."""
    body = (f"body:{row.body}",) if row.body else ()
    return (f"model:{row.make_slug}/{row.model_slug}", f"make:{row.make_slug}", *body, "all")
