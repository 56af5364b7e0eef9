"""What the vault keeps is unreadable without the PIN or the passkey, and ten wrong PINs end it. In a real browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

ROOT = Path(__file__).resolve().parents[2]
HOME = "http://localhost/"
HOUR_MS = 3_600_000
PIN = "402817"

Run = Callable[..., object]


def _answer(route: Route) -> None:
    name = route.request.url.removeprefix(HOME)
    if name in ("vault.js", "fill.js", "words/vault.js"):
        source = (ROOT / "sgapp" / "phone" / name).read_text().replace('from "idb"', 'from "/idb.js"')
        route.fulfill(content_type="text/javascript", body=source)
    elif name == "idb.js":
        route.fulfill(content_type="text/javascript", body=(ROOT / ".web/node_modules/idb/build/index.js").read_text())
    else:
        route.fulfill(content_type="text/html", body="<!DOCTYPE html><title>Visit notes</title>")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page of an origin that may use cryptography, with the module beside it. Nothing else answers."""
    context = browser.new_context()
    context.route("**/*", _answer)
    page = context.new_page()
    page.goto(HOME)
    yield page
    context.close()


@pytest.fixture
def run(page: Page) -> Run:
    """Run a script that finds `vault` and `clock` (milliseconds to add to the time); what it returns comes back."""

    def script(body: str, **given: object) -> object:
        return page.evaluate("""async ({ body, given }) => {
          const module = await import("/vault.js");
          window.clock ??= { ms: 0 };
          window.fresh ??= (more) => module.makeVault({ iterations: 1000, now: () => 1.8e12 + window.clock.ms, ...more });
          window.vault ??= window.fresh();
          window.dump ??= async () => {
            const open = indexedDB.open("visit-vault");
            const db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
            const rows = {};
            for (const store of db.objectStoreNames) {
              const all = db.transaction(store).objectStore(store).getAll();
              rows[store] = await new Promise((done) => { all.onsuccess = () => done(all.result); });
            }
            db.close();
            return rows;
          };
          const AsyncFunction = (async () => 0).constructor;
          return new AsyncFunction("module", ...Object.keys(given), body)(module, ...Object.values(given));
        }""", {"body": body, "given": given})

    return script


def test_a_pin_opens_what_was_sealed_under_it(run: Run) -> None:
    assert run("""
      const before = await vault.status();
      await vault.setUpPin(pin);
      await vault.put("draft:note", { seen: "Ärmel, 4 cm" });
      vault.lock();
      const locked = await vault.status();
      const shut = await vault.get("draft:note");
      const { unlocked } = await vault.unlockWithPin(pin);
      return [before.setUp, locked, shut, unlocked, await vault.get("draft:note")];""", pin=PIN) == [
        False, {"available": True, "setUp": True, "locked": True, "ways": ["pin"]}, None, True, {"seen": "Ärmel, 4 cm"}]


def test_a_new_page_is_locked_and_the_pin_opens_it(run: Run, page: Page) -> None:
    run('await vault.setUpPin(pin); await vault.put("draft:note", "kept");', pin=PIN)
    page.reload()
    assert run("""
      const { locked } = await vault.status();
      const shut = await vault.get("draft:note");
      return [locked, shut, (await vault.unlockWithPin(pin)).unlocked, await vault.get("draft:note")];""",
               pin=PIN) == [True, None, True, "kept"]


def test_nothing_readable_lies_in_the_database_and_the_second_key_cannot_be_taken_out(run: Run) -> None:
    found = run("""
      await vault.setUpPin(pin);
      await vault.put("draft:note", { seen: "CANARY" });
      const rows = await dump();
      const text = (bytes) => new TextDecoder("latin1").decode(bytes);
      const device = rows.keys.find((row) => row.name === "device").key;
      const taken = await crypto.subtle.exportKey("raw", device).then(() => true, () => false);
      return { values: rows.values.map((row) => [row.name, text(row.sealed)]), taken, kept: rows.keys.map((row) => row.name),
               whole: JSON.stringify(rows) };""", pin=PIN)
    assert isinstance(found, dict)
    assert found["kept"] == ["device", "pin", "tries"]
    assert found["taken"] is False
    assert [name for name, _ in found["values"]] == ["draft:note"]
    assert "CANARY" not in str(found)
    assert PIN not in found["whole"]


