"""The house stands on either database."""

from sgapp.services.audit import verify_audit
from tests.people import START, Cast


def test_a_note_becomes_a_case_and_the_chain_is_sound(cast: Cast) -> None:
    cast.opened_case()
    result = verify_audit(cast.house, now=START)
    assert result.sound, result.first_bad
    assert result.records == 6
