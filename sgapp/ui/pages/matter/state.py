"""The one matter that a screen shows."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.views.investigation import MatterView, matter_view
from sgapp.ui.blank import blank
from sgapp.ui.loading import about, asked_id, view_of
from sgapp.ui.session import ConfidentialState


class MatterState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.WORK_INVESTIGATION)
    _confidential: ClassVar[frozenset[str]] = frozenset({"matter"})

    matter: MatterView = blank(MatterView)
    matter_id: str = ""
    shown: str | None = None
    missing: bool = False

    @rx.event
    async def load_matter(self) -> None:
        """Show the matter named in the address."""
        found = await view_of(self, matter_view, asked_id(self))
        self.matter, self.matter_id = found or blank(MatterView), found.id if found else ""
        self.shown, self.missing = about(self, found)
