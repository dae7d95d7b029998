"""Who a dealer is: its text, its figures, its people (SPEC 18); and its answers to common questions."""

from seo import meta, schema_org
from storefront.core.changes import Reads
from storefront.core.slugs import slug
from storefront.domain.dealers.models import Dealer

from . import contacts, heads, homes, people, presence, profiles, texts
from .contexts import AboutPage, Crumb, FaqPage, Question
from .siteview import Face, SiteView


def about(view: SiteView, face: Face) -> tuple[AboutPage, Reads]:
    """Make the page about the dealer; `presence.has_about` says whether there is one."""
    reads = Reads()
    dealer = _dealer(view)
    reads.add("dealer", dealer.id, "text")
    body = texts.dealer_markup(profiles.about(dealer, face.lang))
    crumbs = _crumbs(face, face.t("pages.nav.about"))
    made = AboutPage(
        path=face.urls.about,
        head=heads.head(view, face, _about_subject(view, face, dealer, texts.plain(body or ""), crumbs)),
        languages=heads.languages(view, face, face.urls.about),
        crumbs=crumbs,
        heading=face.t("pages.about.heading", name=dealer.name),
        lead=face.t("pages.about.lead", city=dealer.city) if dealer.city else None,
        body=body,
        trust=homes.trust(view, face),
        team=people.team(view, face, dealer, reads),
        contact=contacts.dealer_contact(view, face, dealer),
    )
    return made, reads


def faq(view: SiteView, face: Face) -> tuple[FaqPage, Reads]:
    """Make the page of questions and answers; `presence.questions` says whether there is one in this language."""
    reads = Reads()
    dealer = _dealer(view)
    reads.add("dealer", dealer.id, "faq")
    asked = _questions(view, face)
    crumbs = _crumbs(face, face.t("pages.nav.faq"))
    spoken = presence.faq_languages(view)
    first = asked[0].question if asked else ""
    subject = heads.Subject(
        path=face.urls.faq,
        title=heads.title(face, view, face.t("pages.title.faq")),
        description=heads.describe(face, face.t("pages.describe.faq", name=dealer.name), meta.cut(first, 90)),
        nodes=schema_org.page(heads.linked(view, crumbs)),
        spoken=spoken,
    )
    made = FaqPage(
        path=face.urls.faq,
        head=heads.head(view, face, subject),
        languages=heads.languages(view, face, face.urls.faq, spoken),
        crumbs=crumbs,
        heading=face.t("pages.faq.heading"),
        lead=face.t("pages.faq.lead", name=dealer.name),
        questions=asked,
    )
    return made, reads


def _dealer(view: SiteView) -> Dealer:
    assert view.dealer is not None
    return view.dealer


def _crumbs(face: Face, name: str) -> tuple[Crumb, ...]:
    return (Crumb(face.t("pages.nav.home"), face.urls.home), Crumb(name))


def _about_subject(view: SiteView, face: Face, dealer: Dealer, words: str, crumbs: tuple[Crumb, ...]) -> heads.Subject:
    city = dealer.city
    say = face.t("pages.describe.about_city" if city else "pages.describe.about", name=dealer.name, city=city)
    return heads.Subject(
        path=face.urls.about,
        title=heads.title(
            face,
            view,
            face.t("pages.title.about_city" if city else "pages.title.about", city=city),
            face.t("pages.title.about"),
        ),
        description=heads.describe(face, say, *((meta.cut(words, 100),) if words else ())),
        nodes=schema_org.contact(contacts.seller(view, dealer), heads.linked(view, crumbs)),
    )


def _questions(view: SiteView, face: Face) -> tuple[Question, ...]:
    """Give the questions, each with an anchor no other thing on a page has; one without an answer is left out."""
    found: dict[str, Question] = {}
    for question, answer in presence.questions(view, face.lang):
        body = texts.dealer_markup(answer)
        stem = f"q-{slug(question)[:60].strip('-')}"
        anchor = next(
            name for n in range(1, len(found) + 2) if (name := stem if n == 1 else f"{stem}-{n}") not in found
        )
        if body is not None:
            found[anchor] = Question(anchor, question, body)
    return tuple(found.values())
