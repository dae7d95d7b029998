"""Every route of the admin and who may use it: the one list that the walls are tried with (SECURITY A1, A4, D14).

A new route without a line here fails `test_admin_walls.py` and proof A2. A line says who may use it and, for a route
that changes something, what a browser sends so that it works; `{listing_id}` and other ids of the caller's own things
(`admin_matrix.things`) may stand in the values.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from storefront.domain.accounts.models import Role
from tests.integration.admin_inbox_ready import EARLIER, held_site, two_releases
from tests.integration.admin_ready import (
    asked_for_reset,
    colleague_with_second_factor,
    half_way_in,
    invited_elsewhere,
    scanned,
    with_second_factor,
)
from tests.integration.admin_setup_ready import (
    checked,
    complete_notice,
    readable,
    with_file_again,
    with_logo,
    with_stock_file,
)
from tests.integration.admin_stock_ready import as_draft, with_an_act, with_photo_file
from tests.integration.admin_studio_ready import FIRST, with_drafted_logo

PEOPLE = frozenset(Role)
"""Everybody who is logged in."""
DEALERS = PEOPLE - {Role.SYSTEM_ADMIN}
"""A dealer's own people."""
MANAGERS = PEOPLE - {Role.SALES_PERSON}
OWNERS = frozenset({Role.SYSTEM_ADMIN, Role.DEALER_OWNER})
"""A dealer's owner, and the operator."""
OPERATORS = frozenset({Role.SYSTEM_ADMIN})
OWN_OWNER = frozenset({Role.DEALER_OWNER})
"""A dealer's owner at her own desk; the operator has pages of its own for dealers."""
PUBLIC = frozenset({None}) | PEOPLE
"""Everybody, logged in or not."""


@dataclass(frozen=True)
class Route:
    """Who may use a route, and how it is used.

    Args:
        who: the roles that may.
        form: for a route that changes something: what is sent so that it works.
        before: routes that are posted first, by whom it is tried, so that it can work: a car is withdrawn before it is
            listed again.
        entries: how many audit entries a use leaves; every other number than 1 needs its reason beside it (a preview by
            POST changes nothing: 0).
        answers: the status of a use that worked; 303 leads on, a file or fragment may be 200.
        prepare: what is done first that no route does, in the tenant's scope: a function of (desk, town, person).
        ids: ids that stand in for those of the town.
    """

    who: frozenset[Role | None]
    form: Mapping[str, str] = field(default_factory=dict)
    before: tuple[str, ...] = ()
    entries: int = 1
    answers: tuple[int, ...] = (303,)
    prepare: Callable[[Any, Any, Any], None] | None = None
    ids: Mapping[str, object] = field(default_factory=dict)


