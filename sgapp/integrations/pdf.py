"""A letter as an accessible PDF (PDF/UA-1): tagged, with a title and a language, read out in the order it is written."""

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path

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
    made = typst.compile(_template(), format="pdf", sys_inputs={"letter": json.dumps(asdict(letter))}, pdf_standards=["ua-1"],
                         timestamp=0, font_paths=_fonts())
    if not isinstance(made, bytes):
        raise TypeError("one document makes one PDF")
    return made
