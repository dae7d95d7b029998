"""What the builder tells the house; ids and plain values only."""

from dataclasses import dataclass

from storefront.core.outbox import happening


@happening
@dataclass(frozen=True, slots=True)
class PicturesWanted:
    """Pictures are served in their quick encodings, and the best ones are still to be made."""
