"""The log: one line of JSON for each thing that happened, by codes and ids, and nobody's words at any level."""

import logging
from contextvars import ContextVar
from typing import Any

from pythonjsonlogger.json import JsonFormatter

LEVELS = ("debug", "info", "warning", "error")
#: Ties together the lines of one request; never sent to anybody.
request_id: ContextVar[str] = ContextVar("request_id", default="")
_OURS = "sgapp"


class Line(JsonFormatter):
    """One record as one line: when, how grave, of which part, what, and in which request."""

    def __init__(self) -> None:
        super().__init__("{levelname}{name}{message}", style="{", timestamp="at",
                         rename_fields={"levelname": "level", "name": "part", "message": "what"})

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        super().add_fields(log_data, record, message_dict)
        if request_id.get():
            log_data["request"] = request_id.get()


def settings_of(level: str) -> dict[str, Any]:
    """How Python's logging is set up in every process that serves. Others' parts speak up only when something is wrong."""
    ours = level.upper()
    others = "DEBUG" if level == "debug" else "WARNING"
    return {
        "version": 1, "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"{__name__}.Line"}},
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
        "root": {"handlers": ["out"], "level": others},
        "loggers": {_OURS: {"level": ours}, "_granian": {"level": others}},
    }


def silence_others() -> None:
    """From now on what is not ours says where and what kind, never its text: that may be an event with what somebody typed, an
    address with a token in it, or a statement with its values. Ours says no more of an error than its kind. Safe to repeat.
    """
    inner = logging.getLogRecordFactory()
    if getattr(inner, "says_no_payloads", False):
        return

    def record(*args: Any, **kwargs: Any) -> logging.LogRecord:
        made = inner(*args, **kwargs)
        kind = made.exc_info[0].__name__ if made.exc_info and made.exc_info[0] else ""
        if made.name.partition(".")[0] != _OURS:
            made.msg, made.args = f"{made.module}.{made.funcName}:{made.lineno} {kind}".rstrip(), ()
        elif kind:
            made.msg, made.args = f"{made.getMessage()} ({kind})", ()
        made.exc_info, made.exc_text, made.stack_info = None, None, None
        return made

    record.says_no_payloads = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(record)
