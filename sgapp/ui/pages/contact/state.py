"""The contact that one screen shows."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.views.safety_plan import AgreedWords, ContactView, agreed_words, contact_view
from sgapp.ui.blank import blank
from sgapp.ui.loading import about, asked_id, view_of
from sgapp.ui.session import ConfidentialState


class ContactState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.MAKE_CONTACT)
    _confidential: ClassVar[frozenset[str]] = frozenset({"contact", "words"})

    contact: ContactView = blank(ContactView)
    words: AgreedWords = blank(AgreedWords)
    contact_id: str = ""
    words_of: str = ""
    shown: str | None = None
    missing: bool = False
    words_shown: bool = False

    @rx.event
    async def load_contact(self) -> None:
        """Show the contact named in the address; the agreed words stay hidden."""
        found = await view_of(self, contact_view, asked_id(self))
        self.contact, self.contact_id = found or blank(ContactView), found.id if found else ""
        self.words_of, self.words, self.words_shown = found.words_of if found else "", blank(AgreedWords), False
        self.shown, self.missing = about(self, found)

    @rx.event
    async def show_words(self) -> None:
        """Show the agreed words, which is recorded."""
        found = await view_of(self, agreed_words, self.words_of)
        self.words, self.words_shown = found or blank(AgreedWords), found is not None

    @rx.event
    async def hide_words(self) -> None:
        """Take them off the screen again."""
        self.words, self.words_shown = blank(AgreedWords), False
