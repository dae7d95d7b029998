"""The key by which search engines know that a host's own builder speaks for it (SEO.md §12). Pure."""

import hashlib
import hmac
import re

_KEY_FILE = re.compile(r"/([0-9a-f]{32})\.txt")


def key_of(secret: str, host: str) -> str:
    """Give a host's key: always the same for an installation, no two hosts share one.

    Args:
        secret: the installation's; nothing of it can be had from the key.
        host: the site's.
    """
    return hmac.new(secret.encode(), f"indexnow {host}".encode(), hashlib.sha256).hexdigest()[:32]


def address_of(key: str) -> str:
    """Give the address of the file that holds a key."""
    return f"/{key}.txt"


def is_key_file(address: str) -> bool:
    """Ask whether an address is that of a key."""
    return _KEY_FILE.fullmatch(address) is not None
