"""The list of cases."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.house import house, now
from sgapp.services.views.case import CaseRowView, cases
from sgapp.services.views.masked import masked_cases
from sgapp.ui import offload
from sgapp.ui.session import ConfidentialState, current_actor


class CasesState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.READ_CASE) | roles_with(Permission.READ_MASKED)
    _confidential: ClassVar[frozenset[str]] = frozenset({"rows"})

    rows: tuple[CaseRowView, ...] = ()
    shown: str | None = None

    @rx.event
    async def load_cases(self) -> None:
        """Show the cases this person may see."""
        actor = await current_actor(self)
        if actor is not None:
            read = cases if actor.may(Permission.READ_CASE) else masked_cases
            self.rows = await offload.run(read, house(), actor, now())
            self.shown = ""
