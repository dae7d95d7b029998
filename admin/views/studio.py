"""The theme studio: a site's look changed as a draft, with its real pages beside it (SPEC 24; SECURITY C1, C2)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, g, make_response, redirect, request, url_for
from sqlalchemy import select

import themes
from admin import logos, queries
from admin.access import needs, office, visitor
from admin.entrance import takes
from admin.forms.studio import GroupForm, group_named, read_order
from admin.pages import pen, render
from admin.studio import studio
from builder.studio import fitting, showing
from builder.studio.hosts import host_for
from storefront.core import clock
from storefront.core.acts import Result, perform
from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.domain.listings.photo_store import logo_store
from storefront.domain.stores import drafts, looks
from storefront.domain.stores.models import Step, Store
from themes.settings import Setting

from .site import kept_picture

bp = Blueprint("studio", __name__, url_prefix="/stores/<uuid:store_id>/studio")
KEPT = ("page", "lang", "width", "open")
"""What an act leaves as it was: the page in the frame, the part that is open."""


@bp.get("/")
@needs(owners=True)
def show(store_id: UUID) -> Response:
    """Show the draft and its pages."""
    return page_of(store_of(store_id))


@bp.post("/settings")
@needs(owners=True)
def settings(store_id: UUID) -> Response:
    """Change the settings of a group."""
    store = store_of(store_id)
    look = drafts.standing(store).look
    theme = fitting.theme_of(look)
    group = group_named(theme, request.form.get("group", "")) or abort(404)
    form = GroupForm(theme, group, look, _languages(store, theme), request.form)
    if not form.check():
        return page_of(store, typed=form, status=422)
    altered = [key for key, value in form.values.items() if look.get(key) != value]
    typed = {f"{looks.SETTING}{one.id}" for one in group.settings if one.kind in ("text", "longtext")}
    return changed(store, form.values, is_typing=typed.issuperset(altered))


@bp.post("/theme")
@needs(owners=True)
def theme(store_id: UUID) -> Response:
    """Choose another theme; what both know is taken along."""
    store, wanted = store_of(store_id), request.form.get("theme", "")
    if wanted not in [one.name for one in fitting.offered(fitting.kind_of(store.is_marketplace))]:
        return page_of(store, fault=pen().t("form.choose"), status=422)
    return changed(store, {looks.THEME: wanted})


@bp.post("/order")
@needs(owners=True)
def order(store_id: UUID) -> Response:
    """Put sections, or the entries of a menu, in order, or leave some out."""
    store, what = store_of(store_id), request.form.get("what", "")
    look = drafts.standing(store).look
    setting = fitting.theme_of(look).settings.get(what)
    ticked = request.form.getlist("on")
    if setting is not None and setting.kind == "order":
        known = [choice.value for choice in setting.choices]
        return changed(store, _sections(setting, read_order(request.form, ticked, known).shown))
    overview = showing.overview(store, lang=pen().lang, settings=office().settings, now=clock.now())
    if what not in overview.menus.shown:
        abort(404)
    known = [*overview.menus.shown[what], *overview.menus.labels]
    chosen = read_order(request.form, ticked, list(dict.fromkeys(known)))
    usual = overview.menus.usual[what]
    part = None if list(chosen.shown) == list(usual) else {"on": list(chosen.shown), "off": list(chosen.hidden)}
    menu = dict(look.get(looks.MENU) or {}) | {what: part}
    menu = {place: said for place, said in menu.items() if said is not None}
    return changed(store, {looks.MENU: menu or None})


@bp.post("/logo")
@needs(owners=True)
@takes(logos.MOST_BYTES + 100_000)
def logo(store_id: UUID) -> Response:
    """Take a logo into the draft; its colours propose accents."""
    store, file = store_of(store_id), request.files.get("logo")
    if file is None or not file.filename:
        return page_of(store, fault=pen().t("site.no_logo"), status=422)
    try:
        found = logos.read(file.read())
    except DomainError as error:
        return page_of(store, fault=pen().refusal(error), status=422)
    value = found.as_setting(logo_store(office().settings).put(found.png))
    return changed(store, {looks.LOGO: value})


@bp.post("/logo/removal")
@needs(owners=True)
def no_logo(store_id: UUID) -> Response:
    """Do without a logo."""
    return changed(store_of(store_id), {looks.LOGO: None})


@bp.get("/logo.png")
@needs(owners=True)
def picture(store_id: UUID) -> Response:
    """Give the draft's logo: pixels alone."""
    return kept_picture(drafts.standing(store_of(store_id)).look.get(looks.LOGO))


@bp.get("/themes/<theme_name>.png")
@needs(owners=True)
def preview(store_id: UUID, theme_name: str) -> Response:
    """Give the picture of a theme."""
    store_of(store_id)
    file = themes.load(theme_name).chain[0] / "preview.png" if theme_name in themes.available() else None
    if file is None or not file.is_file():
        abort(404)
    answer = make_response(file.read_bytes())
    answer.content_type, answer.cache_control.private, answer.cache_control.max_age = "image/png", True, 3600
    answer.add_etag()
    return answer.make_conditional(request)


