"""The keeper and the echo for as long as this process serves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sgapp.services.echo import echo
from sgapp.services.house import house
from sgapp.services.keeper import keep


@asynccontextmanager
async def kept() -> AsyncIterator[None]:
    """Sweep, post and hear other processes beside the pages; when the server stops, the present round ends first."""
    keeper, heard = keep(house()), echo(house())
    try:
        yield
    finally:
        await asyncio.to_thread(heard.stop)
        await asyncio.to_thread(keeper.stop)
