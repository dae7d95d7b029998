"""What the theme studio's routes need before they work: a page somebody wrote, another site, a logo in the draft."""

from typing import Any

from storefront.core.acts import perform
from storefront.core.db import db
from storefront.domain.stores import drafts
from storefront.domain.stores.actions import Written, write_page
from storefront.domain.stores.models import Store
from tests import factories
from tests.conftest import NOW

LOGO = {"hash": "0" * 64, "width": 40, "height": 10, "light": False, "colours": ["#0b5a42"]}
FIRST = 1
"""Number of the revision that remembers the look before anybody changed it."""


def studio_things(store: Store) -> dict[str, object]:
    """Give what the routes name: a page's slug, a theme, a publication, another site of the owner."""
    number = next(factories._numbers)
    slug = f"werkstatt-{number}"
    written = Written(slug, {"de": f"Werkstatt {number}"}, {"de": "Wir reparieren."})
    perform(write_page, store, written, now=NOW, actor="test").unwrap()
    sibling = Store(
        name="Zweite",
        host=f"second-{number}.localhost",
        dealer_id=store.dealer_id,
        languages=["de", "en"],
        active=False,
        created_at=NOW,
        updated_at=NOW,
    )

    def found() -> None:
        db.session.add(sibling)
        db.session.flush()

    perform(found).unwrap()
    return {"slug": slug, "theme_name": "classic", "sibling_id": sibling.id}


def with_drafted_logo(_desk: Any, town: Any, _person: Any) -> None:
    """Put a logo into the draft."""
    store = db.session.get_one(Store, town.mine["store_id"])
    perform(drafts.change, store, {"logo": LOGO}, now=NOW, actor="test").unwrap()
