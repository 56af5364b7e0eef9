"""Names of staff in the words of a note: who must not learn of it until somebody has said that it is not about them.

Restrict first, ask after. A full name or a user name counts wherever something is said about what happened. A first or a
last name alone counts only where the writer has said that staff may be involved: "Joy" and "Grace" are words, too. Whom she
told and what she did then name colleagues as a matter of course, so those lines are not read.
Source: DOMAIN annex §6, "Restrict".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from sgapp.domain.observation import MAYBE, NoteContent

_WORD = re.compile(r"[^\W\d_]+(?:[.'’-][^\W\d_]+)*")
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who works here, as others may write of them."""

    id: str
    name: str
    username: str
    words: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", tuple(_words(self.name)))


def named_as_involved(content: NoteContent, staff: Iterable[Staff]) -> frozenset[str]:
    """Ids of those whom the writer names where she is asked who of the staff it was."""
    words = _words(content.staff_names)
    return _found(words, staff, in_part=True) if words else frozenset()


def named_in_passing(content: NoteContent, staff: Iterable[Staff]) -> frozenset[str]:
    """Ids of those whose names stand in what was seen, heard or said."""
    texts = [content.seen, content.heard, *(text for quote in content.said for text in (quote.words, quote.by))]
    return named_in(texts, staff, in_part=content.staff_involved in MAYBE) if any(texts) else frozenset()


def named_in(texts: Iterable[str], staff: Iterable[Staff], *, in_part: bool = False) -> frozenset[str]:
    """Ids of those whose full name or user name stands in one of these texts; `in_part`: a first or a last name counts, too."""
    words = [word for text in texts for word in (*_words(text), "")]
    return _found(words, staff, in_part=in_part)


def _found(words: list[str], staff: Iterable[Staff], *, in_part: bool) -> frozenset[str]:
    once = frozenset(words)
    return frozenset(s.id for s in staff if _in_full(s, words, once) or (in_part and _in_part(s, once)))


def _words(text: str) -> list[str]:
    """Its words, small, without the 's of a possessive."""
    return [word[:-2] if word.endswith(("'s", "’s")) else word for word in _WORD.findall(text.lower())]


def _in_full(staff: Staff, words: list[str], once: frozenset[str]) -> bool:
    name = staff.words
    if len(name) > 1 and once.issuperset(name) and _in_a_row(name, words):
        return True
    return staff.username in once and not staff.username.isalpha()  # "devan" is a name, "worker.b" can only be an account


def _in_a_row(name: tuple[str, ...], words: list[str]) -> bool:
    return any(tuple(words[i:i + len(name)]) == name for i in range(len(words) - len(name) + 1))


def _in_part(staff: Staff, once: frozenset[str]) -> bool:
    return any(part in once for part in (*staff.words, staff.username) if len(part) >= _SHORTEST)
