"""Builds and releases: what is at work, what failed and why, the way back and on (SPEC decisions, rollback)."""

from uuid import UUID

from flask import Blueprint, Response, abort, make_response, request

from admin import operator_queries, queries
from admin.access import needs, office, visitor
from admin.forms.operator import RollbackForm
from admin.pages import back_to, done, page_number, pen, render
from builder import asking
from builder.queries import last_builds
from storefront.core import clock
from storefront.core.acts import perform
from storefront.domain.stores.models import Store

bp = Blueprint("builds", __name__, url_prefix="/builds")
SHOWN = 15


@bp.get("/")
@needs(operators=True)
def index() -> str:
    """List the sites with what is at work and what was built last."""
    now = clock.now()
    page = operator_queries.site_lines(page_number(), now)
    return render("builds/index.html", page=page, origin=office().settings.origin)


@bp.get("/<uuid:store_id>/")
@needs(operators=True)
def show(store_id: UUID) -> Response:
    """Show a site's releases and builds."""
    return _page(_store(store_id))


@bp.post("/<uuid:store_id>/rollback")
@needs(operators=True)
def roll_back(store_id: UUID) -> Response:
    """Ask for an earlier release to be served again; the site is held then."""
    store, form = _store(store_id), RollbackForm(request.form)
    if form.check():
        result = perform(
            asking.ask_rollback,
            store,
            form.raw["release"],
            settings=office().settings,
            now=clock.now(),
            actor=visitor().actor,
            reason=form.raw["reason"],
        )
        if result:
            done(pen().t("builds.rollback_asked"))
            return back_to("admin.builds.show", store_id=store_id)
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _page(_store(store_id), form)


@bp.post("/<uuid:store_id>/resume")
@needs(operators=True)
def resume(store_id: UUID) -> Response:
    """Let a held site be published again."""
    result = perform(asking.resume, _store(store_id), now=clock.now(), actor=visitor().actor)
    if result:
        done(pen().t("builds.resumed"))
        return back_to("admin.builds.show", store_id=store_id)
    form = RollbackForm()
    form.errors[""] = pen().refusal(result.error)  # type: ignore[arg-type]
    return _page(_store(store_id), form)


def _store(store_id: UUID) -> Store:
    return queries.store(store_id) or abort(404)


def _page(store: Store, wrong: RollbackForm | None = None) -> Response:
    found = asking.ways(store, office().settings)
    page = render(
        "builds/show.html",
        store=store,
        releases=found.releases,
        held=found.held,
        held_by=operator_queries.said_by(found.held.by) if found.held else "",
        builds=last_builds(store.id, SHOWN),
        origin=office().settings.origin,
        form=wrong or RollbackForm(),
    )
    return make_response(page, 200 if wrong is None else 422)
