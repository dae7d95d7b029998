"""What one does with stores (SPEC 22-26)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from storefront.core.db import db
from storefront.core.errors import DomainError, NotFound
from storefront.core.outbox import emit
from storefront.core.tenancy import everywhere
from storefront.domain.accounts import audit
from storefront.domain.dealers.models import PLAN_SITES, Dealer

from .events import DealerStoreCreated, StoreChanged, StoreCustomDomainSet, StoreThemeUpdated
from .hosts import leave
from .models import Store, StoreKind, StorePage, StoreSetting, new_feed_token
from .queries import pages_written

_HOST = re.compile(r"^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$")
MOST_PAGES = 40
"""In one store."""
TITLE_LENGTH = 60
"""So that the whole title fits into the tab's (SEO.md §10)."""
BODY_LENGTH = 40_000
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def create_store(
    name: str,
    host: str,
    *,
    dealer_id: UUID | None,
    theme: str,
    languages: list[str],
    now: datetime,
    theme_settings: dict[str, Any] | None = None,
    active: bool = True,
    actor: str = "command",
) -> Store:
    """Create a site (SPEC 22).

    Args:
        name: shown as the site's name.
        host: default host, ASCII, lower case.
        dealer_id: whose; None for the marketplace.
        theme: a folder of `themes/`.
        languages: the default first.
        now: aware UTC.
        theme_settings: a dealer's values for the theme's settings.
        active: it is built and served.
        actor: who does it.

    Raises:
        DomainError: the host is malformed or taken anywhere in the system.
    """
    given: dict[str, Any] = {"dealer_id": dealer_id, "theme": theme, "languages": languages, "now": now}
    store = new_store(name, host, theme_settings=theme_settings, active=active, **given)
    audit.record(actor, "create_store", "store", store.id, now=now, after={"host": host}, dealer_id=dealer_id)
    return store


def new_store(
    name: str,
    host: str,
    *,
    dealer_id: UUID | None,
    theme: str,
    languages: list[str],
    now: datetime,
    theme_settings: dict[str, Any] | None = None,
    active: bool = True,
) -> Store:
    """Create a site as part of another act, which tells the trail of it; the arguments are those of `create_store`."""
    kind = StoreKind.MARKETPLACE if dealer_id is None else StoreKind.DEALER
    store = Store(
        kind=kind,
        name=name,
        host=free_host(host),
        dealer_id=dealer_id,
        theme=theme,
        theme_settings=theme_settings or {},
        languages=languages,
        active=active,
        created_at=now,
        updated_at=now,
    )
    db.session.add(store)
    db.session.flush()
    emit(DealerStoreCreated(store.id))
    return store


def open_further_store(dealer: Dealer, name: str, host: str, *, theme: str, now: datetime, actor: str) -> Store:
    """Create another site of a dealer, switched off until its owner likes it (SPEC 22).

    Args:
        dealer: whose; it speaks the languages of its first site.
        name: shown as the site's name.
        host: default host, ASCII, lower case.
        theme: a folder of `themes/`.
        now: aware UTC.
        actor: who does it.

    Raises:
        DomainError: the dealer is not active, its plan has no room, or the host is taken.
    """
    dealer.require_active()
    known = sorted(
        db.session.scalars(select(Store).where(Store.dealer_id == dealer.id)),
        key=lambda store: (store.created_at, store.id.hex),
    )
    if len(known) >= PLAN_SITES[dealer.plan]:
        raise DomainError("This plan has no room for another website", code="conflict")
    languages = list(known[0].languages) if known else ["de", "en"]
    more: dict[str, Any] = {"theme": theme, "languages": languages, "now": now, "actor": actor}
    return create_store(name, host, dealer_id=dealer.id, active=False, **more)


def free_host(host: str) -> str:
    """Check a host and that no store has it, as its host or as its domain, whosever it is (SPEC 25, SECURITY D1).

    Raises:
        DomainError: malformed or taken.
    """
    plain = host.strip().lower().rstrip(".")
    if not _HOST.match(plain):
        raise DomainError(f"{host!r} is not a host name", field="host")
    taken = select(Store.id).where(or_(Store.host == plain, Store.custom_domain == plain))
    here = db.session.scalars(taken).first()
    with everywhere():
        anywhere = db.session.scalars(taken).first()
    if here is not None or anywhere is not None:
        raise DomainError(f"{plain} is taken", field="host", code="conflict")
    return plain


