"""The kept upload that one screen shows."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.views.phones import KeptView, kept_view
from sgapp.ui.blank import blank
from sgapp.ui.loading import about, asked_id, view_of
from sgapp.ui.session import ConfidentialState


class KeptPageState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.SEE_QUEUE)
    _confidential: ClassVar[frozenset[str]] = frozenset({"kept"})

    kept: KeptView = blank(KeptView)
    kept_id: str = ""
    shown: str | None = None
    missing: bool = False

    @rx.event
    async def load_kept(self) -> None:
        """Show the upload named in the address."""
        found = await view_of(self, kept_view, asked_id(self))
        self.kept, self.kept_id = found or blank(KeptView), found.id if found else ""
        self.shown, self.missing = about(self, found)
