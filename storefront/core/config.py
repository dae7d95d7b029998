"""Every setting of an installation, in one place: name, type, default and one sentence (docs/configuration.md)."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .edge import edge_of
from .errors import ConfigurationError

_UID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _setting(default: Any, says: str, *, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"says": says, "secret": secret})


@dataclass(frozen=True, slots=True)
class Settings:
    """The installation's settings, read from environment variables of the same name in capitals."""

    marketplace_instance: Path = _setting(
        Path("instance"), "Folder of this installation: database, uploads, built sites, mail outbox."
    )
    database_url: str = _setting(
        "", "Database; empty means SQLite in the instance folder. `postgresql://…` in production."
    )
    redis_url: str = _setting("", "Redis or Valkey for queue, limits and counters; empty starts an embedded Valkey.")
    meilisearch_url: str = _setting("", "Meilisearch server, `https://host`; empty searches with the embedded engine.")
    meilisearch_key: str = _setting(
        "",
        "Its writing key of `marketplace search keys`, or the master key; empty for a server without keys.",
        secret=True,
    )
    meilisearch_search_key: str = _setting(
        "", "Its searching key of that command, `uid:key`; empty finds it with the master key.", secret=True
    )
    smtp_url: str = _setting(
        "", "`smtp://user:password@host:587`; empty writes letters to instance/outbox/.", secret=True
    )
    mail_from: str = _setting("Marketplace Auto <no-reply@marketplace.example>", "Sender of all letters.")
    secret_key: str = _setting(
        "", "Signs sessions and tokens; empty makes one and keeps it in the instance folder.", secret=True
    )
    secret_key_fallbacks: str = _setting(
        "",
        "Former values of SECRET_KEY with semicolons between: still read, nothing new is written with them.",
        secret=True,
    )
    admin_host: str = _setting(
        "", "Host that serves the admin alone; empty serves it under /admin/ of the marketplace."
    )
    approve_dealers: str = _setting(
        "off", "`on` lets a dealer who joins by itself publish only once the operator has approved it."
    )
    live_origin: str = _setting("", "Absolute origin of the live layer for hosts that do not forward /-/ to it.")
    base_host: str = _setting("localhost", "Domain under which dealers without a domain of their own get their host.")
    site_scheme: str = _setting("http", "Scheme of public addresses: `https` in production.")
    site_port: int = _setting(8000, "Port in public addresses; 0 leaves it out (production behind 443).")
    edge_addresses: str = _setting(
        "", "IP addresses of the web server in front, with commas; empty offers dealers no domains of their own."
    )
    edge_host: str = _setting("", "Domain whose subdomains all lead there; empty means `edge.` before BASE_HOST.")
    edge_probe: str = _setting("", "Where we reach that server ourselves, `ip:port`; empty: its first address.")
    edge_ca: str = _setting("", "File with the root of a certificate authority of one's own; empty trusts public ones.")
    dns_resolvers: str = _setting(
        "9.9.9.9, 1.1.1.1, 8.8.8.8", "Name servers that are asked about domains, `ip` or `ip:port`; two must agree."
    )
    trusted_proxies: int = _setting(0, "How many proxies in front set X-Forwarded-For and X-Forwarded-Proto.")
    tenant: str = _setting("", "Tenant that commands work on when there are several and `--tenant` is not given.")
    deliver_to: str = _setting(
        "", "Where every new release is delivered to: `folder:/path` or `s3://bucket/prefix?…` (docs/delivery.md)."
    )
    aws_access_key_id: str = _setting("", "Key of the object storage for `s3://` targets.", secret=True)
    aws_secret_access_key: str = _setting("", "Secret of that key.", secret=True)
    aws_session_token: str = _setting("", "Token of a temporary session there, where one is used.", secret=True)
    purge_url: str = _setting("", "Address a CDN takes purge lists at; empty purges nothing.")
    purge_token: str = _setting("", "Bearer token for it.", secret=True)
    purge_by: str = _setting("urls", "What is purged by: `urls`, or `keys` (Cache-Tag, Surrogate-Key).")
    indexnow: str = _setting("off", "`on` tells search engines which addresses changed (IndexNow).")
    indexnow_url: str = _setting("https://api.indexnow.org/indexnow", "Where they are told.")
    log_level: str = _setting("INFO", "DEBUG, INFO, WARNING or ERROR.")

    @property
    def instance(self) -> Path:
        """Give the absolute instance folder."""
        return self.marketplace_instance.resolve()

    @property
    def database(self) -> str:
        """Give the SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{self.instance / 'marketplace.sqlite3'}"

    @property
    def sites(self) -> Path:
        """Give the folder of built sites: `<sites>/<host>/current/`."""
        return self.instance / "sites"

    def origin(self, host: str) -> str:
        """Give the public origin of a host; it comes from settings and store, never from a request (SECURITY B10)."""
        standard = {"http": 80, "https": 443}[self.site_scheme]
        port = "" if self.site_port in (0, standard) else f":{self.site_port}"
        return f"{self.site_scheme}://{host}{port}"


def load(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Read the settings from the environment (or a mapping).

    Args:
        environ: where to read, the process environment by default.
        overrides: values that win over the environment, by field name.

    Raises:
        ConfigurationError: a value that cannot be read; the message names the variable.
    """
    source = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for item in fields(Settings):
        text = source.get(item.name.upper())
        if text is not None and text != "":
            values[item.name] = _read(item.name, text)
    values.update(overrides)
    settings = Settings(**values)
    _refuse_nonsense(settings)
    return settings


