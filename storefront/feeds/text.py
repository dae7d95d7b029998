r"""Foreign free text to safe Markdown: paragraphs, bold, rules and lists, nothing else (SECURITY B7, SPEC F).

Dealers' texts come with the notation of some portal (`\\` for a line break, `{{{----}}}` for a rule, `{{{*}}}` for a
bullet), with entities escaped twice and with stray HTML. What comes out has one block a paragraph, blank lines between
blocks, and no character that Markdown or HTML would take for anything else. Cleaning clean text changes nothing.
"""

import html
import re
from collections.abc import Iterable

RULE = "---"

_CONTROL = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e0fff]"
)
_BREAK = re.compile(r"\\\\|\r\n?|[\x0b\x0c\x85\u2028\u2029]|<(?:br|hr|/p|/div|/li|/tr|/h\d|/ul|/ol)\s*/?>", re.I)
_BOLD_TAG = re.compile(r"</?(?:b|strong)\s*>", re.IGNORECASE)
_ITEM_TAG = re.compile(r"<li\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<!--[^<>]*-->|</?[a-z!?][^<>]*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_NESTED = re.compile(r"&(?:amp;)+")
_PORTAL_RULE = re.compile(r"\{\{\{\s*-+\s*\}\}\}")
_PORTAL_ITEM = re.compile(r"\{\{\{\s*\*\s*\}\}\}")
_PORTAL_OTHER = re.compile(r"\{\{\{[^{}]*\}\}\}")
_BULLET = re.compile(r"(?:[-–—•·●▪■◦►➤✓✔✅*+]\s+|[•●▪■◦►➤✓✔✅])+")
_PLAIN = str.maketrans({"<": "‹", ">": "›", "[": "(", "]": ")", "`": "'", "_": " ", "\\": " "})
_PLAIN_WORD = _PLAIN | {ord("\n"): " ", ord("_"): "_"}
_RULE_SIGNS = frozenset("-–—_=*~#+.·")

_PASSES = 12
_SHORT_LINE = 90
"""Lines up to this many characters, three or more in a row, were meant as a list."""
_SHORTEST_LIST = 3


def clean(text: str) -> str:
    """Turn foreign text into safe Markdown."""
    return joined(blocks(text))


def blocks(text: str) -> tuple[str, ...]:
    """Turn foreign text into the blocks of safe Markdown: a paragraph, a list or a rule each."""
    return tuple(_assembled(_line(line) for line in _decoded(text).split("\n")))


def joined(parts: Iterable[str]) -> str:
    """Join blocks, with no rule first, last or after another."""
    kept: list[str] = []
    for part in parts:
        if part != RULE or (kept and kept[-1] != RULE):
            kept.append(part)
    if kept and kept[-1] == RULE:
        kept.pop()
    return "\n\n".join(kept)


def plain(text: str) -> str:
    """Reduce foreign text to one line without any markup: for names, colours, equipment words."""
    if text.isascii() and text.isalnum():
        return text
    line = _decoded(text).translate(_PLAIN_WORD)
    return " ".join(line.split())


def _decoded(text: str) -> str:
    """Resolve entities, tags and line breaks until nothing changes; one may hide another."""
    for _ in range(_PASSES):
        before = text
        text = _CONTROL.sub("", text)
        text = _BREAK.sub("\n", text)
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), _NESTED.sub("&", text))
        text = _without_tags(text)
        if text == before:
            return text
    return _CONTROL.sub("", _BREAK.sub("\n", text)).replace("&", "+")


def _without_tags(text: str) -> str:
    if "<" not in text:
        return text
    for name in ("script", "style"):
        text = _without_element(text, name)
    text = _ITEM_TAG.sub("\n- ", _BOLD_TAG.sub("**", text))
    return _TAG.sub(" ", text)


