"""Contact, the text pages, the static search page, and the page for what is gone."""

from datetime import date

from markupsafe import Markup

from seo import schema_org
from storefront.core.changes import Reads
from storefront.domain.dealers import legal
from storefront.domain.dealers.countries import rules

from . import contacts, forms, heads, lists, people, texts, urls, valued
from .catalogue import PageRef
from .contexts import ContactPage, Crumb, GonePage, Pager, SearchPage, Spec, TextPage
from .siteview import Face, SiteView


def contact(view: SiteView, face: Face) -> tuple[ContactPage, Reads]:
    """Make the contact page: of the dealer with a form, of the operator without."""
    reads = Reads()
    if view.dealer is None:
        reads.add("tenant", view.tenant.id, "legal")
    else:
        reads.add("dealer", view.dealer.id, "visible")
    heading = face.t("pages.contact.heading" if view.dealer else "pages.contact.heading_market")
    crumbs = _crumbs(face, heading)
    reach = contacts.dealer_contact(view, face, view.dealer) if view.dealer else contacts.operator_contact(view, face)
    linked = heads.linked(view, crumbs)
    nodes = schema_org.contact(contacts.seller(view, view.dealer), linked) if view.dealer else schema_org.page(linked)
    name, city = view.store.name, view.dealer.city if view.dealer else ""
    subject = heads.Subject(
        path=face.urls.contact,
        title=heads.title(face, view, face.t("pages.title.contact_city" if city else "pages.title.contact", city=city)),
        description=heads.describe(face, face.t("pages.describe.contact", name=name)),
        nodes=nodes,
    )
    made = ContactPage(
        path=face.urls.contact,
        head=heads.head(view, face, subject),
        languages=heads.languages(view, face, face.urls.contact),
        crumbs=crumbs,
        heading=heading,
        lead=face.t("pages.contact.lead" if view.dealer else "pages.contact.lead_market", name=name),
        contact=reach,
        inquiry=forms.inquiry_form(view, face, view.dealer) if view.dealer and view.dealer.is_active else None,
        team=people.team(view, face, view.dealer, reads) if view.dealer else (),
    )
    return made, reads


def text(view: SiteView, face: Face, ref: PageRef) -> tuple[TextPage, Reads]:
    """Make a text page: legal notice, privacy, accessibility, and on the marketplace how we rank, prices, join."""
    reads = Reads()
    name = ref.key
    if view.dealer is None:
        reads.add("tenant", view.tenant.id, "legal")
    else:
        reads.add("dealer", view.dealer.id, "legal", "place", "contact", "email", "name")
    heading = face.t(f"pages.text.{name}.heading")
    crumbs = _crumbs(face, heading)
    subject = heads.Subject(
        path=ref.path,
        title=heads.title(face, view, face.t(f"pages.text.{name}.title"), heading),
        description=heads.describe(face, _say(view, face, name, "describe")),
        nodes=schema_org.page(heads.linked(view, crumbs)),
    )
    made = TextPage(
        path=ref.path,
        head=heads.head(view, face, subject),
        languages=heads.languages(view, face, ref.path),
        crumbs=crumbs,
        heading=heading,
        lead=_say(view, face, name, "lead"),
        body=_body(view, face, name),
        facts=_legal(view, face) if name == "legal" else (),
    )
    return made, reads


def search(view: SiteView, face: Face) -> tuple[SearchPage, Reads]:
    """Make the static search page: the form, and the lists by make for when the live layer is away."""
    reads = Reads()
    # The years to choose from are an ingredient of all that show them; this page says when to look at it.
    view.day_begins(reads, date(view.as_of.year + 1, 1, 1))
    crumbs = _crumbs(face, face.t("pages.nav.search"))
    subject = heads.Subject(
        path=face.urls.search,
        title=heads.title(face, view, face.t("pages.title.search")),
        description=heads.describe(face, face.t("pages.describe.search", site=view.store.name)),
        indexed=False,
    )
    made = SearchPage(
        path=face.urls.search,
        head=heads.head(view, face, subject),
        languages=heads.languages(view, face, face.urls.search),
        crumbs=crumbs,
        heading=face.t("pages.search.heading"),
        intro=face.t("pages.search.intro"),
        form=forms.search_form(view, face, forms.make_options(view, face, reads, counted=False)),
        chips=(),
        clear=None,
        cards=(),
        pager=Pager(None, None, None),
        ranking=None,
        empty=None,
        fallback=lists.make_links(view, face, reads),
        live=False,
        blank=forms.blank_card(face),
    )
    return made, reads


def gone(view: SiteView, face: Face) -> tuple[GonePage, Reads]:
    """Make the page a host shows for an address that is not there, or not any more."""
    reads = Reads()
    subject = heads.Subject(
        path=face.urls.not_found,
        title=heads.title(face, view, face.t("pages.title.gone")),
        description=heads.describe(face, face.t("pages.gone.text")),
        indexed=False,
    )
    made = GonePage(
        path=face.urls.not_found,
        head=heads.head(view, face, subject),
        languages=heads.languages(view, face, face.urls.home),
        crumbs=(),
        status=404,
        heading=face.t("pages.gone.heading"),
        text=face.t("pages.gone.text"),
        search=forms.search_form(view, face, forms.make_options(view, face, reads, counted=False)),
        makes=lists.make_links(view, face, reads),
    )
    return made, reads


def _crumbs(face: Face, name: str) -> tuple[Crumb, ...]:
    return (Crumb(face.t("pages.nav.home"), face.urls.home), Crumb(name))


def _legal(view: SiteView, face: Face) -> tuple[Spec, ...]:
    facts = legal.of_operator(view.tenant) if view.dealer is None else legal.of_dealer(view.dealer)
    return tuple(Spec(label, value) for label, value in contacts.legal_lines(face, facts, _country(view)))


def _country(view: SiteView) -> str:
    return view.tenant.country if view.dealer is None else view.dealer.country


def _say(view: SiteView, face: Face, name: str, part: str) -> str:
    """Give a sentence about a text page; the legal notice names the law of its country, where there is one."""
    law = rules(_country(view)).law
    key = f"pages.text.{name}.{part}"
    plain = name == "legal" and not law
    return face.t(f"{key}_plain" if plain else key, site=view.store.name, law=law)


def _body(view: SiteView, face: Face, name: str) -> Markup:
    """Give one of our own texts; the legal notice ends with the country's sentence on disputes."""
    words = face.t(f"pages.text.{name}.body", **_values(view, face))
    sentence = rules(_country(view)).dispute_sentence(face.lang) if name == "legal" else None
    if sentence:
        words += f"\n\n## {face.t('pages.text.legal.disputes')}\n\n{texts.escaped(sentence)}\n"
    return texts.own_markup(words)


def _values(view: SiteView, face: Face) -> dict[str, str]:
    """Give what our own texts have room for, harmless as Markdown."""
    facts = legal.of_operator(view.tenant) if view.dealer is None else legal.of_dealer(view.dealer)
    return {
        "site": texts.escaped(view.store.name),
        "provider": texts.escaped(facts["provider"]),
        "email": texts.escaped(facts.get("email") or face.t("pages.text.by_contact_page")),
        "operator": texts.escaped(view.tenant.name),
        "contact": face.urls.contact,
        "ranking": face.urls.text(urls.MARKET_TEXTS[0]),
        **valued.bounds(face),
    }
