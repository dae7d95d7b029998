"""`GET /-/ask?domain=…`: may the web server in front get a certificate for this host? (SECURITY D3)

For that server alone: who comes through a proxy, or from outside, learns nothing. One look into indexed columns, no
DNS and no outbound call: a flood of strangers' hosts costs next to nothing and never reaches a certificate authority.
"""

import ipaddress

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import NotFound

from builder.studio.hosts import store_at
from storefront.core import clock
from storefront.core.runtime import settings
from storefront.domain.stores import hosts

from . import previews
from .answers import as_text
from .files import is_host

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")
"""Headers a proxy adds to what strangers ask; a server that asks for itself adds none."""

_OWN = tuple(
    ipaddress.ip_network(network)
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10")
)
"""Networks of one's own; Python's idea of private ones is wider."""


def add_ask(blueprint: Blueprint) -> None:
    """Give the live layer its ask endpoint."""
    blueprint.add_url_rule("/ask", "ask", ask, methods=("GET",))


def ask() -> Response:
    """Answer 200 for an active site's host, its `www`, a host it lately had, previews and drafts; 404 for all others.

    Raises:
        NotFound: a stranger asks, or the host is none of ours.
    """
    if not _is_own_server():
        raise NotFound
    domain = request.args.get("domain", "").lower().rstrip(".")
    if not is_host(domain):
        raise NotFound
    own = settings()
    named = {host for host in (own.admin_host.partition(":")[0], _live_host()) if host}
    known = domain in named or previews.stands(own, domain)
    known = known or store_at(domain, settings=own, now=clock.now()) is not None
    if known or hosts.may_have_certificate(domain, base_host=own.base_host, now=clock.now()):
        return as_text("yes", 200)
    raise NotFound


def _live_host() -> str:
    netloc: str | None = current_app.extensions["marketplace.hosts"].live_netloc
    return (netloc or "").partition(":")[0]


def _is_own_server() -> bool:
    """Ask whether the request comes from this machine or its own network, and from no visitor behind it."""
    if any(name in request.headers for name in FORWARDED):
        return False
    peer = request.environ.get("werkzeug.proxy_fix.orig", request.environ).get("REMOTE_ADDR") or ""
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    return address.is_loopback or any(address in network for network in _OWN if network.version == address.version)
