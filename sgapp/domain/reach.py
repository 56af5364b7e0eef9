"""How a member of staff is told that something needs them: by which channels, when not, and in which two neutral sentences.

No message says what it is about, or about whom: a phone lies on a table. Source: DESIGN, "Neutral outside".
"""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.time import NoSuchLocalTime, from_london, to_london

_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,189}")


class Channel(StrEnum):
    """`PRODUCT` is the list in the product itself; it cannot be switched off."""

    PRODUCT = "product"
    EMAIL = "email"
    PUSH = "push"
    TEXT = "text"


#: As people say them.
CHANNEL_WORDS = {Channel.EMAIL: "e-mail", Channel.PUSH: "notices", Channel.TEXT: "text"}


class Urgency(StrEnum):
    NOW = "now"
    TODAY = "today"


WORDS = {Urgency.NOW: "Something needs you now.", Urgency.TODAY: "Something needs you today."}


class MessageState(StrEnum):
    """`DOUBTFUL`: it may or may not have gone out, and must not go twice; a person decides. `STOPPED`: taken up meanwhile.
    `SETTLED`: a person said that nothing more is to be sent, and why.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    STOPPED = "stopped"
    FAILED = "failed"
    DOUBTFUL = "doubtful"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Reach:
    """One person's choice. Quiet hours are England's wall clock and may run over midnight; both empty means none.

    `rung`: care workers may be shown `phone`, without a name, while this person is on call.
    """

    email: str = ""
    phone: str = ""
    by_email: bool = False
    by_push: bool = False
    by_text: bool = False
    quiet_from: time | None = None
    quiet_until: time | None = None
    rung: bool = False

    def checked(self) -> "Reach":
        """Itself, if it can be done. Raises Invalid."""
        errors = []
        if self.by_email and not _ADDRESS.fullmatch(self.email):
            errors.append(FieldError("email", "Write the address to send to, like name@example.org."))
        digits = self.phone.replace(" ", "").removeprefix("+")
        if (self.by_text or self.rung) and not (digits.isdigit() and 10 <= len(digits) <= 15):
            errors.append(FieldError("phone", "Write the mobile number to text or ring, like 07700 900123."))
        if (self.quiet_from is None) != (self.quiet_until is None):
            errors.append(FieldError("quiet_until", "Quiet hours need a beginning and an end."))
        if errors:
            raise Invalid(*errors)
        return self

    def channels(self) -> tuple[Channel, ...]:
        """Where something goes out, beside the list in the product."""
        chosen = ((Channel.EMAIL, self.by_email), (Channel.PUSH, self.by_push), (Channel.TEXT, self.by_text))
        return tuple(channel for channel, on in chosen if on)

    def not_before(self, at: datetime, *, awake: bool) -> datetime:
        """When it may go out: at once, or when the quiet hours are over. `awake`: an emergency, or on duty at that moment."""
        if awake or self.quiet_from is None or self.quiet_until is None or self.quiet_from == self.quiet_until:
            return at
        wall = to_london(at)
        over_midnight = self.quiet_from > self.quiet_until
        clock = wall.time()
        quiet = (clock >= self.quiet_from or clock < self.quiet_until) if over_midnight else (
            self.quiet_from <= clock < self.quiet_until)
        if not quiet:
            return at
        day = wall.date() + timedelta(days=1) if over_midnight and clock >= self.quiet_from else wall.date()
        try:
            return from_london(day, self.quiet_until)
        except NoSuchLocalTime:  # the hour that spring skips
            return from_london(day, (datetime.combine(day, self.quiet_until) + timedelta(hours=1)).time())


def retry_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts that failed: a minute, then longer, in the end an hour."""
    return timedelta(minutes=min(60, 2 ** max(0, attempts - 1)))


#: After so many attempts a message counts as failing and is shown to people; after the last it is given up.
FAILING_AFTER, GIVE_UP_AFTER = 3, 30
