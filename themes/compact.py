"""Templates without needless white space: it is taken out when a template is read, so that no page is minified.

Line breaks between tags are for those who write templates; browsers would show some of them as gaps. They go, but for
those beside a text or a value and those between inline tags inside a paragraph, a heading, a link or the like, of which
one stays. Inside `pre`, `textarea`, `script` and `style` nothing is touched. A break that goes leaves a comment behind,
so that lines keep their numbers in messages.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import jinja2


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


BLOCKS = _tags(
    "address article aside blockquote body caption col colgroup datalist dd details dialog div dl dt fieldset"
    " figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li link main menu meta nav"
    " noscript ol optgroup option p pre script section source style summary table tbody td template tfoot th thead"
    " title tr ul circle defs ellipse g line path polygon polyline rect symbol"
)
"""Tags beside which white space is never shown."""
FLOWING = _tags(
    "a abbr address b bdi bdo button caption cite code dfn em figcaption h1 h2 h3 h4 h5 h6 i ins kbd label legend mark"
    " p q s samp small span strong sub summary sup time u var"
)
"""Elements whose text flows: white space between inline tags in them is a space."""
VOID = _tags("area base br col embed hr img input link meta source track wbr")
KEPT = frozenset(("pre", "textarea", "script", "style"))
"""Elements in which white space is content."""

_JINJA = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)|<!")
_PIECES = re.compile(r"\s+|[^\s<]+|<")


@dataclass(slots=True)
class _Piece:
    """A stretch of a template: `jinja` (statement, comment), `value`, `block` or `inline` (a tag), `text`, `space`."""

    kind: str
    text: str
    inside: str = ""
    """The element a space stands in, as far as the template tells."""


def compact(source: str) -> str:
    """Take needless white space out of a template."""
    pieces = _Reader(source).pieces()
    return "".join(_squeezed(pieces, at) if piece.kind == "space" else piece.text for at, piece in enumerate(pieces))


class CompactLoader(jinja2.BaseLoader):
    """Gives the templates of another loader without needless white space."""

    def __init__(self, loader: jinja2.BaseLoader) -> None:
        self._loader = loader

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Read a template. Raises jinja2.TemplateNotFound."""
        source, path, is_current = self._loader.get_source(environment, template)
        return compact(source), path, is_current

    def list_templates(self) -> list[str]:
        """Name all templates."""
        return self._loader.list_templates()


def _squeezed(pieces: list[_Piece], at: int) -> str:
    space = pieces[at]
    breaks = space.text.count("\n")
    if not breaks:
        return " "
    before = pieces[at - 1].kind if at else ""
    after = pieces[at + 1].kind if at + 1 < len(pieces) else ""
    if not after:
        return space.text
    said = {before, after} & {"text", "value"}
    if "block" not in (before, after) and (said or space.inside in FLOWING):
        return "\n" + _lines(breaks - 1)
    return _lines(breaks)


def _lines(count: int) -> str:
    """Give as many line breaks as show nothing."""
    return f"{{#{chr(10) * count}#}}" if count else ""


@dataclass(slots=True)
class _Reader:
    """Reads a template into pieces."""

    source: str
    _open: list[str] = field(default_factory=list)
    _tag: str | None = None
    """The tag that is being read, `/` before a closing one."""
    _quote: str = ""

    def pieces(self) -> list[_Piece]:
        """Give all pieces in order."""
        found: list[_Piece] = []
        end = 0
        for jinja in _JINJA.finditer(self.source):
            found += self._texts(self.source[end : jinja.start()], found)
            kind = "value" if jinja[0].startswith("{{") else "jinja"
            found.append(_Piece("tag" if self._tag is not None else kind, jinja[0]))
            end = jinja.end()
        return found + list(self._texts(self.source[end:], found))

    def _texts(self, text: str, before: list[_Piece]) -> Iterator[_Piece]:
        if text.startswith("\n") and before and before[-1].text.endswith(("%}", "#}")):
            yield _Piece(before[-1].kind, "\n")  # Jinja drops it
            text = text[1:]
        at = 0
        while at < len(text):
            if self._tag is not None:
                at, piece = self._in_tag(text, at)
            elif self._open and self._open[-1] in KEPT:
                at, piece = self._kept(text, at)
            else:
                at, piece = self._content(text, at)
            yield piece

    def _content(self, text: str, at: int) -> tuple[int, _Piece]:
        tag = _TAG.match(text, at)
        if tag is not None:
            self._tag = f"{tag[1]}{tag[2]}".lower() if tag[2] else "!"
            return tag.end(), _Piece(_kind(self._tag.removeprefix("/")), tag[0])
        found = _PIECES.match(text, at)
        assert found is not None
        if found[0].isspace():
            return found.end(), _Piece("space", found[0], self._open[-1] if self._open else "")
        return found.end(), _Piece("text", found[0])

    def _in_tag(self, text: str, at: int) -> tuple[int, _Piece]:
        start = at
        while at < len(text):
            letter = text[at]
            at += 1
            if self._quote:
                self._quote = "" if letter == self._quote else self._quote
            elif letter in "\"'":
                self._quote = letter
            elif letter == ">":
                return at, _Piece(self._closed(text[at - 2 : at - 1]), text[start:at])
        return at, _Piece("tag", text[start:at])

    def _closed(self, last: str) -> str:
        """End a tag; gives what kind it is."""
        tag, self._tag = self._tag or "", None
        name = tag.removeprefix("/")
        if tag.startswith("/"):
            if name in self._open:
                del self._open[len(self._open) - 1 - self._open[::-1].index(name) :]
        elif name not in VOID and name != "!" and last != "/":
            self._open.append(name)
        return _kind(name)

    def _kept(self, text: str, at: int) -> tuple[int, _Piece]:
        end = text.find(f"</{self._open[-1]}", at)
        if end == at:
            return self._content(text, at)
        return (len(text) if end < 0 else end), _Piece("text", text[at : None if end < 0 else end])


def _kind(tag: str) -> str:
    return "block" if tag in BLOCKS or tag == "!" else "inline"
