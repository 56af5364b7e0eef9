"""The keeper and the echo for as long as this process serves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sgapp.memory import settle
from sgapp.services.echo import echo
from sgapp.services.house import house
from sgapp.services.keeper import keep
from sgapp.ui import live


@asynccontextmanager
async def kept() -> AsyncIterator[None]:
    """Sweep, post and hear other processes beside the pages; when the server stops, the present round ends first."""
    keeper, heard = keep(house()), echo(house())
    settle()
    try:
        yield
    finally:
        await live.stop()
        await asyncio.to_thread(heard.stop)
        await asyncio.to_thread(keeper.stop)
