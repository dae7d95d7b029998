"""What is kept of logins and letters, for how long, under which key; and who looks at a dealer before it is public."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from storefront.core import clock, config, runtime
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts import forgetting, second_factor
from storefront.domain.accounts.actions import log_in, log_out
from storefront.domain.accounts.models import AuditEntry, Invitation, PasswordReset, Role, User, UserSession
from storefront.domain.accounts.people import invite
from storefront.domain.dealers import joining
from storefront.domain.dealers.joining import Registration
from storefront.domain.dealers.models import Dealer, Plan
from storefront.domain.listings import moderation
from storefront.domain.listings.moderation import ModerationCase, Verdict
from storefront.domain.stores.models import Store
from storefront.live import scheduler
from storefront.notices.models import Letter
from tests.conftest import NOW, SECRET
from tests.factories import make_tenant
from tests.integration.admin_desk import PASSWORD, Desk, desk_of, open_admin, person
from tests.integration.admin_letters import link_of, write_letters
from tests.integration.admin_ready import SECRET as AUTHENTICATOR
from tests.integration.admin_ready import give_second_factor
from tests.integration.admin_setup_ready import complete_notice

NEW_KEY = "a key that came after the one of the tests"


@pytest.fixture
def limited(database: Settings, redis_url: str) -> Settings:
    """Give the installation with a real Valkey for the limits."""
    chosen = config.load({}, marketplace_instance=database.instance, secret_key=SECRET, redis_url=redis_url)
    return runtime.start(chosen, bell=False, pooled=False)


@pytest.fixture
def owner(limited: Settings, world: SimpleNamespace) -> User:
    """Give the owner of North Cars."""
    return person(Role.DEALER_OWNER, world.north.id, NOW, name="Jette Brandt")


# -- what is forgotten --


def _forgotten(after: timedelta) -> int:
    with everywhere():
        waiting = forgetting.tenants_with_old(clock.now() + after)
    return len(perform(forgetting.forget_old, now=clock.now() + after).unwrap()) if waiting else 0


def test_a_login_is_forgotten_a_week_after_it_ended_but_not_the_last(owner: User) -> None:
    first, last = (perform(log_in, owner, agent=name, now=clock.now()).unwrap() for name in ("old", "new"))
    perform(log_out, first, now=clock.now()).unwrap()
    perform(log_out, last, now=clock.now()).unwrap()
    assert _forgotten(timedelta(days=6)) == 0
    assert _forgotten(timedelta(days=9)) == 1
    assert [login.agent for login in db.session.scalars(select(UserSession))] == ["new"]


def test_a_login_nobody_ended_is_forgotten_too(owner: User) -> None:
    now = clock.now()
    for name, at in (("forgotten", now), ("used again", now + timedelta(hours=1))):
        perform(log_in, owner, agent=name, now=at).unwrap()
    assert _forgotten(timedelta(days=9)) == 1


def test_ways_to_a_new_password_and_old_invitations_are_forgotten(owner: User, world: SimpleNamespace) -> None:
    given = {"dealer_id": world.north.id, "language": "de", "now": clock.now(), "actor": "test"}
    perform(invite, "nina@example.org", "Nina", Role.SALES_PERSON, **given).unwrap()
    perform(lambda: db.session.add(PasswordReset(user_id=owner.id, asked_at=clock.now()))).unwrap()
    assert _forgotten(timedelta(hours=23)) == 0
    assert _forgotten(timedelta(days=2)) == 1
    assert db.session.scalars(select(PasswordReset)).all() == []
    assert _forgotten(timedelta(days=31)) == 1
    assert db.session.scalars(select(Invitation)).all() == []


def test_who_asked_to_join_and_never_came_is_forgotten(limited: Settings, world: SimpleNamespace) -> None:
    said = {"email": "never@example.org", "person": "N", "firm": "Nie & Co", "country": "DE"}
    perform(joining.ask_to_join, said, Plan.PREMIUM, language="de", now=clock.now()).unwrap()
    for after, left in ((timedelta(days=6), 1), (timedelta(days=8), 0)):
        with everywhere():
            waiting = joining.tenants_with_old(clock.now() + after)
        if waiting:
            perform(joining.forget_old, now=clock.now() + after).unwrap()
        assert len(db.session.scalars(select(Registration)).all()) == left


def test_one_marketplace_forgets_nothing_of_another(owner: User) -> None:
    with everywhere():
        other = perform(make_tenant, "other").unwrap()
    perform(log_in, owner, agent="old", now=clock.now()).unwrap()
    with acting(other.id):
        assert perform(forgetting.forget_old, now=clock.now() + timedelta(days=90)).unwrap() == []
    assert len(db.session.scalars(select(UserSession)).all()) == 1


def test_the_scheduler_does_the_forgetting(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    perform(lambda: db.session.add(PasswordReset(user_id=owner.id, asked_at=clock.now()))).unwrap()
    later = clock.now() + timedelta(days=3)
    monkeypatch.setattr(clock, "now", lambda: later)
    scheduler.do_due()
    db.session.expire_all()
    assert db.session.scalars(select(PasswordReset)).all() == []


@pytest.mark.parametrize("template", ["invitation", "password_reset", "registration"])
def test_a_letter_whose_link_opens_a_door_is_forgotten_once_it_is_sent(
    owner: User, world: SimpleNamespace, template: str
) -> None:
    _ask_for(template, owner, world)
    write_letters()
    assert link_of(template).startswith("/admin/")
    write_letters(send=True)
    db.session.expire_all()
    letter = db.session.scalars(select(Letter).where(Letter.template == template)).one()
    assert letter.sent_at is not None
    assert (letter.to_address, letter.subject, letter.body_text, letter.body_html) == ("", "", "", None)


def _ask_for(template: str, owner: User, world: SimpleNamespace) -> None:
    from storefront.domain.accounts.resetting import ask_for_reset

    if template == "invitation":
        given = {"dealer_id": world.north.id, "language": "de", "now": clock.now(), "actor": "test"}
        perform(invite, "nina@example.org", "Nina", Role.SALES_PERSON, **given).unwrap()
    elif template == "password_reset":
        perform(ask_for_reset, owner.email, now=clock.now()).unwrap()
    else:
        said = {"email": "new@example.org", "person": "N", "firm": "Neu GmbH", "country": "DE"}
        perform(joining.ask_to_join, said, Plan.PREMIUM, language="de", now=clock.now()).unwrap()


# -- a new SECRET_KEY --


def _with_keys(limited: Settings, key: str, former: str = "") -> Settings:
    given = {"marketplace_instance": limited.instance, "redis_url": limited.redis_url}
    chosen = config.load({}, secret_key=key, secret_key_fallbacks=former, **given)
    return runtime.start(chosen, bell=False, pooled=False)


def test_a_form_that_was_open_while_the_key_changed_is_taken(limited: Settings, owner: User) -> None:
    desk = desk_of(open_admin(limited), None)
    token = desk.token()
    cookie = desk.client.get_cookie("form", domain=desk.host)
    assert cookie is not None
    for former, status in ((SECRET, 303), ("", 403)):
        after = Desk(open_admin(_with_keys(limited, NEW_KEY, former)).test_client())
        after.client.set_cookie("form", cookie.value, domain=after.host)
        form = {"email": owner.email, "password": PASSWORD, "csrf_token": token}
        assert after.post("/admin/login", form, token=False).status_code == status


def test_a_second_factor_outlives_the_key_it_was_sealed_with(limited: Settings, owner: User) -> None:
    give_second_factor(owner.id)
    changed = _with_keys(limited, NEW_KEY, SECRET)
    with everywhere():
        assert second_factor.tenants_with_former_seals(changed) == [owner.tenant_id]
    scheduler.do_due()
    with everywhere():
        assert second_factor.tenants_with_former_seals(changed) == []
    alone = _with_keys(limited, NEW_KEY)
    user = db.session.get_one(User, owner.id)
    code = pyotp.TOTP(AUTHENTICATOR).at(clock.now())
    taken = perform(second_factor.take_code, user, code, now=clock.now(), settings=alone)
    assert taken.unwrap() is False


def test_a_secret_no_key_opens_is_left_alone(limited: Settings, owner: User) -> None:
    give_second_factor(owner.id)
    changed = _with_keys(limited, NEW_KEY)
    sealed = db.session.get_one(User, owner.id).totp_secret
    with everywhere():
        assert second_factor.tenants_with_former_seals(changed) == []
    assert perform(second_factor.seal_anew, changed).unwrap() == []
    assert db.session.get_one(User, owner.id).totp_secret == sealed


# -- a dealer waits for the operator --


@pytest.fixture
def newcomer(limited: Settings, owner: User, world: SimpleNamespace) -> User:
    """Make North Cars a dealer that joined by itself, with everything told, and its site off."""
    complete_notice(None, SimpleNamespace(mine={"dealer_id": world.north.id}), owner)
    dealer = db.session.get_one(Dealer, world.north.id)
    perform(joining.begin_onboarding, dealer, Plan.PREMIUM, now=NOW).unwrap()
    perform(lambda: setattr(db.session.get_one(Store, world.north_store.id), "active", False)).unwrap()
    return owner


def _approving(limited: Settings, approve: str) -> Flask:
    given = {"marketplace_instance": limited.instance, "redis_url": limited.redis_url}
    chosen = config.load({}, secret_key=SECRET, approve_dealers=approve, **given)
    return open_admin(runtime.start(chosen, bell=False, pooled=False))


def _is_on(world: SimpleNamespace) -> bool:
    db.session.expire_all()
    return db.session.get_one(Store, world.north_store.id).active


def test_without_the_setting_a_new_dealer_publishes_at_once(
    limited: Settings, newcomer: User, world: SimpleNamespace
) -> None:
    desk = desk_of(_approving(limited, "off"), newcomer)
    assert desk.post("/admin/setup/publish").status_code == 303
    assert _is_on(world)


@pytest.mark.parametrize("verdict", [Verdict.FINE, None])
def test_with_the_setting_a_new_dealer_publishes_once_the_operator_has_looked(
    limited: Settings, newcomer: User, world: SimpleNamespace, verdict: Verdict | None
) -> None:
    desk = desk_of(_approving(limited, "on"), newcomer)
    assert "Der Betreiber sieht sich jeden neuen Händler an" in desk.get("/admin/setup/publish").text
    refused = desk.post("/admin/setup/publish")
    assert (refused.status_code, _is_on(world)) == (409, False)
    assert "danach können Sie veröffentlichen" in refused.text
    perform(moderation.open_dealer_case, world.north.id, now=NOW).unwrap()
    if verdict is not None:
        case = db.session.scalars(select(ModerationCase)).one()
        perform(moderation.decide, case, verdict, now=NOW, actor="user:1", reason="").unwrap()
    answer = desk.post("/admin/setup/publish")
    assert (answer.status_code, _is_on(world)) == ((303, True) if verdict else (409, False))


def test_whoever_was_public_before_the_setting_came_is_asked_nothing(
    limited: Settings, newcomer: User, world: SimpleNamespace
) -> None:
    assert desk_of(_approving(limited, "off"), newcomer).post("/admin/setup/publish").status_code == 303
    perform(lambda: setattr(db.session.get_one(Store, world.north_store.id), "active", False)).unwrap()
    assert desk_of(_approving(limited, "on"), newcomer).post("/admin/setup/publish").status_code == 303
    assert _is_on(world)


# -- one act, one entry --


def test_registering_a_dealer_tells_of_dealer_and_site_in_one_entry(
    limited: Settings, world: SimpleNamespace, run_jobs: Callable[..., int]
) -> None:
    operator = person(Role.SYSTEM_ADMIN, None, NOW)
    desk = desk_of(open_admin(limited), operator)
    form = {"name": "Autohaus Weser", "licence": "HB-1", "plan": "individual", "country": "DE"}
    assert desk.post("/admin/dealers/", form).status_code == 303
    dealer = db.session.scalars(select(Dealer).where(Dealer.name == "Autohaus Weser")).one()
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.dealer_id == dealer.id)).all()
    assert [entry.action for entry in entries] == ["register_dealer"]
    assert entries[0].after == {"plan": 1, "host": "autohaus-weser.localhost"}
