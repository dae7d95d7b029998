"""Dealers on the marketplace: the directory, profiles, and the tiles that lead to them (SPEC 8)."""

from uuid import UUID

from seo import meta, schema_org
from storefront.core.changes import Reads
from storefront.core.slugs import slug
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings.models import BUCKET
from storefront.domain.listings.placement import city_key

from . import cards, contacts, forms, heads, people, texts
from .contexts import Crumb, DealerPage, DealersPage, DealerTile, Fact, Link
from .list_names import placed
from .siteview import Face, SiteView


def read(view: SiteView, dealer_ids: list[UUID]) -> None:
    """Read what the profiles of these dealers show: their newest cars."""
    for dealer_id in dealer_ids:
        view.own_stocks[dealer_id].prepare(["all"])
    cards.prepare(view, (car for dealer_id in dealer_ids for car in view.own_stocks[dealer_id].newest("all", BUCKET)))


def directory(view: SiteView, face: Face) -> tuple[DealersPage, Reads]:
    """Make the directory of all dealers."""
    reads = Reads()
    shown = tiles(view, face, reads)
    heading = face.t("pages.dealers.heading", n=len(shown), count=face.formats.number(len(shown)))
    intro = face.t("pages.dealers.intro", site=view.store.name)
    crumbs = (Crumb(face.t("pages.nav.home"), face.urls.home), Crumb(face.t("pages.nav.dealers")))
    subject = heads.Subject(
        path=face.urls.dealers,
        title=heads.title(face, view, face.t("pages.title.dealers")),
        description=heads.describe(face, intro),
        nodes=schema_org.page(heads.linked(view, crumbs)),
    )
    made = DealersPage(
        path=face.urls.dealers,
        head=heads.head(view, face, subject),
        languages=heads.languages(view, face, face.urls.dealers),
        crumbs=crumbs,
        heading=heading,
        intro=intro,
        dealers=shown,
    )
    return made, reads


def tiles(view: SiteView, face: Face, reads: Reads, most: int | None = None) -> tuple[DealerTile, ...]:
    """Give dealers by name, or only those with the most cars."""
    reads.include(view.membership_reads())
    counted = [(_total(view, dealer, reads), dealer) for dealer in view.dealers.values()]
    if most is not None:
        selling = [pair for pair in counted if pair[0]]
        counted = sorted(selling, key=lambda pair: (-pair[0], pair[1].slug))[:most]
    else:
        counted = sorted(counted, key=lambda pair: (slug(pair[1].name), pair[1].slug))
    return tuple(_tile(face, dealer, total, reads) for total, dealer in counted)


def profile(view: SiteView, face: Face, dealer: Dealer) -> tuple[DealerPage, Reads]:
    """Make a dealer's profile; `read` comes before."""
    reads = Reads()
    reads.add("dealer", dealer.id, "name", "market", "place", "contact", "email", "person", "text")
    total = _total(view, dealer, reads)
    path = face.urls.dealer(dealer.slug)
    crumbs = (
        Crumb(face.t("pages.nav.home"), face.urls.home),
        Crumb(face.t("pages.nav.dealers"), face.urls.dealers),
        Crumb(dealer.name),
    )
    made = DealerPage(
        path=path,
        head=heads.head(view, face, _subject(view, face, dealer, path, crumbs)),
        languages=heads.languages(view, face, path),
        crumbs=crumbs,
        name=dealer.name,
        initial=_initial(dealer),
        text=texts.dealer_markup(about(dealer, face.lang)),
        badge=face.t("pages.dealer.badge"),
        figures=_figures(face, dealer, total),
        contact=contacts.dealer_contact(view, face, dealer),
        cards=cards.cards(view, face, view.own_stocks[dealer.id].newest("all", BUCKET), reads),
        total=face.t("pages.n_cars", n=total, count=face.formats.number(total)),
        makes=(*_makes(view, face, dealer, reads), *_town(view, face, dealer, reads)),
        inquiry=forms.inquiry_form(view, face, dealer),
        team=people.team(view, face, dealer, reads),
    )
    return made, reads


