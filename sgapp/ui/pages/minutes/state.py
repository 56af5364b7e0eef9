"""Minutes as one screen shows them: all meetings, or the version in the address."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.house import house, now
from sgapp.services.views.minutes import MinutesRowView, MinutesView, minutes_list, minutes_view
from sgapp.ui import offload
from sgapp.ui.blank import blank
from sgapp.ui.loading import asked_id, view_of
from sgapp.ui.session import ConfidentialState, current_actor


class MinutesState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.KEEP_MINUTES)
    _confidential: ClassVar[frozenset[str]] = frozenset({"found", "rows"})

    found: MinutesView = blank(MinutesView)
    rows: tuple[MinutesRowView, ...] = ()
    one: bool = False
    shown: str | None = None
    missing: bool = False

    @rx.event
    async def load_minutes(self) -> None:
        """Show the version named in the address; without one, every meeting."""
        wanted, missing = asked_id(self), False
        if wanted:
            found = await view_of(self, minutes_view, wanted)
            self.found, missing = found or blank(MinutesView), found is None
        elif (actor := await current_actor(self)) is not None:
            self.rows = await offload.run(minutes_list, house(), actor, now())
        self.one, self.missing, self.shown = bool(wanted), missing, None if missing else wanted
