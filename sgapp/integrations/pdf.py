"""A letter as an accessible PDF (PDF/UA-1): tagged, with a title and a language, read out in the order it is written.

The standard refuses what its fonts cannot show. Somebody's words may hold such characters, and no letter may fail for them: a
picture is then named, and words in another script are said to be so; the text of the letter holds them as they were written.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

import typst

from sgapp.domain.letter import Letter

_TEMPLATE = Path(__file__).parent / "documents" / "letter.typ"


@cache
def _fonts() -> typst.Fonts:
    """The fonts that come with the library: the same letter looks, and is, the same on every machine.

    Looked up when first needed, never on import: the library begins threads, and a process that has them must not fork.
    """
    return typst.Fonts(include_system_fonts=False)


@cache
def _template() -> bytes:
    return _TEMPLATE.read_bytes()


def letter_pdf(letter: Letter) -> bytes:
    """The letter as PDF. It holds what the letter holds and nothing of this machine, nor the time at which it was made."""
    shown = _showable(letter)
    made = typst.compile(_template(), format="pdf", sys_inputs={"letter": json.dumps(asdict(shown))}, pdf_standards=["ua-1"],
                         timestamp=0, font_paths=_fonts())
    if not isinstance(made, bytes):
        raise TypeError("one document makes one PDF")
    return made


def copy_pdf(copy: Mapping[str, Any]) -> bytes:
    """What is kept of an adult, as PDF: `title`, `reference`, `provider`, lines `before`, `chapters` and `elsewhere`."""
    made = typst.compile((_TEMPLATE.parent / "copy.typ").read_bytes(), format="pdf", pdf_standards=["ua-1"], timestamp=0,
                         sys_inputs={"copy": json.dumps(_shown(copy))}, font_paths=_fonts())
    if not isinstance(made, bytes):
        raise TypeError("one document makes one PDF")
    return made


@dataclass(frozen=True, slots=True)
class ReportPart:
    """A part of a report: paragraphs, and a table under them if it has rows."""

    heading: str
    lines: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def report_pdf(title: str, reference: str, provider: str, parts: Sequence[ReportPart]) -> bytes:
    """A report as PDF."""
    said = {"title": title, "reference": reference, "provider": provider, "parts": [asdict(part) for part in parts]}
    made = typst.compile((_TEMPLATE.parent / "report.typ").read_bytes(), format="pdf", pdf_standards=["ua-1"], timestamp=0,
                         sys_inputs={"report": json.dumps(_shown(said))}, font_paths=_fonts())
    if not isinstance(made, bytes):
        raise TypeError("one document makes one PDF")
    return made


def _shown(value: Any) -> Any:
    """The same with each character that cannot be shown put into words."""
    if isinstance(value, str):
        return _in_words(value)
    if isinstance(value, Mapping):
        return {key: _shown(inner) for key, inner in value.items()}
    return [_shown(inner) for inner in value] if isinstance(value, list | tuple) else value


#: What a character's own name does not call as people do.
_SCRIPTS = {"cjk": "Chinese characters", "hangul": "Korean"}
_ASK_US = "Some of it is in characters that this file cannot show, and stands in square brackets: ask us for it."


def _showable(letter: Letter) -> Letter:
    """The letter with each character that cannot be shown put into words, and a line that says so if there was one."""
    sections = tuple(replace(s, lines=tuple(_in_words(line) for line in s.lines)) for s in letter.sections)
    said = replace(letter, to=_in_words(letter.to), provider=_in_words(letter.provider), closing=_in_words(letter.closing),
                   sections=sections)
    return said if said == letter else replace(said, closing=f"{said.closing} {_ASK_US}")


def _in_words(text: str) -> str:
    parts = []
    for known, group in groupby(text, _can_be_shown):
        run = "".join(group)
        parts.append(run if known else "".join(dict.fromkeys(map(_named, run))))
    return re.sub(r"(\[written in [^]]+\])(?:\s+\1)+", r"\1", "".join(parts))


def _named(char: str) -> str:
    """What stands in the place of a character; nothing for one that nobody would see anyway."""
    kind = unicodedata.category(char)
    if kind.startswith("C"):
        return ""
    name = unicodedata.name(char, "a character").lower()
    script = name.split()[0]
    return f"[written in {_SCRIPTS.get(script, script.capitalize())}]" if kind[0] in "LM" else f"[{name}]"


@lru_cache(maxsize=4096)
def _can_be_shown(char: str) -> bool:
    """Whether the fonts have it. Asked of the library itself, character by character, and remembered."""
    if char.isascii():
        return char.isprintable()
    if unicodedata.category(char) in ("Cc", "Cs"):
        return False
    try:
        typst.compile(b"#set document(title: [t])\n#sys.inputs.char", format="pdf", sys_inputs={"char": char},
                      pdf_standards=["ua-1"], timestamp=0, font_paths=_fonts())
    except typst.TypstError:
        return False
    return True
