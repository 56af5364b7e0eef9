"""The note that one screen shows."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.views.note import NoteView, note_view
from sgapp.ui.blank import blank
from sgapp.ui.loading import about, asked_id, view_of
from sgapp.ui.session import ConfidentialState


class NoteState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.READ_NOTE)
    _confidential: ClassVar[frozenset[str]] = frozenset({"note"})

    note: NoteView = blank(NoteView)
    note_id: str = ""
    shown: str | None = None
    missing: bool = False

    @rx.event
    async def load_note(self) -> None:
        """Show the note named in the address."""
        found = await view_of(self, note_view, asked_id(self))
        self.note, self.note_id = found or blank(NoteView), found.id if found else ""
        self.shown, self.missing = about(self, found)
