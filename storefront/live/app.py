"""The live layer as an application of its own: `/-/…` on every host, `/health` and `/ready`."""

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from storefront.core.config import Settings

from .alerts import add_alerts
from .answers import dress
from .ask import add_ask
from .health import add_health, add_root_health
from .hosts import Hosts
from .inquiries import add_inquiries
from .limits import create_limiter
from .search import add_search, prepare_search
from .sites import OpenSites
from .views import add_views

PREFIX = "/-"
FORM_MEMORY = 500_000
FORM_PARTS = 200
"""SECURITY C10; every address under `/-/` has a smaller limit of its own."""


def create_live_app(settings: Settings) -> Flask:
    """Make the application; the process is bound to the installation by its entry point (`runtime.start`).

    Args:
        settings: of the installation.
    """
    app = Flask("storefront.live", static_folder=None)
    app.config["MAX_FORM_MEMORY_SIZE"] = FORM_MEMORY
    app.config["MAX_FORM_PARTS"] = FORM_PARTS
    register(app, settings)
    if settings.trusted_proxies:
        # Not the host: it decides whose site is meant, so the proxy in front has to pass it on as it came.
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    return app


def register(app: Flask, settings: Settings) -> None:
    """Put the live layer into an application; what else that answers keeps its own headers and refusals.

    Args:
        app: the application.
        settings: of the installation.
    """
    app.extensions["marketplace.hosts"] = Hosts(settings)
    app.extensions["marketplace.sites"] = OpenSites()
    app.extensions["marketplace.limiter"] = create_limiter(app, settings)
    prepare_search(app)
    app.register_blueprint(create_live_blueprint())
    add_root_health(app)
    dress(app)


def create_live_blueprint() -> Blueprint:
    """Make the routes under `/-/`."""
    blueprint = Blueprint("live", __name__, url_prefix=PREFIX)
    add_health(blueprint)
    add_alerts(blueprint)
    add_ask(blueprint)
    add_inquiries(blueprint)
    add_search(blueprint)
    add_views(blueprint)
    return blueprint
