"""The evidence that was asked for as one screen shows it."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.house import house, now
from sgapp.services.views.evidence import EvidenceView, evidence_view
from sgapp.ui import offload
from sgapp.ui.blank import blank
from sgapp.ui.session import ConfidentialState, current_actor


class EvidenceState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.MAKE_EVIDENCE)
    _confidential: ClassVar[frozenset[str]] = frozenset({"found"})

    found: EvidenceView = blank(EvidenceView)
    shown: str | None = None

    @rx.event
    async def load_evidence(self) -> None:
        """Show what was asked for."""
        actor = await current_actor(self)
        if actor is not None:
            self.found = await offload.run(evidence_view, house(), actor, now())
            self.shown = ""
