"""What must be there before a route of the inbox or of the operator can be used: a meeting, a rate, a case."""

from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from builder.models import SiteState
from builder.releases import release_name, site_folder
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.tasks import Task
from storefront.domain.dealers import rates
from storefront.domain.dealers.models import Dealer, Plan
from storefront.domain.leads import meetings
from storefront.domain.leads.answer_drafts import Wording, keep_draft
from storefront.domain.leads.models import Lead, MeetingKind
from storefront.domain.listings import moderation
from storefront.domain.listings.moderation import ModerationCase
from storefront.domain.stores.actions import Written, write_page
from storefront.domain.stores.models import Store, StoreKind
from storefront.domain.stores.queries import pages_written
from storefront.notices.actions import Occasion, write_letter
from storefront.notices.letters import Rendered
from tests.integration.releasing import FIRST, SECOND, publish

EARLIER = release_name(1)
_numbers = count(1)
_FAR = 900_000_000_000
"""Numbers of tasks that stand in no page by chance."""


def inbox_things(dealer: Dealer, lead: Lead) -> dict[str, object]:
    """Make one of everything the inbox and the operator's pages name."""
    number, now = next(_numbers), clock.now()
    agreed = meetings.Agreed(MeetingKind.TEST_DRIVE, now + timedelta(days=1))
    meeting = perform(meetings.agree, lead, agreed, now=now, actor="test").unwrap()
    given: dict[str, Any] = {"now": now, "actor": "test"}
    band = perform(rates.set_band, Plan.PREMIUM, number * 100_00, Decimal("0.02"), reason="Test", **given).unwrap()
    perform(moderation.open_dealer_case, dealer.id, now=now).unwrap()
    case = db.session.query(ModerationCase).filter_by(dealer_id=dealer.id).one()
    wording = Wording(f"Garantie {number}", "de", "", "Zwölf Monate Garantie gehören dazu.")
    draft = perform(keep_draft, dealer.id, wording, **given).unwrap()
    return {
        "meeting_id": meeting.id,
        "draft_id": draft.id,
        "band_id": band.id,
        "case_id": case.id,
        "page_id": _page(number),
        "letter_id": _letter(dealer, number),
        "number": _task(number),
    }


def two_releases(desk: Any, town: Any, _person: Any) -> None:
    """Have published the site twice."""
    settings = desk.client.application.extensions["marketplace.admin"].settings
    store = db.session.get_one(Store, town.mine["store_id"])
    site = site_folder(settings, store.public_host)
    publish(site, 1, FIRST)
    publish(site, 2, SECOND)


def held_site(_desk: Any, town: Any, _person: Any) -> None:
    """Have the site held."""
    store = db.session.get_one(Store, town.mine["store_id"])

    def hold() -> None:
        state = SiteState(store_id=store.id, dealer_id=store.dealer_id, held_at=clock.now(), held_by="test: try")
        db.session.add(state)

    perform(hold).unwrap()


def _page(number: int) -> object:
    market = db.session.query(Store).filter_by(kind=StoreKind.MARKETPLACE).first()
    assert market is not None
    for slug in (f"erste-{number}", f"seite-{number}"):
        lang = market.languages[0]
        written = Written(slug, {lang: f"Seite {slug}"}, {lang: "Wer wir sind."})
        perform(write_page, market, written, now=clock.now(), actor="test").unwrap()
    return next(page.id for page in pages_written(market.id) if page.slug == f"seite-{number}")


def _letter(dealer: Dealer, number: int) -> object:
    occasion = Occasion(f"test:{number}", "lead_answer", "x@example.org", "de", dealer.id)
    letter = perform(write_letter, occasion, Rendered("Betreff", "Text", "<p>Text</p>"), now=clock.now()).unwrap()

    def refuse() -> None:
        letter.failure = "refused: no such mailbox"

    perform(refuse).unwrap()
    return letter.id


def _task(number: int) -> int:
    def die() -> None:
        task = Task(id=_FAR + number, event_id=_FAR + number, job="builder.jobs:publish_stale", arguments=[])
        task.ring_at = task.dead_at = clock.now()
        task.attempts, task.error = 8, "OSError: no room"
        db.session.add(task)

    perform(die).unwrap()
    return _FAR + number
