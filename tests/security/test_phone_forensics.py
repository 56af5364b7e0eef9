"""A phone falls into somebody's hands, switched on or off: its whole profile folder is searched for what was typed.

Source: threat model, "What a phone holds". The same search must find what is planted, in every form and container.
"""

import base64
import functools
import gzip
import hashlib
import http.server
import random
import re
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cramjam
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from sgapp.services.intake import seal_info
from tests.browser import ARGUMENTS, chromium, kill_browser
from tests.e2e.plans import with_plan
from tests.e2e.steps import fold_out, pick
from tests.e2e.test_at_the_door import take_along
from tests.e2e.test_hide import hide
from tests.e2e.test_lock import draft_kept, set_up
from tests.phone.phone_page import Office, until
from tests.phone.test_today import chip, words
from tests.security.profile import inside, search, unsnappied
from tests.serving import NOTES_TYPING, PASSWORD, PHONE

FIELDS = ("person", "place", "seen", "words", "by", "to", "heard", "present", "wish", "staff", "done", "told")
KEPT = 'navigator.serviceWorker.controller?.state === "activated"'
ROWS = """(store) => new Promise((done, failed) => {
  const asked = indexedDB.open("visit-notes");
  asked.onerror = failed;
  asked.onsuccess = () => {
    const rows = asked.result.transaction(store).objectStore(store).getAll();
    rows.onsuccess = () => { asked.result.close(); done(rows.result); };
  };
})"""


def canaries(note: str, fields: tuple[str, ...] = FIELDS) -> dict[str, str]:
    """One word for each field, that nobody else has ever written."""
    return {field: f"Q{note}{field}{secrets.token_hex(6)}" for field in fields}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path, random.Random(0))
    yield made
    made.close()


@contextmanager
def phone(browser: Browser, folder: Path, address: str | None = None) -> Iterator[BrowserContext]:
    opened = browser.browser_type.launch_persistent_context(
        folder, executable_path=chromium(), args=list(ARGUMENTS), viewport=PHONE, has_touch=True, locale="en-GB",
        timezone_id="Europe/London", base_url=address)
    opened.set_default_timeout(20_000)
    opened.add_init_script(NOTES_TYPING)
    yield opened
    with suppress(Error):  # killed already, in one of the variants
        opened.close()


def fill_everything(page: Page, words: dict[str, str]) -> None:
    pick(page, "Who did you visit?", "Someone else")
    page.get_by_label("Their name").fill(words["person"])
    pick(page, "Where?", "Other place")
    page.get_by_label("Which place?").fill(words["place"])
    page.get_by_label("What I saw", exact=True).press_sequentially(words["seen"])
    page.get_by_label("What was said, in their words").fill(words["words"])
    page.get_by_label("Who said it").fill(words["by"])
    page.get_by_label("To whom").fill(words["to"])
    page.get_by_label("What I heard", exact=True).fill(words["heard"])
    fold_out(page, "Who was there")
    page.get_by_label("Who was there", exact=True).fill(words["present"])
    fold_out(page, "What they want")
    page.get_by_label("What do they want to happen?", exact=True).fill(words["wish"])
    fold_out(page, "Someone who works for us")
    pick(page, "Was someone who works for us involved?", "Yes")
    page.get_by_label("Their name, if you know it").fill(words["staff"])
    page.get_by_label("What I did", exact=True).fill(words["done"])
    page.get_by_label("Whom I told, and when").fill(words["told"])


def fill_marks(page: Page, words: dict[str, str]) -> None:
    fold_out(page, "A mark on the skin")
    page.get_by_label("Or choose the place from a list").select_option("Left heel")
    page.get_by_role("button", name="Add this place").click()
    page.get_by_label("What was said about it").fill(words["mark_words"])
    page.get_by_label("Who said that").fill(words["mark_by"])
    pick(page, "Had you seen it before?", "Yes")
    page.get_by_label("When did you see it?").fill(words["mark_when"])
    page.get_by_role("button", name="Done with this mark").click()