def set_theme(store: Store, theme: str, settings: dict[str, Any], *, now: datetime, actor: str) -> Store:
    """Choose a site's theme and its settings (SPEC 24); the caller has checked them against the theme's schema."""
    before = {"theme": store.theme, "settings": store.theme_settings}
    store.theme, store.theme_settings, store.updated_at = theme, settings, now
    after = {"theme": theme, "settings": settings}
    audit.record(actor, "set_theme", "store", store.id, now=now, before=before, after=after, dealer_id=store.dealer_id)
    emit(StoreThemeUpdated(store.id))
    return store


def set_custom_domain(store: Store, domain: str | None, *, now: datetime, actor: str) -> Store:
    """Give a site its own verified domain, or take it away (SPEC 25); the one before leads there for a year.

    Raises:
        DomainError: malformed, or another store has it.
    """
    before = {"custom_domain": store.custom_domain}
    move_to(store, domain, now=now)
    after = {"custom_domain": store.custom_domain}
    audit.record(actor, "set_domain", "store", store.id, now=now, before=before, after=after, dealer_id=store.dealer_id)
    return store


def move_to(store: Store, domain: str | None, *, now: datetime) -> None:
    """Have a site live on another host from its next publish on; part of an act that leaves the entry in the trail.

    Raises:
        DomainError: malformed, or another store has it.
    """
    former = store.custom_domain
    store.custom_domain = None if domain is None else free_host(domain)
    store.updated_at = now
    if former is not None and former != store.custom_domain:
        leave(store, former, now=now)
    emit(StoreCustomDomainSet(store.id))


def switch(store: Store, active: bool, *, now: datetime, actor: str) -> Store:
    """Switch a site on or off (SPEC 26)."""
    if store.active is not active:
        store.active, store.updated_at = active, now
        after = {"active": active}
        audit.record(actor, "switch_store", "store", store.id, now=now, after=after, dealer_id=store.dealer_id)
        emit(StoreChanged(store.id))
    return store


def renew_feed_token(store: Store, *, now: datetime, actor: str) -> Store:
    """Give a site's feeds new addresses nobody knows yet; the old ones end with the next build (SEO.md §13)."""
    return _set_feed_token(store, new_feed_token(), "renew_feed_token", now, actor)


def drop_feed_token(store: Store, *, now: datetime, actor: str) -> Store:
    """Take a site's feeds away."""
    return _set_feed_token(store, None, "drop_feed_token", now, actor)


def _set_feed_token(store: Store, token: str | None, act: str, now: datetime, actor: str) -> Store:
    """Set the token; the trail says that it changed, never what it is."""
    store.feed_token, store.updated_at = token, now
    after = {"feeds": token is not None}
    audit.record(actor, act, "store", store.id, now=now, after=after, dealer_id=store.dealer_id)
    emit(StoreChanged(store.id))
    return store


def configure(store: Store, key: str, value: Any, *, now: datetime, actor: str) -> StoreSetting:
    """Set one configuration value of a store (SPEC 23).

    Raises:
        DomainError: the key is empty or longer than 100 characters.
    """
    if not 1 <= len(key) <= 100:
        raise DomainError("A key has 1 to 100 characters", field="key")
    found = db.session.scalars(
        select(StoreSetting).where(StoreSetting.store_id == store.id, StoreSetting.key == key)
    ).first()
    if found is None:
        found = StoreSetting(store_id=store.id, dealer_id=store.dealer_id, key=key, value=value)
        db.session.add(found)
    else:
        found.value = value
    store.updated_at = now
    audit.record(actor, "configure", "store", store.id, now=now, after={key: value}, dealer_id=store.dealer_id)
    emit(StoreChanged(store.id))
    return found


@dataclass(frozen=True, slots=True)
class Written:
    """A page as its author wrote it.

    Args:
        slug: its address, `/info/<slug>/`: a-z, 0-9 and single hyphens inside, at most 80 letters.
        titles: language → title, at most 60 letters; no two pages of a store share one.
        bodies: language → safe Markdown, at most 40,000 letters; in the very languages that have a title.
        in_menu: linked in the navigation, else in the foot.
    """

    slug: str
    titles: Mapping[str, str]
    bodies: Mapping[str, str]
    in_menu: bool = False


