"""The drawn case that one screen shows."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.views.sampling import ScoreView, score_view
from sgapp.ui.blank import blank
from sgapp.ui.loading import about, asked_id, view_of
from sgapp.ui.session import ConfidentialState


class ScoreState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.SCORE_SAMPLE)
    _confidential: ClassVar[frozenset[str]] = frozenset({"found"})

    found: ScoreView = blank(ScoreView)
    case_id: str = ""
    shown: str | None = None
    missing: bool = False

    @rx.event
    async def load_score(self) -> None:
        """Show the drawn case named in the address."""
        found = await view_of(self, score_view, asked_id(self))
        self.found, self.case_id = found or blank(ScoreView), found.case.id if found else ""
        self.shown, self.missing = about(self, found)
