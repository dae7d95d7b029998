"""Where built sites are delivered to: a folder, or a bucket of an S3-compatible object storage, behind one protocol.

Both keep the same promises (tests/contract/test_storage.py): what `put` returned from is there whole, putting the same
again changes nothing, and nothing is touched that was not named. Credentials come from the settings alone, that is from
the environment: no profile, no credentials file and no metadata service is asked (SECURITY D13, C7), and no message
repeats them.
"""

import hashlib
import os
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from storefront.core.config import Settings
from storefront.core.errors import ConfigurationError

TRIES = 6
"""How often one request to an object storage is made, with growing pauses of random length between."""
CONNECT_SECONDS, READ_SECONDS = 10, 60
YOUNG_SECONDS = 3600.0
"""So long a half-written file of a folder may still be somebody's who is at it."""
_MARK = "content"
"""Name of the metadata that says what an object holds."""
_ARGUMENTS = {"Content-Type": "ContentType", "Cache-Control": "CacheControl", "Content-Encoding": "ContentEncoding"}
_CHUNK = 1 << 20
_numbers = count()

Headers = Mapping[str, str]
"""`Content-Type`, `Cache-Control`, `Content-Encoding`: what an object storage can answer with; a folder keeps none."""
Body = Path | bytes
"""A file that nobody changes meanwhile, or its bytes."""


class StorageDown(Exception):
    """The storage did not answer, or not properly; try again later."""


class StorageRefused(Exception):
    """The storage will not take it: wrong credentials, no such bucket, no room for a name. Trying again is no use."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file at the target."""

    key: str
    size: int
    tag: str
    """Changes with the content; what `put` gave for it."""


class Storage(Protocol):
    """Keeps files under keys: paths of plain segments, no leading slash. May be used by several threads."""

    def put(self, key: str, body: Body, headers: Headers, mark: str) -> str:
        """Store a file, whole or not at all.

        Args:
            key: its name; what has it already is replaced.
            body: the content.
            headers: what it is to be answered with.
            mark: names content and headers, in ASCII; kept with the file where that is possible.

        Returns:
            The tag that `listed` will say.

        Raises:
            StorageDown: not this time.
            StorageRefused: for good.
        """

    def get(self, key: str) -> bytes | None:
        """Read a file; None when there is none."""

    def holding(self, key: str, body: Body, mark: str) -> str | None:
        """Give the tag of a key that has this content and these headers already, else None."""

    def delete(self, key: str) -> None:
        """Remove a file; one that is not there is fine."""

    def listed(self, prefix: str) -> Iterator[Stored]:
        """Give every file whose key begins so, in no order that matters."""

    def settle(self) -> None:
        """Make what was put durable before something else says that it is there."""


