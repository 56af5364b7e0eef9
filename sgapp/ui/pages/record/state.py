"""The one adult's records whose keeping a screen shows."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.views.retention import RecordView, record_view
from sgapp.ui.blank import blank
from sgapp.ui.loading import about, asked_id, view_of
from sgapp.ui.session import ConfidentialState


class RecordState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.KEEP_RECORDS)
    _confidential: ClassVar[frozenset[str]] = frozenset({"record"})

    record: RecordView = blank(RecordView)
    person_id: str = ""
    shown: str | None = None
    missing: bool = False

    @rx.event
    async def load_record(self) -> None:
        """Show the one named in the address."""
        found = await view_of(self, record_view, asked_id(self))
        self.record, self.person_id = found or blank(RecordView), found.id if found else ""
        self.shown, self.missing = about(self, found)
