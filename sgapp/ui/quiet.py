"""Keeps people's words out of the logs."""

import logging
import uuid
from typing import Any

log = logging.getLogger("sgapp.ui")

#: Loggers whose messages may carry whole events, their cookies and what somebody typed.
_TALKATIVE = ("reflex", "reflex_base", "socketio", "engineio", "asyncio", "_granian", "granian")


def _talks(name: str) -> bool:
    return name.split(".", 1)[0] in _TALKATIVE


def silence_payloads() -> None:
    """From now on the framework's warnings and errors say where and what kind, never their text. Safe to repeat."""
    inner = logging.getLogRecordFactory()
    if getattr(inner, "says_no_payloads", False):
        return

    def record(*args: Any, **kwargs: Any) -> logging.LogRecord:
        made = inner(*args, **kwargs)
        if made.levelno >= logging.WARNING and _talks(made.name):
            kind = made.exc_info[0].__name__ if made.exc_info and made.exc_info[0] else ""
            made.msg = f"{made.module}.{made.funcName}:{made.lineno} {kind}".rstrip()
            made.args, made.exc_info, made.exc_text, made.stack_info = (), None, None, None
        return made

    record.says_no_payloads = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(record)


def backend_error(exception: Exception) -> None:
    """Log that a handler failed, by kind and place. The page keeps what it has; nothing readable is sent."""
    trace = exception.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else "?"
    log.error("event failed: %s at %s, id %s", type(exception).__name__, place, uuid.uuid4())


def frontend_error(exception: Exception) -> None:
    """Log that a page failed. Its message may quote the page, so only its size is kept."""
    log.error("page failed: report of %d characters, id %s", len(str(exception)), uuid.uuid4())
