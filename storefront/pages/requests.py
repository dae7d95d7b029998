"""Pages to ask for something: a test drive, or to have one's own car taken in (SPEC 63, 68, 75)."""

from seo import schema_org
from storefront.core.changes import Reads
from storefront.domain.dealers.models import Dealer

from . import contacts, forms, heads
from .catalogue import PageRef
from .contexts import Crumb, RequestPage
from .siteview import Face, SiteView

STEPS = 3
"""Sentences on what happens next, `pages.request.<kind>.step_1` and so on."""


def request(view: SiteView, face: Face, ref: PageRef) -> tuple[RequestPage, Reads]:
    """Make a request page, `ref.key` says which; only on the sites of dealers who may sell."""
    reads = Reads()
    dealer = view.dealer
    assert dealer is not None
    reads.add("dealer", dealer.id, "visible")
    crumbs = (Crumb(face.t("pages.nav.home"), face.urls.home), Crumb(face.t(f"pages.nav.{ref.key}")))
    made = RequestPage(
        path=ref.path,
        head=heads.head(view, face, _subject(view, face, ref, dealer, crumbs)),
        languages=heads.languages(view, face, ref.path),
        crumbs=crumbs,
        kind=ref.key,
        heading=face.t(f"pages.request.{ref.key}.heading"),
        lead=face.t(f"pages.request.{ref.key}.lead", name=dealer.name),
        steps=_steps(view, face, ref.key, dealer),
        form=forms.request_form(view, face, dealer, ref.key),
        contact=contacts.dealer_contact(view, face, dealer),
    )
    return made, reads


def _subject(view: SiteView, face: Face, ref: PageRef, dealer: Dealer, crumbs: tuple[Crumb, ...]) -> heads.Subject:
    kind, city = ref.key, dealer.city
    long = face.t(f"pages.title.{kind}_city" if city else f"pages.title.{kind}", city=city)
    return heads.Subject(
        path=ref.path,
        title=heads.title(face, view, long, face.t(f"pages.title.{kind}")),
        description=heads.describe(face, face.t(f"pages.describe.{kind}", name=dealer.name)),
        nodes=schema_org.page(heads.linked(view, crumbs)),
    )


def _steps(view: SiteView, face: Face, kind: str, dealer: Dealer) -> tuple[str, ...]:
    """Say what happens next; how fast the dealer answers is said where it is known."""
    time = contacts.dealer_contact(view, face, dealer).answer_time
    said = []
    for number in range(1, STEPS + 1):
        key = f"pages.request.{kind}.step_{number}"
        timed = f"{key}_time"
        said.append(face.t(timed if time and face.t.has(timed) else key, name=dealer.name, time=time or ""))
    return tuple(said)
