"""What may leave: single facts to pick from, each with the reason why it is needed; never a whole note.

Source: the guide ("the smallest set of facts that still allows the receiving agency to act"); DOMAIN annex §3.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sgapp.domain.case import Case
from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.letter import CONTACT, PROTECTION
from sgapp.domain.marks import mark_as_fact, place_in_words
from sgapp.domain.observation import NoteContent, Observation
from sgapp.domain.person import Person
from sgapp.domain.referral import Fact
from sgapp.domain.safety_plan import PlanContent
from sgapp.domain.time import show, show_day
from sgapp.domain.vocabulary import CAPACITY_OUTCOMES, FACT_REASONS, PICKER, SAFETY_CODES

#: Who "me" was is not plain to whoever reads the letter.
_FIRST_PERSON = re.compile(r"^me\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
HEALTH_HISTORY = "health history"
#: Facts by which an agency finds the adult. Where it is only told which facts went out, what they say is not repeated.
BORN, ADDRESS = "person:born", "person:address"
#: Names, each as its words.
Names = frozenset[tuple[str, ...]]
#: Words for people around the adult, who have not been asked.
KIN = frozenset((
    "aunt", "boyfriend", "brother", "child", "children", "cousin", "dad", "daughter", "father", "friend", "girlfriend",
    "grandchild", "granddaughter", "grandfather", "grandmother", "grandson", "husband", "landlord", "lodger", "mother", "mum",
    "neighbour", "nephew", "niece", "partner", "sister", "son", "stepdaughter", "stepson", "uncle", "wife"))
#: Words that begin a sentence, or stand for somebody without a name: “Her husband”, “The night carer”, “Nobody”.
_NO_NAMES = KIN | frozenset((
    "all", "and", "any", "anybody", "anyone", "april", "ask", "both", "but", "call", "care", "carer", "carers", "council",
    "doctor", "each", "everybody", "everyone", "family", "for", "friday", "from", "her", "him", "his", "lead", "manager",
    "miss", "monday", "mrs", "neither", "night", "nobody", "none", "not", "nothing", "nurse", "office", "one", "only",
    "other", "others", "our", "police", "relatives", "ring", "saturday", "senior", "she", "social", "some", "somebody",
    "someone", "staff", "sunday", "team", "that", "the", "their", "they", "this", "thursday", "tuesday", "two", "unknown",
    "wednesday", "when", "whoever", "with", "worker", "you"))
#: No name has fewer letters; of two, "Al" and "Jo", too many words begin so.
_SHORTEST = 2
#: A note of so few lines may be needed whole.
_FEW = 3
_NOBODY = frozenset({"", "nobody", "no one", "none", "nobody."})
_SENTENCE_END = re.compile(r"(?<=[.!?])(?:[”\"’']*)\s+(?=[A-Z“\"‘'])")


@dataclass(frozen=True, slots=True)
class Offer:
    """A fact that could be chosen and the group it is shown in.

    `seldom`: its group is folded. `flags`: why to think twice before it leaves, in plain words.
    """

    source: str
    group: str
    text: str
    seldom: bool = False
    flags: tuple[str, ...] = ()


def sentences(text: str) -> tuple[str, ...]:
    """The sentences and lines of a text, each to be picked alone. Quotation marks stay with their sentence."""
    found = []
    for line in text.splitlines():
        start = 0
        for gap in _SENTENCE_END.finditer(line):
            found.append(line[start : gap.end()].strip())
            start = gap.end()
        found.append(line[start:].strip())
    return tuple(s for s in found if s)


def offers(person: Person, notes: Iterable[Observation], case: Case, *, must_not_know: Iterable[str] = (),
           others: Iterable[str] = (), plans: Iterable[PlanContent] = ()) -> tuple[Offer, ...]:
    """Every fact that may be picked for this case, in small pieces, with what to think of before each leaves.

    `must_not_know`: as the decisions name them. `others`: full names of people whom this is not about. `plans`: versions of
    the safety plan, for the names in them.
    """
    notes, kept_from = tuple(notes), tuple(must_not_know)
    names = names_of_others(person, notes, others, must_not_know=kept_from, plans=plans)
    rest = (*_of_person(person), *(o for note in notes for o in _of_note(note)), *_of_case(case))
    return (*_of_contact(notes, kept_from), *(_flagged(offer, names) for offer in rest))


def _of_contact(notes: Sequence[Observation], must_not_know: Iterable[str]) -> list[Offer]:
    group = "Before they make contact"
    codes = dict.fromkeys(code for note in notes for code in note.content.safety_codes if code in SAFETY_CODES)
    found = [Offer(f"{CONTACT}{code}", group, SAFETY_CODES.label(code)) for code in codes]
    kept_from = "; ".join(dict.fromkeys(text.strip() for text in must_not_know if text.strip().lower() not in _NOBODY))
    return [*found, Offer(f"{CONTACT}must_not_know", group, f"Must not learn of this: {kept_from}")] if kept_from else found


def _of_person(person: Person) -> list[Offer]:
    found = [Offer("person:name", "The person", f"{person.name}, {person.reference}")]
    if person.born is not None:
        found.append(Offer(BORN, "The person", f"Date of birth: {show_day(person.born)}"))
    if person.address:
        found.append(Offer(ADDRESS, "The person", f"Address: {person.address}"))
    if person.lives:
        found.append(Offer("person:lives", "The person", f"Lives: {person.lives}"))
    found += [Offer(f"person:needs:{i}", "The person", need) for i, need in enumerate(person.needs)]
    history = "Health history, seldom needed"
    found += [Offer(f"person:health:{i}", history, line, True, (HEALTH_HISTORY,)) for i, line in enumerate(person.health)]
    return found


def _of_case(case: Case) -> list[Offer]:
    found = []
    for assessment in case.capacity:
        outcome = CAPACITY_OUTCOMES.label(assessment.outcome)
        found.append(Offer(f"capacity:{assessment.id}", "Capacity",
                           f"Capacity for “{assessment.decision}”, {show(assessment.at)}: {outcome}"))
    found += [Offer(f"{PROTECTION}{step.id}", "Protection in place", step.what) for step in case.protection]
    return found


def names_near(notes: Iterable[Observation], *, must_not_know: Iterable[str] = (),
               plans: Iterable[PlanContent] = ()) -> frozenset[str]:
    """Single words that name whoever is near the adult, wherever somebody has written a name down.

    In notes: who was there, who spoke, to whom, about a mark too, and which colleagues are named. In decisions: who must not
    know. In plans: whom the adult fears, and whom she trusts.
    """
    found = [*must_not_know, *(name for plan in plans for name in (plan.feared, plan.trusted))]
    for content in (note.content for note in notes):
        found += [content.present, content.staff_names, *(mark.said_by for mark in content.marks)]
        found += [name for quote in content.said for name in (quote.by, quote.to)]
    return frozenset(word for name in found for word in words_of(name)
                     if word[0].isupper() and len(word) > _SHORTEST and word.lower() not in _NO_NAMES)


def names_of_others(person: Person, notes: Iterable[Observation], others: Iterable[str], *, must_not_know: Iterable[str] = (),
                    plans: Iterable[PlanContent] = ()) -> Names:
    """Names, as their words, that stand for somebody else than the adult. A single word counts for whoever was there."""
    own = set(words_of(person.name))
    near = names_near(notes, must_not_know=must_not_know, plans=plans) - own
    full = {tuple(words_of(name)) for name in others}
    return frozenset((*((word,) for word in near), *(n for n in full if len(n) > 1 and not own.issuperset(n))))


def words_of(text: str) -> list[str]:
    """The words of a text, without the “’s” of what belongs to somebody."""
    return [re.sub(r"['’]s$", "", word) for word in _WORD.findall(text)]


def names_there(text: str, names: Names) -> tuple[str, ...]:
    """The names of others that stand in a text, the longest form of each."""
    words, lengths = words_of(text), {len(name) for name in names}
    runs = [tuple(words[i:i + n]) for i in range(len(words)) for n in sorted(lengths, reverse=True)]
    there = list(dict.fromkeys(" ".join(run) for run in runs if run in names))
    return tuple(name for name in there if not any(name != other and name in other.split() for other in there))


def _flagged(offer: Offer, names: Names) -> Offer:
    there = names_there(offer.text, names)
    kin = [word for word in dict.fromkeys(word.lower() for word in words_of(offer.text)) if word in KIN]
    flags = ([f"names somebody else: {', '.join(there)}"] if there else []) + (
        [f"speaks of somebody else: {', '.join(kin)}"] if kin else [])
    return replace(offer, flags=(*offer.flags, *flags)) if flags else offer


def _of_note(note: Observation) -> list[Offer]:
    content, key, group = note.content, f"note:{note.id}", f"Note {note.reference}, {show(note.content.when_seen)}"
    found = [Offer(f"{key}:when", group, f"Seen on {show(content.when_seen)}{_where(content)}")]
    for name, label in (("seen", ""), ("heard", "Heard: "), ("done", "What was done: ")):
        parts = sentences(getattr(content, name))
        found += [Offer(f"{key}:{name}:{i}", group, f"{label}{part}") for i, part in enumerate(parts)]
    for i, quote in enumerate(content.said):
        who = f"{quote.by} said" if quote.by else "Said"
        to = f" to {_FIRST_PERSON.sub('the care worker', quote.to)}" if quote.to else ""
        found.append(Offer(f"{key}:said:{i}", group, f"{who}{to}: “{quote.words}”"))
    for i, mark in enumerate(content.marks):
        found.append(Offer(f"{key}:mark:{i}", group, mark_as_fact(mark)))
        if mark.words.strip():
            who = f"{mark.said_by} said" if mark.said_by.strip() else "Said"
            about = f"about the mark on the {place_in_words(mark)}"
            found.append(Offer(f"{key}:mark:{i}:said", group, f"{who} {about}: “{mark.words}”"))
    found += [Offer(f"{key}:picker:{code}", group, f"Noticed: {PICKER.label_or_code(code)}") for code in content.picker]
    if content.present:
        found.append(Offer(f"{key}:present", group, f"Present: {content.present}"))
    if content.wish:
        found.append(Offer(f"{key}:wish", group, f"What the adult wants: {content.wish}"))
    return found


def _where(content: NoteContent) -> str:
    return f", {content.room}" if content.room else ""


def chosen(offered: Sequence[Offer], picks: Iterable[str]) -> tuple[Fact, ...]:
    """The picked facts, in the order offered. Each pick is `source=reason`, the reason a code of FACT_REASONS.

    Raises Invalid for none, for one that was not offered, or for one without a reason.
    """
    wanted = {source: reason for source, _, reason in (pick.rpartition("=") for pick in picks)}
    if not wanted:
        raise Invalid(FieldError("facts", "Choose at least one fact."))
    if wanted.keys() - {o.source for o in offered}:
        raise Invalid(FieldError("facts", "One of the chosen facts is not part of this case any more. Choose again."))
    if any(reason not in FACT_REASONS for reason in wanted.values()):
        raise Invalid(FieldError("facts", "Say for each chosen fact why they need it."))
    return tuple(Fact(o.source, o.text, wanted[o.source]) for o in offered if o.source in wanted)


def left_out(offered: Iterable[Offer], facts: Iterable[Fact]) -> tuple[str, ...]:
    """What could have been told and was not, for the record."""
    told = {fact.source for fact in facts}
    return tuple(offer.text for offer in offered if offer.source not in told)


def too_much(offered: Sequence[Offer], facts: Sequence[Fact]) -> tuple[str, ...]:
    """What to think of once more before these facts leave together. It never forbids anything."""
    told = {fact.source for fact in facts}
    found = [f"“{o.text}” {'is ' if flag == HEALTH_HISTORY else ''}{flag}"
             for o in offered if o.source in told for flag in o.flags]
    by_note: dict[str, list[bool]] = {}
    for offer in offered:
        if offer.source.startswith("note:"):
            by_note.setdefault(offer.group, []).append(offer.source in told)
    found += [f"All of {group} is chosen. Do they need each line of it?"
              for group, picked in by_note.items() if all(picked) and len(picked) > _FEW]
    contact = [o for o in offered if o.source.startswith(CONTACT)]
    if contact and not told & {o.source for o in contact}:
        found.append("Nothing is chosen of how to make contact safely. The letter asks them to ring you first.")
    return tuple(found)
