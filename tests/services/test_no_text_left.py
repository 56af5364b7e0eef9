"""What was opened and let go of leaves no text behind in a cache of whatever reads it."""

import json
import tracemalloc
from collections.abc import Callable, Sequence

from sgapp.domain.person import Person
from sgapp.services.note_schema import NotePayload
from sgapp.store.kinds import KINDS
from tests.people import START, note_payload

MOST_BYTES = 10_000  # of 500 that were read; their texts alone are more


def _left_by(read: Callable[[bytes], object], texts: Sequence[bytes]) -> int:
    read(texts[0])  # what is made once
    tracemalloc.start()
    try:
        for text in texts:
            read(text)
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def test_a_record_that_was_opened_and_let_go_of_leaves_no_text_behind() -> None:
    kind = KINDS[Person]
    texts = [kind.adapter.dump_json(Person(f"{n:036}", f"P-{n}", f"Ada Quill {n}", "Own home")) for n in range(500)]
    assert _left_by(kind.read, texts) < MOST_BYTES


def test_a_note_that_was_read_as_it_came_leaves_no_text_behind() -> None:
    texts = [json.dumps(note_payload(None, f"Ada Quill {n}", START, told=f"Zed Marsh {n}")).encode() for n in range(500)]
    assert _left_by(NotePayload.model_validate_json, texts) < MOST_BYTES
