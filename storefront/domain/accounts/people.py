"""Who works here: invitations, roles given, changed and taken back (SPEC 12, SECURITY A4)."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from storefront.core.changes import take_turn
from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.outbox import emit

from . import audit
from .actions import token_hash
from .events import InvitationSent
from .logins import end_others
from .models import AccessRule, Invitation, Role, RoleGrant, User
from .passwords import hash_password, refuse_weak

VALID = timedelta(days=7)
MOST_OPEN = 50
"""Open invitations of one dealer (SECURITY A6)."""
DEALER_ROLES = (Role.DEALER_OWNER, Role.SALES_MANAGER, Role.SALES_PERSON)


def roles_at(dealer_id: UUID | None) -> tuple[Role, ...]:
    """Give the roles there are at a dealer, or for None among the operator's people."""
    return (Role.SYSTEM_ADMIN,) if dealer_id is None else DEALER_ROLES


def invite(
    email: str, name: str, role: Role, *, dealer_id: UUID | None, language: str, now: datetime, actor: str
) -> Invitation:
    """Invite somebody by letter; the role waits seven days for her.

    Args:
        email: where the letter goes, and what she logs in with.
        name: for the letter; she may word it herself later.
        role: of `roles_at(dealer_id)`.
        dealer_id: whose people she joins; None for the operator's.
        language: of the letter.
        now: aware UTC.
        actor: who invites.

    Raises:
        DomainError: she is here already, was invited already, or the role does not belong here.
    """
    address = email.strip().lower()
    if role not in roles_at(dealer_id):
        raise DomainError("SystemAdmin belongs to the operator, every other role to a dealer", field="role")
    known = db.session.scalars(select(User).where(User.email == address)).first()
    if known is not None and known.active and known.role_at(dealer_id) is not None:
        raise DomainError("This person works here already", field="email", code="conflict")
    open_ones = select(Invitation).where(Invitation.dealer_id == dealer_id, Invitation.accepted_at.is_(None))
    waiting = db.session.scalars(open_ones.where(Invitation.revoked_at.is_(None), Invitation.sent_at > now - VALID))
    addresses = [one.email for one in waiting]
    if address in addresses:
        raise DomainError("This person is invited already; send the letter once more", field="email", code="conflict")
    if len(addresses) >= MOST_OPEN:
        raise DomainError("There are 50 open invitations; take some back first", code="conflict")
    invitation = Invitation(
        email=address,
        name=" ".join(name.split()),
        role_name=role,
        language=language,
        actor=actor,
        sent_at=now,
        dealer_id=dealer_id,
    )
    db.session.add(invitation)
    db.session.flush()
    emit(InvitationSent(invitation.id, 1), at=now)
    audit.record(actor, "invite", "invitation", invitation.id, now=now, after={"role": role.value}, dealer_id=dealer_id)
    return invitation


def send_again(invitation: Invitation, *, now: datetime, actor: str) -> None:
    """Write the letter once more, with a new link; the former one is void.

    Raises:
        DomainError: it was taken, or taken back.
    """
    _require_open(invitation)
    invitation.letters += 1
    invitation.token_hash, invitation.sent_at = None, now
    emit(InvitationSent(invitation.id, invitation.letters), at=now)
    audit.record(actor, "invite_again", "invitation", invitation.id, now=now, dealer_id=invitation.dealer_id)


def take_back(invitation: Invitation, *, now: datetime, actor: str) -> None:
    """Take an invitation back.

    Raises:
        DomainError: it was taken, or taken back.
    """
    _require_open(invitation)
    invitation.revoked_at, invitation.token_hash = now, None
    audit.record(actor, "take_back_invitation", "invitation", invitation.id, now=now, dealer_id=invitation.dealer_id)


def invitation_of(token: str, *, now: datetime) -> Invitation | None:
    """Find the open invitation of a letter; None when it is unknown, taken, taken back or older than a week."""
    found = db.session.scalars(select(Invitation).where(Invitation.token_hash == token_hash(token))).first()
    return found if found is not None and found.is_open and now - found.sent_at <= VALID else None


def person_invited(invitation: Invitation) -> User | None:
    """Give the person who logs in with the invitation's address already; somebody without any role does not."""
    found = db.session.scalars(select(User).where(User.email == invitation.email, User.active.is_(True))).first()
    return found if found is not None and found.roles else None


def join(invitation: Invitation, name: str, password: str, *, now: datetime) -> User:
    """Take an invitation as somebody new: with a name and a password of her own.

    Raises:
        DomainError: no name, a weak password, or somebody logs in with this address already.
    """
    _require_open(invitation)
    said = " ".join(name.split())
    if not said:
        raise DomainError("Enter your name", field="name")
    if person_invited(invitation) is not None:
        raise DomainError("Log in first: this address has a login already", code="conflict")
    refuse_weak(password, alone=True, about=(said, invitation.email))
    user = db.session.scalars(select(User).where(User.email == invitation.email)).first()
    if user is None:
        user = User(email=invitation.email, created_at=now, language=invitation.language)
        db.session.add(user)
    user.name, user.active, user.password_hash = said[:255], True, hash_password(password)
    user.totp_secret = user.totp_step = None
    db.session.flush()
    _give(user, invitation, now)
    return user


