"""Publishing from the theme studio: now, at a moment, an earlier look again, and how it gets on (SPEC 24)."""

from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request

from admin.access import needs, office, visitor
from admin.forms.moments import read_moment
from admin.look_words import between, lines
from admin.pages import pen, render
from admin.views.studio import answered, back, page_of, store_of
from builder import asking
from builder.studio import publishing, standing
from storefront.core import clock
from storefront.core.acts import perform
from storefront.domain.stores import drafts, looks
from storefront.domain.stores.models import Store

bp = Blueprint("studio_going", __name__, url_prefix="/stores/<uuid:store_id>/studio")


@bp.post("/publish")
@needs(owners=True)
def publish(store_id: UUID) -> Response:
    """Publish the draft."""
    store = store_of(store_id)
    result = perform(publishing.publish, store, now=clock.now(), actor=visitor().actor)
    return answered(store, result, pen().t("studio.published" if store.active else "studio.published_off"))


@bp.post("/plan")
@needs(owners=True)
def plan(store_id: UUID) -> Response:
    """Have the draft published by itself at a moment."""
    store, at = store_of(store_id), read_moment(request.form.get("at", ""), visitor().tenant.time_zone)
    if at is None:
        return page_of(store, fault=pen().t("studio.no_moment"), status=422)
    result = perform(drafts.plan, store, at, now=clock.now(), actor=visitor().actor)
    return answered(store, result, pen().t("studio.planned", moment=pen().moment(at)))


@bp.post("/plan/removal")
@needs(owners=True)
def unplan(store_id: UUID) -> Response:
    """Take the moment back; the draft stays."""
    store = store_of(store_id)
    return answered(store, perform(drafts.plan, store, None, now=clock.now(), actor=visitor().actor))


@bp.get("/looks/")
@needs(owners=True)
def published(store_id: UUID) -> str:
    """List the looks that were published, each with what differs from today's."""
    store = store_of(store_id)
    now = looks.look_of(store)
    found = [(one, _differences(store, now, one.look or {})) for one in drafts.publications(store.id)]
    return render("studio/looks.html", store=store, looks=found)


@bp.post("/looks/<int:number>")
@needs(owners=True)
def bring_back(store_id: UUID, number: int) -> Response:
    """Publish an earlier look again."""
    store = store_of(store_id)
    result = perform(publishing.bring_back, store, number, now=clock.now(), actor=visitor().actor)
    return answered(store, result, pen().t("studio.brought_back"))


@bp.post("/resume")
@needs(owners=True)
def resume(store_id: UUID) -> Response:
    """Let a held site be published again."""
    store = store_of(store_id)
    result = perform(asking.resume, store, now=clock.now(), actor=visitor().actor)
    return answered(store, result, pen().t("builds.resumed"))


@bp.get("/progress")
@needs(owners=True)
def progress(store_id: UUID) -> Response:
    """Give how the publication gets on, as a piece of the page; somebody without scripts gets the page."""
    store = store_of(store_id)
    if request.headers.get("X-Requested-With") != "studio":
        return back(store_id)
    going = standing.going(store, settings=office().settings, now=clock.now())
    return make_response(render_template("admin/studio/going.html", going=going, pen=pen(), store=store))


def _differences(store: Store, now: looks.Look, then: looks.Look) -> list[object]:
    names = [str(then.get(looks.THEME, "")), str(now[looks.THEME])]
    return list(lines(between(now, then), names, pen()))
