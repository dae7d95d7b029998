"""Seals single fields so that a stolen database tells nothing: AES-256-GCM (SECURITY D12).

The key is derived from SECRET_KEY, which never lies in the database. What a text is about (table, row) is bound into
the seal: copied to another row it opens nowhere.
"""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .config import Settings, secret_key

VERSION = "1"
_NONCE = 12


class BrokenSeal(Exception):
    """A sealed text was changed, belongs to another row, or was sealed with another SECRET_KEY."""


def seal(text: str, about: str, settings: Settings) -> str:
    """Seal a text.

    Args:
        text: what nobody may read in the database.
        about: what it belongs to, `users/<id>/totp`.
        settings: for the key.
    """
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(_key(settings)).encrypt(nonce, text.encode(), about.encode())
    return f"{VERSION}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, about: str, settings: Settings) -> str:
    """Give a sealed text back.

    Raises:
        BrokenSeal: it cannot be opened.
    """
    version, _, text = sealed.partition(".")
    try:
        content = base64.urlsafe_b64decode(text)
        if version != VERSION or len(content) <= _NONCE:
            raise BrokenSeal("not a sealed text")
        return AESGCM(_key(settings)).decrypt(content[:_NONCE], content[_NONCE:], about.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise BrokenSeal("the seal does not open with this SECRET_KEY") from error


def _key(settings: Settings) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"marketplace: sealed fields").derive(
        secret_key(settings).encode()
    )
