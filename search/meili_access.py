"""Who we are to Meilisearch: keys of few rights, and for a search a token of one tenant that soon ends (SECURITY A3).

`MEILISEARCH_KEY` may be the server's master key. It is then used for nothing but to make, and find again, two keys of
fixed names: one that may write to our indexes, one that may search them. `marketplace search keys` tells them, and an
installation that is given those two never needs the master key again. Where there is no key there is no token either:
a server without keys belongs on the machine itself.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from meilisearch.errors import MeilisearchApiError, MeilisearchError

from storefront.core import clock
from storefront.core.config import Settings

from .errors import SearchUnavailable
from .index import BASE, index_name
from .meili_filters import of_tenant
from .meili_wire import Client

TOKEN_SECONDS = 600
"""How long a token holds; a new one is made after half of it."""
KEY_SECONDS = 0.6
"""How long finding a key may take when nobody says; the first search of a process waits for it."""
FORBIDDEN = (401, 403)


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the server, and the name it is found by."""

    uid: str
    secret: str


@dataclass(frozen=True, slots=True)
class _Role:
    uid: str
    name: str
    actions: tuple[str, ...]

    def wanted(self) -> Mapping[str, Any]:
        return {
            "uid": self.uid,
            "name": self.name,
            "description": f"Indexes {BASE}-*: {', '.join(self.actions)}",
            "actions": list(self.actions),
            "indexes": [f"{BASE}-*"],
            "expiresAt": None,
        }


SEARCHER = _Role("6b1d9c0e-4b6f-4a53-9f0d-6d8a0b5a1c21", "Marketplace: search", ("search",))
WRITER = _Role(
    "e0a4b7f2-93c1-4d68-8a5e-2f7c90d1b634",
    "Marketplace: write",
    ("search", "documents.*", "indexes.*", "settings.*", "tasks.get"),
)


class Access:
    """The keys of this installation, found once in a process."""

    def __init__(self, url: str, key: str, search_key: str, seconds: float = KEY_SECONDS) -> None:
        """Take what is configured.

        Args:
            url: of the server.
            key: `MEILISEARCH_KEY`.
            search_key: `MEILISEARCH_SEARCH_KEY`, `uid:key` or empty.
            seconds: how long finding a key may take.
        """
        uid, _, secret = search_key.partition(":")
        self._key = key
        self._client = Client(url, lambda: key, seconds)
        self._configured: dict[str, Key] = {SEARCHER.uid: Key(uid, secret)} if secret else {}
        self._found: dict[str, Key | None] = {**self._configured}
        self._tokens: dict[UUID, tuple[float, str]] = {}

    def writer(self) -> str:
        """Give the key to write with; empty for a server without keys.

        Raises:
            SearchUnavailable: the server does not tell.
        """
        if not self._key:
            return ""
        found = self._role(WRITER)
        return self._key if found is None else found.secret

    def token(self, tenant_id: UUID) -> str:
        """Give what to search with: it reaches the records of one tenant, and that for minutes.

        Raises:
            SearchUnavailable: the server does not tell, or the key configured may make no other.
        """
        if not self._key and SEARCHER.uid not in self._found:
            return ""
        until, token = self._tokens.get(tenant_id, (0.0, ""))
        if time.monotonic() >= until:
            key = self._role(SEARCHER)
            if key is None:
                raise SearchUnavailable("MEILISEARCH_KEY may not make keys: set MEILISEARCH_SEARCH_KEY")
            token = token_of(self._client, key, tenant_id)
            self._tokens[tenant_id] = (time.monotonic() + TOKEN_SECONDS / 2, token)
        return token

    def forget(self) -> None:
        """Find the keys anew the next time: the server did not take one."""
        self._tokens.clear()
        self._found = {**self._configured}

    def made(self) -> tuple[Key, Key]:
        """Give the writing and the searching key, made where they are not there yet.

        Raises:
            SearchUnavailable: the server does not answer, or the key configured is not its master key.
        """
        writer, searcher = self._role(WRITER), self._role(SEARCHER)
        if writer is None or searcher is None:
            raise SearchUnavailable("keys are made with the server's master key: give it as MEILISEARCH_KEY")
        return writer, searcher

    def _role(self, role: _Role) -> Key | None:
        """Find the key of a role, or make it; None when the key configured may do neither."""
        if role.uid not in self._found:
            found = self._asked(lambda: self._client.get_key(role.uid))
            found = found or self._asked(lambda: self._client.create_key(role.wanted()), "api_key_already_exists")
            self._found[role.uid] = found or self._asked(lambda: self._client.get_key(role.uid))
        return self._found[role.uid]

    def _asked(self, ask: Callable[[], Any], none_when: str = "api_key_not_found") -> Key | None:
        try:
            said = ask()
            return Key(str(said.uid), str(said.key))
        except MeilisearchApiError as error:
            if error.code == none_when or error.status_code in FORBIDDEN:
                return None
            raise SearchUnavailable(f"Meilisearch makes no key: {error.code}") from None
        except (MeilisearchError, ValueError, TypeError, AttributeError) as error:
            raise SearchUnavailable(f"Meilisearch tells no key: {type(error).__name__}") from None


def token_of(client: Client, key: Key, tenant_id: UUID) -> str:
    """Sign a token that reaches one tenant's records of its own index."""
    rules = {index_name(tenant_id): {"filter": of_tenant(tenant_id.hex)}}
    expires = clock.now() + timedelta(seconds=TOKEN_SECONDS)
    return client.generate_tenant_token(key.uid, rules, expires_at=expires, api_key=key.secret)


_accesses: dict[tuple[str, str, str], Access] = {}


def access_of(settings: Settings) -> Access:
    """Give this process's access to the configured server."""
    where = (settings.meilisearch_url, settings.meilisearch_key, settings.meilisearch_search_key)
    if where not in _accesses:
        _accesses[where] = Access(*where, KEY_SECONDS)
    return _accesses[where]
