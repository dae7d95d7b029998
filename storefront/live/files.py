"""The built sites as files, in front of the application: what a CDN would do, for one machine (SEO.md §15).

`StaticSites` answers for every host that has a tree under `<instance>/sites/<host>/current/` and passes what is dynamic
(`/-/`, `/admin/`, `/health`, `/ready`) on. It needs no database, no queue and no part of the application, so that pages
stand whatever else falls (SECURITY, promise 3); what moved or is gone it reads in `moves.json` beside the trees.
`current` is resolved once a request and everything is opened from that one folder, never through a symlink: an answer
never mixes two releases and never leaves the tree (SECURITY E1, C6).
"""

import os
import re
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate, parsedate_to_datetime
from functools import lru_cache
from hashlib import blake2b
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlsplit

from seo import headers as rules
from seo import redirects
from seo.headers import Headers, Kind
from seo.redirects import Moves
from storefront.core.config import Settings

from . import ranges

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

DYNAMIC = ("/-/", "/admin/", "/health", "/ready", "/admin")
"""What is never a file: prefixes, and whole paths where they do not end in a slash."""
CHUNK = 64 * 1024
IN_PARTS = "m/"
"""Files that may be asked for in parts: films."""
ENCODINGS = (("br", "br"), ("gzip", "gz"))
"""Content codings with the ending of their files, the better first."""
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*")
_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")
_IN_PATHS = "/:@!$&'()*+,;=~"
_LANGUAGE = re.compile(r"[a-z]{2}(?:-[A-Z]{2})?")
_CAR = re.compile(r"(?P<list>(?:[a-z]{2}(?:-[A-Z]{2})?/)?vehicles/)(?:[a-z0-9-]*-)?(?P<id>[0-9a-z]{13})")
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(slots=True)
class Opened:
    """A file of a tree, open: what is hashed, dated and sent is one and the same."""

    path: str
    """Inside the tree, of the plain file."""
    file: IO[bytes]
    size: int
    modified: int
    """Seconds since 1970."""
    tag: str
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What of a request matters here."""

    method: str
    path: str
    query: str
    accepts: str
    if_none_match: str
    if_modified_since: str
    range: str = ""
    if_range: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """One host's folder and the tree it serves at this moment."""

    host: str
    folder: Path
    root: Path


