"""Where sites are delivered to, as a person writes it: `folder:/srv/www`, `s3://bucket/prefix?endpoint=https://…`.

Each host has a folder of its own below the target, or where `{host}` stands in it. What was delivered is remembered at
the target too, under a name nobody guesses: it names the addresses of feeds, which are secrets.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from storefront.adapters.storage import Folder, Storage, s3
from storefront.core.config import Settings, secret_key
from storefront.core.errors import ConfigurationError

ENCODINGS = ("none", "gzip", "br", "twins")
"""How compressed copies are delivered: not at all, under the plain name, or beside it (docs/delivery.md)."""
PARALLEL = 8
_HOST = "{host}"
_OPTIONS = {
    "folder": {"encoding": "twins"},
    "s3": {"encoding": "none", "endpoint": "", "region": "us-east-1", "style": ""},
}
"""What may stand behind the question mark, with what is meant without."""
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"(?:[A-Za-z0-9_{][A-Za-z0-9._{}-]*(?:/[A-Za-z0-9_{][A-Za-z0-9._{}-]*)*)?")


@dataclass(frozen=True, slots=True)
class Place:
    """Where one host's files go."""

    storage: Storage
    root: str
    """Beginning of its keys: empty, or it ends in a slash."""
    notes: str
    """Beginning of the keys of what is remembered about it; it ends in a slash."""


@dataclass(frozen=True, slots=True)
class Target:
    """A target, read."""

    kind: str
    """`folder` or `s3`."""
    where: str
    """Absolute path of the folder, or name of the bucket."""
    prefix: str
    encoding: str
    endpoint: str = ""
    region: str = ""
    style: str = ""
    parallel: int = PARALLEL

    @property
    def has_rules(self) -> bool:
        """Ask whether rule files (`_redirects`, `_headers`) go with the tree: whatever serves it may read them."""
        return self.kind == "folder"

    def place(self, host: str, settings: Settings) -> Place:
        """Give where a host's files go.

        Raises:
            ConfigurationError: credentials are missing.
        """
        storage, key = self._storage(self.where.replace(_HOST, host), settings), self.prefix
        if _HOST in self.prefix:
            root = key.replace(_HOST, host)
            base = key.partition(_HOST)[0].rpartition("/")[0]
        elif _HOST in self.where:
            root = base = key
        else:
            root, base = _joined(key, host), key
        return Place(storage, f"{root}/" if root else "", _joined(base, f"{self._notes(settings)}/{host}/"))

    def _notes(self, settings: Settings) -> str:
        """Name the folder of what this installation remembers there: two may share a target and never meet."""
        return f".delivered/{_word(secret_key(settings))}"

    def _storage(self, where: str, settings: Settings) -> Storage:
        if self.kind == "folder":
            return Folder(Path(where))
        style = self.style or ("path" if self.endpoint else "auto")
        return _bucket(settings, where, self.endpoint, self.region, style, self.parallel)


def target(text: str, *, parallel: int = PARALLEL) -> Target:
    """Read a target.

    Args:
        text: as somebody wrote it.
        parallel: uploads at a time.

    Raises:
        ConfigurationError: it cannot be meant; the message never repeats more than the kind of target.
    """
    kind, colon, rest = text.partition(":")
    if not colon or kind not in _OPTIONS:
        raise ConfigurationError("A target looks like folder:/srv/www or s3://bucket/prefix?endpoint=https://…")
    path, _, query = rest.partition("?")
    options = _options(kind, query)
    if kind == "folder":
        return _folder(path, options, parallel)
    parts = urlsplit(f"s3:{path}")
    bucket, prefix = parts.netloc, parts.path.strip("/")
    if "@" in bucket:
        raise ConfigurationError("Credentials stand in the environment, not in the target")
    if not _BUCKET.fullmatch(bucket.replace(_HOST, "host")) or not _PREFIX.fullmatch(prefix):
        raise ConfigurationError("An s3 target looks like s3://bucket/prefix?endpoint=https://storage.example")
    return _target(kind, bucket, prefix, options, parallel)


def _folder(path: str, options: dict[str, str], parallel: int) -> Target:
    if not path.startswith("/") or ".." in path.split("/") or path.strip("/") == "":
        raise ConfigurationError("A folder target needs an absolute path: folder:/srv/www")
    fixed, mark, varying = path.rstrip("/").partition(_HOST)
    if not mark:
        return _target("folder", fixed, "", options, parallel)
    folder, _, begun = fixed.rpartition("/")
    if not folder:
        raise ConfigurationError("A folder target needs a folder that is there for all hosts: folder:/srv/www/{host}")
    return _target("folder", folder, f"{begun}{_HOST}{varying}", options, parallel)


def _target(kind: str, where: str, prefix: str, options: dict[str, str], parallel: int) -> Target:
    endpoint, region, style = (options.get(name, "") for name in ("endpoint", "region", "style"))
    return Target(kind, where, prefix, options["encoding"], endpoint, region, style, parallel)


def _options(kind: str, query: str) -> dict[str, str]:
    known = _OPTIONS[kind]
    try:
        given = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=True)) if query else {}
    except ValueError as error:
        raise ConfigurationError("What stands behind the question mark of the target cannot be read") from error
    if strange := sorted(given.keys() - known.keys()):
        raise ConfigurationError(f"A {kind} target knows {', '.join(known)}; not {', '.join(strange)[:80]}")
    options = known | given
    if options["encoding"] not in ENCODINGS or (kind == "folder" and options["encoding"] not in ("none", "twins")):
        raise ConfigurationError("encoding is twins, none, gzip or br; for a folder twins or none")
    endpoint = urlsplit(options.get("endpoint", ""))
    if endpoint.geturl() and (
        endpoint.scheme not in ("http", "https") or not endpoint.hostname or "@" in endpoint.netloc
    ):
        raise ConfigurationError("endpoint is an http or https address without user and password")
    if options.get("style", "") not in ("", "path", "virtual"):
        raise ConfigurationError("style is path or virtual")
    return options


def _is_origin(text: str) -> bool:
    """Ask whether an endpoint is an address without credentials, or none at all."""
    parts = urlsplit(text)
    return not text or (parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc)


@lru_cache(maxsize=64)
def _bucket(settings: Settings, bucket: str, endpoint: str, region: str, style: str, parallel: int) -> Storage:
    """Keep clients: making one takes a tenth of a second, and it holds connections that may be used again."""
    return s3(settings, bucket, endpoint=endpoint, region=region, style=style, parallel=parallel)


def _joined(prefix: str, name: str) -> str:
    return f"{prefix}/{name}" if prefix else name


def _word(secret: str) -> str:
    return hmac.new(secret.encode(), b"delivered", hashlib.sha256).hexdigest()[:32]
