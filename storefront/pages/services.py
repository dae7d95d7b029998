"""Contact, the text pages, the static search page, and the page for what is gone."""

from seo import schema_org
from storefront.core.changes import Reads

from . import contacts, forms, heads, lists, texts, urls
from .catalogue import PageRef
from .contexts import ContactPage, Crumb, GonePage, Pager, SearchPage, Spec, TextPage
from .siteview import Face, SiteView


def contact(view: SiteView, face: Face) -> tuple[ContactPage, Reads]:
    """Make the contact page: of the dealer with a form, of the operator without."""
    reads = Reads()
    if view.dealer is not None:
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
    )
    return made, reads


def text(view: SiteView, face: Face, ref: PageRef) -> tuple[TextPage, Reads]:
    """Make a text page: legal notice, privacy, accessibility, and on the marketplace how we rank, prices, join."""
    reads = Reads()
    name = ref.key
    if view.dealer is not None:
        reads.add("dealer", view.dealer.id, "legal", "place", "contact", "name")
    heading = face.t(f"pages.text.{name}.heading")
    crumbs = _crumbs(face, heading)
    subject = heads.Subject(
        path=ref.path,
        title=heads.title(face, view, face.t(f"pages.text.{name}.title"), heading),
        description=heads.describe(face, face.t(f"pages.text.{name}.describe", site=view.store.name)),
        nodes=schema_org.page(heads.linked(view, crumbs)),
    )
    made = TextPage(
        path=ref.path,
        head=heads.head(view, face, subject),
        languages=heads.languages(view, face, ref.path),
        crumbs=crumbs,
        heading=heading,
        lead=face.t(f"pages.text.{name}.lead", site=view.store.name),
        body=texts.own_markup(face.t(f"pages.text.{name}.body", **_values(view, face))),
        facts=_legal(view, face) if name == "legal" else (),
    )
    return made, reads


def search(view: SiteView, face: Face) -> tuple[SearchPage, Reads]:
    """Make the static search page: the form, and the lists by make for when the live layer is away."""
    reads = Reads()
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
        form=forms.search_form(view, face, forms.make_options(view, face)),
        chips=(),
        clear=None,
        cards=(),
        pager=Pager(None, None, None),
        ranking=None,
        empty=None,
        fallback=lists.makes(view, face, reads),
        live=False,
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
        search=forms.search_form(view, face, forms.make_options(view, face)),
        makes=lists.makes(view, face, reads),
    )
    return made, reads


def _crumbs(face: Face, name: str) -> tuple[Crumb, ...]:
    return (Crumb(face.t("pages.nav.home"), face.urls.home), Crumb(name))


def _legal(view: SiteView, face: Face) -> tuple[Spec, ...]:
    if view.dealer is not None:
        legal = {**view.dealer.legal}
        lines = contacts.legal_lines(face, legal, contacts.dealer_lines(view.dealer))
    else:
        lines = contacts.legal_lines(face, view.tenant.legal, contacts.tenant_lines(view, view.tenant))
    return tuple(Spec(label, value) for label, value in lines)


def _values(view: SiteView, face: Face) -> dict[str, str]:
    """Give what our own texts have room for, harmless as Markdown."""
    dealer, legal = view.dealer, view.tenant.legal
    provider = (dealer.legal_name or dealer.name) if dealer else str(legal.get("name") or view.tenant.name)
    email = (dealer.email or "") if dealer else str(legal.get("email") or "")
    return {
        "site": texts.escaped(view.store.name),
        "provider": texts.escaped(provider),
        "email": texts.escaped(email or face.t("pages.text.by_contact_page")),
        "operator": texts.escaped(view.tenant.name),
        "contact": face.urls.contact,
        "ranking": face.urls.text(urls.MARKET_TEXTS[0]),
    }
