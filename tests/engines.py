"""The search engines that keep one promise, each ready to be filled: embedded, on a server of ours, on a real one."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from search.embedded import EmbeddedIndex
from search.index import Index
from search.meili import MeiliIndex
from search.meili_access import Access
from tests.servers.meili import Server

MASTER_KEY = "a master key for tests only"
ENGINES = ("embedded", "protocol", "meilisearch")
"""`protocol` is the adapter over our server; `meilisearch` over the one of MEILISEARCH_URL, where that is set."""
REAL_SERVER = os.environ.get("MEILISEARCH_URL", ""), os.environ.get("MEILISEARCH_KEY", "")
"""Read before the tests begin: all but those that ask for it run without (`conftest.py`)."""
UNHURRIED = 60.0
"""Seconds for a search: on a busy machine nothing may fail by the clock."""
Open = Callable[[UUID], Index]
"""Gives the index of a tenant; each call for the same one gives the same."""


@contextmanager
def engine(name: str) -> Iterator[Open]:
    """Start an engine without any index.

    Args:
        name: one of `ENGINES`.
    """
    with tempfile.TemporaryDirectory() as folder:
        if name == "embedded":
            yield _kept(lambda tenant: EmbeddedIndex(Path(folder) / tenant.hex, tenant))
        elif name == "protocol":
            with Server(MASTER_KEY) as server:
                yield _kept(lambda tenant: on_server(server.url, MASTER_KEY, tenant, Path(folder)))
        else:
            url, key = real_server()
            opened: list[MeiliIndex] = []

            def fresh(tenant: UUID) -> Index:
                opened.append(on_server(url, key, tenant, Path(folder)))
                opened[-1].drop()
                return opened[-1]

            yield _kept(fresh)
            for index in opened:
                index.drop()


def real_server() -> tuple[str, str]:
    """Give address and key of a real Meilisearch, or skip the test."""
    if not REAL_SERVER[0]:
        pytest.skip("no Meilisearch: set MEILISEARCH_URL, and MEILISEARCH_KEY to its master key")
    return REAL_SERVER


def on_server(url: str, key: str, tenant: UUID, folder: Path, seconds: float = UNHURRIED) -> MeiliIndex:
    """Give the index of a tenant on a server, as a process of its own would have it."""
    return MeiliIndex(tenant, url, Access(url, key, "", seconds), folder / f"{tenant.hex}.lock", seconds)


def _kept(make: Open) -> Open:
    known: dict[UUID, Index] = {}

    def opened(tenant: UUID) -> Index:
        if tenant not in known:
            known[tenant] = make(tenant)
        return known[tenant]

    return opened
