"""What the log says of a page or a handler that failed: its kind and its place."""

import asyncio
import contextlib
import logging
import uuid

from reflex.istate.manager.token import BaseStateToken
from reflex.state import State
from reflex_base.event.context import EventContext

from sgapp.ui.session import forget_all

log = logging.getLogger("sgapp.ui")

#: asyncio keeps only weak references to tasks.
_forgetting: set[asyncio.Task[None]] = set()


async def _forget(context: EventContext) -> None:
    async with context.state_manager.modify_state(BaseStateToken(ident=context.token, cls=State)) as root:
        forget_all(root)


def backend_error(exception: Exception) -> None:
    """Log that a handler failed, by kind and place. The page keeps what it has; nothing readable is sent or stays."""
    with contextlib.suppress(LookupError, RuntimeError):  # no event, or no loop: nothing to forget
        _forgetting.add(task := asyncio.get_running_loop().create_task(_forget(EventContext.get())))
        task.add_done_callback(_forgetting.discard)
    trace = exception.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else "?"
    log.error("event failed: %s at %s, id %s", type(exception).__name__, place, uuid.uuid4())


def frontend_error(exception: Exception) -> None:
    """Log that a page failed. Its message may quote the page, so only its size is kept."""
    log.error("page failed: report of %d characters, id %s", len(str(exception)), uuid.uuid4())
