"""Which tables are somebody's, as one screen shows them. No row of any is ever here."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.views.tables import TablesView, tables_of
from sgapp.ui.blank import blank
from sgapp.ui.session import ConfidentialState, current_actor


class TablesState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.KEEP_PEOPLE) | roles_with(Permission.MANAGE_ACCOUNTS)
    _confidential: ClassVar[frozenset[str]] = frozenset({"found"})

    found: TablesView = blank(TablesView)
    shown: str | None = None

    @rx.event
    async def load_tables(self) -> None:
        """Show those that are theirs."""
        actor = await current_actor(self)
        if actor is not None:
            self.found = tables_of(actor)
            self.shown = ""
