"""Forms of a lead: its status, whose it is."""

from typing import ClassVar
from uuid import UUID

from storefront.domain.leads.models import LeadStatus

from . import Form


class StatusForm(Form):
    """A new status, and why (SPEC 71)."""

    names: ClassVar[tuple[str, ...]] = ("status", "notes")
    value: LeadStatus

    def read(self) -> None:
        """Read the status; Assigned comes by assigning."""
        self.value = self.choice("status", LeadStatus)
        if self.value is LeadStatus.ASSIGNED:
            self.refuse("status", "form.choose")


class AssignmentForm(Form):
    """Who takes care of a lead (SPEC 70)."""

    names: ClassVar[tuple[str, ...]] = ("assignee",)
    value: UUID

    def read(self) -> None:
        """Read the person's id."""
        try:
            self.value = UUID(self.raw["assignee"])
        except ValueError:
            self.refuse("assignee", "form.choose")