@dataclass(frozen=True)
class Folder:
    """Keeps files in a folder: times are those of the contents, so that rsync copies what changed and nothing else."""

    root: Path

    def put(self, key: str, body: Body, headers: Headers, mark: str) -> str:
        """Write beside and rename over (see `Storage.put`)."""
        path = self._path(key)
        beside = self.root / f".new-{os.getpid()}-{next(_numbers)}"
        with _disk(), _gone_afterwards(beside):
            path.parent.mkdir(parents=True, exist_ok=True)
            _copy(body, beside)
            beside.chmod(0o644)
            beside.replace(path)
            return _tag(path)

    def get(self, key: str) -> bytes | None:
        """Read a file; None when there is none."""
        with _disk():
            try:
                return self._path(key).read_bytes()
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                return None

    def holding(self, key: str, body: Body, mark: str) -> str | None:
        """Compare the bytes."""
        path = self._path(key)
        with _disk():
            return _tag(path) if path.is_file() and path.stat().st_size == _size(body) and _same(path, body) else None

    def delete(self, key: str) -> None:
        """Remove a file, and the folders that are empty without it."""
        path = self._path(key)
        with _disk():
            with suppress(NotADirectoryError):
                path.unlink(missing_ok=True)
            folder = path.parent
            while folder != self.root:
                try:
                    folder.rmdir()
                except FileNotFoundError:
                    pass
                except OSError:
                    return
                folder = folder.parent

    def listed(self, prefix: str) -> Iterator[Stored]:
        """Walk the folder; what another run is just writing is none of it."""
        for folder, _, names in os.walk(self.root):
            for name in names:
                path = Path(folder, name)
                key = path.relative_to(self.root).as_posix()
                if key.startswith(prefix) and not key.startswith(".new-") and path.is_file():
                    with suppress(FileNotFoundError):
                        yield Stored(key, path.stat().st_size, _tag(path))

    def settle(self) -> None:
        """Flush the file system."""
        os.sync()

    def clean(self) -> None:
        """Remove what runs that died left half-written; what is young may be another run's."""
        for file in self.root.glob(".new-*"):
            with suppress(FileNotFoundError):
                if file.stat().st_ctime < time.time() - YOUNG_SECONDS:
                    file.unlink()

    def _path(self, key: str) -> Path:
        if not key or any(segment in ("", ".", "..") for segment in key.split("/")) or "\0" in key:
            raise StorageRefused(f"not a key: {key[:120]!r}")
        return self.root / key


@dataclass(frozen=True)
class S3:
    """Keeps files in a bucket of an S3-compatible object storage.

    Args:
        bucket: its name; it exists already.
        access_key: from the environment.
        secret_key: from the environment.
        token: of a temporary session, from the environment.
        endpoint: absolute address of the service, empty for AWS.
        region: where the bucket is.
        style: `path` or `virtual`: whether the bucket stands in the path or in the host name.
        parallel: requests at a time.
    """

    bucket: str
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    token: str = field(default="", repr=False)
    endpoint: str = ""
    region: str = "us-east-1"
    style: str = "path"
    parallel: int = 8

    def put(self, key: str, body: Body, headers: Headers, mark: str) -> str:
        """Put one object; its MD5 goes with it, so that the service refuses what was damaged on the way."""
        said: dict[str, Any] = {argument: headers[name] for name, argument in _ARGUMENTS.items() if name in headers}
        said |= {"ContentMD5": b64encode(_md5(body)).decode(), "Metadata": {_MARK: mark}}
        with _service():
            if isinstance(body, bytes):
                answer = self._client.put_object(Bucket=self.bucket, Key=key, Body=body, **said)
            else:
                with body.open("rb") as file:
                    answer = self._client.put_object(Bucket=self.bucket, Key=key, Body=file, **said)
        return _plain_tag(answer["ETag"])

    def get(self, key: str) -> bytes | None:
        """Read an object; None when there is none."""
        with _service(may_be_missing=True) as found:
            answer = self._client.get_object(Bucket=self.bucket, Key=key)
            found.append(answer["Body"].read())
        return found[0] if found else None

    def holding(self, key: str, body: Body, mark: str) -> str | None:
        """Ask for an object's size and mark."""
        with _service(may_be_missing=True) as found:
            found.append(self._client.head_object(Bucket=self.bucket, Key=key))
        if not found or found[0]["ContentLength"] != _size(body) or found[0].get("Metadata", {}).get(_MARK) != mark:
            return None
        return _plain_tag(found[0]["ETag"])

    def delete(self, key: str) -> None:
        """Delete one object; several threads do it at a time, since not every service knows how to delete many."""
        with _service(may_be_missing=True):
            self._client.delete_object(Bucket=self.bucket, Key=key)

    def listed(self, prefix: str) -> Iterator[Stored]:
        """List objects, a page of a thousand at a time."""
        with _service():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
            for page in pages:
                for item in page.get("Contents", ()):
                    yield Stored(item["Key"], item["Size"], _plain_tag(item["ETag"]))

    def settle(self) -> None:
        """Do nothing: an object that was answered for is durable."""

    @cached_property
    def _client(self) -> Any:
        """Make the client, once; it may be used by several threads.

        Raises:
            ConfigurationError: the library is not installed.
        """
        try:
            import boto3.session
            from botocore.config import Config
        except ImportError as error:
            raise ConfigurationError(
                "s3:// targets need boto3: python -m pip install -r requirements/production.txt"
            ) from error
        # A checksum in a trailer, the client's default, is unknown to many compatible services; Content-MD5 is not.
        chosen = Config(
            signature_version="s3v4",
            retries={"mode": "standard", "total_max_attempts": TRIES},
            max_pool_connections=self.parallel,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": self.style},
        )
        session = boto3.session.Session(
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            aws_session_token=self.token or None,
            region_name=self.region,
        )
        return session.client("s3", endpoint_url=self.endpoint or None, config=chosen)


