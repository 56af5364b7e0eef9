"""Many phones at once, each repeating itself: every note once, none lost, and the chain still sound."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from sgapp.services import intake
from sgapp.services.audit import verify_audit
from sgapp.services.own_notes import own_notes
from tests.people import START, Cast, note_payload

NOTES, SEED = 150, 20261122


@pytest.mark.long
def test_a_burst_of_repeated_notes_is_delivered_exactly_once(cast: Cast) -> None:
    payloads = [note_payload(cast.people["dennis"], "", START + timedelta(seconds=n)) for n in range(NOTES)]
    envelopes = [cast.sealed(payload) for payload in payloads]
    posts = envelopes * 3
    random.Random(SEED).shuffle(posts)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda e: intake.receive(cast.house, cast.amina, e, now=START), posts))
    assert sum(fresh for _, _, fresh in answers) == NOTES
    assert {n.id for n in own_notes(cast.house, cast.amina, START)} <= {p["id"] for p in payloads}
    result = verify_audit(cast.house, now=START)
    assert result.sound, result.first_bad
    assert result.records == NOTES + len(cast.people)
