"""What one screen offers for choosing, for one agency."""

from functools import partial
from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.views.composing import ComposeView, compose_view
from sgapp.ui.blank import blank
from sgapp.ui.loading import about, asked_agency, asked_id, view_of
from sgapp.ui.session import ConfidentialState


class ReferState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.READ_CASE, Permission.REFER)
    _confidential: ClassVar[frozenset[str]] = frozenset({"compose"})

    compose: ComposeView = blank(ComposeView)
    case_id: str = ""
    shown: str | None = None
    missing: bool = False

    @rx.event
    async def load_offers(self) -> None:
        """Show the facts that could be chosen for the case and the agency named in the address."""
        found = await view_of(self, partial(compose_view, agency=asked_agency(self)), asked_id(self))
        self.compose, self.case_id = found or blank(ComposeView), found.case_id if found else ""
        self.shown, self.missing = about(self, found)
