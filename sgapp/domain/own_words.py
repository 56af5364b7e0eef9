"""What a letter says in the writer's own words: names and details that slip in there, beside the facts that were chosen.

A name asks for no more here than beside a fact: that somebody thinks of it once more, and says why it stays. Source: the guide
("sending entire care records just in case"); DOMAIN annex §3 (smallest fact set; deliberately excluded).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sgapp.domain.disclosure import HEALTH_HISTORY, KIN, Names, Offer, names_there, words_of
from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.referral import Fact

#: So many words of a fact, and of a sentence in succession, are no chance any more.
_MANY = 3
#: Said of nearly everybody: alone they tell nothing of what was left out.
_COMMON = frozenset((
    "about", "address", "adult", "advice", "after", "alone", "asked", "been", "before", "birth", "came", "care", "case",
    "could", "date", "does", "done", "each", "from", "have", "heard", "help", "here", "home", "house", "into", "know",
    "lives", "look", "made", "make", "more", "need", "noticed", "only", "other", "over", "person", "present", "protection",
    "risk", "safe", "said", "seen", "service", "some", "support", "that", "their", "them", "then", "there", "they", "this",
    "time", "told", "type", "visit", "want", "wants", "was", "were", "what", "when", "where", "which", "will", "with",
    "worker", "would", "your"))
_SHORTEST = 4
_WORD = re.compile(r"\w+(?:['’]\w+)*")


@dataclass(frozen=True, slots=True)
class Typed:
    """A text of the writer's own: what it is called on the form, and whether the agency asks for names in it."""

    label: str
    text: str
    asks_names: bool = False


def slipped_in(typed: Iterable[Typed], offered: Sequence[Offer], facts: Iterable[Fact], names: Names) -> tuple[str, ...]:
    """Each name of somebody else, and each left-out fact, that stands in the writer's own words. One line for each, in words.

    What the chosen facts say themselves is no news: somebody has thought of it there.
    """
    chosen = tuple(facts)
    known = " ".join(fact.text for fact in chosen)
    spoken_of, said = set(names_there(known, names)), _content(known)
    out = [o for o in offered if o.source not in {fact.source for fact in chosen}]
    found: list[str] = []
    for entry in typed:
        new = [name for name in names_there(entry.text, names) if name not in spoken_of]
        if new and not entry.asks_names:
            found.append(f"“{entry.label}” names somebody else: {', '.join(new)}")
        found += [f"“{entry.label}” says what is left out: “{o.text}”" for o in out if _tells(entry.text, o, said)]
    return tuple(dict.fromkeys(found))


def speaks_of(typed: Iterable[Typed]) -> tuple[str, ...]:
    """Words for people around the adult. Only to be thought of: “alone, without her husband” may be all that is asked."""
    found = []
    for entry in typed:
        kin = [word for word in dict.fromkeys(w.lower() for w in words_of(entry.text)) if word in KIN]
        if kin and not entry.asks_names:
            found.append(f"“{entry.label}” speaks of somebody else: {', '.join(kin)}")
    return tuple(found)


def needs_reason(found: Sequence[str], because: str) -> None:
    """Raise Invalid where something slipped in and nobody has said why it stays."""
    if found and not because.strip():
        raise Invalid(FieldError("kept_because", f"{'. '.join(found)}. Take it out, or say here why they need it."))


def _tells(text: str, offer: Offer, said: frozenset[str]) -> bool:
    """Whether a text says what a left-out fact says: most of its own words, or some of them one after the other.

    Of old illness one word is enough; a need may be one word itself.
    """
    own = _content(offer.text) - said
    if not own:
        return False
    there = own & _content(text)
    about_them = offer.source.startswith("person:")
    enough = 1 if HEALTH_HISTORY in offer.flags else max(1 if about_them else 2, min(_MANY, len(own)))
    if len([word for word in there if not word.isdigit()]) >= enough:
        return True
    return bool(there) and bool(_runs(offer.text) & _runs(text))


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = [word.lower() for word in _WORD.findall(text)]
    runs = (tuple(words[i:i + _MANY]) for i in range(len(words) - _MANY + 1))
    return frozenset(run for run in runs if any(_own(word) for word in run))


def _content(text: str) -> frozenset[str]:
    return frozenset(own for word in _WORD.findall(text.lower()) if (own := _own(word)))


def _own(word: str) -> str:
    """A word that says something, without its ending; empty for all others."""
    bare = re.sub(r"['’]s$", "", word)
    bare = bare[:-1] if len(bare) > _SHORTEST and bare.endswith("s") else bare
    return bare if len(bare) >= _SHORTEST and not {word, bare} & _COMMON else ""