ROUTES: dict[str, Route] = {
    # -- today, stock --
    "admin.today.show": Route(PEOPLE),
    "admin.listings.index": Route(PEOPLE),
    "admin.listings.show": Route(PEOPLE),
    "admin.listings.thumb": Route(PEOPLE, answers=(200, 404)),  # 404: a car without photos
    "admin.listings.price": Route(PEOPLE, {"price": "19.990", "reason": "promotion"}),
    "admin.listings.text": Route(PEOPLE, {"description": "Scheckheftgepflegt."}),
    "admin.listings.sale": Route(PEOPLE),
    "admin.listings.withdrawal": Route(PEOPLE),
    "admin.listings.relisting": Route(PEOPLE, before=("admin.listings.withdrawal",)),
    "admin.listings.new": Route(PEOPLE),
    "admin.listings.vin": Route(PEOPLE, answers=(200,)),
    "admin.listings.create": Route(
        PEOPLE, {"make": "Volkswagen", "model": "Polo", "condition": "used", "dealer": "{dealer_id}"}
    ),
    "admin.listings.duplicate": Route(PEOPLE),
    "admin.listings.publication": Route(PEOPLE, prepare=as_draft),
    "admin.listings.reservation": Route(PEOPLE, {"reserved_for": "Familie Kern"}),
    "admin.listings.release": Route(PEOPLE, before=("admin.listings.reservation",)),
    "admin.listings.undo": Route(PEOPLE, prepare=with_an_act),
    "admin.editing.data": Route(
        PEOPLE, {"make": "Volkswagen", "model": "Golf", "mileage_km": "43.100", "condition": "used"}
    ),
    "admin.editing.version": Route(PEOPLE, {"version": "1.5 TSI LIFE*"}),
    "admin.editing.equipment": Route(PEOPLE, {"feature": "abs", "other": "Fahrradträger"}),
    "admin.editing.seo": Route(PEOPLE, {"seo_title": "Golf Life aus erster Hand"}),
    "admin.editing.terms": Route(PEOPLE, {"vat": "margin", "stock_number": "NC-9", "negotiable": "on"}),
    "admin.editing.schedule": Route(PEOPLE, {"at": "2099-03-12T09:00"}, prepare=as_draft),
    "admin.editing.unschedule": Route(PEOPLE, before=("admin.editing.schedule",), prepare=as_draft),
    "admin.editing.record": Route(PEOPLE, {"location": "Halle 2"}),
    "admin.photos.create": Route(PEOPLE, prepare=with_photo_file),
    "admin.photos.order": Route(PEOPLE, {"order": "{photo_id}"}),
    "admin.photos.update": Route(PEOPLE, {"caption": "Von vorn", "kind": "exterior"}),
    "admin.photos.first": Route(PEOPLE),
    "admin.photos.forward": Route(PEOPLE),
    "admin.photos.back": Route(PEOPLE),
    "admin.photos.destroy": Route(PEOPLE),
    "admin.photos.picture": Route(PEOPLE, answers=(200, 404)),
    "admin.tours.create": Route(PEOPLE, {"form": "link", "address": "https://tours.example.com/golf"}),
    "admin.tours.shown": Route(PEOPLE),
    "admin.tours.destroy": Route(PEOPLE),
    "admin.bulk.preview": Route(PEOPLE, {"act": "price", "car": "{listing_id}"}, answers=(200,), entries=0),
    "admin.bulk.create": Route(
        PEOPLE,
        {"act": "price", "car": "{listing_id}", "direction": "down", "step": "percent", "by": "2", "rounding": "ten"}
        | {"reason": "promotion"},
    ),
    "admin.bulk.keep_filter": Route(PEOPLE, {"name": "Alte", "state": "old"}),
    "admin.bulk.drop_filter": Route(PEOPLE),
    # -- imports on screen --
    "admin.imports.index": Route(PEOPLE),
    "admin.imports.create": Route(DEALERS, prepare=with_stock_file),
    "admin.imports.show": Route(PEOPLE),
    "admin.imports.mapping": Route(PEOPLE),
    "admin.imports.keep": Route(
        PEOPLE, {"c0": "id", "c1": "make", "c2": "model", "c3": "price"}, prepare=with_file_again
    ),
    "admin.imports.check": Route(PEOPLE, prepare=readable),
    "admin.imports.start": Route(PEOPLE, prepare=checked),
    "admin.imports.drop": Route(PEOPLE),
    "admin.imports.refused": Route(PEOPLE, answers=(200,)),
    # -- joining, setting up, the dealer's company and site --
    "admin.register.new": Route(PUBLIC),
    "admin.register.create": Route(
        PUBLIC, {"firm": "Autohaus Neu", "person": "Nora Neu", "email": "{email}", "country": "DE", "plan": "premium"}
    ),
    "admin.register.sent": Route(PUBLIC),
    "admin.register.confirm": Route(PUBLIC),
    "admin.register.join": Route(
        PUBLIC,
        {"licence": "HRB 99", "password": "{other_password}", "agreed": "yes"},
    ),
    "admin.onboarding.index": Route(OWN_OWNER),
    "admin.onboarding.skip": Route(OWN_OWNER, {"step": "look"}),
    "admin.onboarding.preview": Route(OWN_OWNER),
    "admin.onboarding.open_preview": Route(OWN_OWNER),
    "admin.onboarding.publishing": Route(OWN_OWNER),
    "admin.onboarding.publish": Route(OWN_OWNER, prepare=complete_notice),
    "admin.onboarding.qr": Route(OWN_OWNER),
    "admin.company.show": Route(OWN_OWNER),
    "admin.company.update": Route(OWN_OWNER, {"name": "North Cars", "country": "DE", "city": "Hamburg"}),
    "admin.company.plan": Route(OWN_OWNER),
    "admin.company.choose_plan": Route(OWN_OWNER, {"plan": "individual"}),
    "admin.site.show": Route(OWN_OWNER),
    "admin.site.update": Route(OWN_OWNER, {"theme": "noir"}),
    "admin.site.bring_logo": Route(OWN_OWNER, prepare=with_logo),
    "admin.site.logo": Route(OWN_OWNER, answers=(200, 404)),  # 404: no logo was brought
    # -- leads --
    "admin.leads.index": Route(PEOPLE),
    "admin.leads.show": Route(PEOPLE),
    "admin.leads.status": Route(PEOPLE, {"status": "contacted"}),
    "admin.leads.assignment": Route(MANAGERS, {"assignee": "{user_id}"}),
    "admin.leads.answer": Route(PEOPLE),
    "admin.answer_drafts.index": Route(DEALERS),
    "admin.answer_drafts.new": Route(DEALERS),
    "admin.answer_drafts.create": Route(DEALERS, {"name": "Anfahrt", "language": "de", "body": "Am Deich."}),
    "admin.answer_drafts.edit": Route(DEALERS),
    "admin.answer_drafts.update": Route(DEALERS, {"name": "Wegweiser", "language": "de", "body": "Am Deich 7."}),
    "admin.answer_drafts.remove": Route(DEALERS),
    "admin.inbox.new": Route(PEOPLE),
    "admin.inbox.create": Route(
        PEOPLE, {"name": "Uwe Ruf", "email": "uwe@example.org", "source": "phone", "dealer": "{dealer_id}"}
    ),
    "admin.inbox.offer": Route(PEOPLE, {"offer": "18.500"}),
    "admin.inbox.note": Route(PEOPLE, {"note": "Ruft morgen an"}),
    "admin.inbox.message": Route(PEOPLE, {"subject": "Ihre Anfrage", "body": "Guten Tag"}),
    "admin.inbox.spam": Route(PEOPLE),
    "admin.inbox.no_spam": Route(PEOPLE, before=("admin.inbox.spam",)),
    "admin.inbox.meet": Route(PEOPLE, {"kind": "test_drive", "at": "{tomorrow}"}),
    "admin.appointments.index": Route(PEOPLE),
    "admin.appointments.outcome": Route(PEOPLE, {"status": "completed"}),
    "admin.appointments.move": Route(PEOPLE, {"at": "{tomorrow}"}),
    "admin.events.stream": Route(PEOPLE, answers=(200,)),
    "admin.events.now": Route(PEOPLE, answers=(200,)),
    # -- sites, dealers --
    "admin.stores.index": Route(PEOPLE),
    "admin.stores.new": Route(OWN_OWNER),
    "admin.stores.create": Route(OWN_OWNER, {"name": "North Classics", "theme": "noir"}),
    "admin.stores.switch_on": Route(OWNERS, before=("admin.stores.switch_off",), prepare=complete_notice),
    "admin.stores.switch_off": Route(OWNERS),
    # -- the theme studio --
    "admin.studio.show": Route(OWNERS),
    "admin.studio.settings": Route(OWNERS, {"group": "Colours", "s.scheme": "dark", "s.accent": "#b00020"}),
    "admin.studio.theme": Route(OWNERS, {"theme": "noir"}),
    "admin.studio.order": Route(OWNERS, {"what": "home_sections", "move": "up:visit", "on": "visit"}),
    "admin.studio.logo": Route(OWNERS, prepare=with_logo),
    "admin.studio.no_logo": Route(OWNERS, prepare=with_drafted_logo),
    "admin.studio.picture": Route(OWNERS, answers=(200, 404)),  # 404: no logo was brought
    "admin.studio.preview": Route(OWNERS, answers=(200,)),
    "admin.studio.undo": Route(OWNERS, before=("admin.studio.theme",)),
    "admin.studio.redo": Route(OWNERS, before=("admin.studio.theme", "admin.studio.undo")),
    "admin.studio.discard": Route(OWNERS, before=("admin.studio.theme",)),
    "admin.studio.reset": Route(OWNERS, {"what": "all"}, before=("admin.studio.settings",)),
    "admin.studio.copy": Route(OWNERS, {"to": "{sibling_id}"}, before=("admin.studio.theme",)),
    "admin.studio_going.publish": Route(OWNERS, before=("admin.studio.theme",)),
    "admin.studio_going.plan": Route(OWNERS, {"at": "{tomorrow}"}, before=("admin.studio.theme",)),
    "admin.studio_going.unplan": Route(OWNERS, before=("admin.studio.theme", "admin.studio_going.plan")),
    "admin.studio_going.published": Route(OWNERS),
    "admin.studio_going.bring_back": Route(
        OWNERS, before=("admin.studio.theme", "admin.studio_going.publish"), ids={"number": FIRST}
    ),
    "admin.studio_going.resume": Route(OWNERS, prepare=held_site),
    # Without the script's header it leads to the page.
    "admin.studio_going.progress": Route(OWNERS, answers=(303, 200)),
    "admin.studio_pages.new": Route(OWNERS),
    "admin.studio_pages.create": Route(OWNERS, {"title_de": "Team", "body_de": "Wir sind acht."}),
    "admin.studio_pages.edit": Route(OWNERS),
    "admin.studio_pages.update": Route(OWNERS, {"title_de": "Unsere Werkstatt", "body_de": "Seit 1998."}),
    "admin.studio_pages.remove": Route(OWNERS),
    "admin.studio_pages.preview": Route(OWNERS, {"text": "**Seit** 1998"}, entries=0, answers=(200,)),
    "admin.studio_search.show": Route(OWNERS),
    "admin.studio_search.update": Route(OWNERS, {"title_de": "{{name}}[, {{price}}], Nr. {{number}}"}),
    # -- domains --
    "admin.domains.index": Route(OWNERS),
    "admin.domains.new": Route(OWNERS),
    "admin.domains.create": Route(OWNERS, {"domain": "www.autohaus-kern.de", "site": "{store_id}"}),
    "admin.domains.show": Route(OWNERS),
    "admin.domains.check": Route(OWNERS),
    "admin.domains.renew": Route(OWNERS),
    "admin.domains.choose_host": Route(OWNERS, {"www": "yes"}),
    "admin.domains.release": Route(OWNERS),
    "admin.dealers.index": Route(OPERATORS),
    "admin.dealers.new": Route(OPERATORS),
    "admin.dealers.create": Route(
        OPERATORS,
        {"name": "Autohaus Weser", "licence": "HB-1", "plan": "individual", "country": "DE"},
    ),
    "admin.dealers.show": Route(OPERATORS),
    "admin.dealers.status": Route(OPERATORS, {"status": "suspended", "reason": "Unpaid"}),
    "admin.dealers.plan": Route(OPERATORS, {"plan": "individual", "reason": "Wunsch"}),
    "admin.dealers.rate": Route(OPERATORS, {"rate": "2,2", "reason": "Vereinbart"}),
    # -- the operator's side --
    "admin.plans.index": Route(OPERATORS),
    "admin.plans.set_band": Route(
        OPERATORS, {"tier": "premium", "from_amount": "50.000", "rate": "2", "reason": "Große Abschlüsse"}
    ),
    "admin.plans.end_band": Route(OPERATORS, {"reason": "Überholt"}),
    "admin.featured.index": Route(OPERATORS),
    "admin.featured.switch_on": Route(OPERATORS, before=("admin.featured.switch_off",)),
    "admin.featured.switch_off": Route(OPERATORS),  # the Golf is featured from the beginning
    "admin.moderation.index": Route(OPERATORS),
    "admin.moderation.decide": Route(OPERATORS, {"verdict": "fine"}),
    "admin.brand.show": Route(OPERATORS),
    "admin.brand.create": Route(OPERATORS, prepare=with_logo),
    "admin.brand.remove": Route(OPERATORS),
    "admin.brand.picture": Route(OPERATORS, answers=(200, 404)),  # 404: no logo was brought
    "admin.written.index": Route(OPERATORS),
    "admin.written.new": Route(OPERATORS),
    "admin.written.edit": Route(OPERATORS),
    "admin.written.create": Route(OPERATORS, {"title_de": "Über uns", "body_de": "Seit 1998."}),
    "admin.written.update": Route(OPERATORS, {"title_de": "Wer wir sind", "body_de": "Seit 1998."}),
    "admin.written.up": Route(OPERATORS),
    "admin.written.remove": Route(OPERATORS),
    "admin.written.preview": Route(OPERATORS, {"text": "**Seit** 1998"}, entries=0, answers=(200,)),
    "admin.builds.index": Route(OPERATORS),
    "admin.builds.show": Route(OPERATORS),
    "admin.builds.roll_back": Route(OPERATORS, {"release": EARLIER, "reason": "Falsche Preise"}, prepare=two_releases),
    "admin.builds.resume": Route(OPERATORS, prepare=held_site),
    "admin.queues.index": Route(OPERATORS),
    "admin.queues.again": Route(OPERATORS),
    "admin.queues.all_again": Route(OPERATORS),
    "admin.queues.send_again": Route(OPERATORS),
    "admin.health.show": Route(OPERATORS),
    # -- the door --
    "admin.sessions.new": Route(PUBLIC),
    "admin.sessions.create": Route(PUBLIC, {"email": "{email}", "password": "{password}"}),
    "admin.sessions.destroy": Route(PEOPLE),
    "admin.sessions.code": Route(PUBLIC, answers=(303,)),  # without a login that waits for a code it leads to the door
    "admin.sessions.verify": Route(PUBLIC, {"code": "{totp}"}, prepare=half_way_in),
    "admin.confirmations.new": Route(PEOPLE),
    "admin.confirmations.create": Route(PEOPLE, {"password": "{password}"}),
    "admin.passwords.new": Route(PUBLIC),
    "admin.passwords.create": Route(PUBLIC, {"email": "{email}"}),
    "admin.passwords.sent": Route(PUBLIC),
    "admin.passwords.edit": Route(PUBLIC),
    "admin.passwords.update": Route(PUBLIC, {"password": "{other_password}"}, prepare=asked_for_reset),
    "admin.invitations.show": Route(PUBLIC),
    "admin.invitations.create": Route(PUBLIC, {"name": "Nils Neu", "password": "{other_password}"}),
    "admin.invitations.take": Route(PUBLIC, prepare=invited_elsewhere),
    # -- one's own login --
    "admin.security.show": Route(PEOPLE),
    "admin.security.details": Route(PEOPLE, {"name": "Kim Neu", "language": "en"}),
    "admin.security.password": Route(PEOPLE, {"present": "{password}", "password": "{other_password}"}),
    "admin.security.authenticator": Route(PEOPLE),
    "admin.security.switch_on": Route(
        PEOPLE, {"secret": "{secret}", "code": "{totp}"}, prepare=scanned, answers=(200,)
    ),
    "admin.security.switch_off": Route(PEOPLE, {"present": "{password}"}, prepare=with_second_factor),
    "admin.security.recovery_codes": Route(PEOPLE, prepare=with_second_factor, answers=(200,)),
    "admin.security.end_login": Route(PEOPLE),
    "admin.security.end_logins": Route(PEOPLE),
    "admin.desk.index": Route(PEOPLE),
    "admin.desk.choose": Route(DEALERS),
    # -- people, support, the trail --
    "admin.people.index": Route(OWNERS),
    "admin.people.new": Route(OWNERS),
    "admin.people.invite": Route(
        OWNERS, {"email": "neu@example.org", "name": "Neu", "role": "SalesPerson", "language": "de"}
    ),
    "admin.people.invite_again": Route(OWNERS),
    "admin.people.take_back": Route(OWNERS),
    "admin.people.show": Route(OWNERS),
    "admin.people.role": Route(OWNERS, {"role": "SalesManager"}),
    "admin.people.remove": Route(OWNERS),
    "admin.people.second_factor_off": Route(OWNERS, prepare=colleague_with_second_factor),
    "admin.people.want_second_factor": Route(OWNERS, {"wanted": "no"}),
    "admin.support.index": Route(PEOPLE),
    "admin.support.new": Route(OPERATORS),
    "admin.support.create": Route(OPERATORS, {"reason": "Anruf von heute", "minutes": "15"}),
    "admin.support.end": Route(OWNERS),
    "admin.audit.index": Route(OWNERS),
    "admin.audit.check": Route(OWNERS),
}
