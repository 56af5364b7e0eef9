"""Names taken out of what an auditor reads: she looks at the work, not at whom it was about. Source: DOMAIN annex §8.

Names that are known are replaced, in every text of a view. A name that nobody has recorded anywhere stays: a reader of masked
files is told so.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

V = TypeVar("V")
#: Shorter parts of a name are left alone: they would take away half of the words.
_SHORTEST = 3
_TITLES = frozenset({"mr", "mrs", "miss", "dr", "the"})


def stand_ins(people: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What stands in the place of each name: of the whole, of its short form, and of each part that is long enough.

    `people` are pairs of a full name, or a reference, and what stands for it; of a name that two share, the first counts.
    Letters count as written: “Will” is a name, “will” is a word.
    """
    found: dict[str, str] = {}
    parts: dict[str, str] = {}
    for name, stands_for in people:
        words = name.split()
        if not words:
            continue
        found.setdefault(name, stands_for)
        if len(words) > 1:
            found.setdefault(f"{words[0][0]}. {' '.join(words[1:])}", stands_for)
            for word in words:
                if len(word) >= _SHORTEST and word[0].isupper() and word.lower() not in _TITLES:
                    parts.setdefault(word, stands_for)
    return parts | found


def names_in(texts: Iterable[str], known: Mapping[str, str]) -> tuple[str, ...]:
    """The known names that stand in some texts, each once. Letters count as in `stand_ins`."""
    if not known:
        return ()
    return tuple(dict.fromkeys(m.group(1) for text in texts for m in _pattern(known).finditer(text)))


def masked(value: V, instead: Mapping[str, str]) -> V:
    """The value with every known name replaced, in texts, tuples and dataclasses alike. Ids and addresses hold no names."""
    if not instead:
        return value
    pattern = _pattern(instead)
    return cast(V, _masked(value, lambda text: pattern.sub(lambda m: instead[m.group(1)], text)))


def _pattern(known: Mapping[str, str]) -> re.Pattern[str]:
    longest_first = sorted(known, key=len, reverse=True)
    return re.compile(r"(?<![\w-])(" + "|".join(re.escape(name) for name in longest_first) + r")(?![\w-])")


def _masked(value: Any, of_text: Any) -> Any:
    if isinstance(value, str):
        return of_text(value)
    if isinstance(value, tuple):
        return tuple(_masked(v, of_text) for v in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _masked(getattr(value, f.name), of_text) for f in fields(value)})
    return value
