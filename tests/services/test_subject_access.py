"""A copy of what is kept about an adult: all of it, in order, with others marked and nothing taken out."""

import json
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlmodel import select

from sgapp.domain.errors import NotFound
from sgapp.domain.subject_access import LEFT_OUT, About, Chapter, as_text, parts_of
from sgapp.services.house import SYSTEM
from sgapp.services.subject_access import Copy, copy_for, files_of
from sgapp.store import disposal
from sgapp.store.kinds import KINDS
from sgapp.store.tables import AuditEventRow
from tests.people import Cast
from tests.services.story import Story, at
from tests.services.test_scenario_3 import Matter

NOW = at("2026-12-01T09:00")


def _copy(cast: Cast, reference: str = "P-104") -> Copy:
    return copy_for(cast.house, reference, now=NOW)


def _words(copy: Copy) -> str:
    """All of it as one text, the marks left aside."""
    return " ".join("".join(p.text for p in e.parts) for c in copy.chapters for e in c.entries)


def _typed(value: Any, name: str = "") -> Iterator[str]:
    """Every text in a record that people wrote, but what is left out by its name."""
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            if field.name not in LEFT_OUT and not field.name.endswith(("_id", "_ids")):
                yield from _typed(getattr(value, field.name), field.name)
    elif isinstance(value, tuple):
        for item in value:
            yield from _typed(item, name)
    elif isinstance(value, str) and " " in value.strip():
        yield value.strip()


@pytest.mark.parametrize("scenario", [Story, Matter])
def test_every_sentence_of_every_record_is_in_it(cast: Cast, scenario: type[Story | Matter]) -> None:
    reference = "P-104"
    if scenario is Story:
        Story(cast).whole()
    else:
        Matter(cast).noted().protected().decided().sent().opened().asked()
        reference = "P-121"
    copy = _copy(cast, reference)
    told = _words(copy)
    person = next(i for i in cast.people.values() if disposal_reference(cast, i) == reference)
    with cast.house.begin(SYSTEM, NOW) as uow:
        records = disposal.of_person(uow.session, person).records
        kinds = {kind.name: kind for kind in KINDS.values()}
        wanted = [text for kind, record_id in records if kind in kinds
                  for text in _typed(uow.regardless(kinds[kind].entity, record_id))]
    assert len(wanted) > 20
    assert [text for text in wanted if text not in told] == []


def disposal_reference(cast: Cast, person_id: str) -> str:
    with cast.house.begin(SYSTEM, NOW) as uow:
        return uow.people.get(person_id).reference


def _marked(copy: Copy) -> set[tuple[str, str]]:
    return {(p.text, p.about) for c in copy.chapters for e in c.entries for p in e.parts if p.about}


def test_colleagues_other_adults_and_whoever_was_there_are_marked_and_she_is_not(cast: Cast) -> None:
    cast.writes(at=NOW - timedelta(days=1), present="Dennis, Kevin", seen="Kevin spoke of Ola Brand. Lena Hart was told.")
    marks = _marked(_copy(cast))
    assert {("Kevin", About.OTHER), ("Ola Brand", About.ADULT), ("Lena Hart", About.STAFF)} <= marks
    assert ("Amina Yusuf", About.STAFF) in marks
    assert not {text for text, _ in marks} & {"Dennis", "Marlow", "Dennis Marlow", "P-104"}


def test_what_somebody_else_said_or_advised_is_to_be_thought_about(cast: Cast) -> None:
    Story(cast).whole()
    cast.writes(at=NOW - timedelta(days=1), said=[{"words": "I look after his money.", "by": "Kevin", "to": "me"},
                                                  {"words": "That is not so.", "by": "Dennis", "to": "me"}])
    thoughts = {entry.label: entry.think for c in _copy(cast).chapters for entry in c.entries if entry.think}
    assert "Words of Kevin" in thoughts.values()
    assert "Words of Dennis" not in thoughts.values()
    assert "Names who must not know" in thoughts.values()
    assert "Could tell of a danger" in thoughts.values()


def test_a_record_about_a_colleague_is_marked_whole(cast: Cast) -> None:
    matter = Matter(cast).noted().protected().decided().sent().opened()
    headings = {c.heading.split()[0]: c.think for c in _copy(cast, "P-121").chapters}
    assert matter.id
    assert headings["Matter"].startswith("It is a record about a colleague")
    assert headings["Note"] == "It is about a colleague as well"


def test_notes_about_others_in_which_her_name_stands_are_named(cast: Cast) -> None:
    other = cast.writes(about="ola", at=NOW, seen="She said that Dennis Marlow had called.", present="Ola")
    cast.writes(about="ola", at=NOW, seen="Dennis had called.", present="Ola")
    with cast.house.begin(SYSTEM, NOW) as uow:
        note = uow.notes.those([other])[other]
    assert _copy(cast).elsewhere == (note.reference,)


def test_a_reference_that_nobody_has_makes_no_copy(cast: Cast) -> None:
    with pytest.raises(NotFound):
        _copy(cast, "P-999")


def test_it_stands_on_the_adults_own_stream_that_a_copy_was_made(cast: Cast) -> None:
    _copy(cast)
    with cast.house.begin(SYSTEM, NOW) as uow:
        [row] = uow.session.exec(select(AuditEventRow).where(AuditEventRow.action == "copy-made"))
        assert row.stream == f"person:{cast.people['dennis']}"


def test_the_files_hold_the_same_and_their_names_say_nothing(cast: Cast) -> None:
    Story(cast).whole()
    copy = _copy(cast)
    files = files_of(copy, "Meadow Lane Homecare")
    assert sorted(files) == ["copy.json", "copy.pdf", "copy.txt"]
    reader = PdfReader(BytesIO(files["copy.pdf"]))
    pdf = re.sub(r"\s+", "", "".join(page.extract_text() for page in reader.pages))
    for found in copy.chapters:
        assert re.sub(r"\s+", "", found.heading) in pdf
    assert "[[AminaYusuf]]" in pdf
    assert "[[Amina Yusuf]]" in files["copy.txt"].decode()
    assert json.loads(files["copy.json"])["marked"] == copy.marked > 5
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]


@given(st.text(max_size=80), st.dictionaries(st.text(min_size=1, max_size=8), st.sampled_from(list(About)), max_size=4))
def test_marking_changes_no_letter(text: str, names: dict[str, About]) -> None:
    assert "".join(part.text for part in parts_of(text, names)) == text


def test_a_name_counts_as_written_and_whole() -> None:
    found = parts_of("Will will, Willa and Will's", {"Will": About.OTHER})
    assert [p.text for p in found if p.about] == ["Will", "Will"]
    assert as_text([Chapter("A", ())]) == "A\n"
