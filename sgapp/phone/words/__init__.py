"""The words that a care worker reads: `en.toml`, and what is made of it. `python -m sgapp.phone.words` makes it anew.

Each script gets a small module with the words of its own section, so that what is fetched later brings its words along. The
English modules stand beside this file; another language is put in their place while the pages are built.
"""

import html
import json
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from sgapp.settings import Settings

FOLDER = Path(__file__).resolve().parent
#: The language that is whole by definition: any other has to have its keys.
FIRST = "en"
#: Pages that stand as files and not in a script, with the texts in them.
STATIC_PAGES = {"away/index.html": ("app.locale", "app.title", "away.heading", "away.nothing", "away.start"),
                "hide.js": ("app.title",), "manifest.webmanifest": ("app.locale", "app.title", "app.description")}

Words = Mapping[str, Mapping[str, str]]
_KEY = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_PLACE = re.compile(r"\{(\w+)\}")
#: May not be the name of an export.
_RESERVED = re.compile("""await|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|export|extends|false
    |finally|for|function|if|import|in|instanceof|let|new|null|return|static|super|switch|this|throw|true|try|typeof|var|void
    |while|with|yield""", re.VERBOSE)


class WordsMissing(ValueError):
    """A catalogue lacks something, or has something that nobody asks for."""


def places(text: str) -> set[str]:
    """What is filled in, in a text: {number} and the like."""
    return set(_PLACE.findall(text))


@cache
def read(language: str, folder: Path = FOLDER) -> Words:
    """The words of one language, by section and key. Raises WordsMissing, naming every key that is not as in English."""
    file = folder / f"{language}.toml"
    if not re.fullmatch(r"[A-Za-z-]+", language) or not file.is_file():
        raise WordsMissing(f"there are no words in the language {language!r}; {FIRST}.toml says how to make them")
    found: Words = tomllib.loads(file.read_text(encoding="utf-8"))
    wanted = found if language == FIRST else read(FIRST, folder)
    if wrong := [*_wrong_names(found), *_unlike(found, wanted)]:
        raise WordsMissing(f"{file.name}: " + "; ".join(wrong))
    return found


def _wrong_names(words: Words) -> list[str]:
    return [f"{section}.{key} cannot be a name" for section, texts in words.items() for key in (section, *texts)
            if not _KEY.fullmatch(key) or (key != section and _RESERVED.fullmatch(key))]


def _unlike(words: Words, wanted: Words) -> list[str]:
    """What is missing, what is too much, and what fills in other places than the English."""
    there, here = _flat(wanted), _flat(words)
    return [*(f"{name} is missing" for name in there if not here.get(name)),
            *(f"{name} is not in {FIRST}.toml" for name in here if name not in there),
            *(f"{name} must hold {_said(there[name])}" for name, text in here.items()
              if text and name in there and not _fills(name, text, there[name]))]


def _fills(name: str, text: str, wanted: str) -> bool:
    return places(text) == places(wanted) or (name.endswith("_one") and places(text) == places(wanted) - {"number"})


def _said(text: str) -> str:
    return ", ".join(f"{{{place}}}" for place in sorted(places(text))) or "nothing to fill in"


def _flat(words: Words) -> dict[str, str]:
    return {f"{section}.{key}": text for section, texts in words.items() for key, text in texts.items()}


def say(name: str) -> str:
    """One text in the language of this installation, for a page that Python draws: `say("app.hide")`."""
    section, _, key = name.partition(".")
    return read(Settings().language)[section][key]


def module_text(texts: Mapping[str, str]) -> str:
    """The words of one section as a module: an export for each, so that the bundler drops what nobody uses."""
    lines = (f"export const {key} = {json.dumps(text, ensure_ascii=False)};\n" for key, text in texts.items())
    return "// Made by sgapp/phone/words from its catalogue; not to be written by hand.\n" + "".join(lines)


def modules(words: Words) -> dict[str, str]:
    """What lies beside the catalogue, by file name: a module for each section that is named for a script."""
    return {f"{section}.js": module_text(texts) for section, texts in words.items()
            if (FOLDER.parent / f"{section}.js").is_file()}


def write_modules(folder: Path, language: str) -> None:
    """Write the modules of one language into `folder`. Raises WordsMissing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in modules(read(language)).items():
        (folder / name).write_text(text, encoding="utf-8")


def translate_static(public: Path, words: Words) -> None:
    """Put the words of a language into the pages that stand as files, in place of the English. Raises WordsMissing."""
    first, new = _flat(read(FIRST)), _flat(words)
    for file, names in STATIC_PAGES.items():
        page = (public / file).read_text(encoding="utf-8")
        for name in names:
            # The whole of a text: what stands between tags, or between quotation marks.
            text = html.escape(new[name]) if file.endswith(".html") else json.dumps(new[name], ensure_ascii=False)[1:-1]
            page, found = re.subn(rf'(?<=[>"]){re.escape(first[name])}(?=[<"])', lambda _, text=text: text, page)
            if not found:
                raise WordsMissing(f"{file} does not hold {name}")
        (public / file).write_text(page, encoding="utf-8")
