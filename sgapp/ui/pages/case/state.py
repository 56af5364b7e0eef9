"""The case that one screen shows. Also used by the pages that begin from a case: deciding and closing."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.views.case import CaseView, case_view
from sgapp.services.views.masked import masked_case
from sgapp.ui.blank import blank
from sgapp.ui.loading import about, asked_id, view_of
from sgapp.ui.session import ConfidentialState, current_actor


class CaseState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.READ_CASE) | roles_with(Permission.READ_MASKED)
    _confidential: ClassVar[frozenset[str]] = frozenset({"case"})

    case: CaseView = blank(CaseView)
    case_id: str = ""
    shown: str | None = None
    missing: bool = False

    @rx.event
    async def load_case(self) -> None:
        """Show the case named in the address."""
        actor = await current_actor(self)
        read = case_view if actor is None or actor.may(Permission.READ_CASE) else masked_case
        found = await view_of(self, read, asked_id(self))
        self.case, self.case_id = found or blank(CaseView), found.id if found else ""
        self.shown, self.missing = about(self, found)