def test_the_wrapped_key_opens_only_with_the_phones_own_key_as_well(run: Run) -> None:
    """The right PIN over a copy of everything that can be copied as text: another phone's own key does not fit."""
    assert run("""
      await vault.setUpPin(pin);
      vault.lock();
      const open = indexedDB.open("visit-vault");
      const db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
      const another = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
      const tx = db.transaction("keys", "readwrite");
      tx.objectStore("keys").put({ name: "device", key: another });
      await new Promise((done) => { tx.oncomplete = done; });
      return (await vault.unlockWithPin(pin)).unlocked;""", pin=PIN) is False


def test_a_pin_costs_six_hundred_thousand_rounds_and_has_a_salt_of_its_own(run: Run) -> None:
    rounds, salt, other = run("""
      const rows = async (name) => {
        const one = module.makeVault({ name });
        await one.setUpPin(pin);
        const open = indexedDB.open(name);
        const db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
        const row = db.transaction("keys").objectStore("keys").get("pin");
        return new Promise((done) => { row.onsuccess = () => done(row.result); });
      };
      const [a, b] = [await rows("one"), await rows("two")];
      return [a.iterations, [...a.salt], [...b.salt]];""", pin=PIN)  # type: ignore[misc]
    assert rounds >= 600_000
    assert len(salt) == 16
    assert salt != other


@pytest.mark.parametrize("pin", ["", "40281", "40281x", "000000", "123456", "987654"])
def test_a_pin_that_is_short_or_guessed_first_is_refused(run: Run, pin: str) -> None:
    assert run("""
      const refused = await vault.setUpPin(pin).then(() => false, () => true);
      return [refused, (await vault.status()).setUp];""", pin=pin) == [True, False]


def test_wrong_pins_are_counted_and_each_has_to_wait_longer(run: Run) -> None:
    assert run("""
      await vault.setUpPin(pin);
      vault.lock();
      const said = [];
      for (let i = 0; i < 6; i += 1) {
        const { unlocked, left, waitMs } = await vault.unlockWithPin("999111");
        said.push([unlocked, left, waitMs]);
        clock.ms += waitMs;
      }
      return said;""", pin=PIN) == [
        [False, 9, 0], [False, 8, 0], [False, 7, 5_000], [False, 6, 10_000], [False, 5, 20_000], [False, 4, 40_000]]


def test_even_the_right_pin_waits_and_a_new_page_forgets_no_wrong_one(run: Run, page: Page) -> None:
    run("""
      await vault.setUpPin(pin);
      vault.lock();
      for (let i = 0; i < 3; i += 1) await vault.unlockWithPin("999111");""", pin=PIN)
    page.reload()
    assert run("""
      const early = await vault.unlockWithPin(pin);
      clock.ms += 5000;
      const then = await vault.unlockWithPin(pin);
      vault.lock();
      const afresh = await vault.unlockWithPin("999111");
      return [early, then.unlocked, afresh.left];""", pin=PIN) == [
        {"unlocked": False, "tried": False, "left": 7, "waitMs": 5_000, "wiped": False}, True, 9]


def test_a_page_closed_half_way_through_a_try_is_no_free_try(run: Run, page: Page) -> None:
    run("await vault.setUpPin(pin); vault.lock();", pin=PIN)
    run("""
      crypto.subtle.importKey = () => new Promise(() => undefined);
      vault.unlockWithPin("999111");
      for (let i = 0; i < 50; i += 1) await dump();""")
    page.reload()
    assert run("return (await vault.unlockWithPin('999111')).left;") == 8


def test_ten_wrong_pins_wipe_everything_and_afterwards_the_right_one_opens_nothing(run: Run) -> None:
    assert run("""
      await vault.setUpPin(pin);
      await vault.put("draft:note", "CANARY");
      vault.lock();
      let said;
      for (let i = 0; i < 10; i += 1) {
        said = await vault.unlockWithPin("999111");
        clock.ms += said.waitMs;
      }
      const rows = await dump();
      return [said, rows, (await vault.unlockWithPin(pin)).unlocked, (await vault.status()).setUp];""", pin=PIN) == [
        {"unlocked": False, "tried": True, "left": 0, "waitMs": 0, "wiped": True}, {"keys": [], "values": []}, False, False]


