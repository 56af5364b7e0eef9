"""The queue as one screen remembers it: what it shows, by which filter, and how many are new since."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import reflex as rx

from sgapp.domain.permissions import Actor, Permission, roles_with
from sgapp.services.drafts import load_draft, save_draft
from sgapp.services.house import house, now
from sgapp.services.views.queue import PAGE, QueueRow, Tile, new_for, queue, queue_keys
from sgapp.ui import offload
from sgapp.ui.live import Actors, each_round, go_round, is_open, screen_of, tell
from sgapp.ui.session import ConfidentialState, current_actor, fingerprint_of

#: Under this name the filter lies with the actor's drafts. What is searched for lies nowhere but on her screen, which sends it
#: along whenever it asks: a name that somebody looked for is nobody's, and is written nowhere.
_KEPT = "queue"


@dataclass(slots=True, eq=False)
class _Shown:
    """When a screen was last shown the queue, and the keys of what began shortly before: that is not new. In whose session that
    was, and how many it was told are new since; that there are none it is told, too.
    """

    at: datetime
    known: frozenset[str]
    fingerprint: str
    told: int | None = None


#: By screen, of those that are open in this process.
_shown: dict[str, _Shown] = {}


class DeskState(ConfidentialState, rx.State):
    """Rows come when the page opens and when she asks for the new ones; never under her finger."""

    _allowed: ClassVar[frozenset[str]] = roles_with(Permission.SEE_QUEUE)
    _confidential: ClassVar[frozenset[str]] = frozenset({"rows", "text", "there", "wanted"})

    rows: tuple[QueueRow, ...] = ()
    tiles: tuple[Tile, ...] = ()
    show: str = ""
    text: str = ""
    quarantined: int = 0
    alarms: tuple[str, ...] = ()
    as_of: str = ""
    #: Nought here, always: how many a screen shows it is told past its State (`_count_new`).
    new: int = 0
    loaded: bool = False
    more: bool = False
    #: Whether the rows are those that were found; and 1 where the screen is asked what it shows.
    there: bool = False
    wanted: int = 0
    _count: int = PAGE

    @rx.event
    async def load_queue(self) -> None:
        """Show what is due now, by the filter that was chosen last; a search does not outlive its page.

        A screen that was shown it before has lost its connection, or its page: it says what it searches for, and how far down
        it came.
        """
        if self.loaded:
            self.wanted = 1
            return
        await self._load("")

    @rx.event
    async def load_again(self, text: str = "", shown: int = 0) -> None:
        """The same of a screen that shows so many rows, and on which this is searched for."""
        known = min(shown, self._count) if isinstance(shown, int) else 0  # a screen may say anything
        self._count = max(1, math.ceil(known / PAGE)) * PAGE
        await self._load(text)

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
        at = now()
        found, known = await offload.run(_found, actor, at, self._count, show, str(text)[:200])
        self.rows, self.tiles, self.show, self.text = found.rows, found.tiles, found.show, found.text
        self.more, self.quarantined, self.alarms, self.as_of = found.more, found.quarantined, found.alarms, found.as_of
        self.loaded = self.there = True
        _shown[screen_of(self)] = _Shown(at, known, fingerprint_of(self))
        go_round()


@each_round
async def _count_new(actors: Actors) -> None:
    """Tell each screen how many are new, where that is not what it was told last."""
    for gone in [screen for screen in _shown if not is_open(screen)]:
        del _shown[gone]
    asked = [(screen, shown, actor) for screen, shown in _shown.items()
             if (actor := actors.get(shown.fingerprint)) and str(actor.role) in DeskState._allowed]
    if not asked:
        return
    counts = await offload.run(new_for, house(), [(actor, shown.at, shown.known) for _, shown, actor in asked], now=now())
    told: dict[int, list[str]] = {}
    for (screen, shown, _), new in zip(asked, counts, strict=True):
        # Not what she sees no longer; and not again what she was told.
        if _shown.get(screen) is shown and shown.told != new:
            shown.told = new
            told.setdefault(new, []).append(screen)
    for new, screens in told.items():
        await tell(screens, DeskState, new=new)


def _found(actor: Actor, at: datetime, shown: int, chosen: str | None, text: str) -> Any:
    """The queue by the filter that is remembered or was chosen now, and what is not new from here on."""
    kept = load_draft(house(), actor, at, _KEPT) or {}
    show = str(kept.get("show", ""))
    if chosen is not None:
        show = "" if chosen == show else chosen
    if {"show": show} != kept:
        save_draft(house(), actor, at, _KEPT, {"show": show})
    # First what is known, then what is shown: what arrives in between is shown and said to be new, not neither.
    known = frozenset(queue_keys(house(), actor, at, at))
    return queue(house(), actor, at, shown, show, text), known
