"""Pages the operator wrote for the marketplace, with a preview of the text (SPEC 27)."""

from uuid import UUID

from flask import Blueprint, Response, abort, make_response, request
from markupsafe import Markup

from admin import operator_queries
from admin.access import needs, office, visitor
from admin.forms.operator import WrittenForm
from admin.pages import back_to, done, pen, render
from storefront.core import clock
from storefront.core.acts import perform
from storefront.domain.stores.actions import BODY_LENGTH, order_pages, remove_page, write_page
from storefront.domain.stores.models import Store, StorePage
from storefront.domain.stores.queries import pages_written
from storefront.pages.texts import page_markup

bp = Blueprint("written", __name__, url_prefix="/pages")


@bp.get("/")
@needs(operators=True)
def index() -> str:
    """List the pages in the order of the menu."""
    store = _market()
    return render("written/index.html", store=store, pages=pages_written(store.id), origin=office().settings.origin)


@bp.get("/new")
@needs(operators=True)
def new() -> Response:
    """Show the editor, empty."""
    store = _market()
    return _editor(store, None, WrittenForm(store.languages))


@bp.get("/<uuid:page_id>/")
@needs(operators=True)
def edit(page_id: UUID) -> Response:
    """Show a page in the editor."""
    store = _market()
    page = _page(store, page_id)
    before = {f"title_{lang}": page.titles.get(lang, "") for lang in store.languages}
    before |= {f"body_{lang}": page.bodies.get(lang, "") for lang in store.languages}
    return _editor(store, page, WrittenForm(store.languages, None, slug=page.slug, in_menu=_yes(page), **before))


@bp.post("/")
@needs(operators=True)
def create() -> Response:
    """Write a new page."""
    store = _market()
    form = WrittenForm(store.languages, request.form)
    if form.check() and any(page.slug == form.value.slug for page in pages_written(store.id)):
        form.refuse("slug", "written.slug_taken")
    return _keep(store, None, form)


@bp.post("/<uuid:page_id>/")
@needs(operators=True)
def update(page_id: UUID) -> Response:
    """Write a page anew; its address stays."""
    store = _market()
    page = _page(store, page_id)
    return _keep(store, page, WrittenForm(store.languages, request.form.to_dict() | {"slug": page.slug}))


@bp.post("/<uuid:page_id>/removal")
@needs(operators=True)
def remove(page_id: UUID) -> Response:
    """Take a page away."""
    store = _market()
    page = _page(store, page_id)
    perform(remove_page, store, page.slug, now=clock.now(), actor=visitor().actor).unwrap()
    done(pen().t("written.removed"))
    return back_to("admin.written.index")


@bp.post("/<uuid:page_id>/up")
@needs(operators=True)
def up(page_id: UUID) -> Response:
    """Put a page one place further up."""
    store = _market()
    slugs = [page.slug for page in pages_written(store.id)]
    at = slugs.index(_page(store, page_id).slug)
    if at:
        slugs[at - 1], slugs[at] = slugs[at], slugs[at - 1]
    perform(order_pages, store, slugs, now=clock.now(), actor=visitor().actor).unwrap()
    return back_to("admin.written.index")


@bp.post("/preview")
@needs(operators=True)
def preview() -> str:
    """Give the text as the page will show it, for the editor; nothing is kept."""
    return str(_shown(request.form.get("text", "")))


def _shown(text: str) -> Markup:
    return page_markup(text[:BODY_LENGTH])


def _market() -> Store:
    """Give the marketplace's site; a tenant without one has no pages of its own."""
    return operator_queries.marketplace() or abort(404)


def _page(store: Store, page_id: UUID) -> StorePage:
    return next((page for page in pages_written(store.id) if page.id == page_id), None) or abort(404)


def _yes(page: StorePage) -> str:
    return "yes" if page.in_menu else ""


def _keep(store: Store, page: StorePage | None, form: WrittenForm) -> Response:
    if not form.errors and form.check():
        result = perform(write_page, store, form.value, now=clock.now(), actor=visitor().actor)
        if result:
            done(pen().t("written.kept"))
            return back_to("admin.written.edit", page_id=result.unwrap().id)
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _editor(store, page, form, 422)


def _editor(store: Store, page: StorePage | None, form: WrittenForm, code: int = 200) -> Response:
    shown = {lang: _shown(form.raw[f"body_{lang}"]) for lang in store.languages}
    answer = render(
        "written/edit.html", store=store, page=page, form=form, shown=shown, origin=office().settings.origin
    )
    return make_response(answer, code)
