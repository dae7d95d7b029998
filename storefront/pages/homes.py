"""Front pages: a dealer's and the marketplace's."""

from collections.abc import Sequence
from uuid import UUID

from seo import schema_org
from storefront.core.changes import Reads
from storefront.domain.valuation import queries as valuation
from storefront.domain.valuation.labels import Label
from storefront.domain.valuation.models import LABELLED

from . import cards, contacts, forms, heads, lists, people, profiles, social, texts, urls, valued
from .contexts import Card, Fact, HomePage, Link, MarketHomePage
from .siteview import Face, SiteView
from .stock import SORTED

ARRIVALS = 6
"""Newest cars on a dealer's front page."""
MARKET_ARRIVALS = 10
BEST_PRICED, BEST_PRICED_LEAST = 8, 3
"""Very good prices on the marketplace's front page: at most, and at least for a row."""
BEST_PRICED_READ = 16
"""Cars looked at for them: a label may have run out, or be that of a former price."""
MARKET_DEALERS = 6
MARKET_MAKES = 24
COVERS = 24
"""Among so many newest cars the cover is looked for."""
QUICK: tuple[tuple[str | None, int | None], ...] = (
    ("body.estate", 20_000),
    ("fuel.electric", None),
    ("body.suv", None),
    ("transmission.automatic", None),
    (None, 10_000),
)
"""Searches offered as chips on the marketplace: the word that is searched for, the highest price in whole units."""


def read(view: SiteView) -> None:
    """Read what the front page shows."""
    view.stock.prepare(["all"])
    cards.prepare(view, view.stock.newest("all", COVERS))
    if view.is_marketplace:
        view.kept.best_priced = valuation.newest_labelled(Label.VERY_GOOD.value, view.stock.scope, BEST_PRICED_READ)
        cards.prepare(view, view.kept.best_priced)


def dealer_home(view: SiteView, face: Face) -> tuple[HomePage, Reads]:
    """Make a dealer's front page; `read` comes before."""
    reads = Reads()
    dealer = view.dealer
    assert dealer is not None
    reads.add("dealer", dealer.id, "text")
    newest = view.stock.newest("all", COVERS)
    arrivals = cards.cards(view, face, newest[:ARRIVALS], reads)
    cover = _cover(view, face, newest, reads)
    heading = face.page_words.get("heading") or _heading(face, dealer.city)
    total = view.stock.shape("all").total
    lead = face.page_words.get("lead") or _lead(view, face, total)
    nodes = schema_org.home(view.origin, view.store.name, contacts.seller(view, dealer), root=face is view.default)
    makes = lists.makes(view, face, reads)
    made = HomePage(
        path=face.urls.home,
        head=heads.head(view, face, _subject(view, face, heading, lead, nodes, cover)),
        languages=heads.languages(view, face, face.urls.home),
        crumbs=(),
        heading=heading,
        lead=lead,
        cover=cover,
        trust=trust(view, face),
        arrivals=arrivals,
        bodies=_bodies(view, face, reads),
        makes=makes,
        search=forms.search_form(view, face, forms.make_options(view, face, reads, counted=True)),
        total=face.formats.number(total),
        team=people.team(view, face, dealer, reads),
    )
    return made, reads


def market_home(view: SiteView, face: Face) -> tuple[MarketHomePage, Reads]:
    """Make the marketplace's front page; `read` comes before."""
    reads = Reads()
    reads.include(view.membership_reads())
    view.stock.record(reads, "all")
    total = view.stock.shape("all").total
    sub = face.t(
        "pages.market.sub",
        n=total,
        cars=face.t("pages.n_cars", n=total, count=face.formats.number(total)),
        dealers=face.t("pages.n_dealers", n=len(view.dealers), count=face.formats.number(len(view.dealers))),
    )
    sub = face.page_words.get("sub") or sub
    heading = face.page_words.get("heading") or face.t("pages.market.heading")
    nodes = schema_org.market_home(view.origin, view.store.name, _logo(view, face), root=face is view.default)
    newest = view.stock.newest("all", MARKET_ARRIVALS)
    shown = cards.cards(view, face, newest, reads)
    made = MarketHomePage(
        path=face.urls.home,
        head=heads.head(view, face, _subject(view, face, heading, sub, nodes, None)),
        languages=heads.languages(view, face, face.urls.home),
        crumbs=(),
        heading=heading,
        sub=sub,
        search=forms.search_form(view, face, forms.make_options(view, face, reads, counted=True)),
        quick=tuple(_quick(view, face, number, search, reads) for number, search in enumerate(QUICK, start=1)),
        best_priced=_best_priced(view, face, reads),
        best_priced_href=urls.search_answer(view.live, face.lang, label=Label.VERY_GOOD.value),
        arrivals=shown,
        makes=lists.makes(view, face, reads, MARKET_MAKES),
        dealers=profiles.tiles(view, face, reads, MARKET_DEALERS),
        join=Link(face.urls.text("join"), face.t("pages.market.join")),
        judging=valued.steps(face),
        judging_link=Link(face.urls.text(urls.PRICES), face.t("pages.nav.prices")),
    )
    return made, reads


