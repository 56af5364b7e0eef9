"""The keeper for as long as this process serves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sgapp.services.house import house
from sgapp.services.keeper import keep


@asynccontextmanager
async def kept() -> AsyncIterator[None]:
    """Sweep and post beside the pages; when the server stops, the present round ends first."""
    keeper = keep(house())
    try:
        yield
    finally:
        await asyncio.to_thread(keeper.stop)
