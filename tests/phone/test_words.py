"""The catalogue of words: all that a care worker reads stands in it, is used, is easy to read, and gives nothing away."""

import ast
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sgapp.phone.words import FIRST, FOLDER, STATIC_PAGES, WordsMissing, modules, places, read, translate_static
from sgapp.services.note_schema import AS_BEFORE
from sgapp.ui.build import BuildFailed, build_client, place_words
from tests.phone.reading import grade, sentences, syllables, words
from tests.phone.test_phone_modules import node

__all__ = ["node"]

ROOT = Path(__file__).resolve().parents[2]
PHONE = ROOT / "sgapp" / "phone"
ENGLISH = read(FIRST)
TEXTS = {f"{section}.{key}": text for section, texts in ENGLISH.items() for key, text in texts.items()}

#: Scripts that only the desk shows, and the lists that are made of the domain's own catalogue.
NOT_HERS = {"durable_form.js", "key_rows.js", "marks_shown.js", "notices.js", "body_lists.js", "letter_preview.js",
            "copy_field.js", "recovery_codes.js", "new_password.js", "passkey_form.js", "made_file.js", "table_form.js"}
#: What looks like words and is not for her to read.
NAMES = {
    "body_map.js": {"Enter"},  # a key
    "lock.js": {"Enter"},
    "device.js": {"Android", "Windows", "Mac OS", "Mac", "Linux", "Edg/", "Edge", "Firefox/", "Firefox", "Chrome/", "Chrome",
                  "Safari/", "Safari"},  # what a phone calls itself
    "my_notes.js": {"Europe/London"}, "own_phones.js": {"Europe/London"}, "saved.js": {"Europe/London"},
    "today.js": {"Europe/London"},
    "note.js": {AS_BEFORE},  # sealed for the office
    "note_form.js": {"QuotaExceededError", "Form", "Choice"},  # what it is called; which part is drawn
    "outbox.js": {"SyncManager"},  # what a browser that wakes the worker has
    "parts.js": {"input, textarea"},  # a selector
    "plain_colours.js": {"(prefers-color-scheme: dark)"},  # a question to the browser
}
#: Python that draws what she sees.
PAGES = [ROOT / "sgapp" / "ui" / name for name in (
    "templates/frame.py", "templates/phone.py", "templates/plain.py", "components/connection.py", "components/note_form.py",
    "pages/__init__.py", "pages/notes/page.py", "pages/mine/page.py", "pages/today/page.py", "pages/sign_in/page.py")]


