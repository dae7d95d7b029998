"""Who may do what with whose data (SPEC 14-16); one place for every door: admin, API, jobs."""

from uuid import UUID

from .models import Permission, Role, User

SELLERS = (Role.DEALER_OWNER, Role.SALES_MANAGER, Role.SALES_PERSON)


def may_manage_listing(user: User, dealer_id: UUID | None) -> bool:
    """Ask whether somebody may change a listing (SPEC 15).

    Args:
        user: who.
        dealer_id: of the listing's dealer; None when there is no such listing, which nobody may change.
    """
    return dealer_id is not None and user.may(Permission.MANAGE_VEHICLE_LISTINGS, dealer_id)


def reaches_dealer(user: User, dealer_id: UUID) -> bool:
    """Ask whether a dealer's data may be seen: owner or seller of that very dealer, or SystemAdmin (SPEC 16)."""
    return user.active and (user.is_operator or user.role_at(dealer_id) in SELLERS)
