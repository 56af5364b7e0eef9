"""How a desk page loads its one view: by the id in the address, through the service, for whoever is signed in."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import reflex as rx

from sgapp.domain.errors import NotFound, NotPermitted
from sgapp.domain.permissions import Actor
from sgapp.services.house import House, house, now
from sgapp.ui import offload
from sgapp.ui.session import current_actor

V = TypeVar("V")


def asked_id(state: rx.State) -> str:
    """The id in the page's address, or an empty text."""
    return str(state.router.url.query_parameters.get("id", ""))[:64]


def asked_agency(state: rx.State) -> str:
    """The code of an agency in the page's address, or an empty text."""
    return str(state.router.url.query_parameters.get("agency", ""))[:20]


def about(state: rx.State, found: object) -> tuple[str | None, bool]:
    """What a State's `shown` and `missing` are, by what was found. No id goes back to whoever may not see what it names."""
    return (asked_id(state), False) if found is not None else (None, True)


async def view_of(state: rx.State, read: Callable[[House, Actor, datetime, str], V], record_id: str) -> V | None:
    """What the service shows of a record; None alike if it does not exist, may not be seen, or nobody is signed in."""
    actor = await current_actor(state)
    if actor is None or not record_id:
        return None
    try:
        return await offload.run(read, house(), actor, now(), record_id)
    except (NotFound, NotPermitted):
        return None
