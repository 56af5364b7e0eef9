"""The matters about staff that this person is named on."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.house import house, now
from sgapp.services.views.investigation import MattersView, matters
from sgapp.ui import offload
from sgapp.ui.blank import blank
from sgapp.ui.session import ConfidentialState, current_actor


class MattersState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.WORK_INVESTIGATION)
    _confidential: ClassVar[frozenset[str]] = frozenset({"found"})

    found: MattersView = blank(MattersView)
    shown: str | None = None

    @rx.event
    async def load_matters(self) -> None:
        """Show what this person may see."""
        actor = await current_actor(self)
        if actor is not None:
            self.found = await offload.run(matters, house(), actor, now())
            self.shown = ""
