"""What is handed to a way out, and what it answers when it did not go."""

from dataclasses import dataclass
from typing import Protocol

#: Under which name it comes: the same as on the phone's screen, which says nothing of what it is about.
TITLE = "Visit notes"


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