def test_a_draft_of_twelve_hours_ago_is_gone_on_reading_and_at_the_next_start(run: Run) -> None:
    assert run("""
      await vault.setUpPin(pin);
      await vault.put("draft:read", 1);
      await vault.put("draft:swept", 2);
      await vault.put("people", 3);
      clock.ms += 12 * hour;
      const still = await vault.get("draft:read");
      clock.ms += 1;
      const gone = await vault.get("draft:read");
      const between = (await dump()).values.map((row) => row.name);
      await fresh().status();
      return [still, gone, between, (await dump()).values.map((row) => row.name)];""", pin=PIN, hour=HOUR_MS) == [
        1, None, ["draft:swept", "people"], ["people"]]


def test_a_value_moved_under_another_name_or_another_time_does_not_open(run: Run) -> None:
    assert run("""
      await vault.setUpPin(pin);
      const change = async (from, into) => {
        await vault.put(from, "mine");
        const open = indexedDB.open("visit-vault");
        const db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
        const tx = db.transaction("values", "readwrite");
        const row = tx.objectStore("values").get(from);
        row.onsuccess = () => tx.objectStore("values").put({ ...row.result, ...into });
        await new Promise((done) => { tx.oncomplete = done; });
        db.close();
        return vault.get(into.name ?? from);
      };
      const same = await change("draft:a", {});
      return [same, await change("draft:a", { name: "draft:b" }), await change("draft:a", { saved_at: 1.8e12 + 1 })];""",
               pin=PIN) == ["mine", None, None]


def test_what_is_on_its_way_to_the_disk_does_not_arrive_after_it_was_dropped(run: Run) -> None:
    assert run("""
      await vault.setUpPin(pin);
      vault.put("draft:note", "CANARY");
      await vault.drop("draft:note");
      return (await dump()).values;""", pin=PIN) == []


def test_signing_out_drops_what_was_kept_and_leaves_the_pin(run: Run) -> None:
    assert run("""
      await vault.setUpPin(pin);
      await vault.put("draft:note", "CANARY");
      await vault.leave();
      return [(await dump()).values, (await vault.status()).locked, (await vault.unlockWithPin(pin)).unlocked];""",
               pin=PIN) == [[], True, True]


def test_while_locked_nothing_is_put_and_no_second_way_is_added(run: Run) -> None:
    assert run("""
      await vault.setUpPin(pin);
      vault.lock();
      return [await vault.put("draft:note", 1), await vault.setUpPin("730291").then(() => true, () => false)];""",
               pin=PIN) == [False, False]


def test_listeners_hear_of_each_lock_and_unlock(run: Run) -> None:
    assert run("""
      let heard = 0;
      const stop = vault.listen(() => { heard += 1; });
      await vault.setUpPin(pin);
      vault.lock();
      await vault.unlockWithPin(pin);
      stop();
      vault.lock();
      return heard;""", pin=PIN) == 3


def test_without_storage_the_status_says_so(page: Page, run: Run) -> None:
    page.add_init_script('Object.defineProperty(window, "indexedDB", { get() { throw new Error("none here"); } });')
    page.reload()
    assert run("return [await vault.status(), await vault.put('draft:note', 1)];") == [
        {"available": False, "setUp": False, "locked": False, "ways": []}, False]


def _authenticator(page: Page, *, prf: bool) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "hasPrf": prf, "automaticPresenceSimulation": True}})


def test_a_passkey_opens_what_was_sealed_and_so_does_the_pin_beside_it(page: Page, run: Run) -> None:
    _authenticator(page, prf=True)
    assert run("""
      await vault.setUpPasskey();
      await vault.put("draft:note", "kept");
      await vault.setUpPin(pin);
      vault.lock();
      const byPasskey = [await vault.unlockWithPasskey(), await vault.get("draft:note")];
      vault.lock();
      const byPin = [(await vault.unlockWithPin(pin)).unlocked, await vault.get("draft:note")];
      return [byPasskey, byPin, (await vault.status()).ways];""", pin=PIN) == [
        [True, "kept"], [True, "kept"], ["pin", "passkey"]]


def test_a_passkey_without_a_secret_is_refused_and_changes_nothing(page: Page, run: Run) -> None:
    _authenticator(page, prf=False)
    assert run("""
      const refused = await vault.setUpPasskey().then(() => false, () => true);
      return [refused, (await vault.status()).setUp];""") == [True, False]


