"""The phone's check symbol against the server's, and what it promises to catch. Properties, not examples."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgapp.domain.reference import ALPHABET, check_symbol, note_reference

ROOT = Path(__file__).resolve().parents[2]
NODE = ROOT / ".venv" / "bin" / "node"
BODIES = st.lists(st.text(ALPHABET, min_size=8, max_size=8), min_size=1, max_size=50)
VECTORS = {"00000000-0000-4000-8000-000000000000": "VN-VE05-BR70-W", "3f2504e0-4f89-41d3-9a0c-0305e82c3301": "VN-2RV2-YNK3-C",
           "C9A646D3-9C61-4CB7-BFCD-EE2522C8F633": "VN-AH0D-NF57-K"}


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory):
    """Call `reference.js` in one Node that stays: a list of arguments in, a list of results out."""
    folder = tmp_path_factory.mktemp("phone")
    shutil.copy(ROOT / "sgapp" / "phone" / "reference.js", folder)
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "serve.js").write_text("""
      import readline from "node:readline";
      import * as reference from "./reference.js";
      for await (const line of readline.createInterface({ input: process.stdin })) {
        const [name, given] = JSON.parse(line);
        console.log(JSON.stringify(await Promise.all(given.map((one) => reference[name](one)))));
      }""")
    environment = {k: v for k, v in os.environ.items() if k != "NODE_OPTIONS"}
    with subprocess.Popen([NODE, "serve.js"], cwd=folder, env=environment, text=True, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:
        def call(name: str, given: list[str]) -> list[str]:
            assert process.stdin and process.stdout
            process.stdin.write(json.dumps([name, given]) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield call
        if process.stdin:
            process.stdin.close()


def test_the_agreed_references_come_out(phone) -> None:
    assert phone("noteReference", list(VECTORS)) == list(VECTORS.values())


@given(ids=st.lists(st.uuids().map(str), min_size=1, max_size=50))
def test_phone_and_server_agree_on_every_reference(phone, ids: list[str]) -> None:
    assert phone("noteReference", ids) == [note_reference(one) for one in ids]


@given(bodies=BODIES)
def test_phone_and_server_agree_on_every_check_symbol(phone, bodies: list[str]) -> None:
    assert phone("checkSymbol", bodies) == [check_symbol(body) for body in bodies]


@given(body=st.text(ALPHABET, min_size=8, max_size=8), place=st.integers(0, 7), symbol=st.sampled_from(ALPHABET))
def test_every_change_of_one_symbol_is_caught(phone, body: str, place: int, symbol: str) -> None:
    changed = body[:place] + symbol + body[place + 1:]
    before, after = phone("checkSymbol", [body, changed])
    assert (before == after) == (body == changed)


@given(body=st.text(ALPHABET, min_size=8, max_size=8), place=st.integers(0, 6))
def test_every_swap_of_neighbours_is_caught_but_nought_with_z(phone, body: str, place: int) -> None:
    pair = body[place:place + 2]
    swapped = body[:place] + pair[::-1] + body[place + 2:]
    before, after = phone("checkSymbol", [body, swapped])
    assert (before == after) == (pair[0] == pair[1] or set(pair) == {"0", "Z"})
