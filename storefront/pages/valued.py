"""Price labels and what they were made of, in words: the same stored rows for cards, cars and the search (SPEC 54)."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from uuid import UUID

from storefront.core.changes import Reads
from storefront.domain.listings.models import ListingStatus
from storefront.domain.listings.queries import CardRow
from storefront.domain.valuation import actions, market, models, queries
from storefront.domain.valuation.labels import FAR, HELD, NEAR, Label
from storefront.domain.valuation.queries import LabelRow, ValuationRow

from . import urls
from .contexts import LabelStep, Link, PriceComparison, PriceLabel, Spec
from .siteview import Face, SiteView

FILLED = {Label.VERY_GOOD: 5, Label.GOOD: 4, Label.FAIR: 3, Label.HIGH: 2, Label.VERY_HIGH: 1}
"""Bars (BRIEF §5)."""


def prepare(view: SiteView, listing_ids: Iterable[UUID]) -> None:
    """Read the labels of cars, in one query, unless it is known whether they have one."""
    missing = [listing_id for listing_id in listing_ids if listing_id not in view.kept.judged]
    view.kept.judged.update(missing)
    view.kept.labels |= queries.labels(missing)


def explained(view: SiteView, listing_ids: Collection[UUID]) -> dict[UUID, ValuationRow]:
    """Read the whole valuations of cars, and so their labels."""
    found = queries.valuations(listing_ids)
    view.kept.judged.update(listing_ids)
    view.kept.labels |= {car: LabelRow(car, row.label, row.price_cents, row.expires_on) for car, row in found.items()}
    return found


def are_shown(face: Face) -> bool:
    """Ask whether a site says how its prices compare: on all cars that can be compared, or on none (SPEC 54)."""
    return bool(face.look.settings.price_labels)


def label(view: SiteView, face: Face, row: CardRow) -> PriceLabel | None:
    """Give the label of a car on offer, if one is in force that was made for this price."""
    stored = view.kept.labels.get(row.id)
    return None if stored is None or not _is_in_force(view, row, stored) else labelled(face, Label(stored.label))


def record(view: SiteView, row: CardRow, reads: Reads) -> None:
    """Record that a card shows a label or would, and the day on which it goes by itself."""
    reads.add("valuation", row.id, "label")
    if (stored := view.kept.labels.get(row.id)) is not None:
        view.day_begins(reads, stored.expires_on + timedelta(days=1))


def labelled(face: Face, step: Label) -> PriceLabel:
    """Say a label in words and bars."""
    return PriceLabel(step.value, face.t(f"pages.label.{step}"), FILLED[step])


def steps(face: Face) -> tuple[LabelStep, ...]:
    """Give the labels with their bounds, the best first."""
    return tuple(LabelStep(labelled(face, step), face.t(f"pages.label_bound.{step}", **bounds(face))) for step in Label)


def bounds(face: Face) -> dict[str, str]:
    """Give the figures the comparison works with, for texts that explain it."""
    return {
        "far": face.formats.tenths(FAR),
        "near": face.formats.tenths(NEAR),
        "held": face.formats.tenths(HELD),
        "least": str(market.LEAST),
        "most": str(market.MOST),
        "oldest": str(market.OLDEST // 12),
        "sold": str(queries.SOLD_DAYS),
        "valid": str(models.VALID_DAYS),
        "stands": str(actions.STANDS_DAYS),
    }


def comparison(view: SiteView, face: Face, row: CardRow, found: ValuationRow | None) -> PriceComparison | None:
    """Explain a label: median of the comparables, what it was adjusted for, market value, price, day."""
    if found is None or not _is_in_force(view, row, found):
        return None
    made = found.inputs
    judged = labelled(face, Label(found.label))
    scope = "kind" if made["widened"] else "model"
    name = row.make if made["widened"] else f"{row.make} {row.model}".strip()
    said = {"n": made["comparables"], "dealers": made["dealers"], "name": name}
    date = {"date": face.formats.short_date(found.valued_on), "until": face.formats.short_date(found.expires_on)}
    notes = [face.t(f"pages.compare.{scope}", **said), face.t("pages.compare.dated", **date)]
    if made["held"]:
        notes.append(face.t("pages.compare.held", label=judged.text, **bounds(face)))
    return PriceComparison(
        label=judged,
        verdict=_verdict(face, found),
        rows=_rows(face, found),
        notes=(*notes, face.t("pages.compare.bounds", **bounds(face))),
        how=Link(face.urls.text(urls.PRICES), face.t("pages.nav.prices")) if view.is_marketplace else None,
    )


def _is_in_force(view: SiteView, row: CardRow, stored: LabelRow | ValuationRow) -> bool:
    offered = row.status is ListingStatus.ACTIVE and row.price_cents == stored.price_cents
    return offered and view.as_of <= stored.expires_on


def _rows(face: Face, found: ValuationRow) -> tuple[Spec, ...]:
    price = face.formats.price
    adjusted = [
        Spec(face.t(f"pages.compare.step.{name}"), _signed(face, cents, found.currency))
        for name, cents in found.inputs["steps"].items()
        if cents
    ]
    return (
        Spec(face.t("pages.compare.median"), price(found.inputs["median"], found.currency)),
        *adjusted,
        Spec(face.t("pages.compare.value"), price(found.market_cents, found.currency)),
        Spec(face.t("pages.compare.price"), price(found.price_cents, found.currency)),
    )


def _signed(face: Face, cents: int, currency: str) -> str:
    """Write an adjustment with its sign, a real minus."""
    return f"{'−' if cents < 0 else '+'}{face.formats.price(abs(cents), currency)}"


def _verdict(face: Face, found: ValuationRow) -> str:
    """Say how far the price is from the market value, in tenths of a percent."""
    off = (1000 * (found.price_cents - found.market_cents)) / found.market_cents
    tenths = round(off)
    if not tenths:
        return face.t("pages.compare.even")
    return face.t("pages.compare.under" if tenths < 0 else "pages.compare.over", n=face.formats.percent(abs(tenths)))
