"""What the browser keeps: favourites and the comparison. The pages are empty, a script fills them."""

from storefront.core.changes import Reads

from . import heads
from .catalogue import PageRef
from .contexts import Crumb, KeptPage
from .siteview import Face, SiteView


def kept(view: SiteView, face: Face, ref: PageRef) -> tuple[KeptPage, Reads]:
    """Make the page of favourites or the comparison; it is the same for everybody and not indexed."""
    kind = ref.key
    heading = face.t(f"pages.kept.{kind}.heading")
    lead = face.t(f"pages.kept.{kind}.lead")
    subject = heads.Subject(
        path=ref.path,
        title=heads.title(face, view, face.t(f"pages.title.{kind}")),
        description=heads.describe(face, lead),
        indexed=False,
    )
    made = KeptPage(
        path=ref.path,
        head=heads.head(view, face, subject),
        languages=heads.languages(view, face, ref.path),
        crumbs=(Crumb(face.t("pages.nav.home"), face.urls.home), Crumb(face.t(f"pages.nav.{kind}"))),
        kind=kind,
        heading=heading,
        lead=lead,
        empty=face.t(f"pages.kept.{kind}.empty"),
        without_script=face.t("pages.kept.without_script"),
    )
    return made, Reads()