def fill_other_ways(page: Page, words: dict[str, str]) -> None:
    fold_out(page, "Something else")
    page.get_by_role("button", name="How we work, or a colleague", exact=True).click()
    page.get_by_label("What I saw or know", exact=True).fill(words["knows"])
    page.get_by_label("Who is involved", exact=True).fill(words["involved"])
    page.get_by_label("Since when?", exact=True).fill(words["since"])
    page.get_by_role("button", name="Back to the note of a visit").click()
    fold_out(page, "Something else")
    page.get_by_role("button", name="I was asked for my account", exact=True).click()
    page.get_by_label("Who asked me", exact=True).fill(words["asked_by"])
    page.get_by_label("What I saw and heard, in my own words", exact=True).fill(words["own"])


def signed_in_and_enrolled(context: BrowserContext) -> Page:
    """Her form, once the phone keeps its pages and has its own key."""
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/sign-in")
    page.get_by_label("User name").fill("worker.a")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    until(page, f"() => {KEPT}")
    until(page, f"() => ({ROWS})('keys').then((rows) => rows.some((row) => row.device))")
    return page


def write_three_notes(context: BrowserContext, office: Office) -> list[str]:
    """One delivered, one that waits, one that was only typed; then My notes, and signed out. The words that were written."""
    notes = [canaries(name) for name in ("sent", "waits", "typed")]
    page = signed_in_and_enrolled(context)
    fill_everything(page, notes[0])
    page.get_by_role("button", name="Save note").click()
    expect(page.locator("#receipt")).to_contain_text("Delivered")
    page.get_by_role("button", name="Write another").click()
    office.link.down()
    fill_everything(page, notes[1])
    page.get_by_role("button", name="Save note").click()
    expect(page.locator("#receipt")).to_contain_text("On this phone")
    page.get_by_role("button", name="Write another").click()
    fill_everything(page, notes[2])
    page.wait_for_timeout(3_000)  # the browser writes its session files a little later
    page.reload()
    expect(page.get_by_role("button", name="Save note")).to_be_enabled()
    page.goto("/mine/")
    expect(page.get_by_role("list", name="My notes")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/**", timeout=60_000)  # without a signal the office is given up after ten seconds, twice
    page.wait_for_timeout(1_000)
    return [word for note in notes for word in note.values()]


@pytest.mark.parametrize("end", ["closed", pytest.param("killed", marks=pytest.mark.long)])
def test_nothing_that_was_typed_lies_on_the_phone_and_what_waits_does_not_open(
        browser: Browser, tmp_path: Path, office: Office, end: str) -> None:
    folder = tmp_path / "profile"
    with phone(browser, folder, office.address) as context:
        words = write_three_notes(context, office)
        if end == "killed":
            kill_browser(folder)
    assert search(folder, [*words, PASSWORD]) == []
    # The search did look at what is there: the one who signed in asks the office by this address, sealed notes under this id
    assert search(folder, ["visit-notes"]) != []
    # The attack: everything that this profile holds, taken by its own browser
    stolen = tmp_path / "stolen"
    shutil.copytree(folder, stolen, symlinks=True, ignore=shutil.ignore_patterns("Singleton*"))
    with phone(browser, stolen, office.address) as context:
        page = context.new_page()
        page.goto("/sign-in/")
        rows, held = page.evaluate(ROWS, "notes"), page.evaluate(ROWS, "keys")
        private = page.evaluate(EVERY_KEY)
    [waiting] = [row for row in rows if row.get("sealed")]
    assert len(rows) == 2
    assert set(waiting) == {"id", "reference", "key_id", "sealed", "saved_at", "seq", "owner", "device", "signature", "state",
                            "turn"}
    assert [(k["usages"], k["extractable"], k["derives"]) for k in private] == [(["sign"], False, "InvalidAccessError")]
    does_not_open(waiting, held, stolen)


def does_not_open(waiting: dict[str, Any], held: list[dict[str, Any]], stolen: Path) -> None:
    """The sealed note, tried with every private key that lies raw in the profile."""
    sealed, key = base64.b64decode(waiting["sealed"]), next(row["key"] for row in held if row["name"] == "intake")
    info = seal_info(key["organisation"], key["key_id"], waiting["id"])
    raw = raw_keys(stolen)
    assert raw, "Chromium keeps a key raw in its files; this did not find it, so the attack was no attack"
    for candidate in raw:
        with pytest.raises(InvalidTag):
            SUITE.decrypt(sealed, candidate, info)


SUITE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
#: Every private or secret key in the phone's database: what it says it can do, and what it answers when asked for more.
EVERY_KEY = f"""async () => {{
  const found = [];
  for (const store of ["keys", "notes"]) for (const row of await ({ROWS})(store)) for (const value of Object.values(row)) {{
    if (!(value instanceof CryptoKey) || value.type === "public") continue;
    const other = (await crypto.subtle.generateKey({{ name: "ECDH", namedCurve: "P-256" }}, false, ["deriveBits"])).publicKey;
    const derives = await crypto.subtle.deriveBits({{ name: "ECDH", public: other }}, value, 256)
      .then(() => "done", (problem) => problem.name);
    found.push({{ usages: value.usages, extractable: value.extractable, derives }});
  }}
  return found;
}}"""


def raw_keys(folder: Path) -> list[ec.EllipticCurvePrivateKey]:
    """Private keys on P-256 that lie in the phone's database as PKCS #8, taken past the browser."""
    start, found = bytes.fromhex("308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420"), {}
    for path in (p for p in folder.rglob("*") if p.is_file() and "IndexedDB" in p.parts):
        for _, part in inside(path.read_bytes()):
            place = part.find(start)
            while place != -1:
                with suppress(ValueError):
                    key = serialization.load_der_private_key(part[place:place + 138], None)
                    if isinstance(key, ec.EllipticCurvePrivateKey):
                        found[key.private_numbers().private_value] = key
                place = part.find(start, place + 1)
    return list(found.values())


#: What a plan says, as its card has it: by field of the form, and the code that it stands behind.
ON_THE_CARD = {"safe_word": "W1", "stop_phrase": "W2", "help_phrase": "W3", "pretext": "K20", "missed_do": "V2"}
CARD_VAULT = """() => new Promise((done) => {
  const asked = indexedDB.open("visit-vault");
  const text = (bytes) => bytes && btoa(String.fromCharCode(...bytes));
  asked.onsuccess = () => {
    const tx = asked.result.transaction(["keys", "values"]);
    const [keys, values] = ["keys", "values"].map((store) => tx.objectStore(store).getAll());
    tx.oncomplete = () => {
      asked.result.close();
      done({ ways: keys.result.map((row) => [row.name, text(row.wrapped)]),
             values: values.result.map((row) => ({ ...row, sealed: text(row.sealed) })) });
    };
  };
})"""
PLANT_CARD = """(words) => new Promise((done) => {
  const asked = indexedDB.open("visit-vault");
  asked.onsuccess = () => {
    const tx = asked.result.transaction("values", "readwrite", { durability: "strict" });
    tx.objectStore("values").put({ name: "draft:planted", saved_at: Date.now(), words });
    tx.oncomplete = () => { asked.result.close(); done(); };
  };
})"""


def sign_in_and_take_along(page: Page, office: Office) -> None:
    page.goto("/sign-in")
    page.get_by_label("User name").fill("worker.a")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    until(page, f"() => {KEPT}")
    take_along(page)


def some_key_opens(folder: Path, sealed: bytes, context: str) -> bool:
    """Whether any thirty-two bytes that lie in the phone's databases open this, tried one after the other."""
    tried: set[bytes] = set()
    for path in (p for p in folder.rglob("*") if p.is_file() and "IndexedDB" in p.parts):
        for _, part in inside(path.read_bytes()):
            tried |= {part[place:place + 32] for place in range(len(part) - 31)}
    for key in tried:
        with suppress(InvalidTag):
            AESGCM(key).decrypt(sealed[:12], sealed[12:], context.encode())
            return True
    return False


def test_a_card_that_was_taken_along_cannot_be_read_on_the_phone_and_after_the_night_it_is_gone(
        browser: Browser, tmp_path: Path, office: Office) -> None:
    folder = tmp_path / "profile"
    said = {field: f"Qcard{field.replace('_', '')}{secrets.token_hex(6)}" for field in ON_THE_CARD}
    with_plan(office.server, **said)
    # One look with a signal, one without, which waits; then the phone is put down, locked
    with phone(browser, folder, office.address) as context:
        page = context.new_page()
        sign_in_and_take_along(page, office)
        chip(page, "W1").click()
        expect(words(page)).to_contain_text(said["safe_word"])
        office.link.down()
        chip(page, "W2").click()
        expect(words(page)).to_contain_text(said["stop_phrase"])
        page.wait_for_timeout(3_000)  # the browser writes its session files a little later
    assert search(folder, [*said.values(), "G.A. ·"]) == []
    assert search(folder, ["visit-vault"]) != [], "the search did look at what is there"
    # The attack: everything that lies in this profile, against what is sealed there
    with phone(browser, folder, office.address) as context:
        page = context.new_page()
        page.goto("/away/")  # a page that opens no vault
        held = page.evaluate(CARD_VAULT)
    card = next(row for row in held["values"] if row["name"] == "card")
    assert set(card) == {"name", "saved_at", "until", "sealed"}
    context_of = f"sgapp/vault|{card['saved_at']}|card|{card['until']}"
    assert not some_key_opens(folder, base64.b64decode(card["sealed"]), context_of)
    wrapped = base64.b64decode(dict(held["ways"])["passkey"])
    assert some_key_opens(folder, wrapped, "passkey"), "the phone's own key lies raw there; this did not find it"
    # After the night the first start takes it away, locked as it is
    with phone(browser, folder, office.address) as context:
        page = context.new_page()
        page.clock.install(time=datetime.fromtimestamp(card["until"] / 1000, UTC) + timedelta(minutes=1))
        page.goto("/")
        expect(page.get_by_role("heading", name="Unlock your notes")).to_be_visible()
        assert [row["name"] for row in page.evaluate(CARD_VAULT)["values"]] == []
        page.evaluate(PLANT_CARD, list(said.values()))
        page.wait_for_timeout(1_000)
    # The control: the same words, planted in the same place, are found
    found = search(folder, list(said.values()))
    assert [word for word in said.values() if not any(line.startswith(word) for line in found)] == []


LOCK_PIN = "402817593164"  # long enough that no other number holds it by chance
MORE_FIELDS = ("mark_words", "mark_by", "mark_when", "knows", "involved", "since", "asked_by", "own")
#: What lies in the phone's vault: bytes as lists of numbers, and of the phone's own key what it says it can do.
VAULT = """() => new Promise((done, failed) => {
  const asked = indexedDB.open("visit-vault");
  asked.onerror = failed;
  asked.onsuccess = () => {
    const seen = (value) => (value instanceof Uint8Array ? [...value]
      : value instanceof CryptoKey ? { extractable: value.extractable } : value);
    const plain = (row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, seen(value)]));
    const tx = asked.result.transaction(["keys", "values"]);
    const [keys, values] = ["keys", "values"].map((store) => tx.objectStore(store).getAll());
    tx.oncomplete = () => { asked.result.close(); done({ keys: keys.result.map(plain), values: values.result.map(plain) }); };
  };
})"""
#: A key of AES in the browser's files: its mark, what it is for, its length, and then its 32 bytes as they are.
_AES_KEY = re.compile(rb"K\x01.\x20.{1,3}?\x20(.{32})", re.DOTALL)


def raw_secrets(folder: Path) -> set[bytes]:
    """Secret keys that lie in the phone's database, taken past the browser."""
    files = (p for p in folder.rglob("*") if p.is_file() and "IndexedDB" in p.parts)
    return {key for path in files for _, part in inside(path.read_bytes()) for key in _AES_KEY.findall(part)}


def opens(key: bytes, sealed: bytes, context: str) -> bytes | None:
    try:
        return AESGCM(key).decrypt(sealed[:12], sealed[12:], context.encode())
    except InvalidTag:
        return None


def stretches(data: bytes) -> list[bytes]:
    """All that could be a key in it."""
    return [data[at:at + 32] for at in range(len(data) - 31)]


@pytest.mark.long
def test_after_hide_a_locked_phone_holds_nothing_that_opens_without_the_pin(
        browser: Browser, tmp_path: Path, office: Office) -> None:
    folder, stolen = tmp_path / "profile", tmp_path / "stolen"
    waits, typed = canaries("waits"), canaries("typed", (*FIELDS, *MORE_FIELDS))
    control = f"Zcontrol{secrets.token_hex(6)}"
    with phone(browser, folder, office.address) as context:
        page = signed_in_and_enrolled(context)
        set_up(page, LOCK_PIN)
        page.evaluate("(word) => localStorage.setItem('control', word)", control)
        office.link.down()
        fill_everything(page, waits)
        page.get_by_role("button", name="Save note").click()
        expect(page.locator("#receipt")).to_contain_text("On this phone")
        page.get_by_role("button", name="Write another").click()
        fill_everything(page, typed)
        fill_marks(page, typed)
        fill_other_ways(page, typed)
        draft_kept(page)
        hide(page)
        page.wait_for_timeout(3_000)  # the browser writes its session files a little later
    assert search(folder, [*waits.values(), *typed.values(), PASSWORD, LOCK_PIN]) == []
    assert search(folder, [control]) != []
    # The attack: everything that this profile holds, but not the PIN
    shutil.copytree(folder, stolen, symlinks=True, ignore=shutil.ignore_patterns("Singleton*"))
    with phone(browser, stolen, office.address) as context:
        page = context.new_page()
        page.goto("/sign-in/")
        rows, held, vault = page.evaluate(ROWS, "notes"), page.evaluate(ROWS, "keys"), page.evaluate(VAULT)
    [waiting] = [row for row in rows if row.get("sealed")]
    does_not_open(waiting, held, stolen)
    locks = {row["name"]: row for row in vault["keys"]}
    assert set(locks) == {"device", "pin", "tries"}
    assert locks["device"]["key"] == {"extractable": False}
    raw, wrapped = raw_secrets(stolen), bytes(locks["pin"]["wrapped"])
    [inner] = filter(None, (opens(key, wrapped, "pin") for key in raw))  # the phone's own key lies raw: the first of two is off
    drafts = {f"sgapp/vault|{row['saved_at']}|{row['name']}": bytes(row["sealed"]) for row in vault["values"]}
    assert [place for place in drafts if place.endswith("|draft:note")]
    tried = [*raw, *stretches(inner), *stretches(wrapped)]
    assert [place for key in tried for place, sealed in {"pin": inner, **drafts}.items() if opens(key, sealed, place)] == []
    # With the PIN the same attack reads every word: it tried the right places
    with_pin = hashlib.pbkdf2_hmac("sha256", LOCK_PIN.encode(), bytes(locks["pin"]["salt"]), locks["pin"]["iterations"])
    whole = opens(with_pin, inner, "pin")
    assert whole
    [draft] = [opens(whole, sealed, place) for place, sealed in drafts.items() if place.endswith("|draft:note")]
    assert draft
    assert [word for word in typed.values() if word.encode() not in draft] == []


PLANTED = {name: f"Zplanted{name}{secrets.token_hex(5)}" for name in (
    "local", "wide", "coded", "row", "packed", "cached", "gzipped", "brotlied", "typed")}


class Planting(http.server.BaseHTTPRequestHandler):
    """Answers that a browser may keep, in each packing, and a page whose field may be remembered."""

    def do_GET(self) -> None:
        page = b"<!doctype html><form><textarea id=note name=note autocomplete=on></textarea></form>"
        body, packed = {
            "/plain": (PLANTED["cached"].encode() * 20, ""),
            "/gzip": (gzip.compress(PLANTED["gzipped"].encode() * 20), "gzip"),
            "/br": (bytes(cramjam.brotli.compress(PLANTED["brotlied"].encode() * 20)), "br"),
        }.get(self.path, (page, ""))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Cache-Control", "max-age=3600")
        self.send_header("Content-Length", str(len(body)))
        if packed:
            self.send_header("Content-Encoding", packed)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the test's own server needs no log."""


PLANT = """async (words) => {
  localStorage.setItem("a", words.local);
  localStorage.setItem("b", words.wide + " \\u2603");
  localStorage.setItem("c", btoa("ab" + words.coded + "cd"));
  const db = await new Promise((done) => {
    const asked = indexedDB.open("planted", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("rows");
    asked.onsuccess = () => done(asked.result);
  });
  const tx = db.transaction("rows", "readwrite", { durability: "strict" });
  tx.objectStore("rows").put({ short: words.row }, 1);
  tx.objectStore("rows").put({ long: "the same again and again, ".repeat(40) + words.packed + " and again".repeat(40) }, 2);
  await new Promise((done) => { tx.oncomplete = done; });
  for (const path of ["/plain", "/gzip", "/br"]) await (await fetch(path)).text();
}"""


@pytest.fixture
def planting() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Planting)
    threading.Thread(target=functools.partial(server.serve_forever, 0.1), daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("end", ["closed", pytest.param("killed", marks=pytest.mark.long)])
def test_the_search_finds_what_a_page_plants_in_the_same_profile(
        browser: Browser, tmp_path: Path, planting: str, end: str) -> None:
    folder = tmp_path / "profile"
    with phone(browser, folder) as context:
        page = context.new_page()
        page.goto(planting)
        page.evaluate(PLANT, PLANTED)
        page.locator("#note").fill(PLANTED["typed"])
        page.wait_for_timeout(4_000)
        page.reload()
        page.wait_for_timeout(2_000)
        if end == "killed":
            page.wait_for_timeout(6_000)  # local storage is written after some seconds
            kill_browser(folder)
    found = search(folder, list(PLANTED.values()))
    missing = [name for name, word in PLANTED.items() if not any(line.startswith(word) for line in found)]
    assert missing == [], "\n".join(found)
    assert any("utf-16-le" in line for line in found if line.startswith(PLANTED["wide"]))
    assert any("base64" in line for line in found if line.startswith(PLANTED["coded"]))
    assert any("brotli" in line for line in found if line.startswith(PLANTED["brotlied"]))
    assert any("gzip" in line for line in found if line.startswith(PLANTED["gzipped"]))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "base64+0", "base64+1", "base64+2"])
@pytest.mark.parametrize("packing", ["bare", "gzip", "zlib", "snappy"])
def test_the_search_finds_each_form_in_each_packing(tmp_path: Path, encoding: str, packing: str) -> None:
    word = "PlantedWordForControl"
    coded = encoding.removeprefix("base64+")
    lies = base64.b64encode(b"x" * int(coded) + word.encode() + b"yz") if coded.isdigit() else word.swapcase().encode(encoding)
    lies = b"before " * 9 + lies + b" behind" * 9
    packed = {"bare": lies, "gzip": gzip.compress(lies), "zlib": bytes(cramjam.zlib.compress(lies)),
              "snappy": b"\xff\x11\x02" + bytes(cramjam.snappy.compress_raw(lies))}[packing]
    (tmp_path / "file").write_bytes(b"\0\1" + packed + b"\2\3")
    assert search(tmp_path, [word])
    assert not search(tmp_path, ["anotherWordForControl"])


def test_snappy_is_unpacked_as_by_the_library() -> None:
    for text in (b"", b"a", b"abcd" * 1000, secrets.token_bytes(70_000), b"x" * 100_000 + secrets.token_bytes(50)):
        assert unsnappied(bytes(cramjam.snappy.compress_raw(text)) + b"more") == text
