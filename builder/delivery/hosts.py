"""Delivering many hosts, several at a time; one that fails does not stop the others."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from builder.reporter import Reporter, quiet
from storefront.adapters.storage import StorageDown, StorageRefused
from storefront.core.config import Settings
from storefront.core.errors import ConfigurationError

from .delivering import Delivery, DeliveryFailed, Order, deliver
from .targets import Target

log = logging.getLogger(__name__)


class NotBuilt(Exception):
    """There is nothing of a host to deliver, and there never was."""


@dataclass(slots=True)
class DeliveryReport:
    """The documented result of `marketplace publish --to` (docs/delivery.md)."""

    hosts: list[Delivery] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    """By host."""

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON that `--json` writes."""
        return {"hosts": [asdict(one) for one in self.hosts], "failures": self.failures}


def deliver_all(
    settings: Settings,
    target: Target,
    *,
    today: date,
    hosts: Sequence[str] | None = None,
    is_dry: bool = False,
    verify: bool = False,
    reporter: Reporter = quiet,
) -> DeliveryReport:
    """Deliver what is served; a host that is not served any more is taken away from the target.

    Args:
        settings: of the installation.
        target: where to; it says how many uploads are done at a time.
        today: by which files that linger are judged.
        hosts: which; all that were ever built when None.
        is_dry: only say what would be done.
        verify: compare with what really lies there.
        reporter: whom to tell.

    Raises:
        NotBuilt: a host was never built.
        ConfigurationError: credentials or a library are missing.
    """
    known = built_hosts(settings)
    if missing := sorted(set(hosts or ()) - set(known)):
        raise NotBuilt(f"No built site of that host: {', '.join(missing)}")
    chosen = known if hosts is None else sorted(set(hosts))
    report = DeliveryReport()
    with (
        ThreadPoolExecutor(target.parallel, "upload") as uploads,
        ThreadPoolExecutor(min(target.parallel, len(chosen) or 1), "host") as several,
    ):
        orders = [Order(host, target, settings, today, uploads, is_dry, verify) for host in chosen]
        for host, outcome in zip(chosen, several.map(_tried, orders), strict=True):
            if isinstance(outcome, str):
                report.failures[host] = outcome
                reporter.end(host, f"not delivered: {outcome}")
            else:
                report.hosts.append(outcome)
                reporter.end(host, words(outcome, is_dry=is_dry))
    return report


def built_hosts(settings: Settings) -> list[str]:
    """Give every host that was ever built here, served or not; previews lie elsewhere and are none."""
    return sorted(file.parent.name for file in settings.sites.glob("*/site.json"))


def words(outcome: Delivery, *, is_dry: bool) -> str:
    """Say how a delivery went in a line."""
    would = "would " if is_dry else ""
    if outcome.release is None:
        return f"no longer served, {would}delete {outcome.deleted}" if outcome.deleted else "not served"
    said = f"{would}put {outcome.put} ({outcome.octets / 1e6:.1f} MB), {would}delete {outcome.deleted}"
    said += f", {outcome.same} were there" if outcome.same else ""
    said += f", {outcome.strangers} strange files left alone" if outcome.strangers else ""
    return said


def _tried(order: Order) -> Delivery | str:
    try:
        return deliver(order)
    except ConfigurationError:
        raise
    except (DeliveryFailed, StorageDown, StorageRefused, OSError) as error:
        return str(error)
    except Exception as error:
        log.exception("a host could not be delivered", extra={"host": order.host})
        return f"{type(error).__name__}: {error}"
