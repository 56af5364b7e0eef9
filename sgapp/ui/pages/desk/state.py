"""The queue as one screen remembers it: what it shows, by which filter, and how many are new since."""

from datetime import datetime
from typing import Any, ClassVar

import reflex as rx

from sgapp.domain.permissions import Actor, Permission, roles_with
from sgapp.services.drafts import load_draft, save_draft
from sgapp.services.house import house, now
from sgapp.services.views.queue import PAGE, QueueRow, Tile, new_for, queue, queue_keys
from sgapp.ui import offload
from sgapp.ui.live import next_change, watching
from sgapp.ui.session import ConfidentialState, current_actor

#: Under this name the filter lies with the actor's drafts. What is searched for lies nowhere but on her screen, which sends it
#: along whenever it asks: a name that somebody looked for is nobody's, and is written nowhere.
_KEPT = "queue"


class DeskState(ConfidentialState, rx.State):
    """Rows come when the page opens and when she asks for the new ones; never under her finger."""

    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.SEE_QUEUE)
    _confidential: ClassVar[frozenset[str]] = frozenset({"rows", "text"})

    rows: tuple[QueueRow, ...] = ()
    tiles: tuple[Tile, ...] = ()
    show: str = ""
    text: str = ""
    quarantined: int = 0
    alarms: tuple[str, ...] = ()
    as_of: str = ""
    new: int = 0
    loaded: bool = False
    more: bool = False
    _count: int = PAGE
    _since: datetime | None = None
    _known: frozenset[str] = frozenset()

    @rx.event
    async def load_queue(self) -> None:
        """Show what is due now, by the filter that was chosen last; a search does not outlive its page."""
        self._count = PAGE
        await self._load("")

    @rx.event
    async def load_new(self, text: str = "") -> None:
        """Show what came since, too. `text`: what is searched for."""
        await self._load(text)

    @rx.event
    async def load_more(self, text: str = "") -> None:
        """Show the next page of what is due, below what stands there."""
        self._count += PAGE
        await self._load(text)

    @rx.event
    async def show_only(self, show: str, text: str = "") -> None:
        """Show only those; asked for again, everything."""
        self._count = PAGE
        await self._load(text, show)

    @rx.event
    async def search(self, form: dict[str, Any]) -> None:
        """Find by a name or a reference."""
        self._count = PAGE
        await self._load(str(form.get("text", "")))

    async def _load(self, text: str, show: str | None = None) -> None:
        actor = await current_actor(self)
        if actor is None:
            return
        found, recent = await offload.run(_found, actor, now(), self._count, show, str(text)[:200])
        self.rows, self.tiles, self.show, self.text = found.rows, found.tiles, found.show, found.text
        self.more, self.quarantined, self.alarms, self.as_of = found.more, found.quarantined, found.alarms, found.as_of
        self._since, self._known = recent
        self.new, self.loaded = 0, True

    @rx.event(background=True)
    async def watch_queue(self) -> None:
        """Count what came since, whenever something changes, for as long as the screen is there.

        The State is held only where what began has changed: for most of what is committed it has not.
        """
        since: datetime | None = None
        counted: frozenset[str] | None = None
        with watching(self, "queue") as goes_on:
            while await goes_on():
                heard = next_change()
                actor = await current_actor(self, watching=True)
                if actor is None or str(actor.role) not in self._allowed:
                    return
                begun = await _news.ask((actor, since)) if since else None
                if begun is None or begun != counted:
                    async with self:
                        if self._since and self._since != since:
                            since = self._since
                            begun = await _news.ask((actor, since))
                        new = len(begun - self._known) if begun is not None else 0
                        if new != self.new:  # else it would be told again
                            self.new = new
                    counted = begun
                await heard()


_news = offload.OneCall[tuple[Actor, datetime], frozenset[str]](lambda screens: new_for(house(), screens, now=now()))


def _found(actor: Actor, at: datetime, shown: int, chosen: str | None, text: str) -> Any:
    """The queue by the filter that is remembered or was chosen now, and what is not new from here on."""
    kept = load_draft(house(), actor, at, _KEPT) or {}
    show = str(kept.get("show", ""))
    if chosen is not None:
        show = "" if chosen == show else chosen
    if {"show": show} != kept:
        save_draft(house(), actor, at, _KEPT, {"show": show})
    found = queue(house(), actor, at, shown, show, text)
    return found, (at, frozenset(queue_keys(house(), actor, at, at)))
