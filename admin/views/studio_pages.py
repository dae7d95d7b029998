"""Pages a site's owner writes in the theme studio: Markdown, in all languages, drafted like the rest (SPEC 24)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, request, url_for
from markupsafe import Markup

from admin.access import needs, visitor
from admin.forms.operator import WrittenForm
from admin.pages import done, pen, render
from admin.views.studio import back, changed, store_of
from storefront.core import clock
from storefront.core.acts import perform
from storefront.domain.stores import drafts, looks
from storefront.domain.stores.actions import BODY_LENGTH, checked_page
from storefront.domain.stores.models import Store
from storefront.pages.texts import page_markup

bp = Blueprint("studio_pages", __name__, url_prefix="/stores/<uuid:store_id>/studio")


@bp.get("/new-page")
@needs(owners=True)
def new(store_id: UUID) -> Response:
    """Show the editor, empty."""
    store = store_of(store_id)
    return _editor(store, None, WrittenForm(store.languages))


@bp.get("/pages/<slug>/")
@needs(owners=True)
def edit(store_id: UUID, slug: str) -> Response:
    """Show a drafted page in the editor."""
    store = store_of(store_id)
    page = _page(store, slug)
    before = {f"title_{lang}": str(page["titles"].get(lang, "")) for lang in store.languages}
    before |= {f"body_{lang}": str(page["bodies"].get(lang, "")) for lang in store.languages}
    in_menu = "yes" if page["in_menu"] else ""
    return _editor(store, slug, WrittenForm(store.languages, None, slug=slug, in_menu=in_menu, **before))


@bp.post("/pages/")
@needs(owners=True)
def create(store_id: UUID) -> Response:
    """Write a new page."""
    store = store_of(store_id)
    form = WrittenForm(store.languages, request.form)
    if form.check() and form.value.slug in _pages(store):
        form.refuse("slug", "written.slug_taken")
    return _keep(store, None, form)


@bp.post("/pages/<slug>/")
@needs(owners=True)
def update(store_id: UUID, slug: str) -> Response:
    """Write a page anew; its address stays."""
    store = store_of(store_id)
    _page(store, slug)
    return _keep(store, slug, WrittenForm(store.languages, request.form.to_dict() | {"slug": slug}))


@bp.post("/pages/<slug>/removal")
@needs(owners=True)
def remove(store_id: UUID, slug: str) -> Response:
    """Take a page out of the draft."""
    store = store_of(store_id)
    _page(store, slug)
    return changed(store, {f"{looks.PAGE}{slug}": None})


@bp.post("/page-preview")
@needs(owners=True)
def preview(store_id: UUID) -> str:
    """Give the text as the page will show it, for the editor; nothing is kept."""
    store_of(store_id)
    return str(_shown(request.form.get("text", "")))


def _pages(store: Store) -> dict[str, dict[str, Any]]:
    return looks.pages_in(drafts.standing(store).look)


def _page(store: Store, slug: str) -> dict[str, Any]:
    return _pages(store).get(slug) or abort(404)


def _shown(text: str) -> Markup:
    return page_markup(text[:BODY_LENGTH])


def _keep(store: Store, slug: str | None, form: WrittenForm) -> Response:
    if not form.errors and form.check():
        result = perform(_write, store, form, now=clock.now(), actor=visitor().actor)
        if result:
            done(pen().t("studio.page_kept"))
            return back(store.id)
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _editor(store, slug, form, 422)


def _write(store: Store, form: WrittenForm, **act: Any) -> None:
    """Draft the page; the same rules hold as for a page that is written at once."""
    others = _pages(store)
    before = others.pop(form.value.slug, None)
    titles, bodies = checked_page(store, form.value, {name: one["titles"] for name, one in others.items()})
    last = max((int(one["position"]) for one in others.values()), default=0)
    position = last + 1 if before is None else before["position"]
    said = {"titles": titles, "bodies": bodies, "in_menu": form.value.in_menu, "position": position}
    drafts.change(store, {f"{looks.PAGE}{form.value.slug}": said}, **act)


def _editor(store: Store, slug: str | None, form: WrittenForm, code: int = 200) -> Response:
    shown = {lang: _shown(form.raw[f"body_{lang}"]) for lang in store.languages}
    look = url_for("admin.studio_pages.preview", store_id=store.id)
    page = render("studio/page.html", store=store, slug=slug, form=form, shown=shown, preview=look)
    return make_response(page, code)