@pytest.fixture(scope="module")
def literals(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dict[str, str]], dict[str, dict[str, list[str]]]]:
    """What scripts, given by name, hold of words (`read`), and which keys they use (`used`)."""
    folder = tmp_path_factory.mktemp("literals")
    shutil.copy(ROOT / "tests" / "phone" / "literals.js", folder)
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "node_modules").symlink_to(ROOT / ".web" / "node_modules")

    def found(scripts: dict[str, str]) -> dict[str, dict[str, list[str]]]:
        done = subprocess.run([ROOT / ".venv" / "bin" / "node", "literals.js"], cwd=folder, input=json.dumps(scripts),
                              capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return found


@pytest.fixture(scope="module")
def scripts(literals: Any) -> dict[str, dict[str, list[str]]]:
    return literals({script.name: script.read_text(encoding="utf-8") for script in PHONE.glob("*.js")})


# Where the words stand.

def test_no_script_of_the_phone_holds_words_of_its_own(scripts: dict[str, dict[str, list[str]]]) -> None:
    assert len(scripts) > 25
    own = {name: set(held["read"]) - NAMES.get(name, set()) for name, held in scripts.items() if name not in NOT_HERS}
    assert {name: held for name, held in own.items() if held} == {}


@pytest.mark.parametrize("planted", [
    'h("p", null, "gone")', 'h("p", { className: "hint" }, a ? "gone" : null)', 'h("p", null, b, a && "gone")',
    'h("p", null, ["gone", h("b", null)])', "h('p', null, `gone ${n}`)", 'h("p", null, "(" + "gone" + ")")',
    'h(Field, { id: "seen", label: "gone" })', 'h("a", { "aria-label": "gone" })', "h('i', { title: a ? `gone ${n}` : '' })",
    'setSaid(a ? "gone" : "")', 'setErrors({ pin: "gone" })', 'place.textContent = "gone"', 'make("b", {}, "gone")',
    'function F({ label = "gone" }) {}', "const ROWS = [{ value: 'a', label: 'gone' }];", 'const says = "it is gone";',
    'const says = n === 1 ? "Gone" : t.gone;', "const says = `${n} are gone`;", 'found.seen = "Say what is gone.";',
])
def test_a_script_with_words_of_its_own_is_found(literals: Any, planted: str) -> None:
    assert any("gone" in text.lower() for text in literals({"planted.js": planted})["planted.js"]["read"])


@pytest.mark.parametrize("harmless", [
    'h("p", { className: "field-label grow", id: "gone" }, t.gone)', 'throw new Error("locked: unlock first");',
    'if (state === "gone") go("/gone?back=/mine");', "const found = one`gone (?:and|or) left`;", 'h("p", null, " · ")',
    'import { gone } from "./gone and left.js";', 'window.addEventListener("gone", () => undefined);',
])
def test_what_nobody_reads_is_not_taken_for_words(literals: Any, harmless: str) -> None:
    assert literals({"planted.js": harmless})["planted.js"]["read"] == []


def _drawn(source: str) -> Iterator[str]:
    """The texts that Python puts on a page: what stands inside an element, or is given as a title, label or heading."""
    for call in (found for found in ast.walk(ast.parse(source)) if isinstance(found, ast.Call)):
        shown = [k.value for k in call.keywords if k.arg in ("title", "label", "heading", "aria_label", "alt", "placeholder")]
        in_page = isinstance(call.func, ast.Attribute) or (isinstance(call.func, ast.Name) and call.func.id.endswith("_page"))
        for value in [*(call.args if in_page else ()), *shown]:
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and re.search(r"[A-Za-z]{2}| ", value.value):
                yield value.value


def test_no_page_that_she_sees_holds_words_of_its_own() -> None:
    paths = re.compile(r"/[\w-]*|sgapp-\w+|[\w_]+")  # an address, or a name without a space in small letters
    for page in PAGES:
        assert [text for text in _drawn(page.read_text(encoding="utf-8"))
                if not paths.fullmatch(text) or text != text.lower()] == [], page.name


@pytest.mark.parametrize("planted", ['rx.el.a("My notes", href="/mine")', 'rx.el.a(x, aria_label="Whom to ring")',
                                     'f(heading="Gone")', 'phone_page("/", "Gone")'])
def test_a_page_with_words_of_its_own_is_found(planted: str) -> None:
    assert [text for text in _drawn(planted) if text != text.lower()]


def test_the_modules_beside_the_catalogue_are_made_of_it() -> None:
    there = {module.name: module.read_text(encoding="utf-8") for module in FOLDER.glob("*.js")}
    assert there == modules(ENGLISH), "run .venv/bin/python -m sgapp.phone.words"


def test_each_script_uses_every_word_of_its_section_and_no_other(scripts: dict[str, dict[str, list[str]]]) -> None:
    for name, held in scripts.items():
        section = ENGLISH.get(name.removesuffix(".js"), {})
        assert set(held["used"]) == set(section), name


def test_a_use_of_words_that_cannot_be_followed_is_found(literals: Any) -> None:
    ways = {"by_name.js": 'import { no } from "./words/parts.js";',
            "by_key.js": 'import * as t from "./words/parts.js"; t[key];'}
    assert all(held["used"] == ["?"] for held in literals(ways).values())


def test_each_section_is_named_for_a_script_or_used_by_a_page() -> None:
    python = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "sgapp" / "ui").rglob("*.py"))
    asked = set(re.findall(r'\bsay\("([\w.]+)"\)', python))
    static = {name for names in STATIC_PAGES.values() for name in names}
    of_pages = {name for name in TEXTS if f"{name.partition('.')[0]}.js" not in modules(ENGLISH)}
    assert asked | static == of_pages
    assert python.count("say(") == len(re.findall(r'\bsay\("[\w.]+"\)', python)), "say() is asked by a plain name"


