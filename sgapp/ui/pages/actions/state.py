"""The board of actions as one screen shows it."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.house import house, now
from sgapp.services.views.actions import ActionsView, actions_board
from sgapp.ui import offload
from sgapp.ui.blank import blank
from sgapp.ui.session import ConfidentialState, current_actor


class ActionsState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.READ_CASE)
    _confidential: ClassVar[frozenset[str]] = frozenset({"board"})

    board: ActionsView = blank(ActionsView)
    show: str = ""
    shown: str | None = None

    @rx.event
    async def load_actions(self) -> None:
        """Show the actions by the filter that was chosen last on this screen."""
        actor = await current_actor(self)
        if actor is not None:
            self.board = await offload.run(actions_board, house(), actor, now(), self.show)
            self.show, self.shown = self.board.show, ""

    @rx.event
    async def show_only(self, show: str) -> None:
        """Show one kind of them; the same again shows every open one."""
        self.show = "" if show == self.show else show
        await self.load_actions()
