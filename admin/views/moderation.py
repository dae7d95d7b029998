"""What the operator looks at: new dealers, texts and photos that may break a rule."""

from uuid import UUID

from flask import Blueprint, Response, abort, make_response, request

from admin import queries
from admin.access import needs, office, visitor
from admin.forms.operator import VerdictForm
from admin.pages import back_to, done, pen, render
from builder import images
from storefront.core import clock
from storefront.core.acts import perform
from storefront.domain.listings import moderation
from storefront.domain.listings.moderation import Verdict

bp = Blueprint("moderation", __name__, url_prefix="/moderation")


@bp.get("/")
@needs(operators=True)
def index() -> Response:
    """List what waits, longest first, and what was decided last."""
    return _page()


@bp.post("/<uuid:case_id>/verdict")
@needs(operators=True)
def decide(case_id: UUID) -> Response:
    """Decide about a case."""
    case, form = moderation.case(case_id) or abort(404), VerdictForm(request.form)
    if form.check():
        why = form.raw["reason"]
        result = perform(moderation.decide, case, form.value, now=clock.now(), actor=visitor().actor, reason=why)
        if result:
            done(pen().t("moderation.fine_done" if form.value is Verdict.FINE else "moderation.down_done"))
            return back_to("admin.moderation.index")
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _page(form, case_id)


def _page(wrong: VerdictForm | None = None, wrong_id: UUID | None = None) -> Response:
    decided = moderation.decided_cases()
    cases = moderation.open_cases()
    lines = {line.listing.id: line for line in queries.listing_lines([case.listing_id for case, _, _ in cases])}
    page = render(
        "moderation/index.html",
        cases=cases,
        lines=lines,
        thumbs=queries.thumbs(list(lines), images.pictures(office().settings)),
        waiting=moderation.waiting(),
        decided=decided,
        names=queries.names_of(case.decided_by or "" for case, _ in decided),
        wrong=wrong,
        wrong_id=wrong_id,
    )
    return make_response(page, 200 if wrong is None else 422)