def s3(settings: Settings, bucket: str, *, endpoint: str, region: str, style: str, parallel: int) -> S3:
    """Give a bucket, with the credentials of the settings.

    Raises:
        ConfigurationError: there are none.
    """
    if not settings.aws_access_key_id or not settings.aws_secret_access_key:
        raise ConfigurationError("s3:// targets need AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment")
    return S3(
        bucket,
        settings.aws_access_key_id,
        settings.aws_secret_access_key,
        settings.aws_session_token,
        endpoint=endpoint,
        region=region,
        style=style,
        parallel=parallel,
    )


@contextmanager
def _disk() -> Iterator[None]:
    try:
        yield
    except (NotADirectoryError, IsADirectoryError, PermissionError) as error:
        raise StorageRefused(f"{error.strerror}: {error.filename}") from error
    except OSError as error:
        raise StorageDown(f"{error.strerror}: {error.filename}") from error


@contextmanager
def _gone_afterwards(path: Path) -> Iterator[None]:
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def _service(*, may_be_missing: bool = False) -> Iterator[list[Any]]:
    """Tell refusals from failures; gives a list for the answer, left empty by an object that is not there.

    Args:
        may_be_missing: an object that is not there is neither refusal nor failure.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield []
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        code = error.response.get("Error", {}).get("Code", "")
        if may_be_missing and status == 404 and code != "NoSuchBucket":
            return
        said = f"the object storage answered {status} {code}"
        # 408, 409 and 429 pass; every other 4xx says that the request itself is wrong.
        raise (StorageRefused if 400 <= status < 500 and status not in (408, 409, 429) else StorageDown)(said) from None
    except BotoCoreError as error:
        raise StorageDown(f"the object storage cannot be reached: {type(error).__name__}") from None


def _plain_tag(tag: str) -> str:
    return tag.strip('"')


def _tag(path: Path) -> str:
    found = path.stat()
    return f"{found.st_mtime_ns:x}-{found.st_size:x}"


def _size(body: Body) -> int:
    return len(body) if isinstance(body, bytes) else body.stat().st_size


def _same(path: Path, body: Body) -> bool:
    if isinstance(body, bytes):
        return path.read_bytes() == body
    with path.open("rb") as mine, body.open("rb") as wanted:
        while block := mine.read(_CHUNK):
            if block != wanted.read(_CHUNK):
                return False
    return True


def _md5(body: Body) -> bytes:
    digest = hashlib.md5(usedforsecurity=False)
    if isinstance(body, bytes):
        digest.update(body)
    else:
        with body.open("rb") as file:
            while block := file.read(_CHUNK):
                digest.update(block)
    return digest.digest()


def _copy(body: Body, to: Path) -> None:
    """Copy a content with the time it was made: rsync tells files apart by size and time."""
    if isinstance(body, bytes):
        to.write_bytes(body)
        return
    with body.open("rb") as source, to.open("wb") as file:
        found = os.fstat(source.fileno())
        while block := source.read(_CHUNK):
            file.write(block)
    os.utime(to, ns=(found.st_mtime_ns, found.st_mtime_ns))
