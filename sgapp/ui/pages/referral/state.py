"""The referral that one screen shows."""

from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.views.referral import ReferralView, referral_view
from sgapp.ui.blank import blank
from sgapp.ui.loading import about, asked_id, view_of
from sgapp.ui.session import ConfidentialState


class ReferralState(ConfidentialState, rx.State):
    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.READ_CASE)
    _confidential: ClassVar[frozenset[str]] = frozenset({"referral"})

    referral: ReferralView = blank(ReferralView)
    referral_id: str = ""
    shown: str | None = None
    missing: bool = False

    @rx.event
    async def load_referral(self) -> None:
        """Show the referral named in the address."""
        found = await view_of(self, referral_view, asked_id(self))
        self.referral, self.referral_id = found or blank(ReferralView), found.id if found else ""
        self.shown, self.missing = about(self, found)
