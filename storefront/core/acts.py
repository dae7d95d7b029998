"""One act, one transaction: `perform` runs an action, commits, rings the outbox and answers with a Result (SPEC 140).

This module is the only place that commits (a rule test reads the source for it).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, ParamSpec, TypeVar

from .db import db
from .errors import DomainError
from .outbox import EMITTED

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Result(Generic[T]):
    """What an action gave, or why it was refused; true when it worked."""

    value: T | None = None
    error: DomainError | None = None

    def __bool__(self) -> bool:
        return self.error is None

    @property
    def message(self) -> str:
        """Give the reason for a person, empty when it worked."""
        return "" if self.error is None else self.error.message

    def unwrap(self) -> T:
        """Give the value, or raise the refusal; for callers that have no person to tell."""
        if self.error is not None:
            raise self.error
        return self.value  # type: ignore[return-value]


_bell: list[Callable[[], None]] = []


def ring_with(bell: Callable[[], None] | None) -> None:
    """Choose what is called after each commit (the queue's bell); None for silence."""
    _bell[:] = [] if bell is None else [bell]


def perform(action: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Result[T]:
    """Run one action in one transaction, and ring for the events it emitted.

    Args:
        action: a function of a slice's `actions.py`; it raises DomainError to refuse and never commits.
        args: what it takes.
        kwargs: what it takes by name.

    Returns:
        The value, or the refusal with nothing changed.

    Raises:
        Exception: anything but a DomainError, after a rollback.
    """
    try:
        value = action(*args, **kwargs)
        commit()
    except DomainError as refusal:
        _give_up()
        return Result(error=refusal)
    except BaseException:
        _give_up()
        raise
    if db.session.info.pop(EMITTED, False):
        for bell in _bell:
            bell()
    return Result(value)


def _give_up() -> None:
    db.session.rollback()
    db.session.info.pop(EMITTED, None)


def commit() -> None:
    """Commit the open session; for `perform` and the outbox, nobody else."""
    db.session.commit()
