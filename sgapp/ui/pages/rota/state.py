"""The rota that one screen shows."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.house import house, now
from sgapp.services.views.duty import DutyNow, Entry, HandOverLine, rota_view
from sgapp.services.views.note import Option
from sgapp.ui import offload
from sgapp.ui.session import ConfidentialState, current_actor


class RotaState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.SEE_QUEUE)
    _confidential: ClassVar[frozenset[str]] = frozenset(
        {"on_now", "turns", "absences", "hand_overs", "leads", "on_calls", "everyone", "next_ones"})

    on_now: tuple[DutyNow, ...] = ()
    turns: tuple[Entry, ...] = ()
    absences: tuple[Entry, ...] = ()
    hand_overs: tuple[HandOverLine, ...] = ()
    leads: tuple[Option, ...] = ()
    on_calls: tuple[Option, ...] = ()
    everyone: tuple[Option, ...] = ()
    next_ones: tuple[Option, ...] = ()
    may_set: bool = False
    may_hand_over: bool = False
    shown: str | None = None

    @rx.event
    async def load_rota(self) -> None:
        """Show who is on, and what comes."""
        actor = await current_actor(self)
        if actor is None:
            return
        found = await offload.run(rota_view, house(), actor, now())
        self.on_now, self.turns, self.absences, self.hand_overs = found.now, found.turns, found.absences, found.hand_overs
        self.leads, self.on_calls, self.everyone, self.next_ones = found.leads, found.on_calls, found.everyone, found.next_ones
        self.may_set, self.may_hand_over, self.shown = found.may_set, found.may_hand_over, ""
