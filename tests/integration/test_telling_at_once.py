"""Two who write letters about cars at the same moment: what one decides about, the other leaves alone (SPEC 107)."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from sqlalchemy import select

from search import alerts
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.domain.buyers import queries, wishes
from storefront.domain.buyers.models import SavedSearch, SearchWord
from tests.conftest import NOW
from tests.factories import make_dealer, make_listing, make_store, make_tenant

pytestmark = pytest.mark.xdist_group("postgres")
on_postgresql = pytest.mark.parametrize(
    "either_database", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def market(either_database: Settings) -> Iterator[SimpleNamespace]:
    """Act for a tenant with a marketplace on which a search for "golf" is saved, and a Golf that is new to it."""
    with everywhere():
        tenant = perform(make_tenant).unwrap()
    with acting(tenant.id):
        dealer = perform(make_dealer).unwrap()
        store = perform(make_store, None).unwrap()
        search = perform(saved, store.id, "golf").unwrap()
        car = perform(make_listing, dealer, now=LATER).unwrap()
        yield SimpleNamespace(tenant=tenant, dealer=dealer, store=store, search=search, car=car)


def saved(store_id: UUID, text: str) -> SavedSearch:
    """Save a search by words, and confirm it."""
    reader = wishes.Reader(store_id, None, f"{text}@example.com", "de")
    search = wishes.save_search(reader, text, {"text": text}, f"q={text}", now=NOW)
    assert search is not None
    alerts.confirm(search, now=NOW)
    return search


@on_postgresql
def test_what_one_teller_has_in_hand_another_does_not_see(market: SimpleNamespace) -> None:
    perform(alerts.note, [market.car.id], listed=True, now=LATER).unwrap()
    in_hand, let_go, seen = threading.Event(), threading.Event(), []

    def tell() -> None:
        with acting(market.tenant.id):
            seen.append(len(queries.due_alerts(LATER, 10)))
            in_hand.set()
            let_go.wait(30)
            db.session.rollback()

    other = threading.Thread(target=tell)
    other.start()
    assert in_hand.wait(30)
    seen.append(len(queries.due_alerts(LATER, 10)))
    db.session.rollback()
    let_go.set()
    other.join()
    seen.append(len(queries.due_alerts(LATER, 10)))
    assert seen == [1, 0, 1]


@on_postgresql
def test_a_word_stays_while_somebody_confirms_a_search_by_it(market: SimpleNamespace) -> None:
    """Forgetting words nobody searches by waits for a confirmation under way, and sees what it brought."""
    first = db.session.get_one(SavedSearch, market.search.id)
    second = perform(asked, market.store.id).unwrap()
    under_way, go_on = threading.Event(), threading.Event()

    def confirm() -> None:
        with acting(market.tenant.id):
            alerts.confirm(db.session.get_one(SavedSearch, second.id), now=NOW)
            db.session.flush()
            under_way.set()
            go_on.wait(1)
            perform(lambda: None).unwrap()

    perform(wishes.end, first, now=NOW).unwrap()
    other = threading.Thread(target=confirm)
    other.start()
    assert under_way.wait(30)
    perform(wishes.forget_old, now=NOW).unwrap()
    go_on.set()
    other.join()
    assert [word.rpartition("|")[2] for word in db.session.scalars(select(SearchWord.key))] == ["word:golf*"]
    assert perform(alerts.note, [market.car.id], listed=True, now=LATER).unwrap() == [second.id]


def asked(store_id: UUID) -> SavedSearch:
    """Save a search for "golf" that nobody confirmed yet."""
    reader = wishes.Reader(store_id, None, "somebody.else@example.com", "de")
    search = wishes.save_search(reader, "golf", {"text": "golf"}, "q=golf", now=NOW)
    assert search is not None
    return search
