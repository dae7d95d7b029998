"""The second factor: codes of an authenticator app (TOTP, RFC 6238) and recovery codes (SECURITY B2)."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import pyotp
from sqlalchemy import delete, func, or_, select, update

from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.outbox import emit
from storefront.core.sealing import BrokenSeal, current_prefix, seal, unseal

from . import audit
from .events import SecurityChanged
from .models import RecoveryCode, User

ISSUER = "Marketplace Auto"
STEP_SECONDS = 30
DRIFT = 1
"""Half minutes a phone's clock may be wrong by, either way."""
CODES = 10
MOST_AT_ONCE = 500
"""Secrets sealed anew in one transaction."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE_LENGTH = 16
WRONG = "This code is not right, or it was used before; wait for the next one"


def new_secret() -> str:
    """Give a secret for an authenticator: 160 random bits as base32."""
    return pyotp.random_base32(32)


def address_of(secret: str, email: str) -> str:
    """Give what the QR code holds: an `otpauth://` address."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def switch_on(
    user: User, secret: str, code: str, *, now: datetime, actor: str, settings: Settings, dealer_id: UUID | None
) -> list[str]:
    """Want a code from now on at each login, once its owner has shown that her app makes the right ones.

    Returns:
        Recovery codes: shown once, kept as hashes.

    Raises:
        DomainError: the code is wrong, or there is a second factor already.
    """
    if user.has_second_factor:
        raise DomainError("A second factor is switched on already", code="conflict")
    step = _step(secret, code, now)
    if step is None:
        raise DomainError(WRONG, field="code")
    user.totp_secret = seal(secret, _about(user), settings)
    user.totp_step = step
    entry = audit.record(actor, "second_factor_on", "user", user.id, now=now, dealer_id=dealer_id)
    emit(SecurityChanged(user.id, "second_factor_on", entry.number), at=now)
    return _new_codes(user)


def switch_off(user: User, *, now: datetime, actor: str, dealer_id: UUID | None) -> None:
    """Want no code any more; the recovery codes are void.

    Raises:
        DomainError: there is none.
    """
    if not user.has_second_factor:
        raise DomainError("There is no second factor to switch off", code="conflict")
    user.totp_secret = user.totp_step = None
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    entry = audit.record(actor, "second_factor_off", "user", user.id, now=now, dealer_id=dealer_id)
    emit(SecurityChanged(user.id, "second_factor_off", entry.number), at=now)


def renew_codes(user: User, *, now: datetime, actor: str, dealer_id: UUID | None) -> list[str]:
    """Give new recovery codes; the former ones are void.

    Raises:
        DomainError: there is no second factor they could stand in for.
    """
    if not user.has_second_factor:
        raise DomainError("Recovery codes come with a second factor", code="conflict")
    entry = audit.record(actor, "recovery_codes", "user", user.id, now=now, dealer_id=dealer_id)
    emit(SecurityChanged(user.id, "recovery_codes", entry.number), at=now)
    return _new_codes(user)


def take_code(user: User, code: str, *, now: datetime, settings: Settings) -> bool:
    """Take a code of the app or a recovery code; each is taken once, whoever is first (SECURITY B2).

    Raises:
        DomainError: it is neither, or was taken before.
    """
    typed = "".join(code.split()).replace("-", "").lower()
    if len(typed) == _CODE_LENGTH and _take_recovery(user, typed, now):
        return True
    step = _step(_secret(user, settings), typed, now)
    if step is None:
        raise DomainError(WRONG, field="code")
    unused = update(User).where(User.id == user.id, or_(User.totp_step.is_(None), User.totp_step < step))
    taken = db.session.execute(unused.values(totp_step=step).execution_options(synchronize_session=False))
    if not taken.rowcount:  # type: ignore[attr-defined]
        raise DomainError(WRONG, field="code")
    return False


def tenants_with_former_seals(settings: Settings) -> list[UUID]:
    """Give the tenants of people whose secret is sealed with a former key of ours; act everywhere()."""
    return sorted({user.tenant_id for user in _sealed_before(settings) if _secret(user, settings) is not None})


def seal_anew(settings: Settings) -> list[UUID]:
    """Seal the secrets of the open scope with today's SECRET_KEY, so that the former one can be dropped.

    Returns:
        Whose; a secret that no key opens stays as it is.
    """
    done = []
    for user in _sealed_before(settings):
        secret = _secret(user, settings)
        if secret is not None:
            user.totp_secret = seal(secret, _about(user), settings)
            done.append(user.id)
    return done


def codes_left(user_id: UUID) -> int:
    """Count the recovery codes nobody used yet."""
    wanted = select(func.count(RecoveryCode.id)).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(wanted) or 0


def _sealed_before(settings: Settings) -> Sequence[User]:
    wanted = select(User).where(User.totp_secret.is_not(None), ~User.totp_secret.startswith(current_prefix(settings)))
    return db.session.scalars(wanted.order_by(User.id).limit(MOST_AT_ONCE)).all()


def _take_recovery(user: User, typed: str, now: datetime) -> bool:
    mine = update(RecoveryCode).where(RecoveryCode.user_id == user.id, RecoveryCode.code_hash == _hash(typed))
    taken = db.session.execute(mine.where(RecoveryCode.used_at.is_(None)).values(used_at=now))
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def _new_codes(user: User) -> list[str]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH)) for _ in range(CODES)]
    db.session.add_all(RecoveryCode(user_id=user.id, code_hash=_hash(code)) for code in codes)
    db.session.flush()
    return ["-".join(code[at : at + 4] for at in range(0, _CODE_LENGTH, 4)) for code in codes]


def _step(secret: str | None, code: str, now: datetime) -> int | None:
    """Give the half minute a code belongs to, None for a wrong one."""
    if secret is None or not (code.isascii() and code.isdecimal() and len(code) == 6):
        return None
    app, present = pyotp.TOTP(secret), int(now.timestamp()) // STEP_SECONDS
    right = [
        step
        for step in range(present - DRIFT, present + DRIFT + 1)
        if hmac.compare_digest(app.generate_otp(step), code)
    ]
    return right[-1] if right else None


def _secret(user: User, settings: Settings) -> str | None:
    if user.totp_secret is None:
        return None
    try:
        return unseal(user.totp_secret, _about(user), settings)
    except BrokenSeal:
        return None


def _about(user: User) -> str:
    return f"users/{user.id}/totp"


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