@pytest.mark.parametrize(("quoting", "quoted"), [
    ("note.visit_to_come", "sections.earlier"), ("sections.list_missing", "sections.someone_else"),
    ("marks.not_fetched", "note_form.seen"), ("body_map.full", "note_form.seen"), ("saved.if_more", "my_notes.please_ring"),
    ("saved.if_more", "page_mine.title"), ("note_form.signed_out_unknown", "note_form.save"), ("lock.lock_hint", "app.hide"),
    ("today.kept", "app.hide"), ("today.needs_signal", "lock.use_passkey"),
])
def test_a_text_that_names_another_names_it_as_it_stands(quoting: str, quoted: str) -> None:
    name = TEXTS[quoted].removesuffix(" note")
    assert name in TEXTS[quoting]


# Another language.

SMALL = '[app]\nhide = "Hide"\n\n[parts]\nmissing = "{number} missing"\nstill_here_one = "{number} is here."\n'


def _small(folder: Path, other: str) -> Path:
    (folder / "en.toml").write_text(SMALL)
    (folder / "cy.toml").write_text(other)
    return folder


def test_a_language_that_is_whole_is_read(tmp_path: Path) -> None:
    whole = SMALL.replace("Hide", "Cuddio").replace("{number} is here.", "Mae un yma.")  # one may go without its number
    assert read("cy", _small(tmp_path, whole))["app"]["hide"] == "Cuddio"


@pytest.mark.parametrize(("changed", "to", "named"), [
    ('[app]\nhide = "Hide"\n', "", r"app\.hide is missing"), ('"Hide"', '""', r"app\.hide is missing"),
    ("[app]\n", '[app]\nshow = "Show"\n', r"app\.show is not in en\.toml"),
    ("{number} missing", "missing", r"parts\.missing must hold \{number\}"),
    ("{number} missing", "{many} missing", r"parts\.missing must hold \{number\}"),
    ("Hide", "Hide {now}", r"app\.hide must hold nothing to fill in"),
])
def test_a_language_that_lacks_something_is_refused_and_what_it_lacks_is_named(tmp_path: Path, changed: str, to: str,
                                                                            named: str) -> None:
    assert changed in SMALL
    with pytest.raises(WordsMissing, match=named):
        read("cy", _small(tmp_path, SMALL.replace(changed, to)))


def test_every_missing_key_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(WordsMissing, match=r"app\.hide is missing; parts\.missing is missing; parts\.still_here_one is"):
        read("cy", _small(tmp_path, ""))


@pytest.mark.parametrize("key", ["delete", "two-words", "Large", "2"])
def test_a_key_that_no_script_could_use_is_refused(tmp_path: Path, key: str) -> None:
    (tmp_path / "en.toml").write_text(f'[parts]\n{key} = "x"\n')
    with pytest.raises(WordsMissing, match="cannot be a name"):
        read("en", tmp_path)


def test_pages_are_not_built_in_a_language_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SGAPP_LANGUAGE", "xx")
    with pytest.raises(BuildFailed, match="'xx'"):
        build_client(tmp_path)
    with pytest.raises(WordsMissing):
        place_words(tmp_path, "../en")


def test_the_pages_that_stand_as_files_take_the_words_of_another_language(tmp_path: Path) -> None:
    for page in STATIC_PAGES:
        (tmp_path / page).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / "assets" / page, tmp_path / page)
    translate_static(tmp_path, {section: {key: f"<{key}>" for key in texts} for section, texts in ENGLISH.items()})
    away = (tmp_path / "away" / "index.html").read_text()
    assert not [name for name in STATIC_PAGES["away/index.html"] if TEXTS[name] in away]
    assert "<h1>&lt;heading&gt;</h1>" in away
    assert json.loads((tmp_path / "manifest.webmanifest").read_text())["short_name"] == "<title>"
    assert 'NEUTRAL_TITLE = "<title>"' in (tmp_path / "hide.js").read_text()
    with pytest.raises(WordsMissing, match=r"away/index\.html"):
        translate_static(tmp_path, ENGLISH)  # it no longer holds the English