def _without_element(text: str, name: str) -> str:
    """Drop an element with what it holds, in one walk (a pattern over the whole would be slow on hostile text)."""
    lower, kept, at = text.lower(), [], 0
    if len(lower) != len(text):
        return text
    while (start := lower.find(f"<{name}", at)) >= 0:
        end = lower.find(f"</{name}", start)
        close = lower.find(">", end) if end >= 0 else -1
        if close < 0:
            break
        kept.append(text[at:start])
        at = close + 1
    return " ".join([*kept, text[at:]]) if kept else text[at:]


def _line(line: str) -> str:
    """Clean one line until nothing changes: `` for nothing, `---` for a rule, `- …` for an item, else running text."""
    for _ in range(_PASSES):
        before = line
        line = _line_once(line)
        if line == before:
            return line
    return " ".join(re.findall(r"[^\W_]+", line))


def _line_once(line: str) -> str:
    line = _PORTAL_OTHER.sub(" ", _PORTAL_ITEM.sub(" • ", _PORTAL_RULE.sub(f" {RULE} ", line)))
    line = " ".join(line.translate(_PLAIN).split())
    signs = line.replace(" ", "")
    if not any(letter.isalnum() for letter in signs):
        long_enough = len(signs) >= (5 if set(signs) == {"*"} else 3)
        return RULE if long_enough and set(signs) <= _RULE_SIGNS else ""
    line = _without_heading(line)
    item = _BULLET.match(_bulleted(line))
    body = _bolded(_bulleted(line)[item.end() :] if item else line)
    body = re.sub(r"~{2,}", "~", body)
    if not any(letter.isalnum() for letter in body):
        return ""
    body = _without_start(body)
    return f"- {body}" if item else body


def _without_heading(line: str) -> str:
    return re.sub(r"^(?:#{1,6}(?:\s+|$))+", "", line)


def _without_start(body: str) -> str:
    """Drop what Markdown would take for the start of a list, a heading or a rule."""
    while True:
        shorter = re.sub(rf"^(?:{RULE}\s*)+", "", _without_heading(body))
        shorter = _BULLET.sub("", shorter, count=1) if _BULLET.match(shorter) else shorter
        if shorter == body:
            return body
        body = shorter


def _bulleted(line: str) -> str:
    """Pull a bullet out of bold (`** • text **`), so that it is seen as one."""
    found = re.match(r"^\*\*\s*(" + _BULLET.pattern + r")(.*)$", line)
    return f"- **{found[2]}" if found and not found[1].startswith("*") else line


def _bolded(line: str) -> str:
    """Keep bold that opens and closes in the line; drop every other star."""
    line = re.sub(r"\*{4,}", " ", line)
    parts = re.split(r"\*{2,3}", line)
    if len(parts) % 2 == 0:
        parts[-2:] = [f"{parts[-2]} {parts[-1]}"]
    parts = [" ".join(_without_stars(part).split()) for part in parts]
    pieces = [_strong(part) if odd % 2 else part for odd, part in enumerate(parts)]
    return " ".join(piece for piece in pieces if piece)


def _strong(part: str) -> str:
    return f"**{part}**" if any(letter.isalnum() for letter in part) else part


def _without_stars(part: str) -> str:
    return re.sub(r"(?<=\d)\*(?=\d)", "×", part).replace("*", " ")


def _assembled(lines: Iterable[str]) -> list[str]:
    done: list[str] = []
    run: list[str] = []
    for line in (*lines, ""):
        is_item = line.startswith("- ")
        if run and (not line or line == RULE or _is_title(line) or is_item != run[0].startswith("- ")):
            done += _run(run)
            run = []
        if line == RULE or _is_title(line):
            done.append(line)
        elif line:
            run.append(line)
    return done


def _run(lines: list[str]) -> list[str]:
    if lines[0].startswith("- "):
        return ["\n".join(lines)]
    if lines[0].endswith(":") and len(lines) > 1:
        return [lines[0], *_run(lines[1:])]
    if len(lines) >= _SHORTEST_LIST and max(map(len, lines)) <= _SHORT_LINE:
        return ["\n".join(f"- {line}" for line in lines)]
    return lines


def _is_title(line: str) -> bool:
    return line.startswith("**") and line.endswith("**") and line.count("**") == 2
