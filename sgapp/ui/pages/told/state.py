"""One's own choice as one screen shows it."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.house import house, now
from sgapp.services.post import push_key
from sgapp.services.views.duty import told_view
from sgapp.services.views.messages import Told, Trouble, messages_view
from sgapp.services.views.note import Option
from sgapp.ui import offload
from sgapp.ui.session import ConfidentialState, current_actor


class ToldState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.BE_TOLD)
    _confidential: ClassVar[frozenset[str]] = frozenset({"email", "phone", "quiet_from", "quiet_until", "trouble", "told"})

    email: str = ""
    phone: str = ""
    by_email: str = ""
    by_text: str = ""
    rung: str = ""
    quiet_from: str = ""
    quiet_until: str = ""
    browsers: tuple[Option, ...] = ()
    trouble: tuple[Trouble, ...] = ()
    told: tuple[Told, ...] = ()
    push_key: str = ""
    shown: str | None = None
    #: Which drawing of the form this is. What a field begins with is read only when it is drawn for the first time.
    drawing: int = 0

    @rx.event
    async def load_told(self) -> None:
        """Show how one is told now."""
        actor = await current_actor(self)
        if actor is None:
            return
        found = await offload.run(told_view, house(), actor, now())
        self.email, self.phone, self.quiet_from, self.quiet_until = (
            found.email, found.phone, found.quiet_from, found.quiet_until)
        self.by_email, self.by_text, self.rung = ("yes" if on else "" for on in (found.by_email, found.by_text, found.rung))
        self.browsers, self.shown, self.drawing = found.browsers, "", self.drawing + 1
        messages = await offload.run(messages_view, house(), actor, now())
        self.trouble, self.told = messages.trouble, messages.told
        self.push_key = await offload.run(push_key, house(), now=now())
