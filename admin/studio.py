"""What the theme studio's page shows: the draft as forms, the frame with its real pages, what publishing it means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import themes
from admin.forms.site import LIGHT
from admin.forms.studio import GroupForm
from admin.logos import Proposal, proposals
from admin.look_words import Line, lines
from admin.show import Pen
from builder.studio import fitting, hosts, showing, standing
from builder.studio.showing import Overview
from builder.studio.standing import Going
from storefront.core.config import Settings
from storefront.domain.stores import drafts, looks
from storefront.domain.stores.drafts import Standing
from storefront.domain.stores.models import Store, StoreRevision
from themes.settings import Setting

WIDTHS = {"phone": 390, "tablet": 820, "desktop": 1280}
"""Widths of the frame in CSS pixels; the first is the usual one."""
KINDS = (
    *("home", "list", "vehicle", "contact", "about", "faq", "request:test_drive", "request:trade_in", "dealers"),
    *("dealer", "search", "info", "kept:favourites", "kept:compare", "text:legal", "text:privacy", "gone"),
)
"""Pages the frame offers, in this order; those a site does not have are left out."""
HISTORY = 12


@dataclass(frozen=True, slots=True)
class Row:
    """An entry of a list that can be ordered."""

    name: str
    label: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A list that can be ordered: sections of the front page, entries of a menu."""

    what: str
    """Id of a setting, `header` or `footer`."""
    label: str
    rows: Sequence[Row]
    is_own: bool
    """It is not as it comes."""


@dataclass(frozen=True, slots=True)
class View:
    """Which page the frame shows."""

    page: str
    lang: str
    width: str
    address: str
    """Of the frame: the draft's own host."""
    pages: Sequence[str]
    """The kinds there are in this language."""


@dataclass(frozen=True, slots=True)
class Past:
    """A revision in words."""

    revision: StoreRevision
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Studio:
    """All of it."""

    store: Store
    standing: Standing
    theme: themes.Theme
    offered: Sequence[themes.Theme]
    groups: Sequence[GroupForm]
    sections: Sequence[Arrangement]
    menus: Sequence[Arrangement]
    logo: Mapping[str, Any] | None
    proposals: Sequence[Proposal]
    pages: Mapping[str, Mapping[str, Any]]
    """Those somebody wrote, by slug."""
    overview: Overview
    view: View
    going: Going
    waiting: Sequence[Line]
    """What is drafted, in words."""
    undo: Sequence[Line]
    redo: Sequence[Line]
    history: Sequence[Past]
    unused: Sequence[str]
    """Labels of drafted values that this theme has no use for."""


def studio(
    store: Store,
    asked: Mapping[str, str],
    *,
    pen: Pen,
    settings: Settings,
    now: datetime,
    typed: GroupForm | None = None,
) -> Studio:
    """Put the page of a site together.

    Args:
        store: the site, in the open scope.
        asked: of the address: `page`, `lang`, `width`.
        pen: of the reader.
        settings: of the installation.
        now: aware UTC.
        typed: a group that was refused, with what was typed.
    """
    stand = drafts.standing(store)
    theme = fitting.theme_of(stand.look)
    overview = showing.overview(store, lang=pen.lang, settings=settings, now=now)
    logo = stand.look.get(looks.LOGO)
    names = [theme.name, str(stand.published[looks.THEME]), *themes.available()]
    past = [Past(one, lines(one.changes, names, pen)) for one in drafts.history(store.id, HISTORY)]
    waiting = [[key, stand.published.get(key), value] for key, value in stand.differs.items()]
    return Studio(
        store=store,
        standing=stand,
        theme=theme,
        offered=fitting.offered(fitting.kind_of(store.is_marketplace)),
        groups=_groups(theme, stand, overview.languages, typed),
        sections=[_sections(theme, setting, stand, pen) for setting in theme.settings if setting.kind == "order"],
        menus=[_menu(place, overview, stand, pen) for place in overview.menus.shown],
        logo=logo,
        proposals=_proposed(theme, logo),
        pages=looks.pages_in(stand.look),
        overview=overview,
        view=_view(store, asked, overview, pen, settings, now),
        going=standing.going(store, settings=settings, now=now),
        waiting=lines(waiting, names, pen),
        undo=lines(stand.undo.changes, names, pen) if stand.undo else (),
        redo=lines(stand.redo.changes, names, pen) if stand.redo else (),
        history=past,
        unused=_unused(theme, stand, pen),
    )


def _groups(theme: themes.Theme, stand: Standing, languages: Sequence[str], typed: GroupForm | None) -> list[GroupForm]:
    made = [
        typed if typed is not None and typed.group == group else GroupForm(theme, group, stand.look, languages)
        for group in theme.settings.groups
    ]
    return [form for form in made if form.boxes]


def _sections(theme: themes.Theme, setting: Setting, stand: Standing, pen: Pen) -> Arrangement:
    """Give a setting of kind `order` as a list."""
    own = stand.look.get(f"{looks.SETTING}{setting.id}")
    labels = {choice.value: theme.said(pen.lang, choice.label) for choice in setting.choices}
    shown = [str(name) for name in own or setting.default if name in labels]  # type: ignore[union-attr]
    if own == []:
        shown = []
    return Arrangement(setting.id, theme.said(pen.lang, setting.label), _rows(shown, labels), own is not None)


def _menu(place: str, overview: Overview, stand: Standing, pen: Pen) -> Arrangement:
    menu = stand.look.get(looks.MENU)
    rows = _rows(overview.menus.shown[place], overview.menus.labels)
    return Arrangement(place, pen.t(f"studio.menu.{place}"), rows, isinstance(menu, dict) and place in menu)


def _rows(shown: Sequence[str], labels: Mapping[str, str]) -> list[Row]:
    return [Row(name, labels[name], True) for name in shown] + [
        Row(name, label, False) for name, label in labels.items() if name not in shown
    ]


def _proposed(theme: themes.Theme, logo: Any) -> list[Proposal]:
    if not isinstance(logo, dict) or theme.settings.get(LIGHT) is None:
        return []
    return proposals([str(one) for one in logo.get("colours", ())], theme.name)


def _view(
    store: Store, asked: Mapping[str, str], overview: Overview, pen: Pen, settings: Settings, now: datetime
) -> View:
    wanted = asked.get("lang") or pen.lang
    lang = wanted if wanted in overview.languages else overview.languages[0]
    found = {name: path for spoken, name, path in overview.pages if spoken == lang}
    page = asked.get("page", "") if asked.get("page") in found else "home"
    width = asked.get("width", "") if asked.get("width") in WIDTHS else next(iter(WIDTHS))
    origin = settings.origin(hosts.host_for(store.id, settings=settings, now=now))
    offered = [name for name in KINDS if name in found]
    return View(page, lang, width, f"{origin}{found.get(page, '/')}", offered)


def _unused(theme: themes.Theme, stand: Standing, pen: Pen) -> list[str]:
    fits = fitting.fitting(stand.look)
    unused = [name for name in looks.settings_in(stand.look) if name not in fits]
    known = [themes.load(name) for name in themes.available()]
    found = [
        (one, setting) for name in unused for one in (theme, *known) if (setting := one.settings.get(name)) is not None
    ]
    labels = {setting.id: one.said(pen.lang, setting.label) for one, setting in reversed(found)}
    return [labels.get(name, name) for name in unused]
