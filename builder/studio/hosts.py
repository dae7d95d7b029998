"""The host a draft is seen at: `<signed name>.preview.<base host>`, known to whoever was given it.

It ends by itself: the name holds the store's id, the hour it ends in and a signature; nothing is looked up (SECURITY
D3: the ask endpoint answers by arithmetic). Its first letter tells it from a preview's, which is all hex digits.
"""

import base64
import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from storefront.core.config import Settings, signing_keys

LASTS = timedelta(hours=12)
_MARK = "x"
_SALT = b"draft host 1:"
_HOUR = 3600
_MAC = 16
_LENGTH = len(_MARK) + 58


def host_for(store_id: UUID, *, settings: Settings, now: datetime) -> str:
    """Give the host of a store's draft; the same one within an hour.

    Args:
        store_id: whose.
        settings: of the installation.
        now: aware UTC.
    """
    ends = int((now + LASTS).timestamp()) // _HOUR
    said = store_id.bytes + ends.to_bytes(4)
    text = base64.b32encode(said + _seal(signing_keys(settings)[-1], said)).decode().rstrip("=").lower()
    return f"{_MARK}{text}.preview.{settings.base_host}"


def is_draft(host: str, base_host: str) -> bool:
    """Ask whether a host (lower case, without port) is shaped like a draft's."""
    name, dot, rest = host.partition(".")
    return bool(dot) and rest == f"preview.{base_host}" and len(name) == _LENGTH and name.startswith(_MARK)


def store_at(host: str, *, settings: Settings, now: datetime) -> UUID | None:
    """Give the store whose draft is seen at a host; None when we never named it, or its time is over."""
    if not is_draft(host, settings.base_host):
        return None
    try:
        packed = base64.b32decode(host.partition(".")[0].removeprefix(_MARK).upper() + "======")
    except ValueError:
        return None
    said, seal = packed[:20], packed[20:]
    if not any(hmac.compare_digest(seal, _seal(key, said)) for key in signing_keys(settings)):
        return None
    ends = datetime.fromtimestamp(int.from_bytes(said[16:]) * _HOUR, UTC)
    return UUID(bytes=said[:16]) if now < ends else None


def _seal(key: str, said: bytes) -> bytes:
    return hmac.new(key.encode(), _SALT + said, sha256).digest()[:_MAC]
