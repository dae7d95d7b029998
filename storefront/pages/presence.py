"""Which pages a site has only because somebody wrote something: about, requests, questions, own pages, by language.

Unlike all other pages these need not stand in every language of their site; whoever links to one asks here first.
"""

from collections.abc import Sequence

from storefront.domain.stores.models import StorePage

from . import urls
from .siteview import Face, SiteView


def has_about(view: SiteView) -> bool:
    """Ask whether there is a page about the dealer: it wrote a text or named people; in one language is in all."""
    dealer = view.dealer
    return dealer is not None and (bool(dealer.team) or any(str(text).strip() for text in dealer.about.values()))


def takes_requests(view: SiteView) -> bool:
    """Ask whether one can ask for a test drive or offer a car here: on the site of a dealer who may sell (SPEC 19)."""
    return view.dealer is not None and view.dealer.is_active


def questions(view: SiteView, lang: str) -> Sequence[Sequence[str]]:
    """Give the dealer's questions in a language, each with its answer in Markdown."""
    return () if view.dealer is None else tuple(view.dealer.faq.get(lang) or ())


def faq_languages(view: SiteView) -> tuple[str, ...]:
    """Give the languages of the site that have questions."""
    return tuple(lang for lang in view.faces if questions(view, lang))


def page_languages(view: SiteView, page: StorePage) -> tuple[str, ...]:
    """Give the languages of the site a page was written in."""
    return tuple(lang for lang in view.faces if page.titles.get(lang) and page.bodies.get(lang))


def written(view: SiteView, lang: str) -> list[StorePage]:
    """Give the pages that were written in a language, in their order."""
    return [page for page in view.written if lang in page_languages(view, page)]


def record(view: SiteView) -> None:
    """Record what navigation and foot depend on: which of these pages there are, and what own pages are called."""
    for face in view.faces.values():
        if view.dealer is not None:
            for path in _optional(face):
                face.reads.add("page", path, "exists")
        face.reads.add("store_pages", f"store:{view.store.id.hex}", "members")
        for page in view.written:
            face.reads.add("store_page", page.id, "menu")


def _optional(face: Face) -> tuple[str, ...]:
    return (face.urls.about, face.urls.faq, *(face.urls.request(kind) for kind in urls.REQUESTS))
