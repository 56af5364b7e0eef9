"""The queue as one screen remembers it: what it shows, and how many are new since."""

import asyncio
from typing import ClassVar

import reflex as rx

from sgapp.domain.permissions import Permission, roles_with
from sgapp.services.house import house, now
from sgapp.services.views.queue import PAGE, QueueRow, queue, queue_keys
from sgapp.ui import offload
from sgapp.ui.live import connected, wait_for_change
from sgapp.ui.session import ConfidentialState, current_actor


class DeskState(ConfidentialState, rx.State):
    """Rows come when the page opens and when she asks for the new ones; never under her finger."""

    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.SEE_QUEUE)
    _confidential: ClassVar[frozenset[str]] = frozenset({"rows"})

    rows: tuple[QueueRow, ...] = ()
    overdue: int = 0
    due_today: int = 0
    with_agencies: int = 0
    reviews: int = 0
    quarantined: int = 0
    as_of: str = ""
    new: int = 0
    loaded: bool = False
    more: int = 0
    _count: int = PAGE
    _shown: frozenset[str] = frozenset()
    _watching: bool = False

    @rx.event
    async def load_more(self) -> None:
        """Show the next page of what is due, below what stands there."""
        self._count += PAGE
        await self._load()

    @rx.event
    async def load_queue(self) -> None:
        """Show what is due now."""
        await self._load()

    async def _load(self) -> None:
        actor = await current_actor(self)
        if actor is None:
            return
        found = await offload.run(queue, house(), actor, now(), self._count)
        self.rows, self.more = found.rows, found.more
        self.overdue, self.due_today, self.with_agencies = found.overdue, found.due_today, found.with_agencies
        self.reviews, self.quarantined, self.as_of = found.reviews_this_week, found.quarantined, found.as_of
        self._shown = frozenset(await offload.run(queue_keys, house(), actor, now()))
        self.new, self.loaded = 0, True

    @rx.event(background=True)
    async def watch_queue(self) -> None:
        """Count what came since, whenever something changes, for as long as the screen is there."""
        async with self:
            if self._watching:
                return
            self._watching = True
        try:
            while await connected(self):
                await wait_for_change()
                async with self:
                    actor = await current_actor(self, watching=True)
                    if actor is None or str(actor.role) not in self._allowed:
                        return
                    keys = await offload.run(queue_keys, house(), actor, now())
                    self.new = len(frozenset(keys) - self._shown)
        except asyncio.CancelledError:
            raise
        finally:
            async with self:
                self._watching = False
