"""The records whose years are over, as one screen shows them."""

from typing import Any, ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.house import house, now
from sgapp.services.views.retention import RecordsView, records_view
from sgapp.ui import offload
from sgapp.ui.blank import blank
from sgapp.ui.session import ConfidentialState, current_actor


class RecordsState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.KEEP_RECORDS)
    _confidential: ClassVar[frozenset[str]] = frozenset({"found"})

    found: RecordsView = blank(RecordsView)
    shown: str | None = None

    @rx.event
    async def load_records(self) -> None:
        """Show whose years are over; a search does not outlive its page."""
        await self._load("")

    @rx.event
    async def search(self, form: dict[str, Any]) -> None:
        """Find somebody by a name or a reference."""
        await self._load(str(form.get("text", ""))[:200])

    async def _load(self, text: str) -> None:
        actor = await current_actor(self)
        if actor is not None:
            self.found = await offload.run(records_view, house(), actor, now(), text)
            self.shown = ""
