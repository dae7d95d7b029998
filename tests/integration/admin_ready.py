"""What must be so before a route of the admin can be used: a second factor, a letter, a login that is half way in.

Each takes the browser, the town and the person who sits at it; what the form then needs is put into `town.mine`.
"""

from typing import Any
from uuid import UUID

import pyotp
from lxml import html

from storefront.core import clock, runtime
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.domain.accounts import people, second_factor
from storefront.domain.accounts.actions import log_in, token_hash
from storefront.domain.accounts.models import PasswordReset, Role, User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def with_second_factor(_desk: Any, _town: Any, person: Any) -> None:
    """Give the person a second factor; the first half minute's code is used up by that."""
    give_second_factor(person.id)


def colleague_with_second_factor(_desk: Any, town: Any, _person: Any) -> None:
    """Give the colleague one."""
    give_second_factor(town.mine["user_id"])


def half_way_in(desk: Any, town: Any, person: Any) -> None:
    """Have the password shown, the code still to come."""
    give_second_factor(person.id, steps_ago=1)
    user = db.session.get_one(User, person.id)
    token = perform(log_in, user, agent="test", now=clock.now(), waits_for_code=True).unwrap()
    desk.client.set_cookie("session", token, domain=desk.host)
    town.mine["totp"] = pyotp.TOTP(SECRET).at(clock.now())


def scanned(desk: Any, town: Any, _person: Any) -> None:
    """Scan the QR code of the page."""
    page = html.fromstring(desk.get("/admin/security/authenticator").data)
    spelled = "".join(page.xpath("//code[@class='secret']/text()")[0].split())
    town.mine["secret"] = page.xpath("//input[@name='secret']/@value")[0]
    town.mine["totp"] = pyotp.TOTP(spelled).at(clock.now())


def asked_for_reset(_desk: Any, town: Any, person: Any) -> None:
    """Have the letter with the way to a new password."""

    def write() -> None:
        reset = PasswordReset(user_id=person.id, asked_at=clock.now(), token_hash=token_hash("reset-letter"))
        db.session.add(reset)

    perform(write).unwrap()
    town.mine["token"] = "reset-letter"


def invited_elsewhere(desk: Any, town: Any, person: Any) -> None:
    """Have an invitation of another dealer, and be logged in."""
    given = {"dealer_id": town.theirs["dealer_id"], "language": "de", "now": clock.now(), "actor": "test"}

    def write() -> None:
        invitation = people.invite(person.email, "Kim", Role.SALES_MANAGER, **given)
        invitation.token_hash = token_hash("second-desk")

    perform(write).unwrap()
    user = db.session.get_one(User, person.id)
    desk.client.set_cookie("session", perform(log_in, user, agent="test", now=clock.now()).unwrap(), domain=desk.host)
    town.mine["token"] = "second-desk"


def give_second_factor(user_id: UUID, *, steps_ago: int = 3) -> list[str]:
    """Switch somebody's second factor on, with a code of some half minutes ago."""

    def act() -> list[str]:
        user = db.session.get_one(User, user_id)
        made = pyotp.TOTP(SECRET).at(clock.now())
        given = {"now": clock.now(), "actor": "test", "settings": runtime.settings()}
        codes = second_factor.switch_on(user, SECRET, made, dealer_id=min(user.dealer_ids, default=None), **given)
        assert user.totp_step is not None
        user.totp_step -= steps_ago
        return codes

    return perform(act).unwrap()
