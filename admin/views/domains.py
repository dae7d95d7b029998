"""Domains of one's own: the list, a new one, its records and how far it is, apex or `www`, giving it up (SPEC 25)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, request

from admin import domains as reads
from admin.access import needs, office, visitor
from admin.forms.domains import DomainForm, HostForm
from admin.pages import back_to, page_number, pen, render
from storefront.core import clock
from storefront.core.acts import Result, perform
from storefront.core.db import db
from storefront.core.edge import Edge, edge_of
from storefront.domain.stores import domains
from storefront.domain.stores.domain_names import spoken
from storefront.domain.stores.models import DomainClaim, Store

bp = Blueprint("domains", __name__, url_prefix="/domains")


@bp.get("/")
@needs(owners=True)
def index() -> str:
    """List the domains of the visitor's sites, and where those are found now."""
    sites = reads.sites_for(visitor().dealer_id)
    page = reads.page_of_domains(page_number())
    return render(
        "domains/index.html", page=page, sites=sites, origin=office().settings.origin, edge=_edge(), spoken=spoken
    )


@bp.get("/new")
@needs(owners=True, fresh=True)
def new() -> Response:
    """Show the form for a domain."""
    form = DomainForm(None, site=request.args.get("site", ""))
    return _new(form)


@bp.post("/")
@needs(owners=True, fresh=True)
def create() -> Response:
    """Begin to claim a domain."""
    form, sites = DomainForm(request.form), reads.sites_for(visitor().dealer_id)
    form.choose_of([site.id for site in sites])
    if form.check():
        store = next(site for site in sites if site.id == form.site)
        act = {"own": _edge().own, "now": clock.now(), "actor": visitor().actor}
        result = perform(domains.claim, store, form.raw["domain"], **act)
        if result:
            return back_to("admin.domains.show", claim_id=result.unwrap().id)
        form.blame(result, pen().refusal(result.error))  # type: ignore[arg-type]
    return _new(form, 422)


@bp.get("/<uuid:claim_id>/")
@needs(owners=True)
def show(claim_id: UUID) -> Response:
    """Show a domain's records, what was found, and how far it is."""
    return _show(_claim(claim_id))


@bp.post("/<uuid:claim_id>/check")
@needs(owners=True)
def check(claim_id: UUID) -> Response:
    """Have the records looked at now."""
    claimed = _claim(claim_id)
    return _done(claimed, perform(domains.ask_check, claimed, now=clock.now(), actor=visitor().actor))


@bp.post("/<uuid:claim_id>/record")
@needs(owners=True, fresh=True)
def renew(claim_id: UUID) -> Response:
    """Make a new record for the proof."""
    claimed = _claim(claim_id)
    return _done(claimed, perform(domains.renew, claimed, now=clock.now(), actor=visitor().actor))


@bp.post("/<uuid:claim_id>/host")
@needs(owners=True, fresh=True)
def choose_host(claim_id: UUID) -> Response:
    """Choose apex or `www`."""
    claimed, form = _claim(claim_id), HostForm(request.form)
    if not form.check():
        abort(422)
    act = {"www": form.www, "now": clock.now(), "actor": visitor().actor}
    return _done(claimed, perform(domains.choose_host, claimed, **act))


@bp.post("/<uuid:claim_id>/release")
@needs(owners=True, fresh=True)
def release(claim_id: UUID) -> Response:
    """Give a domain up."""
    claimed = _claim(claim_id)
    result = perform(domains.release, claimed, now=clock.now(), actor=visitor().actor)
    if not result:
        return _show(_claim(claim_id), pen().refusal(result.error), 409)  # type: ignore[arg-type]
    flash(pen().t("domain.released", domain=spoken(claimed.name)))
    return back_to("admin.domains.index")


def _claim(claim_id: UUID) -> DomainClaim:
    """Find a domain of the scope; anybody else's is simply not found (SECURITY A1)."""
    return db.session.get(DomainClaim, claim_id) or abort(404)


def _edge() -> Edge:
    return edge_of(office().settings)


def _done(claimed: DomainClaim, result: Result[Any]) -> Response:
    if not result:
        return _show(_claim(claimed.id), pen().refusal(result.error), 409)  # type: ignore[arg-type]
    return back_to("admin.domains.show", claim_id=claimed.id)


def _new(form: DomainForm, code: int = 200) -> Response:
    sites = [(str(site.id), site.public_host) for site in reads.sites_for(visitor().dealer_id)]
    if not form.raw["site"] and sites:
        form.raw["site"] = sites[0][0]
    return make_response(render("domains/new.html", form=form, sites=sites, edge=_edge()), code)


def _show(claimed: DomainClaim, fault: str = "", code: int = 200) -> Response:
    store = db.session.get_one(Store, claimed.store_id)
    page = render(
        "domains/show.html",
        claimed=claimed,
        domain=claimed.domain,
        store=store,
        view=reads.view_of(claimed, _edge(), clock.now()),
        valid_until=claimed.token_at + domains.TOKEN_VALID,
        origin=office().settings.origin,
        spoken=spoken,
        fault=fault,
    )
    return make_response(page, code)
