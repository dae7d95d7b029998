"""Puts the admin into the web application: under `/admin/` of each marketplace, or of ADMIN_HOST alone."""

from datetime import timedelta

from flask import Blueprint, Flask, Response, g, make_response, redirect, request, url_for
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from storefront.core.config import Settings, signing_keys
from storefront.domain.accounts.actions import ABSOLUTE

from . import pages
from .access import Office, office, tenant_of_host
from .entrance import guard, leave
from .views import (
    answer_drafts,
    appointments,
    audit,
    brand,
    builds,
    bulk,
    company,
    confirmations,
    dealers,
    desk,
    domains,
    editing,
    events,
    featured,
    health,
    imports,
    inbox,
    invitations,
    leads,
    listings,
    moderation,
    onboarding,
    passwords,
    people,
    photos,
    plans,
    queues,
    register,
    security,
    sessions,
    site,
    stores,
    studio,
    studio_going,
    studio_pages,
    studio_search,
    support,
    today,
    tours,
    written,
)

POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; form-action 'self'; "
    "base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}


def register_admin(app: Flask, settings: Settings) -> None:
    """Add the admin's routes, its session and its guards to an application.

    Args:
        app: the web application; what else it answers is left alone.
        settings: of the installation.
    """
    secure = settings.site_scheme == "https"
    keys = signing_keys(settings)
    app.secret_key = app.secret_key or keys[-1]
    app.config.update(
        SECRET_KEY_FALLBACKS=keys[:-1],
        WTF_CSRF_SECRET_KEY=keys,
        SESSION_COOKIE_NAME="__Host-form" if secure else "form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=int(ABSOLUTE.total_seconds()),
        PERMANENT_SESSION_LIFETIME=timedelta(hours=24),
    )
    app.extensions["marketplace.admin"] = Office(settings, CSRFProtect(app))
    app.register_blueprint(create_blueprint())
    if settings.admin_host:
        app.add_url_rule("/", "admin_root", _to_admin)


def create_blueprint() -> Blueprint:
    """Make the routes below `/admin/`."""
    blueprint = Blueprint("admin", __name__, url_prefix="/admin", template_folder="templates", static_folder="static")
    for view in (sessions, today, dealers, listings, editing, photos, tours, bulk, imports, leads, stores):
        blueprint.register_blueprint(view.bp)
    for view in (
        register,
        onboarding,
        company,
        site,
        brand,
        domains,
        studio,
        studio_going,
        studio_pages,
        studio_search,
    ):
        blueprint.register_blueprint(view.bp)
    for view in (confirmations, passwords, invitations, security, desk, people, support, audit):
        blueprint.register_blueprint(view.bp)
    for view in (inbox, answer_drafts, appointments):
        blueprint.register_blueprint(view.bp)
    for view in (moderation, featured, plans, written, builds, queues, health, events):
        blueprint.register_blueprint(view.bp)
    blueprint.before_request(guard)
    blueprint.after_request(_headers)
    blueprint.teardown_request(leave)
    blueprint.register_error_handler(CSRFError, _stale_form)
    blueprint.register_error_handler(HTTPException, _refusal)
    return blueprint


def _to_admin() -> Response:
    """Lead the bare address of ADMIN_HOST to the admin."""
    tenant_of_host()
    return make_response(redirect(url_for("admin.today.show")))


def _headers(answer: Response) -> Response:
    answer.headers.update(HEADERS)
    if framed := g.get("frames"):
        answer.headers["Content-Security-Policy"] = f"{POLICY}; frame-src {framed}"
    if office().is_secure:
        answer.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint == "admin.static":
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif "Cache-Control" not in answer.headers:
        answer.headers["Cache-Control"] = "no-store"
    return answer


def _stale_form(_error: CSRFError) -> tuple[str, int]:
    return pages.refusal(403, "stale"), 403


def _refusal(error: HTTPException) -> tuple[str, int] | HTTPException:
    """Say what is wrong in words; an unknown id and a foreign one read alike (SECURITY A1)."""
    if error.response is not None or error.code is None:
        return error
    reason = {403: "forbidden", 404: "missing"}.get(error.code, "broken")
    return pages.refusal(error.code, reason), error.code
