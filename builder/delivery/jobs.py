"""Jobs that follow a publish: deliver it, have CDNs forget, tell search engines, compress better. None holds it up."""

from builder import compressing
from builder.events import CopiesWanted, SiteDelivered
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.outbox import commits_itself, emit, one_waits
from storefront.core.runtime import settings

from . import announcing, hosts, purging
from .targets import target


class NotDelivered(Exception):
    """A host could not be delivered; the job is tried again."""


@one_waits
@commits_itself
def deliver(host: str) -> None:
    """Deliver what is served for a host to `DELIVER_TO`, then let the world know."""
    report = hosts.deliver_all(settings(), target(settings().deliver_to), today=clock.now().date(), hosts=[host])
    for reason in report.failures.values():
        raise NotDelivered(reason)
    if any(one.put or one.deleted or one.before != one.release for one in report.hosts):
        perform(emit, SiteDelivered(host)).unwrap()


@one_waits
@commits_itself
def purge(host: str) -> None:
    """Have the CDN forget what changed on a host."""
    purging.purge(host, settings())


@one_waits
@commits_itself
def announce(host: str) -> None:
    """Tell search engines what changed on a host."""
    announcing.announce(host, settings())


@one_waits
@commits_itself
def compress_better(host: str) -> None:
    """Make the best compressed copies of a host's text, for seconds."""
    if compressing.improve_copies(host, settings()):
        perform(emit, CopiesWanted(host)).unwrap()
