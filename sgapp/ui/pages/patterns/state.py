"""Patterns as one screen shows them."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.house import house, now
from sgapp.services.views.patterns import PatternsView, patterns_view
from sgapp.ui import offload
from sgapp.ui.blank import blank
from sgapp.ui.session import ConfidentialState, current_actor


class PatternsState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.SEE_MEASURES)
    _confidential: ClassVar[frozenset[str]] = frozenset({"found"})

    found: PatternsView = blank(PatternsView)
    shown: str | None = None

    @rx.event
    async def load_patterns(self) -> None:
        """Show what came several times in the last twelve months."""
        actor = await current_actor(self)
        if actor is not None:
            self.found = await offload.run(patterns_view, house(), actor, now())
            self.shown = ""
