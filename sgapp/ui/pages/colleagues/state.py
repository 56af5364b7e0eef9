"""Who is close to whom, as one screen shows it."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.house import house, now
from sgapp.services.views.ties import TiesView, ties_view
from sgapp.ui import offload
from sgapp.ui.blank import blank
from sgapp.ui.session import ConfidentialState, current_actor


class ColleaguesState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.KEEP_TIES)
    _confidential: ClassVar[frozenset[str]] = frozenset({"found"})

    found: TiesView = blank(TiesView)
    shown: str | None = None

    @rx.event
    async def load_colleagues(self) -> None:
        """Show what this person may see."""
        actor = await current_actor(self)
        if actor is not None:
            self.found = await offload.run(ties_view, house(), actor, now())
            self.shown = ""