@bp.post("/undo")
@needs(owners=True)
def undo(store_id: UUID) -> Response:
    """Take the last change back."""
    store = store_of(store_id)
    return answered(store, perform(drafts.undo, store, now=clock.now(), actor=visitor().actor))


@bp.post("/redo")
@needs(owners=True)
def redo(store_id: UUID) -> Response:
    """Do it again."""
    store = store_of(store_id)
    return answered(store, perform(drafts.redo, store, now=clock.now(), actor=visitor().actor))


@bp.post("/discard")
@needs(owners=True)
def discard(store_id: UUID) -> Response:
    """Give the draft up."""
    store = store_of(store_id)
    result = perform(drafts.discard, store, now=clock.now(), actor=visitor().actor)
    return answered(store, result, pen().t("studio.discarded"))


@bp.post("/reset")
@needs(owners=True)
def reset(store_id: UUID) -> Response:
    """Set one setting, the settings of the theme, or a menu back to how they come."""
    store, what = store_of(store_id), request.form.get("what", "")
    look = drafts.standing(store).look
    if what in ("header", "footer"):
        menu = {place: said for place, said in dict(look.get(looks.MENU) or {}).items() if place != what}
        return changed(store, {looks.MENU: menu or None}, step=Step.BACK)
    names = [setting.id for setting in fitting.theme_of(look).settings]
    wanted = names if what == "all" else [name for name in names if name == what]
    if not wanted:
        abort(404)
    return changed(store, {f"{looks.SETTING}{name}": None for name in wanted}, step=Step.BACK)


@bp.post("/copy")
@needs(owners=True)
def copy(store_id: UUID) -> Response:
    """Take the look over into the draft of another site of the same owner."""
    store, wanted = store_of(store_id), request.form.get("to", "")
    other = next((one for one in siblings(store) if str(one.id) == wanted), None)
    if other is None:
        return page_of(store, fault=pen().t("form.choose"), status=422)
    look, there = drafts.standing(store).look, drafts.standing(other).look
    names = {key for key in (*look, *there) if not key.startswith(looks.PAGE)}
    values = {key: look.get(key) for key in sorted(names)}
    result = perform(drafts.change, other, values, now=clock.now(), actor=visitor().actor, step=Step.COPIED)
    if not result:
        return answered(store, result)
    flash(pen().t("studio.copied" if result.value is not None else "studio.copied_nothing", host=other.public_host))
    return make_response(redirect(url_for("admin.studio.show", store_id=other.id), 303))


def store_of(store_id: UUID) -> Store:
    """Find a site of the visitor's scope."""
    return queries.store(store_id) or abort(404)


def siblings(store: Store) -> list[Store]:
    """Give the other sites of the same owner and kind."""
    reading = select(Store).where(Store.dealer_id == store.dealer_id, Store.id != store.id, Store.kind == store.kind)
    return sorted(db.session.scalars(reading), key=lambda one: one.public_host)


def changed(store: Store, values: Mapping[str, Any], *, step: Step = Step.CHANGED, is_typing: bool = False) -> Response:
    """Change the draft and lead back to it."""
    how: dict[str, Any] = {"step": step, "is_typing": is_typing}
    result = perform(drafts.change, store, values, now=clock.now(), actor=visitor().actor, **how)
    return answered(store, result)


def answered(store: Store, result: Result[Any], said: str = "") -> Response:
    """Lead back to the draft, or say why an act was refused."""
    if not result:
        return page_of(store_of(store.id), fault=pen().refusal(result.error), status=409)  # type: ignore[arg-type]
    if said:
        flash(said)
    return back(store.id)


def back(store_id: UUID) -> Response:
    """Lead to the studio, with the same page in its frame."""
    kept: dict[str, Any] = {name: value for name in KEPT if (value := request.values.get(name, ""))}
    address = url_for("admin.studio.show", store_id=store_id, _anchor=kept.get("open"), **kept)
    return make_response(redirect(address, 303))


def page_of(store: Store, *, typed: GroupForm | None = None, fault: str = "", status: int = 200) -> Response:
    """Draw the studio; its policy lets the draft's own host be framed, and no other."""
    now, own = clock.now(), office().settings
    found = studio(store, request.values, pen=pen(), settings=own, now=now, typed=typed)
    g.frames = own.origin(host_for(store.id, settings=own, now=now))
    page = render(
        "studio/show.html", studio=found, store=store, fault=fault, siblings=siblings(store), origin=own.origin
    )
    return make_response(page, status)


def _languages(store: Store, theme: themes.Theme) -> list[str]:
    spoken = [lang for lang in dict.fromkeys(store.languages) if lang in theme.languages()]
    return spoken or [theme.languages()[0]]


def _sections(setting: Setting, shown: tuple[str, ...]) -> dict[str, Any]:
    usual = setting.default if isinstance(setting.default, tuple) else ()
    return {f"{looks.SETTING}{setting.id}": None if shown == usual else list(shown)}
