"""The gentle flags: which words of a note are asked about and which are left alone, by the script that phones run."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PHONE = (ROOT / "sgapp" / "phone").as_uri()
SERVE = f"""
  import * as wording from "{PHONE}/wording.js";
  import {{ RULES }} from "{PHONE}/wording_rules.js";
  import {{ createInterface }} from "node:readline";
  for await (const line of createInterface({{ input: process.stdin }})) {{
    const {{ says, given }} = JSON.parse(line);
    console.log(JSON.stringify(new Function("wording", "RULES", "given", `return ${{says}}`)(wording, RULES, given)));
  }}"""

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """What an expression of the phone's modules gives; `given` is there by that name. One Node for all the tests."""
    command = [str(ROOT / ".venv" / "bin" / "node"), "--no-warnings", "--input-type=module", "--eval", SERVE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as node:
        def ask(says: str, given: object = None) -> Any:
            assert node.stdin and node.stdout
            node.stdin.write(json.dumps({"says": says, "given": given}) + "\n")
            node.stdin.flush()
            return json.loads(node.stdout.readline())

        yield ask


@pytest.fixture
def flags(run: Run) -> Run:
    return lambda text: run("wording.flags(given)", text)


@pytest.fixture
def words(flags: Run) -> Run:
    return lambda text: [flag["words"] for flag in flags(text)]


@pytest.mark.parametrize(("code", "text", "question"), [
    ("vague", "Concerns raised.", "see or hear"),
    ("seems", "She seems to eat less.", "made you think so"),
    ("label", "He is controlling.", "Which words"),
    ("manner", "He was aggressive.", "What came just before"),
    ("mood", "Rita was upset.", "face, voice, body"),
    ("fine", "All fine.", "do, eat or say"),
    ("clean", "The kitchen was dirty.", "Which clothes, room or thing"),
    ("cause", "He was drunk.", "nurse or doctor"),
    ("mark", "A nasty mark on the neck.", "what size"),
    ("refused", "She refused care.", "What was offered"),
    ("often", "He always shouts.", "On which days"),
    ("who", "Someone rang.", "Which person"),
])
def test_each_rule_offers_its_own_question(flags: Run, code: str, text: str, question: str) -> None:
    [flag] = flags(text)
    assert (flag["code"], question in flag["question"]) == (code, True)


def test_there_is_a_rule_for_each_row_of_the_table_and_no_other(run: Run) -> None:
    assert run("RULES.map((rule) => rule.code)") == [
        "vague", "seems", "label", "manner", "mood", "fine", "clean", "cause", "mark", "refused", "often", "who"]


def test_no_question_says_across_a_table_what_the_note_is_about(run: Run) -> None:
    questions = " ".join(run("RULES.map((rule) => rule.question)")).lower()
    for word in ("abus", "safeguard", "violen", "assault", "victim", "neglect", "crime", "police", "risk", "harm"):
        assert word not in questions


def test_a_flag_says_where_its_words_stand(flags: Run) -> None:
    text = "He made tea.\n  “Fine,” she said. It’s 4 o’clock. Mr Bell was  upset."
    [flag] = flags(text)
    assert (text[flag["start"]:flag["end"]], flag["words"]) == ("upset", "upset")


@pytest.mark.parametrize("text", [
    '"He always shouts at me."', "“He always shouts at me.”", "'He always shouts at me.'", "‘He always shouts at me.’",
    "«He always shouts at me.»", 'She said "He always', "She said “He always", "She said 'He always", "She said ‘He always",
    "She said: 'Mum's house, he's always there.'", "She said: 'The girls' money is always gone.'",
    "She said, ‘It’s always like this, isn’t it?’", "He said 'yes' and she said 'always'.",
    "She said: 'It's \"always\" fine.'"])
def test_inside_quotation_marks_nothing_is_flagged(words: Run, text: str) -> None:
    assert words(text) == []


@pytest.mark.parametrize("text", [
    "Mrs Jones' door is filthy open.", "It's the lads' room and he's filthy there.", "He's filthy at the Smiths’ house.",
    "The girls' money and the boys' money is filthy gone.", "Rock 'n' roll is filthy on.", "In the '60s film it is filthy on.",
    "She fetched 'em, filthy.", "The 6\" pan is filthy on.", "'Yes,' she said. He is filthy there."])
def test_an_apostrophe_opens_no_quotation(words: Run, text: str) -> None:
    assert words(text) == ["filthy"]


@pytest.mark.parametrize("text", [
    "She has fine hair and a fine lace collar.", "A fine drizzle fell and the weather was fine.",
    "The stool is low and the low table was set.", "Her blood sugar was low.", "The family photograph was on the family Bible.",
    "Tom and Ann came and they sat down.", "The tablets were wet and they were stuck.", "The sons came. They had no key.",
    "The carer, Amina Yusuf, came.", "The carer Jo Pell left at ten.", "It was on the high shelf.", "She had drunk her tea.",
    "It was a clear plastic cup.", "Put the dirty plates in the sink.", "She spoke clearly.", "He kicked off his shoes.",
    "She upset her tea.", "He settled the bill.", "He settled in his chair.", "The door wouldn't open.",
    "It is difficult to open.", "I felt her forehead.", "The bruised apples were in the bowl.", "I never met him.",
    "She asked for someone to mend the tap.",
    "The card was declined."])
def test_common_words_in_plain_use_do_not_nag(words: Run, text: str) -> None:
    assert words(text) == []


@pytest.mark.parametrize("text", [
    "She seemed upset: her eyes were red.", "She was upset. Her eyes were red.", 'She was upset and said "Go away."',
    "Bruise on the left arm, 3 cm, purple.", "His shirt was dirty, with gravy down the front.",
    "I offered a shower and she refused with a shake of the head.", "I offered a shower at eight. She declined.",
    "She always rang: on Monday at 9, on Tuesday at 9.", "He was confused and asked me what day it was.",
    "She was fine and ate all her toast.", "She told me that she is low."])
def test_what_is_answered_already_is_not_asked(words: Run, text: str) -> None:
    assert words(text) == []


def test_what_leads_up_to_a_flag_is_one_flag_with_it_and_asks_the_plainer_question(flags: Run) -> None:
    [flag] = flags("She seemed very upset.")
    assert (flag["code"], flag["words"]) == ("mood", "seemed very upset")


def test_a_name_in_another_sentence_far_back_is_nobody_that_they_could_mean(words: Run) -> None:
    assert words("Ann Bell came. The door was shut. It rained. They took it.") == ["They"]


def test_the_flags_come_one_at_a_time_in_reading_order(run: Run) -> None:
    assert run("""(() => { const left = []; const seen = [];
      for (let flag; (flag = wording.nextFlag(given, left)); left.push(wording.nameOf(flag))) seen.push(flag.words);
      return seen; })()""", "The kitchen was dirty. Someone rang. He was aggressive.") == ["dirty", "Someone", "aggressive"]


def test_what_was_dismissed_is_dismissed_for_good_however_often_and_however_it_is_written(run: Run) -> None:
    left = run("[wording.nameOf(wording.nextFlag(given, []))]", "All fine.")
    again = run("wording.nextFlag(given.text, given.left)", {"text": "All fine. ALL  FINE. All Fine!", "left": left})
    assert again is None


def test_another_word_of_the_same_kind_is_asked_about_all_the_same(run: Run) -> None:
    left = run("[wording.nameOf(wording.nextFlag(given, []))]", "She was upset.")
    found = run("wording.nextFlag(given.text, given.left)", {"text": "She was upset. He was scared.", "left": left})
    assert found["words"] == "scared"


@pytest.mark.parametrize("piece", [
    "He was very very upset and ", "'xs ", "“", '"', "they ", "Aaaa ", "Mr Jones' ", "dirty ", "word ", "x", " ", "\n", "a.b ",
    "she "])
def test_a_text_of_twenty_thousand_letters_is_read_to_the_end(flags: Run, piece: str) -> None:
    text = (piece * 20_000)[:20_000] + '"\n\nHe was aggressive.\n\nHe was aggressive.'
    assert all(text[flag["start"]:flag["end"]] == flag["words"] for flag in flags(text))
