"""The monthly sample as one screen shows it."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.house import house, now
from sgapp.services.views.sampling import SampleView, sample_view
from sgapp.ui import offload
from sgapp.ui.blank import blank
from sgapp.ui.session import ConfidentialState, current_actor


class SampleState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.SCORE_SAMPLE)
    _confidential: ClassVar[frozenset[str]] = frozenset({"found"})

    found: SampleView = blank(SampleView)
    chosen: str = ""
    shown: str | None = None

    @rx.event
    async def load_sample(self) -> None:
        """Show the sample that was chosen last on this screen, else the newest."""
        actor = await current_actor(self)
        if actor is not None:
            self.found = await offload.run(sample_view, house(), actor, now(), self.chosen)
            self.shown = ""

    @rx.event
    async def choose_sample(self, sample_id: str) -> None:
        """Show another month."""
        self.chosen = str(sample_id)[:64]
        await self.load_sample()
