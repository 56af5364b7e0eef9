"""The phone's own modules, run by the Node that builds the pages, against the server's Python."""

import base64
import json
import shutil
import subprocess
import uuid
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sgapp.domain.reference import note_reference
from sgapp.services.intake import MAX_SEALED_BYTES, seal_info

ROOT = Path(__file__).resolve().parents[2]
#: For how long a question here waits; a server that answers does so at once, and on a busy machine within seconds.
_ANSWER_WITHIN_MS = 5_000
SUITE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


@pytest.fixture
def node(tmp_path: Path):
    """Run a script beside the phone's modules; what it prints as JSON comes back."""
    for module in (ROOT / "sgapp" / "phone").glob("*.js"):
        shutil.copy(module, tmp_path / module.name)
    shutil.copytree(ROOT / "sgapp" / "phone" / "words", tmp_path / "words")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "node_modules").symlink_to(ROOT / ".web" / "node_modules")

    def run(script: str) -> object:
        (tmp_path / "script.js").write_text(script)
        done = subprocess.run([ROOT / ".venv" / "bin" / "node", "script.js"], cwd=tmp_path, capture_output=True, text=True,
                              timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_phone_and_server_make_the_same_reference(node) -> None:
    ids = [str(uuid.uuid4()) for _ in range(200)] + ["00000000-0000-4000-8000-000000000000"]
    made = node(f"""
      import {{ noteReference }} from "./reference.js";
      console.log(JSON.stringify(await Promise.all({json.dumps(ids)}.map(noteReference))));""")
    assert made == [note_reference(note_id) for note_id in ids]


@pytest.fixture
def key_pair():
    private = ec.generate_private_key(ec.SECP256R1())
    point = private.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return private, {"key_id": "k1", "organisation": "Meadow Lane Homecare", "public_key": base64.b64encode(point).decode()}


def _sealed(node, key: dict[str, str], note_id: str) -> bytes:
    return base64.b64decode(node(f"""
      import {{ seal }} from "./seal.js";
      const sealed = await seal({json.dumps(key)}, {{ id: "{note_id}", seen: "Ärmel, 4 cm — “quoted”" }});
      console.log(JSON.stringify(sealed));"""))


def test_what_the_phone_seals_the_server_opens(node, key_pair) -> None:
    private, key = key_pair
    note_id = str(uuid.uuid4())
    sealed = _sealed(node, key, note_id)
    opened = json.loads(SUITE.decrypt(sealed, private, seal_info(key["organisation"], key["key_id"], note_id)))
    assert opened == {"schema": 1, "id": note_id, "seen": "Ärmel, 4 cm — “quoted”"}


def test_the_longest_note_that_the_phone_seals_is_the_longest_that_the_office_takes(node, key_pair) -> None:
    _, key = key_pair
    longest = node(f"""
      import {{ fits, seal }} from "./seal.js";
      const of = (length) => ({{ id: "{uuid.uuid4()}", seen: "x".repeat(length) }});
      let length = 256 * 1024 - 300;
      while (fits(of(length + 1))) length += 1;
      console.log(JSON.stringify(await seal({json.dumps(key)}, of(length))));""")
    assert len(base64.b64decode(longest)) == MAX_SEALED_BYTES


@pytest.mark.parametrize(("organisation", "key_id", "same_note"), [
    ("Another Provider", "k1", True), ("Meadow Lane Homecare", "k2", True), ("Meadow Lane Homecare", "k1", False)])
def test_a_sealed_note_opens_only_for_its_own_organisation_key_and_id(node, key_pair, organisation, key_id, same_note) -> None:
    private, key = key_pair
    note_id = str(uuid.uuid4())
    sealed = _sealed(node, key, note_id)
    info = seal_info(organisation, key_id, note_id if same_note else str(uuid.uuid4()))
    with pytest.raises(InvalidTag):
        SUITE.decrypt(sealed, private, info)


@pytest.mark.parametrize(("status", "state", "again"), [
    (201, "delivered", False), (200, "delivered", False), (0, "on_phone", True), (500, "on_phone", True),
    (503, "on_phone", True),
    (429, "on_phone", True), (401, "sign_in", True), (409, "please_ring", False), (413, "please_ring", False),
    (422, "please_ring", False)])
def test_an_answer_decides_whether_a_note_waits_or_goes(node, status: int, state: str, again: bool) -> None:
    assert node(f"""
      import {{ after }} from "./outbox.js";
      console.log(JSON.stringify(after({status})));""") == {"state": state, "again": again}


_PAGE, _JSON = ("text/html", "<h1>Free Wi-Fi</h1>"), ("application/json", '{"said": 1}')


@pytest.mark.parametrize(("status", "what", "known", "json_", "problem"), [
    (200, _JSON, 200, {"said": 1}, None), (200, _PAGE, 0, None, None), (204, None, 204, None, None),
    (401, _JSON, 401, None, {"said": 1}), (401, _PAGE, 0, None, None), (422, _JSON, 422, None, {"said": 1}),
    (413, _PAGE, 413, None, None), (502, _PAGE, 502, None, None)])
def test_what_grants_something_or_says_she_is_signed_out_counts_only_from_the_office(
        node, status: int, what: tuple[str, str] | None, known: int, json_: object, problem: object) -> None:
    kind, text = what or ("", "")
    assert _asked(node, f"""
      answer.writeHead({status}, {{ "content-type": "{kind}" }});
      answer.end({json.dumps(text)});""") == {"status": known, "json": json_, "problem": problem}


@pytest.mark.parametrize("answered", [
    "", 'answer.writeHead(200, { "content-type": "application/json" }); answer.write("{");', "answer.destroy();",
], ids=["nothing comes", "it stops half-way", "the line is cut"])
def test_what_does_not_come_in_time_is_no_answer(node, answered: str) -> None:
    assert _asked(node, answered) == {"status": 0, "json": None, "problem": None}


def _asked(node, answered: str) -> object:
    """What the phone makes of a server's answer."""
    return node(f"""
      import {{ createServer }} from "node:http";
      import {{ ask }} from "./asked.js";
      const server = createServer((_question, answer) => {{ {answered} }});
      await new Promise((there) => server.listen(0, "127.0.0.1", there));
      const path = `http://127.0.0.1:${{server.address().port}}/`;
      const {{ status, json, problem }} = await ask(path, {{ within: {_ANSWER_WITHIN_MS} }});
      console.log(JSON.stringify({{ status, json, problem }}));
      server.closeAllConnections();
      server.close();""")


@pytest.mark.parametrize(("headers", "milliseconds"), [
    ({}, 0), ({"retry-after": "30"}, 30_000), ({"retry-after": "soon"}, 0), ({"retry-after": "-5"}, 0),
    ({"retry-after": "86400"}, 900_000),
    ({"retry-after": "Sun, 22 Nov 2026 10:00:20 GMT", "date": "Sun, 22 Nov 2026 10:00:00 GMT"}, 20_000),
    ({"retry-after": "Sun, 22 Nov 2026 10:00:00 GMT", "date": "Sun, 22 Nov 2026 10:00:20 GMT"}, 0),
], ids=["says nothing", "seconds", "no number", "less than none", "a day", "a moment to come", "a moment gone by"])
def test_the_pause_that_an_answer_asks_for(node, headers: dict[str, str], milliseconds: int) -> None:
    assert node(f"""
      import {{ pauseAsked }} from "./outbox.js";
      console.log(JSON.stringify(pauseAsked(new Headers({json.dumps(headers)}))));""") == milliseconds


def test_which_questions_she_left_unanswered_never_leaves_the_phone(node) -> None:
    sent = node("""
      import { EMPTY, payloadOf } from "./note.js";
      const written = { ...EMPTY, other: "R. Linden", seen: "Cup.", let_be: ["mood: CANARY"] };
      console.log(JSON.stringify(payloadOf(written, crypto.randomUUID(), 1, [], null)));""")
    assert sent["seen"] == "Cup."
    assert "let_be" not in sent
    assert "CANARY" not in json.dumps(sent)
