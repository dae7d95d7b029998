"""Pages the dealer or the operator wrote: `/info/<slug>/`, in the languages they were written in."""

import re
from uuid import UUID

from seo import meta, schema_org
from storefront.core.changes import Reads
from storefront.domain.stores.models import StorePage

from . import heads, presence, texts
from .catalogue import PageRef
from .contexts import Crumb, TextPage
from .siteview import Face, SiteView

_HEADING = re.compile(r"<h[23]>.*?</h[23]>", re.DOTALL)


def info(view: SiteView, face: Face, ref: PageRef) -> tuple[TextPage, Reads]:
    """Make a page somebody wrote; `ref.key` is its id in hex."""
    reads = Reads()
    page = next(page for page in view.written if page.id == UUID(ref.key))
    reads.add("store_page", page.id, "body")
    title = str(page.titles[face.lang])
    body = texts.page_markup(str(page.bodies[face.lang]))
    crumbs = (Crumb(face.t("pages.nav.home"), face.urls.home), Crumb(title))
    made = TextPage(
        path=ref.path,
        head=heads.head(view, face, _subject(view, face, page, _said(body), ref.path, crumbs)),
        languages=heads.languages(view, face, ref.path, presence.page_languages(view, page)),
        crumbs=crumbs,
        heading=title,
        lead=None,
        body=body,
    )
    return made, reads


def _said(body: str) -> str:
    """Give the text of a page without its headings, which would run into the sentences."""
    return texts.plain(_HEADING.sub("", body))


def _subject(
    view: SiteView, face: Face, page: StorePage, words: str, path: str, crumbs: tuple[Crumb, ...]
) -> heads.Subject:
    """Say what the page is about; its title stands in both, since no two pages of a site share one."""
    title = str(page.titles[face.lang])
    short = len(title) + 3 + len(view.store.name) < meta.TITLE[0]
    say = face.t("pages.describe.info", title=title, name=view.store.name)
    return heads.Subject(
        path=path,
        title=heads.title(face, view, face.t("pages.title.info", title=title) if short else title),
        description=heads.describe(face, say, *((meta.cut(words, 90),) if words else ())),
        nodes=schema_org.page(heads.linked(view, crumbs)),
        spoken=presence.page_languages(view, page),
    )
