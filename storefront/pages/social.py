"""Pictures of shared links: what is drawn on them and where they lie (SEO.md §10, SPEC 99).

The address is a hash of everything that is drawn, so a page names the picture before the builder made it, the same
picture is made once for all languages, and a change of the price changes nothing.
"""

from hashlib import blake2b

from storefront.domain.listings.queries import PhotoRow

from . import pictures, shells
from .contexts import SocialCard, SocialImage
from .siteview import Face, SiteView

RECIPE = "1"
"""Grows when cards are drawn differently."""
ACCENT = "#3b4a54"
"""Colour of the mark where a theme has no accent."""
PREFIX = "/i/card-"


def image(
    view: SiteView,
    face: Face,
    title: str,
    alt: str,
    *,
    text: str | None = None,
    name: str | None = None,
    body: str | None = None,
    shot: PhotoRow | None = None,
) -> SocialImage:
    """Give the picture a page is shared with.

    Args:
        view: the site, whose colours and mark it bears.
        face: its language.
        title: in large letters: the car, the list.
        alt: what the picture shows, for those who cannot see it.
        text: a smaller line below.
        name: who offers it; the site's name when None.
        body: body type for the line drawing where there is no photo.
        shot: the photo.
    """
    accent, ground = _colours(view, face)
    card = SocialCard(
        title=title,
        text=text or None,
        name=view.store.name if name is None else name,
        initial=face.site.initial,
        accent=accent,
        ground=ground,
        body=None if shot else body,
        photo=None if shot is None else pictures.set_name(shot.content_hash),
        focus=pictures.FOCUS
        if shot is None
        else pictures.focus_of(shot.width, shot.height, shot.focus_x, shot.focus_y),
    )
    return SocialImage(view.absolute(path_of(card)), alt, card=card)


def of_site(view: SiteView, face: Face, title: str | None = None) -> SocialImage:
    """Give the picture of pages that have none of their own: a title, or the site's name, over who it is."""
    name = view.store.name
    if title is None or title == name:
        return image(view, face, name, name, text=face.site.tagline, name=view.store.public_host)
    return image(view, face, title, f"{title} · {name}", text=None)


def path_of(card: SocialCard) -> str:
    """Give the public path of a card."""
    drawn = "\0".join(
        (
            RECIPE,
            card.title,
            card.text or "",
            card.name,
            card.initial,
            card.accent,
            card.ground,
            card.body or "",
            card.photo or "",
            f"{card.focus[0]}x{card.focus[1]}",
        )
    )
    return f"{PREFIX}{blake2b(drawn.encode(), digest_size=pictures.HASH_DIGITS // 2).hexdigest()}.jpg"


def _colours(view: SiteView, face: Face) -> tuple[str, str]:
    """Give accent and ground, looked up once a language."""
    if face.lang not in view.kept.colours:
        view.kept.colours[face.lang] = view.log.apart(lambda: (_accent(face), shells.ground(face)))
    colours, used = view.kept.colours[face.lang]
    view.log.names |= used
    return colours


def _accent(face: Face) -> str:
    """Give the accent colour on the ground the site has."""
    look = face.look
    use = "accent:dark" if shells.ground(face) == look.grounds["dark"] else "accent:light"
    accents = (str(look.settings.values[setting.id]) for setting in look.theme.settings if setting.use == use)
    return next((accent for accent in accents if accent), ACCENT)
