"""Codes that are read out on the telephone: eight symbols that cannot be mistaken for each other, good for one visit.

Eight of thirty-two symbols are 40 bits: at one try every few minutes from an address, a code that lasts an hour is not guessed.
"""

import re
import secrets
from datetime import timedelta

from sgapp.domain.reference import ALPHABET

SYMBOLS = 8
#: How long a code that nobody used stays good, and how long the visit that it opened lasts.
CODE_LASTS, VISIT_LASTS = timedelta(minutes=60), timedelta(minutes=60)
#: So many wrong codes from one address cost nothing; after that each doubles the wait, up to the longest.
FREE_TRIES, LONGEST_WAIT_SECONDS = 3, 600
_SEPARATORS = re.compile(r"[\s\-‐-―]+")
_AS_HEARD = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_code() -> str:
    """A fresh code, without its gap."""
    return "".join(secrets.choice(ALPHABET) for _ in range(SYMBOLS))


def shown(code: str) -> str:
    """As it is read out: `7KQ4 M2XD`."""
    return f"{code[:4]} {code[4:]}"


def as_typed(text: str) -> str:
    """What was typed, in a code's one form: forgives case, gaps, dashes and letters that look like figures."""
    return _SEPARATORS.sub("", text.upper()).translate(_AS_HEARD)[:64]


def wait_after(wrong: int) -> int:
    """Seconds that an address waits after so many wrong codes; 0 while it need not."""
    return min(LONGEST_WAIT_SECONDS, 2 ** (wrong - FREE_TRIES + 1)) if wrong > FREE_TRIES else 0
