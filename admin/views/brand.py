"""The marketplace's own logo: the operator brings it, sees it, takes it away (SPEC 24)."""

from flask import Blueprint, Response, abort, make_response

from admin import logos, operator_queries
from admin.access import needs, visitor
from admin.entrance import takes
from admin.forms import Form
from admin.pages import back_to, done, pen, render
from storefront.core import clock
from storefront.core.acts import perform
from storefront.domain.stores.actions import configure
from storefront.domain.stores.models import Store
from storefront.pages.shells import LOGO

from .site import logo_mark, picture_of, take_logo

bp = Blueprint("brand", __name__, url_prefix="/brand")


@bp.get("/")
@needs(operators=True)
def show() -> Response:
    """Show the logo, or that the name stands in its place."""
    return _page(_market(), Form())


@bp.post("/")
@needs(operators=True)
@takes(logos.MOST_BYTES + 100_000)
def create() -> Response:
    """Take a logo."""
    store, form = _market(), Form()
    if not take_logo(store, form):
        return _page(store, form, 422)
    done(pen().t("brand.saved"))
    return back_to("admin.brand.show")


@bp.post("/removal")
@needs(operators=True)
def remove() -> Response:
    """Take the logo away; the name stands there again."""
    perform(configure, _market(), LOGO, {}, now=clock.now(), actor=visitor().actor).unwrap()
    done(pen().t("brand.removed"))
    return back_to("admin.brand.show")


@bp.get("/logo.png")
@needs(operators=True)
def picture() -> Response:
    """Give the logo as it was read: pixels alone, nothing else of the file."""
    return picture_of(_market())


def _market() -> Store:
    """Give the marketplace's site; a tenant without one has no logo of its own."""
    return operator_queries.marketplace() or abort(404)


def _page(store: Store, form: Form, status: int = 200) -> Response:
    return make_response(render("brand/show.html", store=store, form=form, mark=logo_mark(store)), status)
