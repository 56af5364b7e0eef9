"""What is handed to a way out, and what it answers when it did not go."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

#: Under which name it comes: the same as on the phone's screen, which says nothing of what it is about.
TITLE = "Visit notes"


#: Longer than any channel waits for one answer; by then whoever takes over a message that was lost is not there yet.
AT_MOST_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one address. `message_id` is the same at every attempt, so that whoever gets it twice can tell.

    `text` is one of the neutral sentences and `reference` what the matter is called on the telephone. A mail to an agency has a
    `subject` and a whole `text` of its own.
    """

    message_id: str
    to: str
    text: str
    reference: str
    subject: str = ""


class Undelivered(Exception):
    """It did not go, or nobody knows. `why` is a code, never an answer of the other side word for word.

    `certain`: it is certain that it did not go. `final`: trying again is of no use.
    """

    def __init__(self, why: str, *, certain: bool = True, final: bool = False) -> None:
        super().__init__(why)
        self.why, self.certain, self.final = why, certain, final


class WayOut(Protocol):
    """A channel that can send."""

    def send(self, message: Outgoing) -> None:
        """Hand it over. Raises Undelivered."""
        ...


def in_time(hand_over: Callable[[], None]) -> None:
    """Hand something over, and wait for it no longer than is said above. Raises what it raises, or Undelivered.

    Whoever takes bytes one by one, or answers so, keeps to every limit for a single word. Left alone, it may still get there.
    """
    ended: list[BaseException | None] = []

    def run() -> None:
        try:
            hand_over()
            ended.append(None)
        except BaseException as error:
            ended.append(error)

    thread = threading.Thread(target=run, name="hand-over", daemon=True)
    thread.start()
    thread.join(AT_MOST_SECONDS)
    if not ended:
        raise Undelivered("took-too-long", certain=False)
    if (error := ended.pop()) is not None:
        try:
            raise error
        finally:
            del error  # it holds this frame, and whatever was open in its own
