"""A car's address as a QR code, for the windscreen and for paper: an SVG beside its page (issue 3)."""

import io
from functools import lru_cache
from uuid import UUID

import segno

from storefront.core.changes import Reads

from . import urls
from .catalogue import PageRef, shown_row
from .siteview import SiteView

MASK, LEVEL, QUIET = 2, "m", 4
"""Fixed mask (trying all eight takes four times as long), error correction for a dirty pane, empty modules around."""


def picture(view: SiteView, ref: PageRef, reads: Reads) -> bytes:
    """Draw the code of a car; it changes with the car's address alone.

    Raises:
        LookupError: the car has no page here.
    """
    row = shown_row(view, UUID(ref.key))
    if row is None:
        raise LookupError(f"{ref.path} is no car of this site")
    dealer = view.dealers[row.dealer_id]
    reads.add("listing", row.id, "address")
    reads.include(view.canonical_reads(dealer))
    lang = view.default.lang
    store = view.canonical_store(dealer, lang)
    prefix = "" if store.default_language == lang else f"/{lang}"
    path = urls.Urls(prefix).vehicle(row.slug, row.public_id)
    return drawn(f"{view.settings.origin(store.public_host)}{path}")


@lru_cache(maxsize=4096)
def drawn(address: str) -> bytes:
    """Draw an address; kept, because a dealer's site and the marketplace show the same code.

    Black on white whatever the theme: that is what cameras read in the dark and on paper.
    """
    svg = io.BytesIO()
    code = segno.make_qr(address, error=LEVEL, mask=MASK, boost_error=False)
    code.save(svg, kind="svg", border=QUIET, light="#fff", xmldecl=False, nl=False, omitsize=True, svgclass=None)
    return svg.getvalue()
