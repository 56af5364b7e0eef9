"""Passwords: which may be chosen, how they are kept and compared. Source: the NCSC's guidance on passwords."""

import hashlib
import secrets

from passlib.context import CryptContext
from zxcvbn import zxcvbn

from sgapp.domain.errors import FieldError, Invalid

PASSWORD_LENGTH = 12

_hasher = CryptContext(schemes=["argon2"], argon2__type="ID")


def sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def check_password(password: str, *known: str) -> None:
    """Raise Invalid for a password that is short, common, or made of the words in `known`."""
    if len(password) < PASSWORD_LENGTH:
        raise Invalid(FieldError("password", f"Use at least {PASSWORD_LENGTH} characters; three words in a row work well."))
    if len(password) > 200:
        raise Invalid(FieldError("password", "Use at most 200 characters."))
    if zxcvbn(password[:72], user_inputs=[k for k in known if k])["score"] < 3:
        raise Invalid(FieldError("password", "This one is easy to guess. Three unrelated words in a row work well."))


def hashed(password: str) -> str:
    return _hasher.hash(password)


#: Compared against when the account does not exist, so that the answer takes as long.
_NO_ACCOUNT = hashed(secrets.token_urlsafe(24))


def matches(password: str, password_hash: str | None) -> bool:
    """Whether it is the password; None stands for an account that does not exist, and takes as long."""
    return _hasher.verify(password[:200], password_hash or _NO_ACCOUNT) and password_hash is not None
