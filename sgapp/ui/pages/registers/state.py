"""The registers as one screen shows them."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.house import house, now
from sgapp.services.views.registers import RegistersView, registers_view
from sgapp.ui import offload
from sgapp.ui.blank import blank
from sgapp.ui.session import ConfidentialState, current_actor


class RegistersState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.SEE_MEASURES)
    _confidential: ClassVar[frozenset[str]] = frozenset({"found"})

    found: RegistersView = blank(RegistersView)
    chosen: str = ""
    shown: str | None = None

    @rx.event
    async def load_registers(self) -> None:
        """Show the register that was chosen last on this screen, else the first."""
        actor = await current_actor(self)
        if actor is not None:
            self.found = await offload.run(registers_view, house(), actor, now(), self.chosen)
            self.shown = ""

    @rx.event
    async def choose_register(self, code: str) -> None:
        """Show another one."""
        self.chosen = str(code)[:40]
        await self.load_registers()