@dataclass(slots=True)
class StaticSites:
    """WSGI middleware that serves the built sites.

    Args:
        app: what is asked for everything dynamic and for unknown hosts; with `serve --no-live` that is `still.Still`.
        settings: where the sites lie, whether they are served by HTTPS, the live layer's origin.
    """

    app: Application
    settings: Settings
    _policy: str = field(init=False)

    def __post_init__(self) -> None:
        self._policy = rules.content_security_policy(self.settings.live_origin)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        site = site_of(self.settings, host_of(environ))
        path = environ.get("PATH_INFO", "/") or "/"
        if is_dynamic(path):
            return self.app(environ, start_response)
        if site is None:
            origin = moves(self.settings, host_of(environ)).origin
            if origin is None:
                return self.app(environ, start_response)
            return self._elsewhere(origin, _request(environ), start_response)
        request = _request(environ)
        answer = self._answer(site, request, environ, start_response)
        return [] if request.method == "HEAD" else answer

    def _answer(self, site: Site, request: Request, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        if request.method not in ("GET", "HEAD"):
            return self._plain(start, HTTPStatus.METHOD_NOT_ALLOWED, [("Allow", "GET, HEAD")])
        with suppress(OSError), tree(site.root) as folder:
            target = _target(folder, site.root, request.path)
            if isinstance(target, Moved):
                return self._moved(start, target.to, request.query)
            found = None if target is None else open_best(folder, target, request.accepts)
            if found is not None:
                return self._send(site, request, found, environ, start)
            return self._missing(site, folder, request, environ, start)
        return self._plain(start, HTTPStatus.NOT_FOUND, [("Cache-Control", Kind.MISSING.value)])

    def _missing(
        self, site: Site, folder: int, request: Request, environ: Environ, start: StartResponse
    ) -> Iterable[bytes]:
        known = moves(self.settings, site.host)
        past = known.of(request.path) or known.of(f"{request.path}/")
        if past is not None and past.to is not None:
            return self._moved(start, past.to, request.query)
        status = HTTPStatus.NOT_FOUND if past is None else HTTPStatus.GONE
        for page in pages_for_missing(request.path):
            found = open_best(folder, page, request.accepts)
            if found is not None:
                return self._send(site, request, found, environ, start, status)
        return self._plain(start, status, [("Cache-Control", Kind.MISSING.value)])

    def _send(
        self,
        site: Site,
        request: Request,
        found: Opened,
        environ: Environ,
        start: StartResponse,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> Iterable[bytes]:
        headers = rules.file_headers(found.path, None if status is HTTPStatus.OK else Kind.MISSING)
        headers += [("ETag", found.tag), ("Last-Modified", formatdate(found.modified, usegmt=True))]
        if found.path.endswith(".html"):
            headers += rules.security_headers(self._policy, self._transport(site))
        if status is HTTPStatus.OK and _is_fresh(request, found):
            found.file.close()
            start(_line(HTTPStatus.NOT_MODIFIED), [item for item in headers if item[0] != "Content-Type"])
            return []
        if found.encoding:
            headers.append(("Content-Encoding", found.encoding))
        if status is HTTPStatus.OK and found.path.startswith(IN_PARTS):
            headers.append(("Accept-Ranges", "bytes"))
            if request.range and request.if_range in ("", found.tag) and request.method == "GET":
                answer = _part(request.range, found, headers, start)
                if answer is not None:
                    return answer
        start(_line(status), [*headers, ("Content-Length", str(found.size))])
        if request.method == "HEAD":
            found.file.close()
            return []
        wrapper = environ.get("wsgi.file_wrapper")
        chunks: Iterable[bytes] = wrapper(found.file, CHUNK) if wrapper else _chunks(found.file)
        return chunks

    def _elsewhere(self, origin: str, request: Request, start: StartResponse) -> Iterable[bytes]:
        """Send a visitor of a host the site once had on, path to path, and over a moved path in the same step."""
        past = moves(self.settings, urlsplit(origin).hostname or "").of(request.path)
        path = quote(request.path, safe=_IN_PATHS) if past is None or past.to is None else past.to
        answer = self._moved(start, f"{origin}{path}" if path.startswith("/") else path, request.query)
        return [] if request.method == "HEAD" else answer

    def _moved(self, start: StartResponse, to: str, query: str) -> Iterable[bytes]:
        location = f"{to}?{query}" if query else to
        return self._plain(
            start, HTTPStatus.MOVED_PERMANENTLY, [("Location", location), ("Cache-Control", Kind.MISSING.value)]
        )

    def _plain(self, start: StartResponse, status: HTTPStatus, headers: Headers) -> Iterable[bytes]:
        body = f"{status.value} {status.phrase}\n".encode()
        plain = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
        start(_line(status), [*plain, ("X-Content-Type-Options", "nosniff"), *headers])
        return [body]

    def _transport(self, site: Site) -> str:
        if self.settings.site_scheme != "https":
            return ""
        try:
            began = (site.folder / "build.lock").stat().st_mtime
        except FileNotFoundError:
            began = time.time()
        return rules.strict_transport(site.host, self.settings.base_host, (time.time() - began) / rules.DAY)


@dataclass(frozen=True, slots=True)
class Moved:
    """The address is another one: `to`, root-relative."""

    to: str


def host_of(environ: Environ) -> str:
    """Give the host a request names, in lower case, without port and closing dot."""
    name = str(environ.get("HTTP_HOST") or environ.get("SERVER_NAME") or "")
    return name.partition(":")[0].lower().rstrip(".")


def is_host(name: str) -> bool:
    """Ask whether a name can be that of a host of ours, so that it names a folder and nothing else."""
    return len(name) <= 253 and _HOST.fullmatch(name) is not None


def site_of(settings: Settings, host: str) -> Site | None:
    """Find the site of a host with the tree it serves at this moment; None when there is none (SECURITY B10)."""
    if not is_host(host):
        return None
    folder = settings.sites / host
    try:
        name = os.readlink(folder / "current")
    except OSError:
        return None
    return Site(host, folder, folder / name) if _SEGMENT.fullmatch(name) else None


def serves(site: Site, address: str) -> bool:
    """Ask whether a site serves a page under a root-relative address."""
    path = f"{address[1:]}index.html" if address.endswith("/") else address[1:]
    with suppress(OSError), tree(site.root) as folder:
        return _exists(folder, path)
    return False


def served(site: Site, addresses: Iterable[str]) -> set[str]:
    """Give those of some addresses under which a site serves a page, looked at in one go."""
    with suppress(OSError), tree(site.root) as folder:
        return {address for address in addresses if _exists(folder, f"{address[1:]}index.html")}
    return set()


def is_dynamic(path: str) -> bool:
    """Ask whether the application answers a path."""
    return any(path.startswith(known) if known.endswith("/") else path == known for known in DYNAMIC)


@contextmanager
def tree(root: Path) -> Iterator[int]:
    """Open a tree's folder for as long as one answer is prepared."""
    folder = os.open(root, _FOLDER)
    try:
        yield folder
    finally:
        os.close(folder)


def open_best(folder: int, path: str, accepts: str = "") -> Opened | None:
    """Open a file of a tree, compressed where there is such a copy and the visitor takes it.

    Args:
        folder: descriptor of the tree.
        path: inside the tree; its segments are checked here.
        accepts: the request's `Accept-Encoding`.

    Returns:
        None when there is no such plain file.
    """
    with suppress(OSError), _parent(folder, path) as (parent, name):
        for coding, ending in ENCODINGS:
            if name.endswith(f".{ending}") and _is_file(parent, name.removesuffix(f".{ending}")):
                return None
            if accepts and _takes(accepts, coding) and _is_file(parent, name):
                with suppress(FileNotFoundError):
                    return _open(parent, f"{name}.{ending}", path, coding)
        return _open(parent, name, path, "")
    return None


def pages_for_missing(path: str) -> list[str]:
    """Name the pages that say an address is not there, the one in the address's language first."""
    first = path.lstrip("/").partition("/")[0]
    return [f"{first}/404.html", "404.html"] if _LANGUAGE.fullmatch(first) else ["404.html"]


def moves(settings: Settings, host: str) -> Moves:
    """Give what a host answers besides its files: addresses that moved or are gone (SEO.md §§3, 7), or another host."""
    if not is_host(host):
        return Moves()
    file = settings.sites / host / redirects.FILE
    try:
        found = file.stat()
        return _moves(file, found.st_mtime_ns, found.st_ino)
    except OSError:
        return Moves()


@lru_cache(maxsize=64)
def _moves(file: Path, modified: int, inode: int) -> Moves:
    return redirects.from_bytes(file.read_bytes())


def _request(environ: Environ) -> Request:
    raw = str(environ.get("PATH_INFO") or "/")
    return Request(
        method=str(environ["REQUEST_METHOD"]),
        path=raw.encode("latin-1").decode("utf-8", "replace"),
        query=str(environ.get("QUERY_STRING", "")),
        accepts=str(environ.get("HTTP_ACCEPT_ENCODING", "")),
        if_none_match=str(environ.get("HTTP_IF_NONE_MATCH", "")),
        if_modified_since=str(environ.get("HTTP_IF_MODIFIED_SINCE", "")),
        range=str(environ.get("HTTP_RANGE", "")),
        if_range=str(environ.get("HTTP_IF_RANGE", "")),
    )


def _target(folder: int, root: Path, path: str) -> str | Moved | None:
    """Give the file that stands for an address, or where it has moved to; None when it can be neither."""
    inner = path[1:]
    if not path.startswith("/") or "//" in path:
        return None
    if inner.rpartition("/")[2] == "index.html":
        return Moved(f"/{inner.removesuffix('index.html')}") if _exists(folder, inner) else None
    if not inner or inner.endswith("/"):
        if _exists(folder, f"{inner}index.html"):
            return f"{inner}index.html"
        return _renamed(root, inner.rstrip("/"))
    if _exists(folder, f"{inner}/index.html"):
        return Moved(f"/{inner}/")
    return inner if _exists(folder, inner) else _renamed(root, inner)


def _renamed(root: Path, inner: str) -> Moved | None:
    """Find a car by the id at the end of its address: the id decides, the words may have changed (SEO.md §6)."""
    wanted = _CAR.fullmatch(inner)
    if wanted is None:
        return None
    cars = root / wanted["list"]
    try:
        found = cars.stat()
    except OSError:
        return None
    name = _cars(cars, found.st_mtime_ns, found.st_ino).get(wanted["id"])
    return Moved(f"/{wanted['list']}{name}/") if name and f"{wanted['list']}{name}" != inner else None


@lru_cache(maxsize=32)
def _cars(folder: Path, modified: int, inode: int) -> dict[str, str]:
    names = (name for name in os.listdir(folder) if _SEGMENT.fullmatch(name))
    return {name.rpartition("-")[2]: name for name in names if len(name.rpartition("-")[2]) == 13}


def _exists(folder: int, path: str) -> bool:
    with suppress(OSError), _parent(folder, path) as (parent, name):
        return _is_file(parent, name)
    return False


@contextmanager
def _parent(folder: int, path: str) -> Iterator[tuple[int, str]]:
    """Open the folder a path of the tree ends in, never through a symlink.

    Raises:
        OSError: there is none, or the path has a segment that no file of a tree has.
    """
    *folders, name = path.split("/")
    if not all(_SEGMENT.fullmatch(segment) or segment == ".well-known" for segment in (*folders, name)):
        raise FileNotFoundError(path)
    with ExitStack() as opened:
        parent = folder
        for segment in folders:
            parent = os.open(segment, _FOLDER, dir_fd=parent)
            opened.callback(os.close, parent)
        yield parent, name


def _is_file(parent: int, name: str) -> bool:
    with suppress(OSError):
        return stat.S_ISREG(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode)
    return False


def _open(parent: int, name: str, path: str, encoding: str) -> Opened | None:
    handle = os.open(name, _FILE, dir_fd=parent)
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode):
        os.close(handle)
        return None
    file = os.fdopen(handle, "rb")
    key = (found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size)
    return Opened(path, file, found.st_size, int(found.st_mtime), _tag(file, key, encoding), encoding)


_tags: dict[tuple[int, int, int, int], str] = {}
"""Hashes of contents by the identity of their file; thrown away when there are too many."""
_MOST_TAGS = 200_000


def _tag(file: IO[bytes], key: tuple[int, int, int, int], encoding: str) -> str:
    digest = _tags.get(key)
    if digest is None:
        hashed = blake2b(digest_size=12)
        while block := file.read(CHUNK):
            hashed.update(block)
        file.seek(0)
        digest = hashed.hexdigest()
        if len(_tags) >= _MOST_TAGS:
            _tags.clear()
        _tags[key] = digest
    return f'"{digest}-{encoding}"' if encoding else f'"{digest}"'


def _takes(accepts: str, coding: str) -> bool:
    """Ask whether an `Accept-Encoding` allows a coding (RFC 9110 §12.5.3)."""
    wildcard = False
    for item in accepts.lower().split(","):
        name, _, parameters = item.strip().partition(";")
        allowed = re.fullmatch(r"\s*q\s*=\s*0(?:\.0*)?\s*", parameters) is None
        if name.strip() == coding:
            return allowed
        if name.strip() == "*":
            wildcard = allowed
    return wildcard


def _is_fresh(request: Request, found: Opened) -> bool:
    """Ask whether the visitor has this very answer; the tag decides where it is given, else the date."""
    if request.if_none_match:
        tags = [tag.strip().removeprefix("W/") for tag in request.if_none_match.split(",")]
        return "*" in tags or found.tag in tags
    if request.if_modified_since:
        with suppress(ValueError, TypeError):
            return found.modified <= parsedate_to_datetime(request.if_modified_since).timestamp()
    return False


def _part(wanted: str, found: Opened, headers: Headers, start: StartResponse) -> Iterable[bytes] | None:
    """Answer with a part of a file; None when the whole of it is to be sent."""
    try:
        span = ranges.wanted(wanted, found.size)
    except ranges.CannotSatisfy:
        found.file.close()
        body = [("Content-Range", f"bytes */{found.size}"), ("Content-Length", "0")]
        start(_line(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE), [*headers, *body])
        return []
    if span is None:
        return None
    first, last = span
    body = [("Content-Range", f"bytes {first}-{last}/{found.size}"), ("Content-Length", str(last - first + 1))]
    start(_line(HTTPStatus.PARTIAL_CONTENT), [*headers, *body])
    return ranges.part(found.file, first, last, CHUNK)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while block := file.read(CHUNK):
            yield block


def _line(status: HTTPStatus) -> str:
    return f"{status.value} {status.phrase}"
