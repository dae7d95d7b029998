"""Where the original photos lie: `<instance>/photos/<hh>/<sha256>`, never in a public folder (SPEC 43, SECURITY C3).

A file is named after its content, so the same photo of ten imports lies there once, and its name never says what a
stranger called it.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from storefront.core.config import Settings

_HASH = re.compile(r"[0-9a-f]{64}")
_BEGINNING = re.compile(r"[0-9a-f]{20,64}")
_numbers = count()


@dataclass(frozen=True, slots=True)
class PhotoStore:
    """The originals of an installation; `root` is a folder that no web server serves."""

    root: Path

    def path(self, content_hash: str) -> Path:
        """Give where the original of that hash lies, whether it is there or not.

        Raises:
            ValueError: the text is no sha256 in hex (SECURITY C6: a name is never taken from outside unchecked).
        """
        if not _HASH.fullmatch(content_hash):
            raise ValueError(f"not a photo's hash: {content_hash[:80]!r}")
        return self.root / content_hash[:2] / content_hash

    def __contains__(self, content_hash: str) -> bool:
        """Ask whether the original is here."""
        return self.path(content_hash).is_file()

    def find(self, digits: str) -> Path | None:
        """Give the original whose hash begins with these 20 digits or more; None when there is none."""
        if not _BEGINNING.fullmatch(digits):
            return None
        return next(iter(sorted((self.root / digits[:2]).glob(f"{digits}*"))), None)

    def put(self, content: bytes) -> str:
        """Keep an original, durably, before anything refers to it.

        Returns:
            Its sha256 in hex.

        Raises:
            OSError: the disk refused; nothing half-written is left under the name.
        """
        content_hash = hashlib.sha256(content).hexdigest()
        path = self.path(content_hash)
        if path.is_file() and path.stat().st_size == len(content):
            return content_hash
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{content_hash}.{os.getpid()}.{next(_numbers)}")
        try:
            with beside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        _sync_folder(path.parent)
        return content_hash

    def read(self, content_hash: str) -> bytes:
        """Give the original.

        Raises:
            FileNotFoundError: it is not here.
        """
        return self.path(content_hash).read_bytes()


def photo_store(settings: Settings) -> PhotoStore:
    """Give the store of an installation."""
    return PhotoStore(settings.instance / "photos")


def logo_store(settings: Settings) -> PhotoStore:
    """Give the store of dealers' logos: small pictures as they are served, no originals."""
    return PhotoStore(settings.instance / "logos")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
