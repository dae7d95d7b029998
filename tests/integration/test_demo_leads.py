"""The demo's inbox: people who asked in the days before, some of them still waiting; no letter of it goes out."""

from types import SimpleNamespace

from sqlalchemy import func, select

from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.outbox import OutboxEvent
from storefront.demo.leads import TOLD_THEN, found_leads
from storefront.domain.accounts.models import Role
from storefront.domain.leads.models import Inquiry, Lead, LeadMessage, LeadStatus, TestDrive
from storefront.domain.leads.queries import inbox_counts
from storefront.domain.listings.models import Listing
from tests.integration.admin_desk import person


def test_some_wait_some_are_answered_and_nobody_is_written_to(world: SimpleNamespace) -> None:
    now = clock.now()
    jette = person(Role.DEALER_OWNER, world.north.id, now)
    perform(found_leads, world.north, jette, "north-cars.localhost", now).unwrap()
    leads = db.session.scalars(select(Lead).order_by(Lead.created_at)).all()
    assert {lead.dealer_id for lead in leads} == {world.north.id}
    assert {LeadStatus.NEW, LeadStatus.CONTACTED, LeadStatus.QUALIFIED, LeadStatus.LOST} == {
        one.status for one in leads
    }
    assert inbox_counts(jette.id).waiting == 3
    assert all(lead.created_at < now for lead in leads)
    answered = db.session.scalars(select(Inquiry.response_minutes).where(Inquiry.answered_at.is_not(None))).all()
    assert len(answered) == db.session.scalar(select(func.count(LeadMessage.id))) == 3
    assert max(minutes or 0 for minutes in answered) < 120
    assert db.session.scalars(select(TestDrive.starts_at)).one() > now
    listings = {lead.listing_id: lead.created_at for lead in leads if lead.listing_id}
    for listing_id, asked_at in listings.items():
        assert db.session.get_one(Listing, listing_id).listed_at < asked_at
    names = [event.__name__ for event in TOLD_THEN]
    assert db.session.scalar(select(func.count(OutboxEvent.id)).where(OutboxEvent.name.in_(names))) == 0
