"""What somebody typed as a domain, read into one name: no addresses, no suffixes, no names of ours (SECURITY D1)."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

import idna
from publicsuffixlist import PublicSuffixList

from storefront.core.errors import DomainError

LONGEST = 253
CHALLENGE = "_marketplace-challenge"
"""Label of the record that proves ownership."""
RESERVED = frozenset(
    {"alt", "arpa", "corp", "example", "home", "internal", "invalid", "lan", "local", "localhost", "onion", "test"}
)
"""Endings that lead nowhere on the public internet (RFC 6761, 6762, 7686, 9476)."""
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")
_URL = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_EAST = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"})
_LOOK_LATIN = frozenset("аԁеһіјӏорԛѕԝхуүѵсοικνρυχ")
"""Cyrillic and Greek letters that a reader takes for Latin ones."""


@dataclass(frozen=True, slots=True)
class DomainName:
    """A domain of a site's own.

    Args:
        name: what is claimed, in ASCII, without `www.`: the owner of this name owns the other too.
        host: which of the two the site is found on.
        twin: the other, that leads there; None where nobody would type one.
        is_apex: the name is what a registrar sells, so that no CNAME may stand there.
    """

    name: str
    host: str
    twin: str | None
    is_apex: bool

    @property
    def challenge(self) -> str:
        """Give the name of the record that proves ownership."""
        return f"{CHALLENGE}.{self.name}"


def read(typed: str, *, own: Collection[str] = ()) -> DomainName:
    """Read a domain as people write it: any case, with an address round it, in letters of any language.

    Args:
        typed: `www.Autohaus-Müller.de`, `https://autohaus.de/`.
        own: domains of the installation; they, what is below and what is above them are refused.

    Raises:
        DomainError: it is none, or none that a site may have; the message says why.
    """
    host = _ascii(_bare(typed))
    labels = host.split(".")
    if _NUMERIC.fullmatch(labels[-1]):
        raise _refusal("This is an address of a computer, not a domain")
    if len(labels) < 2:
        raise _refusal("A domain has a name and an ending, like autohaus.de")
    if any(host == name or host.endswith(f".{name}") or name.endswith(f".{host}") for name in own):
        raise _refusal("This domain belongs to the marketplace itself")
    if labels[-1] in RESERVED:
        raise _refusal("This ending does not exist on the internet")
    return _named(host)


def registrable(name: str) -> str | None:
    """Give the part of a name that a registrar sells, None where the ending is unknown."""
    found: str | None = suffixes().privatesuffix(name)
    return found


def spoken(name: str) -> str:
    """Write a name in its own letters; as it stands where that cannot be told from another."""
    try:
        return idna.decode(name)
    except idna.IDNAError:
        return name


@cache
def suffixes() -> PublicSuffixList:
    """Give the Public Suffix List that came with its package; nothing is fetched."""
    return PublicSuffixList(accept_unknown=False)


def named(name: str, *, www: bool) -> DomainName:
    """Give a name that was read before with the choice of its host.

    Args:
        name: `DomainName.name`.
        www: the site is found on `www.` and the bare name leads there.
    """
    is_apex = registrable(name) == name
    other = f"www.{name}"
    if www:
        return DomainName(name, other, name, is_apex)
    return DomainName(name, name, other if is_apex else None, is_apex)


def _named(host: str) -> DomainName:
    if registrable(host) is None:
        known = suffixes().publicsuffix(host) is not None
        said = "This is an ending, under which others have their domains" if known else "There is no such ending"
        raise _refusal(said)
    bare = host.removeprefix("www.")
    is_www = bare != host and registrable(bare) is not None
    found = named(bare if is_www else host, www=is_www)
    if max(len(found.challenge), len(found.twin or ""), len(found.host)) > LONGEST:
        raise _refusal("This domain is too long")
    return found


def _bare(typed: str) -> str:
    """Take away what people copy along: scheme, path, port of the web, final dot."""
    text = unicodedata.normalize("NFC", typed.strip())
    is_url = _URL.match(text) is not None
    text = re.split(r"[/?#]", _URL.sub("", text), maxsplit=1)[0]
    if text.startswith("[") or text.count(":") > 1:
        raise _refusal("This is an address of a computer, not a domain")
    if "@" in text:
        raise _refusal("This is an e-mail address; write the part after the @")
    if "*" in text:
        raise _refusal("A domain is one name, without *")
    if is_url or text.endswith((":80", ":443")):
        text = re.sub(r":(?:80|443)$", "", text)
    return text.rstrip(".")


def _ascii(text: str) -> str:
    """Write a name in ASCII (UTS 46, IDNA 2008), label by label.

    Raises:
        DomainError: it is none, or its letters pass for others.
    """
    if not text or len(text) > LONGEST or any(letter.isspace() for letter in text):
        raise _refusal("Write a domain, like autohaus.de")
    try:
        host = idna.encode(text, uts46=True, std3_rules=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise _refusal("Write a domain, like autohaus.de") from error
    if len(host) > LONGEST or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise _refusal("Write a domain, like autohaus.de")
    _refuse_lookalikes(host)
    return host


def _refuse_lookalikes(host: str) -> None:
    """Refuse labels in letters of several scripts, and such as only look Latin (SECURITY D1).

    Raises:
        DomainError: there is one.
    """
    for label in host.split("."):
        if not label.startswith("xn--"):
            continue
        try:
            letters = [letter for letter in idna.decode(label) if letter.isalpha()]
        except idna.IDNAError as error:
            raise _refusal("Write a domain, like autohaus.de") from error
        scripts = {_script(letter) for letter in letters}
        looks_latin = bool(letters) and all(letter in _LOOK_LATIN for letter in letters)
        if looks_latin or (len(scripts) > 1 and not scripts <= _EAST | {"LATIN"}):
            raise _refusal("These letters can be taken for others; such a domain is not accepted")


def _script(letter: str) -> str:
    """Give the script of a letter as the first word of its Unicode name says it."""
    return unicodedata.name(letter, "UNKNOWN").split()[0].partition("-")[0]


def _refusal(said: str) -> DomainError:
    return DomainError(said, field="domain")
