"""How the installation stands: database, queue, search, mail, disk, certificates."""

from flask import Blueprint

from admin import condition
from admin.access import needs, office, visitor
from admin.pages import render
from storefront.core import clock

bp = Blueprint("health", __name__, url_prefix="/health")


@bp.get("/")
@needs(operators=True)
def show() -> str:
    """Show each part with what it says; what cannot be known is said to be unknown."""
    found = condition.look(office().settings, visitor().tenant.id, now=clock.now())
    return render("health/show.html", parts_found=found, worst=condition.worst(found))