def about(dealer: Dealer, lang: str) -> str:
    """Give what a dealer says of itself in a language, or in the first one it wrote in."""
    own = dealer.about.get(lang) or next((text for _, text in sorted(dealer.about.items()) if text), "")
    return str(own)


def _total(view: SiteView, dealer: Dealer, reads: Reads) -> int:
    stock = view.own_stocks[dealer.id]
    reads.add("list", f"{stock.scope}/all", "count")
    return view.dealer_totals.get(dealer.id, 0)


def _tile(face: Face, dealer: Dealer, total: int, reads: Reads) -> DealerTile:
    reads.add("dealer", dealer.id, "name", "place", "text")
    words = texts.plain(texts.dealer_markup(about(dealer, face.lang)) or "")
    return DealerTile(
        href=face.urls.dealer(dealer.slug),
        name=dealer.name,
        initial=_initial(dealer),
        town=dealer.city,
        cars=face.t("pages.n_cars", n=total, count=face.formats.number(total)),
        text=meta.cut(words, 120) if words else None,
    )


def _initial(dealer: Dealer) -> str:
    return next((letter.upper() for letter in dealer.name if letter.isalnum()), "•")


def _figures(face: Face, dealer: Dealer, total: int) -> tuple[Fact, ...]:
    since = Fact(face.t("pages.dealer.since"), str(face.formats.day_of(dealer.created_at).year))
    cars = Fact(face.t("pages.dealer.cars"), face.formats.number(total))
    if dealer.answer_minutes is None:
        return (cars, since)
    return (cars, since, Fact(face.t("pages.dealer.answers"), face.formats.duration(dealer.answer_minutes)))


def _makes(view: SiteView, face: Face, dealer: Dealer, reads: Reads) -> tuple[Link, ...]:
    """Link the makes a dealer sells to the marketplace's pages of those makes."""
    own = view.own_stocks[dealer.id]
    links = []
    for key, shape in own.shapes().items():
        if not key.startswith("make:"):
            continue
        reads.add("list", f"{own.scope}/{key}", "count")
        reads.add("page", face.urls.listing(key), "exists")
        name = own.name(key)
        if name is not None and shape.total and view.stock.shape(key).has_pages:
            reads.add("vehicle", name.vehicle_id, "name")
            reads.add("list", f"{own.scope}/{key}", f"bucket-{name.position // BUCKET}")
            links.append(Link(face.urls.listing(key), name.make))
    return tuple(sorted(links, key=lambda link: (slug(link.text), link.href)))


def _town(view: SiteView, face: Face, dealer: Dealer, reads: Reads) -> tuple[Link, ...]:
    """Link the page of a dealer's town."""
    key = city_key(dealer.city, dealer.country, view.tenant.country)
    if key is None:
        return ()
    path = face.urls.listing(key)
    reads.add("page", path, "exists")
    if not view.stock.has_page(key):
        return ()
    return (Link(path, face.t("pages.lists.see_city", city=placed(face, key, dealer.city))),)


def _subject(view: SiteView, face: Face, dealer: Dealer, path: str, crumbs: tuple[Crumb, ...]) -> heads.Subject:
    long = face.t(
        "pages.title.dealer_city" if dealer.city else "pages.title.dealer", name=dealer.name, city=dealer.city
    )
    words = texts.plain(texts.dealer_markup(about(dealer, face.lang)) or "")
    say = face.t(
        "pages.describe.dealer_city" if dealer.city else "pages.describe.dealer", name=dealer.name, city=dealer.city
    )
    return heads.Subject(
        path=path,
        title=heads.title(face, view, long, face.t("pages.title.dealer", name=dealer.name), dealer.name),
        description=heads.describe(face, say, *((meta.cut(words, 100),) if words else ())),
        nodes=schema_org.contact(contacts.seller(view, dealer), heads.linked(view, crumbs)),
        card=dealer.name,
    )
