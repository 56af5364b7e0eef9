"""References: made from the id alone, and forgiving to the ear but not to a slip."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sgapp.domain.reference import (
    ALPHABET,
    MalformedReference,
    case_reference,
    check_symbol,
    is_well_formed,
    normalise,
    note_reference,
)

# The phone's own tests hold the same three.
VECTORS = {
    "00000000-0000-4000-8000-000000000000": "VN-VE05-BR70-W",
    "3f2504e0-4f89-41d3-9a0c-0305e82c3301": "VN-2RV2-YNK3-C",
    "c9a646d3-9c61-4cb7-bfcd-ee2522c8f633": "VN-AH0D-NF57-K",
}
properties = settings(database=None, deadline=None, max_examples=60)


@pytest.mark.parametrize(("note_id", "reference"), VECTORS.items())
def test_phone_and_server_make_the_same_reference(note_id: str, reference: str) -> None:
    assert note_reference(note_id) == reference


def test_an_id_in_capitals_has_the_same_reference() -> None:
    assert note_reference("C9A646D3-9C61-4CB7-BFCD-EE2522C8F633") == "VN-AH0D-NF57-K"


def test_a_check_symbol_worked_out_by_hand() -> None:
    # 1 doubled is 2, and 32 - 2 is 30, which is Y; Z is 31, doubled 62, which is 1 + 30 = 31, and leaves 1.
    assert check_symbol("00000001") == "Y"
    assert check_symbol("0000000Z") == "1"
    assert check_symbol("000000Z0") == "1"


@pytest.mark.parametrize(
    "not_an_id", ["", "7", "c9a646d39c614cb7bfcdee2522c8f633", "{" + "0" * 36 + "}", "nonsense"]
)
def test_something_that_is_no_id_has_no_reference(not_an_id: str) -> None:
    with pytest.raises(ValueError, match="UUID"):
        note_reference(not_an_id)


@given(st.uuids())
@properties
def test_every_reference_made_is_well_formed_and_already_in_its_proper_form(note_id: object) -> None:
    reference = note_reference(str(note_id))
    assert is_well_formed(reference)
    assert normalise(reference) == reference


@pytest.mark.parametrize(
    "as_typed",
    [
        "VN-AH0D-NF57-K",
        "vn-ah0d-nf57-k",
        "VNAH0DNF57K",
        "ah0d nf57 k",
        " VN AHOD NF57 K ",
        "VN–AHoD–NF57–K",
        "AHOD-NF57K",
    ],
)
def test_case_blanks_dashes_and_the_letter_o_are_forgiven(as_typed: str) -> None:
    assert normalise(as_typed) == "VN-AH0D-NF57-K"


def test_the_letters_i_and_l_are_read_as_one() -> None:
    body = "1110000A"
    proper = f"VN-{body[:4]}-{body[4:]}-{check_symbol(body)}"
    assert normalise(proper.replace("1", "I", 1).replace("1", "l", 1)) == proper


@pytest.mark.parametrize(
    "wrong", ["", "VN", "VN-AH0D-NF57", "VN-AH0D-NF57-KK", "VX-AH0D-NF57-K", "VN-AHUD-NF57-K", "££££"]
)
def test_what_cannot_be_a_reference_is_refused(wrong: str) -> None:
    assert not is_well_formed(wrong)
    with pytest.raises(MalformedReference):
        normalise(wrong)


@pytest.mark.parametrize("reference", VECTORS.values())
def test_every_slip_of_one_symbol_is_caught(reference: str) -> None:
    bare = reference.replace("-", "").removeprefix("VN")
    for place, symbol in product(range(9), ALPHABET):
        slipped = bare[:place] + symbol + bare[place + 1 :]
        assert is_well_formed(slipped) == (slipped == bare)


def test_every_swap_of_neighbours_is_caught_but_that_of_0_and_z() -> None:
    missed = set()
    for place in range(8):
        for first, second in product(ALPHABET, ALPHABET):
            pair = list("2RV2YNK3")
            pair[place] = first
            if place < 7:
                pair[place + 1] = second
                body = "".join(pair)
                swapped = body[:place] + second + first + body[place + 2 :]
                caught = check_symbol(body) != check_symbol(swapped)
            else:
                body, check = "".join(pair), check_symbol("".join(pair))
                second = check
                caught = not is_well_formed(body[:7] + check + first)
            if first != second and not caught:
                missed.add(frozenset((first, second)))
    assert missed == {frozenset("0Z")}


def test_the_reference_of_a_case_says_the_year_and_nothing_of_how_many_there_are() -> None:
    made = [case_reference(2026, f"{number:08d}-0000-4000-8000-000000000000") for number in range(200)]
    assert len(set(made)) == 200
    assert all(r.startswith("2026-") and check_symbol(r[5:9]) == r[10:] for r in made)
    assert made != sorted(made)


def test_a_case_whose_reference_is_taken_is_offered_another() -> None:
    assert len({case_reference(2026, "00000000-0000-4000-8000-000000000000", attempt) for attempt in range(20)}) == 20