def test_the_page_behind_hide_says_nothing_that_is_not_in_the_catalogue() -> None:
    page = (ROOT / "assets" / "away" / "index.html").read_text()
    said = {text.strip() for text in re.findall(r">([^<]+)<", page) if text.strip()}
    assert said == {TEXTS[name] for name in STATIC_PAGES["away/index.html"]} - {TEXTS["app.locale"]}


def test_what_is_filled_in_is_not_filled_in_again(node: Any) -> None:
    assert node("""
      import { fill, many, pieces } from "./fill.js";
      console.log(JSON.stringify([fill("{a} and {b}, {a}", { a: "{b}", b: 2 }), many(1, "{number} note", "{number} notes"),
        many(0, "{number} note", "{number} notes"), pieces("on {phone}.", { phone: ["x"] })]));""") == [
            "{b} and 2, {b}", "1 note", "0 notes", ["on ", ["x"], "."]]


def test_each_text_that_depends_on_a_number_has_both_its_forms() -> None:
    ones = {name.removesuffix("_one") for name in TEXTS if name.endswith("_one")}
    assert ones == {name.removesuffix("_many") for name in TEXTS if name.endswith("_many")}
    assert all(places(TEXTS[f"{name}_many"]) == {"number"} for name in ones)


# How they read.

#: A grade is a school year: the fifth is ten to eleven years. Words of labels are counted into no sentence.
HIGHEST_GRADE, LONGEST_SENTENCE = 5, 20


def _running(texts: dict[str, str]) -> list[str]:
    """The texts that are sentences, as they are read with something filled in."""
    filled = (re.sub(r"\{\w+\}", "ten", text) for text in texts.values())
    return [text for text in filled if re.search(r"[.?!]$", text) and len(words(text)) >= 4]


def _too_hard(texts: dict[str, str]) -> list[str]:
    running = _running(texts)
    long = [sentence for text in running for sentence in sentences(text) if len(words(sentence)) > LONGEST_SENTENCE]
    return long + (["grade"] if running and grade(running) > HIGHEST_GRADE else [])


@pytest.mark.parametrize("section", ENGLISH)
def test_a_reader_of_nine_to_eleven_years_can_read_it(section: str) -> None:
    assert _too_hard(dict(ENGLISH[section])) == []


def test_most_texts_are_measured() -> None:
    assert len([text for texts in ENGLISH.values() for text in _running(dict(texts))]) > 100


@pytest.mark.parametrize("hard", [
    "Notification of unsuccessful submission necessitates immediate communication with administrative personnel.",
    "What you write on it goes only while you are signed in and the office has not yet said that it may not go from there.",
])
def test_a_text_that_is_too_hard_is_found(hard: str) -> None:
    assert _too_hard({"planted": hard})


def test_syllables_are_counted_as_they_are_spoken() -> None:
    spoken = {1: "the what phone phone's wrote asked typed cleared sealed goes comes lies write time none eyes 12",
              2: "office signal needed opened minutes places changes table middle waited kitchen quiet cannot yourself client",
              3: "delivered somebody earlier another everywhere photographs notices decided connection",
              4: "authority unrelated everybody application", 5: "organisation authenticator administrator"}
    for number, examples in spoken.items():
        for word in examples.split():
            assert syllables(word) == number, word


# What they must not say.

GIVES_AWAY = re.compile(r"""\b(?:abus|safeguard|violen|victim|perpetrat|assault|neglect|exploit|coerc|groom(?:ed|ing)|harm|crime
    |criminal|allegation|alleged|suspect|threat|bully|rap(?:e|ist)\b|sexual|slav(?:e|ery)|disclos|vulnerable|at\ risk|enquiry
    |whistle)""", re.IGNORECASE | re.VERBOSE)


def test_nothing_in_the_catalogue_says_what_kind_of_thing_this_is_about() -> None:
    assert [name for name, text in TEXTS.items() if GIVES_AWAY.search(text)] == []


@pytest.mark.parametrize("planted", ["Report abuse", "Ring the safeguarding lead.", "domestic violence", "The victim’s name",
                                     "An adult at risk", "Alleged harm"])
def test_a_text_that_gives_it_away_is_found(planted: str) -> None:
    assert GIVES_AWAY.search(planted)