#: What she took along lies beside a draft and the list of people, opened by her passkey alone.
TAKE_ALONG = """
  await vault.setUpPasskey();
  await vault.put("people", ["R.L."]);
  const names = async () => (await dump()).values.map((row) => row.name);
  const kept = await vault.put("card", { words: "CANARY" }, 1.8e12 + hour);
"""


def test_what_she_took_along_opens_with_her_passkey_and_lies_there_sealed(page: Page, run: Run) -> None:
    _authenticator(page, prf=True)
    assert run(TAKE_ALONG + """
      vault.lock();
      const shut = await vault.get("card");
      const text = (await dump()).values.map((row) => new TextDecoder("latin1").decode(row.sealed)).join("");
      const opened = await vault.unlockWithPasskey();
      return [kept, shut, text.includes("CANARY"), opened, await vault.get("card")];""", hour=HOUR_MS) == [
        True, None, False, True, {"words": "CANARY"}]


def test_it_is_gone_on_reading_and_at_the_next_start_after_its_time(page: Page, run: Run) -> None:
    _authenticator(page, prf=True)
    assert run(TAKE_ALONG + """
      clock.ms += hour;
      const still = Boolean(await vault.get("card"));
      clock.ms += 1;
      const there = await names();
      await fresh().status();
      return [still, there, await names(), await vault.get("card")];""", hour=HOUR_MS) == [
        True, ["card", "people"], ["people"], None]


def test_a_later_end_written_beside_it_does_not_open_it(page: Page, run: Run) -> None:
    _authenticator(page, prf=True)
    assert run(TAKE_ALONG + """
      const open = indexedDB.open("visit-vault");
      const db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
      const tx = db.transaction("values", "readwrite");
      const row = tx.objectStore("values").get("card");
      row.onsuccess = () => tx.objectStore("values").put({ ...row.result, until: row.result.until + hour });
      await new Promise((done) => { tx.oncomplete = done; });
      db.close();
      return vault.get("card");""", hour=HOUR_MS) is None


def test_behind_a_pin_nothing_is_taken_along_also_where_there_is_a_passkey_beside_it(page: Page, run: Run) -> None:
    _authenticator(page, prf=True)
    assert run("""
      await vault.setUpPin(pin);
      const behindPin = await vault.put("card", 1);
      await vault.setUpPasskey();
      vault.lock();
      await vault.unlockWithPasskey();
      return [behindPin, await vault.put("card", 1), (await dump()).values];""", pin=PIN) == [False, False, []]


def test_a_pin_that_is_set_up_later_takes_it_away(page: Page, run: Run) -> None:
    _authenticator(page, prf=True)
    assert run(TAKE_ALONG + """
      await vault.setUpPin(pin);
      return [await names(), await vault.get("card"), await vault.put("card", 1)];""", hour=HOUR_MS, pin=PIN) == [
        ["people"], None, False]


def test_a_copy_of_it_from_before_the_pin_does_not_open_with_the_pin(page: Page, run: Run) -> None:
    """The row was deleted; what lay on the disk may still be found there and put back."""
    _authenticator(page, prf=True)
    assert run(TAKE_ALONG + """
      const row = (await dump()).values.find((one) => one.name === "card");
      await vault.setUpPin(pin);
      vault.lock();
      const opened = (await vault.unlockWithPin(pin)).unlocked;
      const open = indexedDB.open("visit-vault");
      const db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
      db.transaction("values", "readwrite").objectStore("values").put(row);
      db.close();
      return [opened, await vault.get("card"), await vault.get("people")];""", hour=HOUR_MS, pin=PIN) == [True, None, ["R.L."]]


def test_signing_out_drops_what_she_took_along(page: Page, run: Run) -> None:
    _authenticator(page, prf=True)
    assert run(TAKE_ALONG + "await vault.leave(); return names();", hour=HOUR_MS) == []


def test_the_list_of_people_goes_with_its_day(run: Run) -> None:
    """By the phone's own clock, at the first start after four in the morning: a round may end in the night."""
    assert run("""
      await vault.setUpPin(pin);
      await vault.put("people", 1);
      const night = new Date(1.8e12);
      night.setDate(night.getDate() + 1);
      clock.ms = night.setHours(4, 0, 0, 0) - 1.8e12;
      await fresh().status();
      const still = (await dump()).values.length;
      clock.ms += 1;
      await fresh().status();
      return [still, (await dump()).values.length];""", pin=PIN) == [1, 0]
