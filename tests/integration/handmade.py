"""A host whose releases a test makes file by file, without a database: what follows a publish needs no more."""

from dataclasses import dataclass, field
from datetime import date

import orjson

from builder import compress
from builder.manifest import Delta, Entry
from builder.releases import SiteFolder, site_folder
from storefront.core.config import Settings
from tests.conftest import TODAY

HOST = "north-cars.example"
GOLF = "vehicles/vw-golf-0123456789abc/index.html"
STYLE = "a/site.0123456789abcdef.css"
PAGE = b"<!doctype html><title>North Cars</title>" + b"<p>A page of cars.</p>" * 100


@dataclass
class Site:
    """A host whose releases a test makes, file by file."""

    settings: Settings
    host: str = HOST
    files: dict[str, Entry] = field(default_factory=dict)
    number: int = 0

    @property
    def folder(self) -> SiteFolder:
        return site_folder(self.settings, self.host)

    def publish(self, put: dict[str, bytes] | None = None, drop: tuple[str, ...] = (), *, whole: bool = False) -> str:
        """Serve a release in which some files are others; a fingerprinted one that is dropped lingers."""
        store, before = self.folder.store, self.folder.live_name()
        self.number += 1
        delta = Delta(f"{self.number:08d}", before, TODAY, self.number)
        blobs = []
        for path, content in (put or {}).items():
            blob = store.put(content, text=compress.is_text(path))
            blobs.append(blob)
            delta.add(Entry(path, blob.hash, blob.size, blob.encodings))
        for path in drop:
            delta.remove(path)
        self.files = {path: entry for path, entry in self.files.items() if path not in delta.drop} | delta.put
        if whole or before is None:
            delta.parent, delta.drop, delta.put = None, set(), dict(self.files)
        store.make_durable(blobs)
        with self.folder.locked():
            self.folder.switch(delta)
        (self.folder.root / "site.json").write_bytes(orjson.dumps({"host": self.host, "origin": "", "kind": "dealer"}))
        return delta.release

    def linger(self, path: str, since: date) -> str:
        """Serve a release in which nothing refers to a file any more."""
        self.number += 1
        entry = self.files[path]
        gone = Entry(path, entry.hash, entry.size, entry.encodings, gone=since.isoformat())
        delta = Delta(f"{self.number:08d}", self.folder.live_name(), since, self.number, {path: gone})
        self.files[path] = gone
        with self.folder.locked():
            self.folder.switch(delta)
        return delta.release
