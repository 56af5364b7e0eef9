"""Who is not available, as one screen shows it."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.availability import AvailabilityView, availability
from sgapp.services.house import house, now
from sgapp.ui import offload
from sgapp.ui.blank import blank
from sgapp.ui.session import ConfidentialState, current_actor


class AvailableState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.SEE_AVAILABILITY)
    _confidential: ClassVar[frozenset[str]] = frozenset({"found"})

    found: AvailabilityView = blank(AvailabilityView)
    shown: str | None = None

    @rx.event
    async def load_available(self) -> None:
        """Show what this person may see."""
        actor = await current_actor(self)
        if actor is not None:
            self.found = await offload.run(availability, house(), actor, now())
            self.shown = ""
