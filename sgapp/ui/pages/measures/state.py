"""The figures as one screen shows them."""

from typing import Any, ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.house import house, now
from sgapp.services.views.measures import MeasuresView, measures_view
from sgapp.ui import offload
from sgapp.ui.blank import blank
from sgapp.ui.session import ConfidentialState, current_actor


class MeasuresState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.SEE_MEASURES)
    _confidential: ClassVar[frozenset[str]] = frozenset({"found"})

    found: MeasuresView = blank(MeasuresView)
    show: str = ""
    until: str = ""
    months: str = ""
    branch: str = ""
    shown: str | None = None

    @rx.event
    async def load_measures(self) -> None:
        """Count, over the months that were chosen last on this screen."""
        actor = await current_actor(self)
        if actor is not None:
            asked = (self.show, self.until, self.months, self.branch)
            self.found = await offload.run(measures_view, house(), actor, now(), *asked)
            self.shown = ""

    @rx.event
    async def show_measure(self, code: str) -> Any:
        """Show one measure whole."""
        self.show = str(code)[:40]
        await self.load_measures()
        return rx.set_focus("measure")

    @rx.event
    async def set_period(self, form: dict[str, Any]) -> None:
        """Count over other months, or in one branch."""
        self.until, self.months, self.branch = (str(form.get(name, ""))[:80] for name in ("until", "months", "branch"))
        await self.load_measures()
