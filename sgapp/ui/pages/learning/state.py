"""What was learned as one screen shows it: over all cases, or of the one in the address."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.house import house, now
from sgapp.services.views.learning import LearningRow, LearningView, learning_list, learning_view
from sgapp.ui import offload
from sgapp.ui.blank import blank
from sgapp.ui.loading import asked_id, view_of
from sgapp.ui.session import ConfidentialState, current_actor


class LearningState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.READ_CASE)
    _confidential: ClassVar[frozenset[str]] = frozenset({"found", "rows"})

    found: LearningView = blank(LearningView)
    rows: tuple[LearningRow, ...] = ()
    one: bool = False
    shown: str | None = None
    missing: bool = False

    @rx.event
    async def load_learning(self) -> None:
        """Show the case named in the address; without one, everything."""
        wanted, missing = asked_id(self), False
        if wanted:
            found = await view_of(self, learning_view, wanted)
            self.found, missing = found or blank(LearningView), found is None
        elif (actor := await current_actor(self)) is not None:
            self.rows = await offload.run(learning_list, house(), actor, now())
        self.one, self.missing, self.shown = bool(wanted), missing, None if missing else wanted
