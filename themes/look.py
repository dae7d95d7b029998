"""A theme in use: with a dealer's settings, in one language, its files named. Pages and parts are rendered through it.

What repeats is rendered once and kept: a card per car (PERFORMANCE.md A2, level 4), the bar and foot per site and
section (level 3). Keeping never changes a byte; a look without anything kept gives the same pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from markupsafe import Markup

from themes.assets import Bundle
from themes.errors import ThemeError
from themes.settings import ThemeSettings
from themes.theme import Theme
from themes.words import Words

CARD = "parts/card.html"
KEPT_SHELLS = 256


class NavLink(Protocol):
    """What the shell needs of a link."""

    @property
    def href(self) -> str: ...


class Site(Protocol):
    """What the shell needs of a site; templates see the whole of it."""

    @property
    def home(self) -> str: ...
    @property
    def nav(self) -> Sequence[NavLink]: ...


class Page(Protocol):
    """What the shell needs of a page; templates see the whole of it."""

    @property
    def path(self) -> str: ...


class Card(Protocol):
    """What keeping needs of a card."""

    @property
    def id(self) -> str: ...


@dataclass(slots=True)
class Look:
    """A theme with settings, language and files; templates know it as `theme`."""

    theme: Theme
    settings: ThemeSettings
    lang: str
    bundle: Bundle
    cards: dict[str, Markup] = field(default_factory=dict)
    """Cards rendered before, by the car's public id; the builder may hand in its own, of this very look."""
    _rendered: dict[tuple[str, object], Markup] = field(default_factory=dict)
    _shells: dict[tuple[str, int, str], tuple[object, Markup]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The theme's folder name."""
        return self.theme.name

    @property
    def t(self) -> Words:
        """The words of the look's language."""
        return self.theme.words(self.lang)

    def asset(self, name: str) -> str:
        """Give the public path of a file of the theme (`css/site.css`). Raises ThemeError if there is none."""
        try:
            return self.bundle.urls[name]
        except KeyError:
            raise ThemeError(f'theme "{self.theme.name}" has no file {name}') from None

    def has_asset(self, name: str) -> bool:
        """Tell whether the theme has a file of that name."""
        return name in self.bundle.urls

    def card(self, card: Card, eager: bool = False, part: str = CARD) -> Markup:
        """Render a car's card, once per car; `eager` is for the first picture of a page, which must not wait."""
        if eager:
            return self._part(part, card=card, eager=True)
        if part == CARD and (kept := self.cards.get(card.id)) is not None:
            return kept
        key = (part, card)
        found = self._rendered.get(key)
        if found is None:
            found = self._rendered[key] = self._part(part, card=card, eager=False)
        return found

    def shell(self, name: str, site: Site, page: Page) -> Markup:
        """Render a part that pages of a site share; it gets `site` and `section`, the nav address above the page."""
        section = section_of(site, page)
        key = (name, id(site), section)
        kept = self._shells.get(key)
        if kept is None or kept[0] is not site:
            if len(self._shells) >= KEPT_SHELLS:
                self._shells.clear()
            kept = self._shells[key] = (site, self._part(name, site=site, section=section))
        return kept[1]

    def _part(self, name: str, **values: object) -> Markup:
        # Jinja escaped it a moment ago: the one place besides the sanitiser where text becomes Markup (SECURITY B7).
        return Markup(self.theme.environment().get_template(name).render(theme=self, t=self.t, **values))  # noqa: S704


def section_of(site: Site, page: Page) -> str:
    """Give the address of the navigation entry a page lies under, or an empty string."""
    under = [
        link.href
        for link in site.nav
        if page.path == link.href or (link.href != site.home and page.path.startswith(link.href))
    ]
    return max(under, key=len, default="")


def render(look: Look, site: Site, page: Page, template: str) -> str:
    """Render a whole page. Raises ThemeError for a missing word, jinja2's errors for a wrong template."""
    return look.theme.environment().get_template(template).render(page=page, site=site, theme=look, t=look.t)


def render_part(look: Look, site: Site, name: str, **values: object) -> Markup:
    """Render one part with the values it names in its first lines."""
    return look._part(name, site=site, **values)
