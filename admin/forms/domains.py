"""Forms of sites' addresses: a domain to be claimed, apex or `www`, a further site."""

from collections.abc import Collection
from typing import ClassVar
from uuid import UUID

from storefront.core.slugs import slug

from . import Form
from .site import dealer_themes


class DomainForm(Form):
    """A domain, and for which site; what a domain is the act knows."""

    names: ClassVar[tuple[str, ...]] = ("domain", "site")
    longest: ClassVar[int] = 300
    site: UUID

    def choose_of(self, sites: Collection[UUID]) -> None:
        """Say which sites there are to choose from; a single one is chosen without being named."""
        self._sites = sites

    def read(self) -> None:
        """The domain must be there, the site one of those."""
        self.required("domain", "domain.missing")
        chosen = [site for site in self._sites if str(site) == self.raw["site"] or len(self._sites) == 1]
        if len(chosen) != 1:
            self.refuse("site", "form.choose")
            return
        self.site = chosen[0]


class HostForm(Form):
    """Whether a site is found on `www.`."""

    names: ClassVar[tuple[str, ...]] = ("www",)

    @property
    def www(self) -> bool:
        """Tell it."""
        return self.raw["www"] == "yes"

    def read(self) -> None:
        """Yes or no."""
        if self.raw["www"] not in ("yes", "no"):
            self.refuse("www", "form.choose")


class StoreForm(Form):
    """A further site: its name, the first part of its address, its theme."""

    names: ClassVar[tuple[str, ...]] = ("name", "short", "theme")
    longest: ClassVar[int] = 255
    short: str

    def read(self) -> None:
        """The address follows from the name unless it is written."""
        name = self.required("name", "store.name_missing")
        self.short = slug(self.raw["short"] or name)[:50].strip("-")
        if name and not self.short:
            self.refuse("short", "store.short_wrong")
        if self.raw["theme"] not in dealer_themes():
            self.refuse("theme", "form.choose")