def join_as(user: User, invitation: Invitation, *, now: datetime) -> None:
    """Take an invitation with the login one has.

    Raises:
        DomainError: it was written to somebody else.
    """
    _require_open(invitation)
    if user.email != invitation.email:
        raise DomainError("This invitation was written to somebody else", code="forbidden")
    if user.is_operator or invitation.role is Role.SYSTEM_ADMIN:
        raise DomainError("The operator's people hold no role at a dealer", code="conflict")
    _give(user, invitation, now)


def change_role(user: User, role: Role, *, dealer_id: UUID | None, now: datetime, actor: str) -> None:
    """Change what somebody is at a dealer; all her logins end (SECURITY B4: new id at role change).

    Raises:
        DomainError: she has no role here, the role does not belong here, or nobody would own the dealer.
    """
    take_turn()
    grant = _grant(user, dealer_id)
    if role not in roles_at(dealer_id):
        raise DomainError("SystemAdmin belongs to the operator, every other role to a dealer", field="role")
    before = grant.role
    if before is not role:
        _keep_an_owner(grant)
    grant.role_name = role
    end_others(user.id, None, now=now)
    audit.record(
        *(actor, "change_role", "user", user.id),
        now=now,
        before={"role": before.value},
        after={"role": role.value},
        dealer_id=dealer_id,
    )


def take_role(user: User, *, dealer_id: UUID | None, now: datetime, actor: str) -> None:
    """Take somebody's role back; her logins end, and without any role left nobody logs in as her.

    Raises:
        DomainError: she has no role here, or nobody would own the dealer.
    """
    take_turn()
    grant = _grant(user, dealer_id)
    _keep_an_owner(grant)
    before = {"role": grant.role_name}
    db.session.delete(grant)
    db.session.flush()
    db.session.expire(user, ["roles"])
    end_others(user.id, None, now=now)
    audit.record(actor, "take_role", "user", user.id, now=now, dealer_id=dealer_id, before=before)


def want_second_factor(wanted: bool, *, dealer_id: UUID | None, now: datetime, actor: str) -> AccessRule:
    """Want a second factor of everybody at a dealer, or for None of everybody, from the next page on; or no longer."""
    found = rule_of(dealer_id)
    rule = found or AccessRule(dealer_id=dealer_id)
    rule.wants_second_factor = wanted
    db.session.add(rule)
    db.session.flush()
    audit.record(
        *(actor, "want_second_factor", "access_rule", rule.id), now=now, after={"wanted": wanted}, dealer_id=dealer_id
    )
    return rule


def rule_of(dealer_id: UUID | None) -> AccessRule | None:
    """Give what a dealer, or the operator, asks of those who log in; None for nothing so far."""
    return db.session.scalars(select(AccessRule).where(AccessRule.dealer_id == dealer_id)).first()


def _give(user: User, invitation: Invitation, now: datetime) -> None:
    dealer_id = invitation.dealer_id
    known = next((grant for grant in user.roles if grant.dealer_id == dealer_id), None)
    if known is None:
        user.roles.append(RoleGrant(role_name=invitation.role_name, dealer_id=dealer_id))
    else:
        known.role_name = invitation.role_name
    invitation.accepted_at, invitation.token_hash = now, None
    db.session.flush()
    after = {"role": invitation.role_name}
    audit.record(f"user:{user.id}", "join", "user", user.id, now=now, after=after, dealer_id=dealer_id)


def _grant(user: User, dealer_id: UUID | None) -> RoleGrant:
    held = select(RoleGrant).where(RoleGrant.user_id == user.id, RoleGrant.dealer_id == dealer_id)
    found = db.session.scalars(held).first()
    if found is None:
        raise DomainError("This person has no role here", code="not_found")
    return found


def _keep_an_owner(grant: RoleGrant) -> None:
    """Refuse to take the last owner of a dealer, or the last of the operator's people."""
    if grant.role not in (Role.DEALER_OWNER, Role.SYSTEM_ADMIN):
        return
    others = select(func.count(RoleGrant.id)).join(User, User.id == RoleGrant.user_id)
    others = others.where(RoleGrant.dealer_id == grant.dealer_id, RoleGrant.role_name == grant.role_name)
    if not db.session.scalar(others.where(RoleGrant.id != grant.id, User.active.is_(True))):
        raise DomainError("Somebody must stay the owner; make another person owner first", field="role")


def _require_open(invitation: Invitation) -> None:
    if not invitation.is_open:
        raise DomainError("This invitation was used or taken back", code="conflict")