def _read(name: str, text: str) -> Any:
    default = getattr(Settings(), name)
    if isinstance(default, Path):
        return Path(text)
    if isinstance(default, int):
        if not text.isdecimal():
            raise ConfigurationError(f"{name.upper()} must be a whole number, not {text!r}")
        return int(text)
    return text


def _refuse_nonsense(settings: Settings) -> None:
    if settings.site_scheme not in ("http", "https"):
        raise ConfigurationError("SITE_SCHEME must be http or https")
    _refuse_odd_meilisearch(settings)
    if settings.purge_by not in ("urls", "keys"):
        raise ConfigurationError("PURGE_BY must be urls or keys")
    if settings.indexnow not in ("on", "off"):
        raise ConfigurationError("INDEXNOW must be on or off")
    edge_of(settings)
    if settings.approve_dealers not in ("on", "off"):
        raise ConfigurationError("APPROVE_DEALERS must be on or off")
    if settings.secret_key and len(settings.secret_key) < 32:
        raise ConfigurationError("SECRET_KEY must have at least 32 characters; leave it empty to have one made")
    if any(len(former) < 32 for former in _former_keys(settings)):
        raise ConfigurationError("SECRET_KEY_FALLBACKS must be whole former keys, at least 32 characters each")


def _refuse_odd_meilisearch(settings: Settings) -> None:
    try:
        parts = urlsplit(settings.meilisearch_url)
        port_is_one = parts.port is None or parts.port > 0
    except ValueError:
        raise ConfigurationError("MEILISEARCH_URL is no address") from None
    if settings.meilisearch_url and (parts.scheme not in ("http", "https") or not parts.hostname or not port_is_one):
        raise ConfigurationError("MEILISEARCH_URL must be http://host:port or https://host")
    if parts.username is not None or parts.query or parts.fragment:
        raise ConfigurationError("MEILISEARCH_URL holds no user, query or fragment: the key is MEILISEARCH_KEY")
    uid, _, secret = settings.meilisearch_search_key.partition(":")
    if settings.meilisearch_search_key and not (_UID.fullmatch(uid) and secret):
        raise ConfigurationError("MEILISEARCH_SEARCH_KEY must be `uid:key`, as `marketplace search keys` writes it")
    for name in ("meilisearch_key", "meilisearch_search_key"):
        if not (getattr(settings, name).isascii() and getattr(settings, name).isprintable()):
            raise ConfigurationError(f"{name.upper()} holds signs no key has")


def secret_key(settings: Settings) -> str:
    """Give the signing key: the configured one, else one made once and kept in the instance folder, mode 0600."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.instance / "secret.key"
    if not path.exists():
        settings.instance.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text("ascii")
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text("ascii")


def signing_keys(settings: Settings) -> list[str]:
    """Give the keys a signature may be of, the present one last; the others are on their way out (SECURITY D13)."""
    return [*_former_keys(settings), secret_key(settings)]


def _former_keys(settings: Settings) -> list[str]:
    return [former.strip() for former in settings.secret_key_fallbacks.split(";") if former.strip()]
