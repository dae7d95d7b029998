"""What goes into `<head>`: titles, descriptions, canonical and language links, social pictures (SEO.md §§6, 9, 10)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from seo import meta, schema_org
from seo.schema_org import Node

from . import social
from .contexts import Alternate, Crumb, Head, Link, SocialImage
from .shells import language_name
from .siteview import Face, SiteView

INDEX = "index,follow,max-image-preview:large,max-snippet:-1"
NOINDEX = "noindex,follow"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a page is about, for its head."""

    path: str
    title: str
    description: str
    nodes: Sequence[Node] = ()
    og_type: str = "website"
    image: SocialImage | None = None
    price: tuple[str, str] | None = None
    """Decimal amount and currency."""
    canonical: Mapping[str, str] | None = None
    """Language → absolute address, where another site has the indexable page in that language."""
    indexed: bool = True
    card: str | None = None
    """Title on the picture of a shared link, where the page has no picture of its own; None: the site's name."""
    spoken: Sequence[str] | None = None
    """The languages the page stands in; None: all of its site."""
    keywords: str | None = None
    refused: bool = False
    """It names another page as canonical and asks not to be indexed itself (`seo.strict_noindex`, SEO.md §6)."""


def head(view: SiteView, face: Face, subject: Subject) -> Head:
    """Make the head of a page."""
    elsewhere = subject.canonical or {}
    canonical = elsewhere.get(face.lang, view.absolute(subject.path)) if subject.indexed else None
    own = subject.indexed and face.lang not in elsewhere
    return Head(
        title=subject.title,
        description=subject.description,
        canonical=canonical,
        robots=INDEX if subject.indexed and not subject.refused else NOINDEX,
        og_type=subject.og_type,
        og_locale=face.formats.og_locale,
        alternates=_alternates(view, face, subject) if own else (),
        image=subject.image or social.of_site(view, face, subject.card),
        price_amount=subject.price[0] if subject.price else None,
        price_currency=subject.price[1] if subject.price else None,
        json_ld=Markup(schema_org.serialise(subject.nodes)) if subject.nodes else None,  # noqa: S704 - escaped there
        keywords=subject.keywords or None,
    )


def in_language(face: Face, other: Face, path: str) -> str:
    """Give the address of the same page in another language of the site."""
    return f"{other.urls.prefix}{path.removeprefix(face.urls.prefix)}"


def languages(view: SiteView, face: Face, path: str, spoken: Sequence[str] | None = None) -> tuple[Link, ...]:
    """Give links to the same page in the other languages it stands in.

    Args:
        view: the site.
        face: the language of the page.
        path: of the page.
        spoken: the languages it stands in; None: all of its site.
    """
    return tuple(
        Link(in_language(face, other, path), language_name(other.lang), lang=other.lang)
        for other in view.faces.values()
        if other is not face and (spoken is None or other.lang in spoken)
    )


def title(face: Face, view: SiteView, *candidates: str) -> str:
    """Give a page's title from ever shorter candidates, with the site's name where there is room."""
    return shortest_title(view, candidates)


def shortest_title(view: SiteView, candidates: Iterable[str]) -> str:
    """Give a page's title from ever shorter candidates, which are made as they are needed."""
    return meta.title((meta.tidy(text) for text in candidates), view.store.name)


def describe(face: Face, *sentences: str) -> str:
    """Give a page's description; where the sentences are short, what all sites say fills it up."""
    return meta.description([*sentences, face.t("pages.describe.more"), face.t("pages.describe.still_more")])


def linked(view: SiteView, crumbs: Sequence[Crumb]) -> list[tuple[str, str | None]]:
    """Give crumbs as structured data takes them: name and absolute address."""
    return [(crumb.text, view.absolute(crumb.href) if crumb.href else None) for crumb in crumbs]


def _alternates(view: SiteView, face: Face, subject: Subject) -> tuple[Alternate, ...]:
    """List every language in which this site has the indexable page, itself included, and the default one."""
    spoken = view.faces if subject.spoken is None else subject.spoken
    elsewhere = subject.canonical or {}
    own = [other for other in view.faces.values() if other.lang in spoken and other.lang not in elsewhere]
    if len(own) < 2:
        return ()
    links = [Alternate(other.lang, view.absolute(in_language(face, other, subject.path))) for other in own]
    return (*links, Alternate("x-default", links[0].href))
