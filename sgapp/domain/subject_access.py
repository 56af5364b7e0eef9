"""What is kept about an adult, whole and in order, for somebody who decides what she is given: others in it are marked.

Nothing is taken out here: whether a third party's words may go is a decision of its own, made by a person, line by line.
Source: UK GDPR Article 15; Data Protection Act 2018, Schedule 2 paragraph 16 (others) and Schedule 3 (serious harm).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sgapp.domain.time import show, show_day
from sgapp.domain.vocabulary import ALL

#: Not about her but about how we keep it: opaque ids, places, digests, who may see it, and what stands there twice.
LEFT_OUT = frozenset({
    "id", "capture_seq", "x", "y", "branch", "barred", "listed", "named", "list_changes", "openings", "restricted", "reserved",
    "letter_sha256", "pdf_sha256", "sha256", "source", "asked", "guidance", "frozen", "concerns_case", "version", "settled"})
#: What somebody else said or advised: whole lines that are hers to give only if they agree, or it is reasonable without.
OF_OTHERS = {"advice": "Advice of somebody else", "must_not_know": "Names who must not know", "staff_names": "Names colleagues",
             "told_why": "Could tell of a danger", "override_because": "Could tell of a danger",
             "limb_reason": "Could tell of a danger", "answer": "An agency's conversation",
             "promised": "An agency's conversation",
             "feared": "Could tell of a danger", "trusted": "Names somebody else",
             "about_name": "Names a colleague", "witness_name": "Names a witness"}
_CODE = re.compile(r"[A-Za-z0-9]+(?:[_.()][A-Za-z0-9()]*)+|[A-Z]{2,}|[a-z]+")


class About(StrEnum):
    """Whom a marked name belongs to."""

    STAFF = "staff"
    ADULT = "another adult"
    OTHER = "somebody else"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of text; `about` says whose name it is, and is empty on all else."""

    text: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One labelled line. `think`: why somebody has to think about the whole of it before it goes."""

    label: str
    parts: tuple[Part, ...]
    think: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One record. `think`: the same of all of it."""

    heading: str
    entries: tuple[Entry, ...]
    think: str = ""


def chapter(heading: str, record: Any, names: Mapping[str, About], own: frozenset[str], *, think: str = "") -> Chapter:
    """A record as labelled lines, with the names of others marked. `own`: what the adult is called herself."""
    return Chapter(heading, tuple(
        Entry(label, parts_of(text, names), why) for label, text, why in _lines(record, "", own)), think)


def _lines(value: Any, label: str, own: frozenset[str], think: str = "") -> Iterator[tuple[str, str, str]]:
    """Label, text and what to think of, of each thing in a record that is not empty."""
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            if field.name in LEFT_OUT or field.name.endswith(("_id", "_ids")):
                continue
            exact = field.name == "words" and _is_quotation(value)
            called = "Exact words" if exact else field.name.replace("_", " ").capitalize()
            inner = f"{label} – {called.lower()}" if label else called
            why = think or OF_OTHERS.get(field.name, "") or _quoted(value, own)
            yield from _lines(getattr(value, field.name), inner, own, why)
    elif isinstance(value, tuple):
        for number, item in enumerate(value, 1):
            yield from _lines(item, f"{label} {number}" if len(value) > 1 and is_dataclass(item) else label, own, think)
    elif (text := _as_text(value)):
        yield label, text, think


def _is_quotation(value: Any) -> bool:
    return hasattr(value, "words") and hasattr(value, "by") and hasattr(value, "to")


def _quoted(value: Any, own: frozenset[str]) -> str:
    """What is said of a quotation, unless it is her own."""
    return f"Words of {value.by}" if _is_quotation(value) and value.by and value.by not in own else ""


def _as_text(value: Any) -> str:
    match value:
        case None | False:
            return ""
        case True:
            return "Yes"
        case datetime():
            return show(value)
        case date():
            return show_day(value)
        case StrEnum():
            return _in_words(str(value))
        case str():
            return _in_words(value) if _CODE.fullmatch(value.strip()) else value.strip()
        case _:
            return str(value)


def _in_words(code: str) -> str:
    """A code as its list has it, where all that know it agree; else without its underscores."""
    labels = {codes.label(code) for codes in ALL.values() if code in codes}
    return labels.pop() if len(labels) == 1 else code.replace("_", " ")


def parts_of(text: str, names: Mapping[str, About]) -> tuple[Part, ...]:
    """The text in pieces, each name of somebody else one of its own. Letters count as written: “Will” is a name, “will” not."""
    if not names:
        return (Part(text),)
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, longest_first)) + r")(?![\w-])")
    return tuple(Part(piece, str(names[piece]) if number % 2 else "")
                 for number, piece in enumerate(pattern.split(text)) if piece)


def as_text(chapters: Iterable[Chapter]) -> str:
    """All of it as plain text, names of others between double brackets."""
    lines: list[str] = []
    for found in chapters:
        lines += [found.heading, *([f"THINK: {found.think}"] if found.think else [])]
        for entry in found.entries:
            said = "".join(f"[[{part.text}]]" if part.about else part.text for part in entry.parts)
            lines.append(f"{entry.label}: {said}{f'  THINK: {entry.think}' if entry.think else ''}")
        lines.append("")
    return "\n".join(lines)
