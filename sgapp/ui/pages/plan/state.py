"""The plan that one screen shows."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.views.safety_plan import AgreedWords, PlanView, agreed_words, plan_view
from sgapp.ui.blank import blank
from sgapp.ui.loading import about, asked_id, view_of
from sgapp.ui.session import ConfidentialState


class PlanState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.MAKE_CONTACT)
    _confidential: ClassVar[frozenset[str]] = frozenset({"plan", "words"})

    plan: PlanView = blank(PlanView)
    words: AgreedWords = blank(AgreedWords)
    case_id: str = ""
    plan_id: str = ""
    shown: str | None = None
    missing: bool = False
    words_shown: bool = False

    @rx.event
    async def load_plan(self) -> None:
        """Show the plan of the case named in the address; the agreed words stay hidden."""
        found = await view_of(self, plan_view, asked_id(self))
        self.plan = found or blank(PlanView)
        self.case_id, self.plan_id = (found.case_id, found.id) if found else ("", "")
        self.words, self.words_shown = blank(AgreedWords), False
        self.shown, self.missing = about(self, found)

    @rx.event
    async def show_words(self) -> None:
        """Show the agreed words, which is recorded."""
        found = await view_of(self, agreed_words, self.plan_id)
        self.words, self.words_shown = found or blank(AgreedWords), found is not None

    @rx.event
    async def hide_words(self) -> None:
        """Take them off the screen again."""
        self.words, self.words_shown = blank(AgreedWords), False