def _best_priced(view: SiteView, face: Face, reads: Reads) -> tuple[Card, ...]:
    """Give the newest cars whose price is very good (BRIEF §6); none where they make no row, or no labels are shown."""
    if not valued.are_shown(face):
        return ()
    reads.add(LABELLED, Label.VERY_GOOD.value, "members")
    made = cards.cards(view, face, view.kept.best_priced, reads)
    best = [card for card in made if card.price_label is not None and card.price_label.code == Label.VERY_GOOD]
    return tuple(best[:BEST_PRICED]) if len(best) >= BEST_PRICED_LEAST else ()


def _lead(view: SiteView, face: Face, total: int) -> str:
    if not total:
        return face.t("pages.home.lead_empty", dealer=view.store.name)
    return face.t("pages.home.lead", n=total, count=face.formats.number(total), dealer=view.store.name)


def _heading(face: Face, city: str) -> str:
    return face.t("pages.home.heading_city", city=city) if city else face.t("pages.home.heading")


def _cover(view: SiteView, face: Face, newest: Sequence[UUID], reads: Reads) -> Card | None:
    """Choose the newest featured car with a photo, else the newest with a photo (BRIEF §10: from real stock)."""
    shown = [(view.kept.rows[car][0], view.kept.rows[car][1]) for car in newest if car in view.kept.rows]
    with_photo = [row for row, cover in shown if cover is not None]
    chosen = next((row for row in with_photo if row.featured), with_photo[0] if with_photo else None)
    for row, _ in shown:
        reads.add("listing", row.id, "card", "featured", "cover")
    return None if chosen is None else next(iter(cards.cards(view, face, [chosen.id], reads)), None)


def trust(view: SiteView, face: Face) -> tuple[Fact, ...]:
    """Give up to four figures: those of the theme's settings, else the dealer's own."""
    words = face.page_words
    pairs = [(words.get(f"figure_{number}"), words.get(f"figure_{number}_text")) for number in range(1, 5)]
    facts = tuple(Fact(label=text, value=value) for value, text in pairs if value and text)
    if facts or view.dealer is None:
        return facts
    own = view.dealer.trust.get(face.lang) or ()
    return tuple(Fact(label=str(text), value=str(value)) for value, text in own[:4])


def _bodies(view: SiteView, face: Face, reads: Reads) -> tuple[Link, ...]:
    """Link body types, most cars first: to the page of the list where there is one, else to a search."""
    view.stock.record(reads, "body")
    found = []
    for code in SORTED["body"]:
        key = f"body:{code}"
        total = view.stock.shape(key).total
        if total:
            text = face.t(f"body.{code}")
            search = urls.search_answer(view.live, face.lang, q=text)
            href = face.urls.listing(key) if view.stock.has_page(key) else search
            found.append((total, Link(href, text, count=face.formats.number(total))))
    return tuple(link for _, link in sorted(found, key=lambda pair: -pair[0]))


def _quick(view: SiteView, face: Face, number: int, search: tuple[str | None, int | None], reads: Reads) -> Link:
    """Link a search that many want: the page of the list where it asks for nothing else and there is one."""
    word, price = search
    text = face.t(f"pages.market.quick_{number}")
    kind, _, code = (word or "").partition(".")
    if kind in SORTED and price is None:
        key = f"{kind}:{code}"
        reads.add("page", face.urls.listing(key), "exists")
        if view.stock.has_page(key):
            return Link(face.urls.listing(key), text)
    query: dict[str, str | int] = {"q": face.t(word)} if word else {}
    query |= {"price_max": price} if price else {}
    return Link(urls.search_answer(view.live, face.lang, **query), text)


def _logo(view: SiteView, face: Face) -> str | None:
    name = "icons/icon-512.png"
    return view.absolute(face.look.asset(name)) if face.look.has_asset(name) else None


def _subject(
    view: SiteView, face: Face, heading: str, lead: str, nodes: Sequence[schema_org.Node], cover: Card | None
) -> heads.Subject:
    title = heading.rstrip(".")
    image = social.of_site(view, face, title)
    if cover is not None and cover.picture is not None:
        shot = next(kept.photo for row, kept in view.kept.rows.values() if row.public_id == cover.id and kept)
        image = social.image(view, face, title, cover.picture.alt, text=face.site.tagline, shot=shot)
    stem = face.t("pages.title.market_home") if view.is_marketplace else heading.rstrip(".")
    return heads.Subject(
        path=face.urls.home,
        title=heads.title(face, view, stem, face.t("pages.title.home")),
        description=heads.describe(face, texts.start(lead, 150)),
        nodes=nodes,
        image=image,
    )
