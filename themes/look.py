"""A theme in use: with a dealer's settings, in one language, its files named. Pages and parts are rendered through it.

What repeats is rendered once and kept: a card per car (PERFORMANCE.md A2, level 4), the bar and foot per site and
section (level 3). Keeping never changes a byte; a look without anything kept gives the same pages.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

import jinja2
from markupsafe import Markup

from themes.assets import Bundle
from themes.compiling import NotCompilable, Render, compiled, reached
from themes.errors import ThemeError
from themes.ingredients import Log, digest, digests
from themes.settings import ThemeSettings
from themes.theme import Theme
from themes.words import Words

CARD = "parts/card.html"
_Drawn = tuple[Markup, frozenset[str]]
"""A piece that is kept, with the ingredients it was made of."""
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
    """Those in force; which are read is noted in `log`."""
    lang: str
    bundle: Bundle
    cards: dict[str, Markup] = field(default_factory=dict)
    """Cards rendered before, by the car's public id; the builder may hand in its own, of this very look."""
    log: Log = field(default_factory=Log)
    """What pages use of the theme is noted here: words, parts, settings, files (`themes.ingredients`)."""
    compiles: bool = True
    """Templates are compiled; else, and where one cannot be, Jinja renders them. The bytes are the same."""
    t: Words = field(init=False)
    """The words of the look's language."""
    _rendered: dict[tuple[str, object], _Drawn] = field(default_factory=dict)
    _shells: dict[tuple[str, int, str], tuple[object, _Drawn]] = field(default_factory=dict)
    _section: tuple[object, str] = (None, "")
    _site: object = None
    _pages: dict[str, Render] = field(default_factory=dict)
    _parts: dict[tuple[str, tuple[str, ...]], Render] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.settings = ThemeSettings(self.log.watched("setting", self.settings.values))
        self.t = self.theme.words(self.lang).heard(self.log)

    @property
    def name(self) -> str:
        """The theme's folder name."""
        self.log.names.add("theme")
        return self.theme.name

    @property
    def grounds(self) -> Mapping[str, str]:
        """The page's ground colour in each scheme, `light` and `dark`."""
        self.log.names.add("theme")
        return self.theme.grounds

    def asset(self, name: str) -> str:
        """Give the public path of a file of the theme (`css/site.css`). Raises ThemeError if there is none."""
        self.log.names.add(f"asset:{name}")
        try:
            return self.bundle.urls[name]
        except KeyError:
            raise ThemeError(f'theme "{self.theme.name}" has no file {name}') from None

    def has_asset(self, name: str) -> bool:
        """Tell whether the theme has a file of that name."""
        self.log.names.add(f"asset:{name}")
        return name in self.bundle.urls

    def card(self, card: Card, eager: bool = False, part: str = CARD) -> Markup:
        """Render a car's card, once per car; `eager` is for the first picture of a page, which must not wait."""
        if eager:
            return self._part(part, card=card, eager=True)
        if part == CARD and self.cards and (kept := self.cards.get(card.id)) is not None:
            return kept
        key = (part, card)
        found = self._rendered.get(key)
        if found is None:
            found = self._rendered[key] = self.log.apart(lambda: self._part(part, card=card, eager=False))
        self.log.names |= found[1]
        return found[0]

    def shell(self, name: str, site: Site, page: Page) -> Markup:
        """Render a part that pages of a site share; it gets `site` and `section`, the nav address above the page."""
        asked, section = self._section
        if asked is not page:
            section = section_of(site, page)
            self._section = (page, section)
        key = (name, id(site), section)
        kept = self._shells.get(key)
        if kept is None or kept[0] is not site:
            if len(self._shells) >= KEPT_SHELLS:
                self._shells.clear()
            kept = self._shells[key] = (site, self.log.apart(lambda: self._part(name, site=site, section=section)))
        self.log.names |= kept[1][1]
        return kept[1][0]

    def warm(self, site: Site, template: str) -> None:
        """Have the template of a kind of page compiled before the first one is drawn."""
        with suppress(ThemeError, jinja2.TemplateError):  # who draws it says what is wrong
            self._page(site, template)

    def ingredients(self) -> dict[str, str]:
        """Give all pages may be made of, in this language: name and digest (`themes.ingredients`)."""
        with self.log.into(set()):
            settings = digests("setting", self.settings.values.items())
        return {
            "theme": digest(f"{self.theme.name} {self.theme.grounds}"),
            **self.theme.words(self.lang).ingredients,
            **self.theme.parts(),
            **settings,
            **digests("asset", self.bundle.urls.items()),
        }

    def _part(self, name: str, **values: object) -> Markup:
        key = (name, tuple(values))
        run = self._parts.get(key)
        if run is None:
            run = self._parts[key] = self._renderer(name, {"theme": self, "t": self.t}, key[1])
        # Escaped a moment ago: the one place besides the sanitiser where text becomes Markup (SECURITY B7).
        return Markup(run(*values.values()))  # noqa: S704

    def _page(self, site: Site, template: str) -> Render:
        if self._site is not site:
            self._site, self._pages = site, {}
        run = self._pages.get(template)
        if run is None:
            run = self._renderer(template, {"site": site, "theme": self, "t": self.t}, ("page",))
            self._pages[template] = run
        return run

    def _renderer(self, name: str, shared: Mapping[str, object], params: tuple[str, ...]) -> Render:
        environment = self.theme.environment()
        if self.compiles:
            try:
                return compiled(environment, name, shared=tuple(shared), params=params).bind(shared, self.log)
            except NotCompilable:
                pass
        made = environment.get_template(name)
        parts = frozenset(f"part:{part}" for part in reached(environment, name))

        def render_by_jinja(*values: object) -> str:
            self.log.names |= parts
            return made.render(**shared, **dict(zip(params, values, strict=True)))

        return render_by_jinja


def section_of(site: Site, page: Page) -> str:
    """Give the address of the navigation entry a page lies under, or an empty string."""
    under = [
        link.href
        for link in site.nav
        if page.path == link.href or (link.href != site.home and page.path.startswith(link.href))
    ]
    return max(under, key=len, default="")


def render(look: Look, site: Site, page: Page, template: str) -> str:
    """Render a whole page.

    Raises:
        ThemeError: a word is missing, a template reads what is not there; the message names template and line.
        jinja2.TemplateError: a template is wrong.
    """
    return look._page(site, template)(page)


def render_part(look: Look, site: Site, name: str, **values: object) -> Markup:
    """Render one part with the values it names in its first lines."""
    return look._part(name, site=site, **values)
