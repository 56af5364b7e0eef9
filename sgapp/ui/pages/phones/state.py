"""The phones and keys that one screen shows."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.house import house, now
from sgapp.services.views.phones import KeyLine, PhoneLine, phones_view
from sgapp.ui import offload
from sgapp.ui.session import ConfidentialState, current_actor


class PhonesState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.MANAGE_PHONES)
    _confidential: ClassVar[frozenset[str]] = frozenset({"phones", "keys"})

    phones: tuple[PhoneLine, ...] = ()
    keys: tuple[KeyLine, ...] = ()
    shown: str | None = None

    @rx.event
    async def load_phones(self) -> None:
        """Show the phones of one's branch, and the keys."""
        actor = await current_actor(self)
        if actor is None:
            return
        found = await offload.run(phones_view, house(), actor, now())
        self.phones, self.keys, self.shown = found.phones, found.keys, ""
