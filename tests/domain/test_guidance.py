"""Guidance beside the questions: what brings each piece up, and that what was shown once can always be told apart."""

import hashlib
from dataclasses import fields, replace

import pytest

from sgapp.domain.decision import CHOICES, QUESTIONS, SharingAnswers, asked_of, only_asked
from sgapp.domain.guidance import GUIDANCE, Guidance, guidance_for

EVERY = [pytest.param(piece, id=piece.id) for piece in GUIDANCE]
ASKED_EITHER_WAY = SharingAnswers(share="share", consent="refused", article_9="9(2)(g)", told="not_yet", when="by_date")
#: Each text that was ever shown, by its id and version. A new wording is a new version: add a line, change none.
WORDINGS = {
    "others-at-home 1": "47c0fd67a74f",
    "others-not-known 1": "bb59e08602d4",
    "refusal-shared 1": "091d50f0d483",
    "refusal-kept 1": "3d97c2c20fa6",
    "not-asked-urgent 1": "2411b2bdb9df",
    "unwise-is-not-incapable 1": "d01ac6ec6f4c",
    "refusal-with-capacity 1": "fbeaad184b39",
    "coerced-is-not-incapable 1": "a2abacf5ecbb",
    "staff-implicated 1": "02226d51340e",
    "danger-now 1": "3ff032380e2b",
    "nrm-through-another 1": "8a36b799d7c9",
    "score-of-14 1": "98e864e69cc0",
    "ea 1": "d918a3f4e9a4",
    "legal-obligation 1": "d4bd1078dd77",
    "vital-interests 1": "a56570a5b764",
    "public-task 1": "e13d3c31879b",
    "balancing-test 1": "d66e3f8c25e7",
    "consent-seldom 1": "7c7b3d3039d6",
    "policy-document 1": "ee702811a090",
    "cannot-consent 1": "ce0057451d4a",
    "limb 1": "90cefbe52026",
    "free-refusal 1": "887743a81a34",
    "suspected-offence 1": "7eee4887faab",
    "offence-policy-document 1": "f79954a04920",
    "tell-unless-dangerous 1": "24706260ed47",
}


def _brought_up(**answers: object) -> set[str]:
    given = only_asked(SharingAnswers(**answers))  # type: ignore[arg-type]
    return {piece.id for piece in guidance_for(given, [q.name for q in asked_of(given)])}


def test_no_two_pieces_have_one_id() -> None:
    assert len({piece.id for piece in GUIDANCE}) == len(GUIDANCE)


@pytest.mark.parametrize("piece", EVERY)
def test_every_piece_has_a_text_a_source_and_a_question_that_is_there(piece: Guidance) -> None:
    assert piece.text.endswith(".") and piece.source and piece.annex.startswith("§")
    assert piece.beside in {q.name for q in QUESTIONS}


@pytest.mark.parametrize("piece", EVERY)
def test_every_piece_is_brought_up_by_answers_that_can_be_given(piece: Guidance) -> None:
    for name, wanted in piece.when.items():
        assert set(wanted) <= set(CHOICES[name].codes())
    given = replace(ASKED_EITHER_WAY, **{
        name: wanted if name == "override_reasons" else wanted[0] for name, wanted in piece.when.items()})
    assert piece.id in {shown.id for shown in guidance_for(only_asked(given), [q.name for q in asked_of(given)])}


@pytest.mark.parametrize("piece", EVERY)
def test_a_text_that_was_shown_keeps_its_version(piece: Guidance) -> None:
    digest = hashlib.sha256(f"{piece.text}|{piece.source}".encode()).hexdigest()[:12]
    assert WORDINGS.get(f"{piece.id} {piece.version}") == digest, "a new wording needs a new version"


@pytest.mark.parametrize("piece", EVERY)
def test_no_piece_forbids_or_decides(piece: Guidance) -> None:
    assert not any(word in piece.text.lower() for word in ("you must", "forbidden", "not allowed", "illegal", "unlawful"))


@pytest.mark.parametrize(("consent", "capacity", "article_9", "shown"), [
    ("refused", "presumed", "9(2)(g)", True), ("withdrawn", "has_capacity", "9(2)(g)", True),
    ("given_in_part", "presumed", "9(2)(g)", False), ("refused", "lacks_capacity", "9(2)(g)", False),
    ("refused", "doubted", "9(2)(g)", False), ("refused", "presumed", "9(2)(h)", False),
])
def test_only_a_refusal_with_capacity_raises_a_doubt_about_the_limbs(
        consent: str, capacity: str, article_9: str, shown: bool) -> None:
    found = _brought_up(share="share", consent=consent, capacity=capacity, article_9=article_9)
    assert ("free-refusal" in found) is shown


def test_nothing_answered_brings_up_nothing() -> None:
    assert _brought_up() == set()


def test_what_is_not_asked_brings_up_nothing() -> None:
    hidden = {"agency": "POL999", "article_6": "6(1)(ea)", "article_9": "9(2)(g)", "override_reasons": ("staff_implicated",)}
    assert _brought_up(share="not_share", consent="refused", **hidden) == {"refusal-kept"}


def test_a_refusal_reads_differently_when_something_is_shared_and_when_nothing_is() -> None:
    assert _brought_up(share="share", consent="refused") == {"refusal-shared"}
    assert _brought_up(share="not_share", consent="withdrawn") == {"refusal-kept"}


def test_one_of_several_reasons_is_enough() -> None:
    given = {"share": "share", "consent": "refused"}
    assert "coerced-is-not-incapable" in _brought_up(**given, override_reasons=("court_order", "coercion_or_duress"))
    assert "coerced-is-not-incapable" not in _brought_up(**given, override_reasons=("court_order",))


@pytest.mark.parametrize("share", ["share", "not_share"])
@pytest.mark.parametrize(("answer", "piece"), [("yes", "others-at-home"), ("not_known", "others-not-known"), ("no", "")])
def test_others_in_the_household_are_thought_of_whether_or_not_anything_is_shared(share: str, answer: str, piece: str) -> None:
    assert _brought_up(share=share, others_at_home=answer) == ({piece} if piece else set())


def test_what_is_kept_is_the_piece_as_it_was_shown() -> None:
    [kept] = guidance_for(SharingAnswers(article_6="6(1)(ea)"), ["article_6"])
    [piece] = [p for p in GUIDANCE if p.id == "ea"]
    assert all(getattr(kept, f.name) == getattr(piece, f.name) for f in fields(kept))
    for said in ("balancing test", "necessary", "object", "machine"):
        assert said in kept.text
