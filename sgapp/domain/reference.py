"""The reference of a note, made from its id alone, so that phone and server always say the same one.

How: SHA-256 of the lower-case text of the note's UUID; its first 40 bits as eight symbols of Crockford's
base 32 (no I, L, O or U); one check symbol, Luhn mod 32 over the eight. Shown as `VN-7K2Q-48FD-X`.

What the check symbol catches: every change of one symbol, and every swap of two neighbours except `0` with
`Z` (`0Z` against `Z0`), which Luhn cannot tell apart. The reference is for the telephone: it is no secret
and proves nothing, and two notes could share one (about one chance in a trillion for any pair), so it is
never a key.
"""

import hashlib
import re
from uuid import UUID

from sgapp.domain.errors import SgappError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX = "VN"
_SYMBOLS = 8
_BASE = len(ALPHABET)
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
_AS_HEARD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015]+")


class MalformedReference(SgappError, ValueError):
    """What was typed is no reference of ours: its length, a symbol or the check symbol is wrong."""


def note_reference(note_id: str) -> str:
    """The reference of a note, for example `VN-7K2Q-48FD-X`.

    `note_id` is the UUID in its usual form with dashes, in either case. Raises ValueError for anything else.
    """
    text = note_id.lower()
    if str(UUID(text)) != text:
        raise ValueError("a note's id is a UUID written with dashes")
    bits = int.from_bytes(hashlib.sha256(text.encode("ascii")).digest()[:5], "big")
    body = "".join(ALPHABET[(bits >> shift) & 31] for shift in range(35, -1, -5))
    return _shown(body + check_symbol(body))


def case_reference(year: int, case_id: str, attempt: int = 0) -> str:
    """The reference of a case, for example `2026-7K2Q-8`: four symbols made from its id, and their check symbol.

    `attempt` counts up where an earlier one is taken. No running number: whoever may not know of a case would miss it.
    """
    digest = hashlib.sha256(f"case/{case_id.lower()}/{attempt}".encode("ascii")).digest()
    bits = int.from_bytes(digest[:3], "big") >> 4
    body = "".join(ALPHABET[(bits >> shift) & 31] for shift in range(15, -1, -5))
    return f"{year}-{body}-{check_symbol(body)}"


def check_symbol(body: str) -> str:
    """The Luhn mod 32 check symbol: from the right, every other symbol counts double, the last one first."""
    total = 0
    for place, symbol in enumerate(reversed(body)):
        addend = _VALUE[symbol] * (2 if place % 2 == 0 else 1)
        total += addend // _BASE + addend % _BASE
    return ALPHABET[-total % _BASE]


def normalise(ref: str) -> str:
    """A reference as typed or heard, in its one proper form. Raises MalformedReference if it cannot be one.

    Forgives case, blanks, missing or odd dashes, a missing `VN`, the letter O for nought, I and L for one.
    """
    bare = _SEPARATORS.sub("", ref.upper())
    if len(bare) == len(PREFIX) + _SYMBOLS + 1:
        bare = bare.removeprefix(PREFIX)
    bare = bare.translate(_AS_HEARD)
    if len(bare) != _SYMBOLS + 1 or not all(symbol in _VALUE for symbol in bare):
        raise MalformedReference("A reference looks like VN-7K2Q-48FD-X: nine letters and numbers after VN.")
    if check_symbol(bare[:-1]) != bare[-1]:
        raise MalformedReference("That reference has a slip in it. Read it again, one letter at a time.")
    return _shown(bare)


def is_well_formed(ref: str) -> bool:
    """Whether this can be a reference of ours, read as forgivingly as `normalise` reads it."""
    try:
        normalise(ref)
    except MalformedReference:
        return False
    return True


def _shown(nine: str) -> str:
    return f"{PREFIX}-{nine[:4]}-{nine[4:8]}-{nine[8]}"
