"""A build that is under way says so: its lease is renewed at its steps, so that the lease itself can be short.

A machine that vanishes in the middle of a build leaves its site to the others within `actions.LEASE`; one that only was
silent for too long, and lost the site, is told at its next step and draws no further. Fencing numbers decide who
serves in any case (SECURITY E4).
"""

import logging
import time
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.tenancy import acting

from . import actions
from .actions import Turn

EVERY = 30.0
"""Seconds between two renewals, well below `actions.LEASE`: a build that takes less pays nothing."""
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Pulse:
    """Renews the lease of a build when it is called and some time went by; call it at every step."""

    tenant_id: UUID
    turn: Turn
    _due: float = field(default_factory=lambda: time.monotonic() + EVERY)

    def __call__(self) -> None:
        """Say that the build is under way; what its own session has read or written is left alone.

        Raises:
            DomainError: a newer build took the site over.
        """
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + EVERY
        try:
            with acting(self.tenant_id):
                perform(actions.keep_turn, self.turn, now=clock.now()).unwrap()
        except SQLAlchemyError as error:
            log.warning("the lease of a build could not be renewed", extra={"error": type(error).__name__})
