"""Filter expressions as a Meilisearch reads them: parsed strictly, and evaluated one document after the other."""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]
Test = Callable[[Document], bool]
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<sign>>=|<=|!=|[=<>()\[\],])
      | (?P<word>[\w.\-/]+)
    )""",
    re.VERBOSE,
)
KEYWORDS = frozenset({"AND", "OR", "NOT", "IN", "TO", "EXISTS", "STARTS", "WITH"})


class BadFilter(ValueError):
    """A filter that is refused, with the reason."""


def normal(text: str) -> str:
    """Write a value as it is compared: decomposed, trimmed, in small letters."""
    return unicodedata.normalize("NFKD", text.strip()).lower()


def values_of(document: Document, attribute: str) -> list[Any]:
    """Give the values of an attribute, alone or in an array; unset, null and empty ones are none."""
    value = document.get(attribute)
    some = value if isinstance(value, list) else [value]
    return [("true" if one else "false") if isinstance(one, bool) else one for one in some if one not in (None, "")]


def matching(expression: Any, filterable: Collection[str]) -> Test:
    """Read a filter: a string, or an array whose parts all hold, of which an array holds when one of it does.

    Args:
        expression: as it stands in the request.
        filterable: attributes that may be filtered by.

    Raises:
        BadFilter: it cannot be read, or names another attribute.
    """
    if expression is None or expression == []:
        return lambda _: True
    if isinstance(expression, str):
        return _Reader(expression, filterable).read() if expression.strip() else lambda _: True
    if not isinstance(expression, list):
        raise BadFilter("Expected String, [String], [[String]]")
    parts = [_any([matching(one, filterable) for one in part]) if isinstance(part, list) else matching(part, filterable)
             for part in expression]  # fmt: skip
    return _all(parts)


def _all(tests: list[Test]) -> Test:
    return lambda document: all(test(document) for test in tests)


def _any(tests: list[Test]) -> Test:
    return lambda document: any(test(document) for test in tests)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    is_value: bool
    """It was quoted, so it is no keyword and no sign."""


class _Reader:
    def __init__(self, expression: str, filterable: Collection[str]) -> None:
        self._filterable = filterable
        self._tokens = list(_tokens(expression))
        self._at = 0

    def read(self) -> Test:
        test = self._either()
        if self._at < len(self._tokens):
            raise BadFilter(f"Found unexpected characters at the end of the filter: `{self._tokens[self._at].text}`")
        return test

    def _either(self) -> Test:
        tests = [self._both()]
        while self._takes("OR"):
            tests.append(self._both())
        return _any(tests) if len(tests) > 1 else tests[0]

    def _both(self) -> Test:
        tests = [self._one()]
        while self._takes("AND"):
            tests.append(self._one())
        return _all(tests) if len(tests) > 1 else tests[0]

    def _one(self) -> Test:
        if self._takes("NOT"):
            test = self._one()
            return lambda document: not test(document)
        if self._takes("("):
            test = self._either()
            self._needs(")")
            return test
        return self._condition()

    def _condition(self) -> Test:
        name = self._value()
        if name not in self._filterable:
            raise BadFilter(f"Attribute `{name}` is not filterable.")
        if self._takes("NOT"):
            if self._takes("EXISTS"):
                return lambda document: document.get(name) is None
            self._needs("IN")
            inside = self._among(name)
            return lambda document: not inside(document)
        if self._takes("EXISTS"):
            return lambda document: document.get(name) is not None
        if self._takes("IN"):
            return self._among(name)
        if self._takes("STARTS"):
            self._needs("WITH")
            start = normal(self._value())
            return lambda document: any(
                isinstance(one, str) and normal(one).startswith(start) for one in values_of(document, name)
            )
        for sign in (">=", "<=", "!=", "=", ">", "<"):
            if self._takes(sign):
                return _compared(name, sign, self._value())
        least = self._value()
        self._needs("TO")
        return _all([_compared(name, ">=", least), _compared(name, "<=", self._value())])

    def _among(self, name: str) -> Test:
        self._needs("[")
        known: set[str | float] = set()
        while not self._takes("]"):
            known.update(_keys(self._value()))
            if not self._takes(","):
                self._needs("]")
                break
        return lambda document: any(_key(one) in known for one in values_of(document, name))

    def _value(self) -> str:
        token = self._next()
        if token is None or (not token.is_value and (token.text in KEYWORDS or not re.match(r"[\w\-]", token.text))):
            raise BadFilter(f"Was expecting a value but instead got `{token.text if token else 'nothing'}`.")
        self._at += 1
        return token.text

    def _takes(self, text: str) -> bool:
        token = self._next()
        if token is not None and not token.is_value and token.text == text:
            self._at += 1
            return True
        return False

    def _needs(self, text: str) -> None:
        if not self._takes(text):
            token = self._next()
            raise BadFilter(f"Was expecting `{text}` but instead got `{token.text if token else 'nothing'}`.")

    def _next(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None


def _tokens(expression: str) -> list[_Token]:
    tokens, at = [], 0
    text = expression.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise BadFilter(f"Invalid syntax for the filter parameter at `{text[at : at + 20]}`.")
        at = found.end()
        quoted = found["quoted"]
        if quoted is not None:
            tokens.append(_Token(quoted[1:-1].replace("\\" + quoted[0], quoted[0]), is_value=True))
        else:
            tokens.append(_Token(found["sign"] or found["word"], is_value=False))
    return tokens


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _key(value: Any) -> str | float:
    return normal(value) if isinstance(value, str) else float(value)


def _keys(text: str) -> set[str | float]:
    number = _number(text)
    return {normal(text)} if number is None else {normal(text), number}


def _compared(name: str, sign: str, text: str) -> Test:
    if sign in ("=", "!="):
        keys = _keys(text)
        return lambda document: any(_key(one) in keys for one in values_of(document, name)) == (sign == "=")
    number, letters = _number(text), normal(text)
    compare: Callable[[Any, Any], bool] = {
        ">": lambda left, right: left > right,
        ">=": lambda left, right: left >= right,
        "<": lambda left, right: left < right,
        "<=": lambda left, right: left <= right,
    }[sign]

    def test(document: Document) -> bool:
        return any(
            compare(normal(one), letters) if isinstance(one, str) else number is not None and compare(one, number)
            for one in values_of(document, name)
        )

    return test
