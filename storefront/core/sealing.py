"""Seals single fields so that a stolen database tells nothing: AES-256-GCM (SECURITY D12).

The key is derived from SECRET_KEY, which never lies in the database. What a text is about (table, row) is bound into
the seal: copied to another row it opens nowhere. A seal begins with a name of its key, so that those of a former key
(SECRET_KEY_FALLBACKS) can be found and made anew.
"""

import base64
import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .config import Settings, secret_key, signing_keys

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
    nonce, key = os.urandom(_NONCE), _key(secret_key(settings))
    sealed = AESGCM(key).encrypt(nonce, text.encode(), about.encode())
    return f"{_name(key)}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, about: str, settings: Settings) -> str:
    """Give a sealed text back.

    Raises:
        BrokenSeal: it cannot be opened.
    """
    name, _, text = sealed.partition(".")
    keys = {_name(key): key for key in map(_key, signing_keys(settings))}
    try:
        content = base64.urlsafe_b64decode(text)
        if name not in keys or len(content) <= _NONCE:
            raise BrokenSeal("not sealed with a key of ours")
        return AESGCM(keys[name]).decrypt(content[:_NONCE], content[_NONCE:], about.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise BrokenSeal("the seal does not open with this SECRET_KEY") from error


def current_prefix(settings: Settings) -> str:
    """Give what every seal of the present key begins with; one that begins otherwise is due to be made anew."""
    return f"{_name(_key(secret_key(settings)))}."


def _key(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"marketplace: sealed fields").derive(secret.encode())


def _name(key: bytes) -> str:
    return hashlib.sha256(b"name of " + key).hexdigest()[:8]
