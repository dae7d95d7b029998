"""What search engines show of a site's cars: templates of titles and descriptions, drafted like the rest (SPEC 102)."""

from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, request, url_for

from admin.access import needs, office, visitor
from admin.forms.studio import TemplatesForm
from admin.pages import pen, render
from admin.views.studio import store_of
from builder.studio import showing
from storefront.core import clock
from storefront.core.acts import perform
from storefront.domain.stores import drafts
from storefront.domain.stores.models import Store
from storefront.pages.structured import PLACES

bp = Blueprint("studio_search", __name__, url_prefix="/stores/<uuid:store_id>/studio/search")


@bp.get("/")
@needs(owners=True)
def show(store_id: UUID) -> Response:
    """Show the drafted templates, and what they make of some cars."""
    store = store_of(store_id)
    return _page(store, TemplatesForm(store.languages, drafts.standing(store).look))


@bp.post("/")
@needs(owners=True)
def update(store_id: UUID) -> Response:
    """Change the templates in the draft."""
    store = store_of(store_id)
    form = TemplatesForm(store.languages, drafts.standing(store).look, request.form)
    if not form.check():
        return _page(store, form, 422)
    result = perform(drafts.change, store, form.value, now=clock.now(), actor=visitor().actor)
    if not result:
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
        return _page(store_of(store_id), form, 409)
    flash(pen().t("studio.saved"))
    return make_response(redirect(url_for("admin.studio_search.show", store_id=store_id), 303))


def _page(store: Store, form: TemplatesForm, status: int = 200) -> Response:
    found = showing.searched(store.id, settings=office().settings, now=clock.now())
    return make_response(render("studio/search.html", store=store, form=form, places=PLACES, found=found), status)
