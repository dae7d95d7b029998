"""A dealer's own drafts of answers: which there are, one more, one rewritten, one taken away (SPEC 65)."""

from uuid import UUID

from flask import Blueprint, Response, abort, make_response, request

from admin.access import dealer_of, needs, visitor
from admin.forms.leads import DraftForm
from admin.pages import back_to, done, pen, render
from admin.show import languages
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.domain.accounts.models import Permission
from storefront.domain.dealers.models import Dealer
from storefront.domain.leads import answer_drafts
from storefront.domain.leads.models import AnswerDraft

bp = Blueprint("answer_drafts", __name__, url_prefix="/leads/drafts")
MANAGE = Permission.MANAGE_SALES_LEADS


@bp.get("/")
@needs(MANAGE)
def index() -> str:
    """List the drafts of the visitor's dealer."""
    return render("drafts/index.html", drafts=answer_drafts.own_drafts(_dealer().id), most=answer_drafts.MOST)


@bp.get("/new")
@needs(MANAGE)
def new() -> Response:
    """Show the form, empty."""
    _dealer()
    return _page(None, DraftForm(None, language=pen().lang))


@bp.post("/")
@needs(MANAGE)
def create() -> Response:
    """Keep a new draft."""
    dealer, form = _dealer(), DraftForm(request.form)
    if form.check():
        result = perform(answer_drafts.keep_draft, dealer.id, form.value, now=clock.now(), actor=visitor().actor)
        if result:
            done(pen().t("drafts.kept"))
            return back_to("admin.answer_drafts.index")
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _page(None, form, 422)


@bp.get("/<uuid:draft_id>/")
@needs(MANAGE)
def edit(draft_id: UUID) -> Response:
    """Show a draft in the form."""
    draft = _draft(draft_id)
    typed = {name: str(getattr(draft, name)) for name in DraftForm.names}
    return _page(draft, DraftForm(None, **typed))


@bp.post("/<uuid:draft_id>/")
@needs(MANAGE)
def update(draft_id: UUID) -> Response:
    """Write a draft anew."""
    draft, form = _draft(draft_id), DraftForm(request.form)
    if form.check():
        result = perform(answer_drafts.rewrite_draft, draft, form.value, now=clock.now(), actor=visitor().actor)
        if result:
            done(pen().t("drafts.kept"))
            return back_to("admin.answer_drafts.index")
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _page(_draft(draft_id), form, 422)


@bp.post("/<uuid:draft_id>/removal")
@needs(MANAGE)
def remove(draft_id: UUID) -> Response:
    """Take a draft away."""
    perform(answer_drafts.remove_draft, _draft(draft_id), now=clock.now(), actor=visitor().actor).unwrap()
    done(pen().t("drafts.removed"))
    return back_to("admin.answer_drafts.index")


def _dealer() -> Dealer:
    """Give the visitor's dealer; the operator has one only while she helps at its desk."""
    return dealer_of(visitor()) or abort(404)


def _draft(draft_id: UUID) -> AnswerDraft:
    found, dealer = db.session.get(AnswerDraft, draft_id), _dealer()
    return found if found is not None and found.dealer_id == dealer.id else abort(404)


def _page(draft: AnswerDraft | None, form: DraftForm, status: int = 200) -> Response:
    page = render("drafts/edit.html", draft=draft, form=form, languages=languages(), places=answer_drafts.PLACES)
    return make_response(page, status)