def write_page(store: Store, written: Written, *, now: datetime, actor: str) -> StorePage:
    """Write a page of a store, or write the one with its slug anew; a new one stands last.

    Args:
        store: whose page.
        written: what it says.
        now: aware UTC.
        actor: who wrote it.

    Raises:
        DomainError: the slug, a title or a body is missing, too long or malformed, or a title is taken.
    """
    others = pages_written(store.id)
    page = next((other for other in others if other.slug == written.slug), None)
    titles, bodies = checked_page(store, written, {one.slug: one.titles for one in others if one is not page})
    if page is None:
        last = max((other.position for other in others), default=0)
        page = StorePage(store_id=store.id, dealer_id=store.dealer_id, slug=written.slug, position=last + 1)
        db.session.add(page)
    elif (page.titles, page.bodies, page.in_menu) == (titles, bodies, written.in_menu):
        return page
    page.titles, page.bodies, page.in_menu, page.updated_at = titles, bodies, written.in_menu, now
    db.session.flush()
    _page_changed(store, "write_page", {"slug": page.slug, "titles": titles, "in_menu": page.in_menu}, now, actor)
    return page


def checked_page(
    store: Store, written: Written, others: Mapping[str, Mapping[str, Any]]
) -> tuple[dict[str, str], dict[str, str]]:
    """Read titles and bodies of a page, also of one that is only drafted.

    Args:
        store: whose page.
        written: what it says.
        others: the titles of the store's other pages, by slug.

    Returns:
        Titles and bodies by language, blanks evened out.

    Raises:
        DomainError: the slug, a title or a body is missing, too long or malformed, a title is taken, there is no room.
    """
    titles = {lang: " ".join(text.split()) for lang, text in written.titles.items() if text.strip()}
    bodies = {lang: text.strip() for lang, text in written.bodies.items() if text.strip()}
    _check_page(store, written.slug, titles, bodies)
    _require_free_titles(titles, others.values())
    if len(others) >= MOST_PAGES:
        raise DomainError(f"A site has room for {MOST_PAGES} pages of its own", field="slug")
    return titles, bodies


def remove_page(store: Store, slug: str, *, now: datetime, actor: str) -> None:
    """Take a page of a store away; links to it go with the next build.

    Raises:
        NotFound: there is none of that name.
    """
    db.session.delete(_page(store, slug))
    db.session.flush()
    _page_changed(store, "remove_page", {"slug": slug}, now, actor)


def order_pages(store: Store, slugs: Sequence[str], *, now: datetime, actor: str) -> None:
    """Put the pages of a store in order; those not named follow as they stood.

    Raises:
        NotFound: there is none of a name.
    """
    named = [_page(store, slug) for slug in dict.fromkeys(slugs)]
    rest = [page for page in pages_written(store.id) if page not in named]
    for position, page in enumerate([*named, *rest], start=1):
        page.position = position
    _page_changed(store, "order_pages", {"pages": [page.slug for page in (*named, *rest)]}, now, actor)


def _page(store: Store, slug: str) -> StorePage:
    found = next((page for page in pages_written(store.id) if page.slug == slug), None)
    if found is None:
        raise NotFound(f"{store.name} has no page {slug!r}")
    return found


def _check_page(store: Store, slug: str, titles: Mapping[str, str], bodies: Mapping[str, str]) -> None:
    if not _SLUG.fullmatch(slug) or len(slug) > 80:
        raise DomainError("The short name may hold a-z, 0-9 and single hyphens inside, 80 at most", field="slug")
    if not titles or titles.keys() != bodies.keys():
        raise DomainError("A page needs a title and a text in each of its languages", field="bodies")
    strange = sorted(titles.keys() - set(store.languages))
    if strange:
        raise DomainError(f"This site does not speak {', '.join(strange)}", field="titles")
    if any(len(title) > TITLE_LENGTH for title in titles.values()):
        raise DomainError(f"A title has at most {TITLE_LENGTH} letters", field="titles")
    if any(len(body) > BODY_LENGTH for body in bodies.values()):
        raise DomainError(f"A text has at most {BODY_LENGTH} letters", field="bodies")


def _require_free_titles(titles: Mapping[str, str], others: Iterable[Mapping[str, Any]]) -> None:
    taken = {(lang, str(title).casefold()) for other in others for lang, title in other.items()}
    for lang, title in titles.items():
        if (lang, title.casefold()) in taken:
            raise DomainError(f"Another page is called {title!r} already", field="titles", code="conflict")


def _page_changed(store: Store, act: str, after: dict[str, Any], now: datetime, actor: str) -> None:
    store.updated_at = now
    audit.record(actor, act, "store", store.id, now=now, after=after, dealer_id=store.dealer_id)
    emit(StoreChanged(store.id))
