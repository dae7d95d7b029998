"""From a loaded page to the bytes of its file."""

from collections.abc import Iterator, Sequence

import themes

from .catalogue import PageRef
from .contexts import TEMPLATES, SocialCard
from .documents import Document
from .ingredients import CODE, LANGUAGES, sorted_out
from .loading import Loaded, load
from .refs import Rendered as Rendered
from .siteview import SiteView

CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    "rss.xml": "application/rss+xml; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".tsv": "text/tab-separated-values; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}
"""By the end of the file's name, the first that fits."""


def drawn(view: SiteView, refs: Sequence[PageRef]) -> Iterator[Rendered]:
    """Load and render pages in the order given; a car that is gone meanwhile is left out.

    Raises:
        ThemeError: a word is missing.
        jinja2.TemplateError: a template is wrong.
    """
    pages = load(view, refs)
    while True:
        names = view.log.names = {CODE, LANGUAGES}
        loaded = next(pages, None)
        if loaded is None:
            return
        content = render(view, loaded)
        used = sorted_out(view, names, loaded.reads)
        yield Rendered(loaded.ref, content, loaded.reads, used, _card(loaded))


def _card(loaded: Loaded) -> SocialCard | None:
    if isinstance(loaded.page, Document) or loaded.page.head.image is None:
        return None
    return loaded.page.head.image.card


def render(view: SiteView, loaded: Loaded) -> bytes:
    """Render a page with its theme, in UTF-8; a document is finished already.

    Raises:
        ThemeError: a word is missing.
        jinja2.TemplateError: a template is wrong.
    """
    if isinstance(loaded.page, Document):
        return loaded.page.body
    face = view.faces[loaded.ref.lang]
    text = themes.render(face.look, face.site, loaded.page, TEMPLATES[type(loaded.page)])
    return text.encode()


def content_type(path: str) -> str:
    """Give the content type an address is served with."""
    name = file_of(path)
    return next(kind for ending, kind in CONTENT_TYPES.items() if name.endswith(ending))


def file_of(path: str) -> str:
    """Give the file that holds an address, relative to the host's tree: `/vehicles/` → `vehicles/index.html`."""
    name = path.lstrip("/")
    return f"{name}index.html" if not name or name.endswith("/") else name
