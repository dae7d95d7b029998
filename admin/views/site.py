"""The look of a dealer's own site, first form: theme, logo, an accent that can be read."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, request, url_for

import themes
from admin import joining, logos
from admin.access import dealer_of, needs, office, visitor
from admin.entrance import takes
from admin.forms import Form
from admin.forms.site import LIGHT, LookForm, dealer_themes
from admin.pages import pen, render
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.domain.dealers import joining as registrations
from storefront.domain.dealers.joining import DONE
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings.photo_store import logo_store
from storefront.domain.stores.actions import configure, set_theme
from storefront.domain.stores.models import Store
from storefront.domain.stores.queries import configuration
from storefront.pages.shells import LOGO
from themes import colour

bp = Blueprint("site", __name__, url_prefix="/site")


@bp.get("/")
@needs(owners=True)
def show() -> Response:
    """Show theme, logo and colours."""
    store = _store(_dealer())
    accent = str(store.theme_settings.get(LIGHT, ""))
    return _page(store, LookForm(None, theme=store.theme, accent=accent))


@bp.post("/")
@needs(owners=True)
def update() -> Response:
    """Choose theme and accent (SPEC 24)."""
    dealer = _dealer()
    store, form = _store(dealer), LookForm(request.form)
    form.stored = dict(store.theme_settings)
    if not form.check():
        return _page(store, form, 422)
    perform(_choose, dealer.id, store.id, form, actor=visitor().actor).unwrap()
    flash(pen().t("site.saved"))
    wanted = "admin.onboarding.index" if request.form.get("then") == "setup" else "admin.site.show"
    return make_response(redirect(url_for(wanted), 303))


@bp.post("/logo")
@needs(owners=True)
@takes(logos.MOST_BYTES + 100_000)
def bring_logo() -> Response:
    """Take a logo; its colours propose accents."""
    store = _store(_dealer())
    form = LookForm(None, theme=store.theme, accent=str(store.theme_settings.get(LIGHT, "")))
    if not take_logo(store, form):
        return _page(store, form, 422)
    flash(pen().t("site.logo_saved"))
    return make_response(redirect(url_for("admin.site.show"), 303))


@bp.get("/logo.png")
@needs(owners=True)
def logo() -> Response:
    """Give the logo as it was read: pixels alone, nothing else of the file."""
    return picture_of(_store(_dealer()))


def take_logo(store: Store, form: Form) -> bool:
    """Read the logo that was sent and keep it for a site; False says in the form what is wrong with it."""
    file = request.files.get("logo")
    if file is None or not file.filename:
        form.refuse("logo", "site.no_logo")
        return False
    try:
        found = logos.read(file.read())
    except DomainError as error:
        form.errors["logo"] = pen().refusal(error)
        return False
    value = found.as_setting(logo_store(office().settings).put(found.png))
    perform(configure, store, LOGO, value, now=clock.now(), actor=visitor().actor).unwrap()
    return True


def picture_of(store: Store) -> Response:
    """Answer with a site's logo, or that there is none."""
    return kept_picture(configuration(store).get(LOGO))


def kept_picture(kept: Any) -> Response:
    """Answer with the logo that a setting speaks of: pixels alone; 404 when it speaks of none."""
    if not isinstance(kept, dict) or not kept:
        abort(404)
    try:
        content = logo_store(office().settings).read(str(kept.get("hash")))
    except (OSError, ValueError):
        abort(404)
    answer = make_response(content)
    answer.headers["Content-Type"] = "image/png"
    return answer


def logo_mark(store: Store) -> str:
    """Give the first digits of a logo's hash, for the address of its picture; empty where there is none."""
    kept = configuration(store).get(LOGO)
    return str(kept.get("hash", ""))[:12] if isinstance(kept, dict) else ""


def _choose(dealer_id: UUID, store_id: UUID, form: LookForm, *, actor: str) -> None:
    """Set the look, and note the step of somebody who is setting up."""
    now = clock.now()
    set_theme(db.session.get_one(Store, store_id), form.raw["theme"], form.value, now=now, actor=actor)
    onboarding = registrations.onboarding_of(dealer_id)
    if onboarding is not None:
        onboarding.steps = {**onboarding.steps, "look": DONE}


def _dealer() -> Dealer:
    return dealer_of(visitor()) or abort(404)


def _store(dealer: Dealer) -> Store:
    try:
        return joining.own_store(dealer.id)
    except DomainError:
        abort(404)


def _page(store: Store, form: LookForm, status: int = 200) -> Response:
    kept = configuration(store).get(LOGO)
    colours = [str(one) for one in kept.get("colours", ())] if isinstance(kept, dict) else []
    chosen = form.raw["theme"] if form.raw["theme"] in dealer_themes() else store.theme
    theme = themes.load(chosen)
    usual = next((setting.default for setting in theme.settings if setting.id == LIGHT), "#0b5a42")
    offered = logos.proposals(colours, chosen)
    own = form.raw["accent"]
    page = render(
        "site/show.html",
        form=form,
        store=store,
        themes=[themes.load(name) for name in dealer_themes()],
        has_logo=bool(logo_mark(store)),
        logo_mark=logo_mark(store),
        offered=offered,
        usual=usual,
        usual_contrast=colour.contrast(str(usual), theme.grounds["light"]),
        is_own=bool(own) and own not in [one.accent for one in offered],
        onboarding=registrations.onboarding_of(store.dealer_id) if store.dealer_id else None,
    )
    return make_response(page, status)
