"""The rules that one screen shows."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.house import house, now
from sgapp.services.views.duty import ClosureLine, DeskHours, RuleLine, clocks_view
from sgapp.ui import offload
from sgapp.ui.session import ConfidentialState, current_actor


class ClocksState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.SEE_QUEUE)
    _confidential: ClassVar[frozenset[str]] = frozenset({"history"})

    ours: tuple[RuleLine, ...] = ()
    defaults: tuple[RuleLine, ...] = ()
    desks: tuple[DeskHours, ...] = ()
    closures: tuple[ClosureLine, ...] = ()
    history: tuple[str, ...] = ()
    may_set: bool = False
    shown: str | None = None

    @rx.event
    async def load_clocks(self) -> None:
        """Show by which rules the clocks run."""
        actor = await current_actor(self)
        if actor is None:
            return
        found = await offload.run(clocks_view, house(), actor, now())
        self.ours, self.defaults, self.desks, self.closures = found.ours, found.defaults, found.desks, found.closures
        self.history, self.may_set, self.shown = found.history, found.may_set, ""
