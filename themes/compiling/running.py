"""What compiled templates call while they are bound and while they render."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from markupsafe import Markup, escape

try:
    from markupsafe._speedups import _escape_inner
except ImportError:  # no compiled part on this platform
    from markupsafe._native import _escape_inner

from themes.errors import ThemeError
from themes.ingredients import NOTHING, Log

quick = _escape_inner
"""Escapes what is known to be plain text; gives plain text."""
MOST_KEPT = 4096
"""Combinations of branches whose ingredients are kept."""


class Failed:
    """The failure of something evaluated early; it is raised where the value would have been used."""

    __slots__ = ("_error",)

    def __init__(self, error: Exception) -> None:
        self._error = error

    def _fail(self, *_: Any, **__: Any) -> Any:
        raise self._error

    __html__ = __str__ = __bool__ = __iter__ = __len__ = __call__ = __getitem__ = __contains__ = _fail
    __add__ = __radd__ = __sub__ = __rsub__ = __lt__ = __gt__ = __le__ = __ge__ = _fail

    def __eq__(self, other: object) -> bool:
        raise self._error

    __hash__ = None  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        raise self._error


class Early:
    """Evaluates while binding, and knows what each value was made with."""

    __slots__ = ("log",)

    def __init__(self, log: Log) -> None:
        self.log = log

    def __call__(self, work: Callable[[], Any]) -> tuple[Any, frozenset[str]]:
        """Evaluate now; a failure waits until somebody uses the value."""
        return self.log.apart(lambda: _tried(work))


def _tried(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except Exception as error:
        return Failed(error)


def joined(*pieces: Any) -> Any:
    """Join pieces known early, unless one of them failed."""
    for piece in pieces:
        if type(piece) is Failed:
            return piece
    return "".join(pieces)


def finished(out: list[Any]) -> str:
    """Join what a page put out; what failed early fails now."""
    try:
        return "".join(out)
    except TypeError:
        for piece in out:
            if isinstance(piece, Failed):
                piece._fail()
        raise


def text(value: Any) -> str:
    """Escape for output: like `escape`, five times as quick, because what it gives is joined and never asked again."""
    kind = type(value)
    if kind is str:
        return quick(value)
    if kind is Markup:
        return cast(Markup, value)
    return str(value) if kind is int else escape(value)


def escaped(value: Any) -> Any:
    """Escape a value known early, unless it failed."""
    return value if type(value) is Failed else escape(value)


class Branches:
    """What a template used, by the branches it went through, each a bit of a number."""

    __slots__ = ("_always", "_kept", "_sets")

    def __init__(self, always: frozenset[str], sets: Sequence[frozenset[str]]) -> None:
        self._always, self._sets = always, sets
        self._kept: dict[int, frozenset[str]] = {0: always}

    def __call__(self, went: int) -> frozenset[str]:
        """Give the names; equal numbers give the same set."""
        found = self._kept.get(went)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            names = (several for bit, several in enumerate(self._sets) if went >> bit & 1)
            found = self._kept[went] = self._always.union(*names)
        return found


def together(names: Iterable[str], *sets: frozenset[str]) -> frozenset[str]:
    """Join names and sets of names."""
    return NOTHING.union(names, *sets)


def counted(several: Any) -> Sequence[Any]:
    """Give what a loop goes through as something that has a length."""
    return several if isinstance(several, (tuple, list)) else tuple(several)


def join(values: Iterable[Any], sign: Any = "") -> Markup:
    """Join like Jinja's filter with escaping on."""
    return escape(sign).join(values)


def safe(value: Any) -> Any:
    """Let markup pass and nothing else.

    Raises:
        ThemeError: the value is plain text; whoever made it knows whether it is markup, a template does not.
    """
    if not hasattr(value, "__html__"):
        raise ThemeError("`safe` is for markup only; this is plain text")
    return value
