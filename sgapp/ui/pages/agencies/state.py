"""The directory as one screen shows it."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.house import house, now
from sgapp.services.views.directory import DirectoryView, directory_view
from sgapp.ui import offload
from sgapp.ui.blank import blank
from sgapp.ui.session import ConfidentialState, current_actor


class AgenciesState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.READ_CASE)
    _confidential: ClassVar[frozenset[str]] = frozenset({"directory"})

    directory: DirectoryView = blank(DirectoryView)
    shown: str | None = None

    @rx.event
    async def load_agencies(self) -> None:
        """Show every team that is known."""
        actor = await current_actor(self)
        if actor is not None:
            self.directory = await offload.run(directory_view, house(), actor, now())
            self.shown = ""
