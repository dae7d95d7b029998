"""From a loaded page to the bytes of its file."""

import minify_html

import themes

from .contexts import TEMPLATES
from .documents import Document
from .loading import Loaded
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


def render(view: SiteView, loaded: Loaded) -> bytes:
    """Render a page with its theme, minified, in UTF-8; a document is finished already.

    Raises:
        ThemeError: a word is missing.
        jinja2.TemplateError: a template is wrong.
    """
    if isinstance(loaded.page, Document):
        return loaded.page.body
    face = view.faces[loaded.ref.lang]
    text = themes.render(face.look, face.site, loaded.page, TEMPLATES[type(loaded.page)])
    return minified(text).encode()


def minified(text: str) -> str:
    """Take needless white space and quotes out of a page; closing tags and the frame stay, so that it stays valid."""
    return str(minify_html.minify(text, keep_closing_tags=True, keep_html_and_head_opening_tags=True))


def content_type(path: str) -> str:
    """Give the content type an address is served with."""
    name = file_of(path)
    return next(kind for ending, kind in CONTENT_TYPES.items() if name.endswith(ending))


def file_of(path: str) -> str:
    """Give the file that holds an address, relative to the host's tree: `/vehicles/` → `vehicles/index.html`."""
    name = path.lstrip("/")
    return f"{name}index.html" if not name or name.endswith("/") else name
