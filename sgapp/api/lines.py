"""Work that takes a while, told in lines of JSON: how far it is, then what came of it."""

import json
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from queue import SimpleQueue
from threading import Thread
from typing import Any

from fastapi.responses import StreamingResponse

from sgapp.services.importing import CannotImport, Progress

log = logging.getLogger("sgapp.api")
#: How often a page is told how far it is.
_EVERY_SECONDS = 0.25
Work = Callable[[Progress], dict[str, Any]]


def told_in_lines(work: Work) -> StreamingResponse:
    """What comes of it, as lines. What is refused before the first line is answered as everywhere.

    It is done to its end also where nobody waits for the answer any more; who asks again with the same intent is told.
    """
    lines: SimpleQueue[dict[str, Any] | Exception | None] = SimpleQueue()
    said_at = time.monotonic()

    def progress(done: int, of: int) -> None:
        nonlocal said_at
        if time.monotonic() - said_at > _EVERY_SECONDS:
            said_at = time.monotonic()
            lines.put({"done": done, "of": of})

    def run() -> None:
        try:
            lines.put(work(progress))
        except CannotImport as error:
            lines.put({"said": str(error), "refused": [asdict(row) for row in error.refused]})
        except Exception as error:  # told to whoever asked, in the thread that answers
            lines.put(error)
        lines.put(None)

    Thread(target=run, daemon=True).start()
    first = lines.get()
    if isinstance(first, Exception):
        raise first

    def answer() -> Iterator[bytes]:
        line: dict[str, Any] | Exception | None = first
        while line is not None:
            if isinstance(line, Exception):
                log.error("it stopped half-way: %s", type(line).__name__)
                line = {"fault": True}
            yield json.dumps(line).encode() + b"\n"
            line = lines.get()

    return StreamingResponse(answer(), media_type="application/x-ndjson", headers={"Cache-Control": "no-store"})
