"""Errors with names. Raised in domain, store and services; put into plain words once, at the edge."""

from dataclasses import dataclass


class SgappError(Exception):
    """Root of every error that the product raises on purpose."""


class NotFound(SgappError):
    """What was asked for does not exist, or does not exist for this actor. The two must look the same."""


class NotPermitted(SgappError):
    """The actor's role may never do this. Outwardly told as NotFound; recorded as a refusal."""


class SignedOut(SgappError):
    """There is no live session."""


class SomebodyElse(SgappError):
    """What was sent comes from a page that was opened by somebody other than whoever is signed in here now."""


class Conflict(SgappError):
    """Somebody else changed the record first, or the same id came with other content."""


class Stale(SgappError):
    """What was made ready beforehand rests on something that has changed meanwhile: it has to be made ready anew."""


class IllegalTransition(SgappError):
    """A status was asked to move along an arrow that its lifecycle does not have."""

    def __init__(self, lifecycle: str, source: str, target: str) -> None:
        super().__init__(f"{lifecycle} cannot move from {source} to {target}")
        self.lifecycle, self.source, self.target = lifecycle, source, target


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing to mend: the field's name in the form, and what to do, in plain words."""

    field: str
    message: str


class Invalid(SgappError):
    """What was entered cannot be taken as it stands; nothing was changed."""

    def __init__(self, *errors: FieldError) -> None:
        super().__init__("; ".join(f"{e.field}: {e.message}" for e in errors))
        self.errors = errors


class NotHerPassword(Invalid):
    """Whoever is signed in typed a wrong password of her own. Counted: it may be somebody else at an unlocked tablet."""


class SecondFactorNeeded(SgappError):
    """Name and password are right; the code of an authenticator, or a recovery code, is missing."""


class WrongCode(SgappError):
    """Name and password are right; the code is wrong, or was used before."""


class TooManyTries(SgappError):
    """Asked too often; try again after `retry_after_seconds`."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"try again in {retry_after_seconds} seconds")
        self.retry_after_seconds = retry_after_seconds


class Unreadable(SgappError):
    """Ciphertext that its key does not open: damaged, moved to another row, or sealed with another key."""
