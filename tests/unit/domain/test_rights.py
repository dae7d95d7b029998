"""Who may do what: the check of a listing, the check of a dealer's data, the permissions of each role (SPEC 12-16)."""

from uuid import uuid4

import pytest

from storefront.domain.accounts.models import ALLOWS, Permission, Role, RoleGrant, User
from storefront.domain.accounts.rights import may_manage_listing, reaches_dealer

NORTH, SOUTH = uuid4(), uuid4()
SELLERS = (Role.DEALER_OWNER, Role.SALES_MANAGER, Role.SALES_PERSON)


def somebody(*roles: tuple[Role, object], active: bool = True) -> User:
    """Make a user with roles, without a database."""
    grants = [RoleGrant(role_name=role.value, dealer_id=dealer_id) for role, dealer_id in roles]
    return User(active=active, roles=grants)


def test_there_are_seven_permissions_with_their_full_names() -> None:
    assert len(Permission) == 7
    assert all(permission.value.startswith("Marketplace.") for permission in Permission)


@pytest.mark.parametrize("role", SELLERS)
def test_a_listing_is_changed_by_the_people_of_its_own_dealer(role: Role) -> None:
    user = somebody((role, NORTH))
    assert may_manage_listing(user, NORTH)
    assert not may_manage_listing(user, SOUTH)


@pytest.mark.parametrize("role", list(Role))
def test_a_listing_that_does_not_exist_is_changed_by_nobody(role: Role) -> None:
    assert not may_manage_listing(somebody((role, None if role is Role.SYSTEM_ADMIN else NORTH)), None)


def test_the_operator_reaches_every_dealer_and_a_stranger_none() -> None:
    operator, nobody = somebody((Role.SYSTEM_ADMIN, None)), somebody()
    assert reaches_dealer(operator, NORTH)
    assert reaches_dealer(operator, SOUTH)
    assert not reaches_dealer(nobody, NORTH)


@pytest.mark.parametrize("role", SELLERS)
def test_a_dealers_data_is_for_its_own_people(role: Role) -> None:
    assert reaches_dealer(somebody((role, NORTH)), NORTH)
    assert not reaches_dealer(somebody((role, NORTH)), SOUTH)
    assert not reaches_dealer(somebody((role, NORTH), active=False), NORTH)


def test_somebody_of_two_dealers_has_at_each_the_rights_of_her_role_there() -> None:
    user = somebody((Role.DEALER_OWNER, NORTH), (Role.SALES_PERSON, SOUTH))
    assert user.may(Permission.VIEW_DEALER_ANALYTICS, NORTH)
    assert not user.may(Permission.VIEW_DEALER_ANALYTICS, SOUTH)
    assert (user.role_at(NORTH), user.role_at(SOUTH)) == (Role.DEALER_OWNER, Role.SALES_PERSON)


def test_commissions_and_the_marketplaces_figures_are_the_operators_alone() -> None:
    for role in SELLERS:
        assert not ALLOWS[role] & {Permission.MANAGE_COMMISSIONS, Permission.VIEW_MARKETPLACE_ANALYTICS}
