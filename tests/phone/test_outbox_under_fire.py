"""The network is really cut and the server really killed, again and again: every note that was kept arrives, once.

Source: DESIGN, "On the phone". Everything breaks in the transport: refused, silent, cut in the middle of a request, cut
after the server had committed and before its answer came, flapping, offline, kill -9. The modules are the phone's own.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, Request, Route
from sqlmodel import select

from sgapp.domain.observation import Observation
from sgapp.services.house import SYSTEM, House, now
from sgapp.settings import Settings
from sgapp.store.tables import AuditEventRow, EnvelopeConflictRow, EnvelopeRow
from tests.phone.phone_page import Office, PhonePage, bundle, close_anyhow, fill_storage, seeded, until
from tests.phone.rough_network import FAULTS

KILLS, TABS = 5, 2
PATIENCE_S = 240  # a note that is lost never comes
POSTS = "**/api/observations"
HOW_IT_STANDS = """async () => JSON.stringify({
  waiting: await harness.waiting(), locks: await navigator.locks.query(), online: navigator.onLine })"""
DELIVERED = "() => harness.waiting().then((count) => count === 0)"


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> str:
    return bundle(tmp_path_factory.mktemp("harness"))


@pytest.fixture(scope="module")
def calm_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = Office(tmp_path_factory.mktemp("office"), random.Random(0))
    yield office
    office.close()


@pytest.fixture
def phone(browser: Browser, calm_office: Office, script: str) -> Iterator[PhonePage]:
    made = PhonePage(browser, calm_office, script)
    yield made
    made.close()
    calm_office.link.delay_seconds = 0
    calm_office.link.calm()
    assert made.complaints == []


def _answers(address: str) -> str:
    try:
        with urlopen(f"{address}/healthz", timeout=10) as answer:
            return str(answer.status)
    except OSError as error:
        return repr(error)


class Storm:
    """Five bursts of notes, each with everything that can happen to a phone and a kill, at moments that the seed chose."""

    def __init__(self, phone: PhonePage, moments: random.Random, count: int) -> None:
        self.phone, self.moments, self.count = phone, moments, count
        self.share = -(-count // (2 * TABS * (KILLS + 1)))
        self.tabs: list[Page] = []
        self.begun = 0

    def run(self) -> None:
        self.tabs = [self.phone.open() for _ in range(TABS)]
        self.phone.sign_in(self.tabs[0], "worker.a")
        self.phone.office.link.storm()
        for burst in range(KILLS + 1):
            if burst == KILLS // 2:  # somebody else takes the phone over, while notes of the first still wait
                self.phone.sign_in(self.tabs[0], "worker.b")
            self._write_all()
            happens = [self._reload, self._close_one, self._offline, self._kill if burst < KILLS else self._write_all]
            self.moments.shuffle(happens)
            for event in happens:
                self._pause(0.02, 0.25)
                event()
        # What the reloads and closed tabs cut off, and until every kind of fault has come at least once
        while len(self.kept()) < self.count or not FAULTS <= set(self.phone.office.link.met):
            self._write(self.tabs[0], 1)
            self._pause(0.1, 0.2)
        self.phone.office.link.calm()
        for tab in self.tabs:
            tab.evaluate("() => harness.written()")
        # Each answer that the storm still holds is waited for 20 seconds; then the rest go one by one, past what slows them.
        until(self.tabs[0], DELIVERED, seconds=PATIENCE_S, otherwise=self._how_it_stands)

    def _how_it_stands(self) -> str:
        """What holds back the notes that wait: the phone itself, the link or the server."""
        phone = self.tabs[0].evaluate(HOW_IT_STANDS)
        office = self.phone.office
        answers = [_answers(address) for address in (office.address, office.server.url)]
        return f"{phone}; over the link: {answers[0]}; the server: {answers[1]}"

    def kept(self) -> dict[str, dict[str, Any]]:
        """What add() resolved for, by id."""
        return self.tabs[0].evaluate("() => harness.kept()")

    def _write_all(self) -> None:
        for tab in self.tabs:
            self._write(tab, self.share)

    def _kill(self) -> None:
        """kill -9 while notes are under way; the phone goes on meanwhile."""
        self._write_all()
        self._pause(0, 0.25)
        self.phone.office.kill()
        self._pause(0, 0.3)
        self.phone.office.start()

    def _write(self, tab: Page, count: int) -> None:
        pauses = [self.moments.randrange(0, 60) for _ in range(count)]
        tab.evaluate("([from, pauses]) => harness.writeSome(from, pauses)", [self.begun, pauses])
        self.begun += count

    def _pause(self, least: float, most: float) -> None:
        self.tabs[0].wait_for_timeout(1000 * self.moments.uniform(least, most))

    def _reload(self) -> None:
        tab = self.moments.choice(self.tabs)
        self._write(tab, 1)
        self._pause(0, 0.06)
        self.phone.reload(tab)

    def _close_one(self) -> None:
        tab = self.tabs.pop(self.moments.randrange(len(self.tabs)))
        self.tabs.append(self.phone.open())
        self._write(tab, 1)
        self._pause(0, 0.06)
        close_anyhow(tab)

    def _offline(self) -> None:
        self.phone.context.set_offline(True)
        self._pause(0.1, 0.3)
        self.phone.context.set_offline(False)


def in_the_office(office: Office, ids: set[str]) -> dict[str, Any]:
    """What the database holds of these notes: how often each was delivered, who wrote it, what stands in it."""
    house = House(Settings(data=office.server.data, keys=Path(office.server.env["SGAPP_KEYS"])))
    with house.begin(SYSTEM, now()) as uow:
        events = uow.session.exec(select(AuditEventRow.action, AuditEventRow.subject_id)).all()
        envelopes = {e.id: e for e in uow.session.exec(select(EnvelopeRow)) if e.id in ids}
        notes = {i: uow.regardless(Observation, i) for i, e in envelopes.items() if e.quarantined_because is None}
        found = {
            "delivered": Counter(subject for action, subject in events if action == "note-delivered" and subject in ids),
            "repeats": sum(action == "note-delivered-again" for action, _ in events),
            "quarantined": [e.id for e in uow.session.exec(select(EnvelopeRow)) if e.quarantined_because is not None],
            "conflicts": len(uow.session.exec(select(EnvelopeConflictRow)).all()),
            "author": {i: n.author_id for i, n in notes.items()}, "seq": {i: n.content.capture_seq for i, n in notes.items()},
            "seen": {i: n.content.seen for i, n in notes.items()},
        }
    house.engine.dispose()
    return found


@pytest.mark.parametrize("count", [50, pytest.param(500, marks=pytest.mark.long)])
def test_every_note_kept_on_a_phone_under_fire_arrives_once(browser: Browser, tmp_path: Path, script: str, count: int) -> None:
    seed, moments = seeded()
    office = Office(tmp_path, moments)
    phone = PhonePage(browser, office, script)
    try:
        storm = Storm(phone, moments, count)
        storm.run()
        kept = storm.kept()
        rows = storm.tabs[0].evaluate("() => harness.rows()")
        phone.close()
    finally:
        office.close()
    written = {row["id"] for row in rows}  # those too whose tab was closed before it could say so
    found = in_the_office(office, written)
    where = f"seed {seed}"
    # All there, none twice, none that nobody can open
    assert set(kept) <= written and len(kept) >= count, where
    assert set(found["delivered"]) == written and set(found["delivered"].values()) == {1}, where
    assert found["quarantined"] == [] and found["conflicts"] == 0, where
    assert {row["state"] for row in rows} == {"delivered"}, where
    # Each under its writer and with its own words, although the phone changed hands
    assert {i: found["author"][i] for i in kept} == {i: k["owner"] for i, k in kept.items()}, where
    assert len(set(found["author"].values())) == 2, where
    assert {i: found["seen"][i] for i in kept} == {i: f"note {k['number']} of {k['tab']}" for i, k in kept.items()}, where
    # In the order in which they were written: in each tab, and across both wherever one had ended before the next began
    assert len(set(found["seq"].values())) == len(written), where
    assert found["seq"] == {row["id"]: row["seq"] for row in rows}, where
    in_order = sorted(kept.values(), key=lambda k: k["seq"])
    for tab in {k["tab"] for k in in_order}:
        numbers = [k["number"] for k in in_order if k["tab"] == tab]
        assert all(a < b for a, b in pairwise(numbers)), where
    assert not [(a, b) for i, b in enumerate(in_order) for a in in_order[:i] if a["began"] > b["ended"]], where
    # And it was a storm: every kind of fault came, and answers were lost after the server had the note
    assert set(office.link.met) >= FAULTS, (where, office.link.met)
    assert found["repeats"] > 0, where
    verified = office.server.command("audit", "verify")
    assert verified.returncode == 0, (where, verified.stdout)
    assert phone.complaints == [], where


def test_two_tabs_take_turns_and_post_each_note_once(phone: PhonePage, calm_office: Office) -> None:
    posted: list[str] = []

    def asked(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/api/observations"):
            posted.append(request.post_data_json["id"])

    first, second = phone.open(begin=False), phone.open(begin=False)
    phone.sign_in(first, "worker.c")
    written = [first.evaluate("(n) => harness.write(n)", n) for n in range(8)]
    phone.context.on("request", asked)
    calm_office.link.delay_seconds = 0.05  # both are surely at it at once
    for tab in (first, second):
        tab.evaluate("() => { harness.flush(); }")
    until(first, DELIVERED)
    until(second, "() => harness.flush().then((left) => left === 0)")
    assert posted == written


def test_a_tab_that_is_closed_in_the_middle_of_a_delivery_takes_no_note_with_it(phone: PhonePage, calm_office: Office) -> None:
    closed, other = phone.open(begin=False), phone.open(begin=False)
    phone.sign_in(closed, "worker.b")
    written = closed.evaluate("(n) => harness.write(n)", 1)
    calm_office.link.delay_seconds = 30
    with closed.expect_request(POSTS):
        closed.evaluate("() => { harness.flush(); }")
    closed.close()
    calm_office.link.delay_seconds = 0
    calm_office.link.calm()
    assert _states(other) == {written: "on_phone"}
    assert other.evaluate("() => harness.flush()") == 0
    assert _states(other) == {written: "delivered"}
    assert in_the_office(calm_office, {written})["delivered"] == {written: 1}


def test_what_a_closed_tab_has_left_is_sent_by_another_that_stands_idle(phone: PhonePage, calm_office: Office) -> None:
    idle, closed = phone.open(), phone.open(begin=False)
    phone.sign_in(idle, "worker.a")
    until(idle, DELIVERED)
    left = closed.evaluate("(n) => harness.write(n)", 1)
    closed.close()
    until(idle, DELIVERED)
    assert _states(idle) == {left: "delivered"}
    assert in_the_office(calm_office, {left})["delivered"] == {left: 1}


def test_a_newer_key_that_one_tab_has_met_is_sealed_to_in_every_tab(phone: PhonePage) -> None:
    old, new = phone.open(begin=False), phone.open(begin=False)
    phone.sign_in(old, "worker.a")
    answer = phone.context.request.get("/api/intake/key").json()
    phone.context.route("**/api/intake/key", lambda route: route.fulfill(json={**answer, "key_id": "newer"}))
    new.evaluate("() => harness.refreshKey()")
    assert old.evaluate("() => harness.sealedNote('words').then((note) => note.key_id)") == "newer"


def _states(page: Page) -> dict[str, str]:
    return {row["id"]: row["state"] for row in page.evaluate("() => harness.rows()")}


def test_a_note_that_is_refused_for_good_does_not_hold_up_the_others(phone: PhonePage, calm_office: Office) -> None:
    page = phone.open(begin=False)
    phone.sign_in(page, "worker.d")
    bad = page.evaluate("""async () => {
      const taken = await harness.sealedNote("the first under its id");
      await harness.deliver(taken);
      const notes = [await harness.sealedNote("another under the same id", { id: taken.id }), // 409
        await harness.sealedNote("long ".repeat(80_000)), // 413, once it was read
        await harness.sealedNote("long ".repeat(400_000)), // 413, before it is read
        { ...await harness.sealedNote("no id"), id: "not-a-uuid" }]; // 422
      for (const note of notes) await harness.add(note);
      return notes.map((note) => note.id);
    }""")
    good = [page.evaluate("(n) => harness.write(n)", n) for n in range(3)]
    assert page.evaluate("() => harness.flush()") == 0
    assert _states(page) == {**dict.fromkeys(bad, "please_ring"), **dict.fromkeys(good, "delivered")}
    assert set(in_the_office(calm_office, set(good))["delivered"]) == set(good)


def test_notes_that_never_get_an_answer_do_not_hold_up_the_others(phone: PhonePage, calm_office: Office) -> None:
    page = phone.open(begin=False)
    phone.sign_in(page, "worker.b")
    written = [page.evaluate("(n) => harness.write(n)", n) for n in range(6)]
    silent, rest = written[:3], written[3:]

    def meet(route: Route) -> None:
        if route.request.post_data_json["id"] in silent:
            route.abort("connectionreset")
        else:
            route.continue_()

    phone.context.route(POSTS, meet)
    calm_office.link.down()
    for _ in range(5):  # a drive without a signal: by its end every one of them has met silence
        page.evaluate("() => harness.flush()")
    calm_office.link.calm()
    for _ in range(3):
        page.evaluate("() => harness.flush()")
    assert _states(page) == {**dict.fromkeys(silent, "on_phone"), **dict.fromkeys(rest, "delivered")}
    written_later = page.evaluate("(n) => harness.write(n)", 6)
    page.evaluate("() => harness.flush()")
    assert _states(page)[written_later] == "delivered"
    phone.context.unroute(POSTS, meet)
    until(page, "() => harness.flush().then((left) => left === 0)")
    assert in_the_office(calm_office, set(written))["delivered"] == dict.fromkeys(written, 1)


def test_without_a_signal_two_notes_are_tried_and_the_rest_are_left_alone(phone: PhonePage) -> None:
    page = phone.open(begin=False)
    phone.sign_in(page, "worker.c")
    for number in range(4):
        page.evaluate("(n) => harness.write(n)", number)
    tried: list[str] = []

    def meet(route: Route) -> None:
        tried.append(route.request.post_data_json["id"])
        route.abort("connectionreset")

    phone.context.route(POSTS, meet)
    page.evaluate("() => harness.flush()")
    assert len(tried) == len(set(tried)) == 2
    page.evaluate("() => harness.flush()")
    assert len(set(tried)) == 4


def test_an_office_that_asks_to_be_left_alone_is_left_alone_that_long(phone: PhonePage) -> None:
    first, second = phone.open(), phone.open()
    phone.sign_in(first, "worker.c")
    posted: list[float] = []

    def ask_to_wait(route: Route) -> None:
        posted.append(time.monotonic())
        if len(posted) == 1:
            route.fulfill(status=429, headers={"retry-after": "2"}, body="{}")
        else:
            route.continue_()

    phone.context.route(POSTS, ask_to_wait)
    for number in range(3):
        first.evaluate("(n) => harness.write(n)", number)
        second.evaluate("() => harness.now()")
    first.reload()  # the page that was told is gone; what it was told stays
    phone.begin(first)
    until(first, DELIVERED)
    assert posted[1] - posted[0] >= 2


def test_a_note_goes_when_she_comes_back_to_the_page(browser: Browser, calm_office: Office, script: str) -> None:
    phone = PhonePage(browser, calm_office, script, pace={"first": 19_000, "last": 19_000})  # by the timer it goes much later
    page = phone.open(begin=False)
    phone.sign_in(page, "worker.d")
    calm_office.link.down()
    written = page.evaluate("(n) => harness.write(n)", 0)
    phone.begin(page)
    page.evaluate("() => harness.flush()")  # waits its turn: the first try is over
    calm_office.link.calm()
    with page.expect_request(POSTS, timeout=10_000):
        page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    until(page, DELIVERED)
    assert _states(page) == {written: "delivered"}
    phone.close()


def test_a_browser_short_of_room_is_asked_to_keep_what_waits(phone: PhonePage) -> None:
    page = phone.open(begin=False)
    phone.sign_in(page, "worker.a")
    page.evaluate("""() => {
      window.asked = 0;
      navigator.storage.persist = async () => { window.asked += 1; return true; };
    }""")
    page.evaluate("(n) => harness.write(n)", 0)
    assert page.evaluate("window.asked") == 1


def test_when_the_storage_is_full_what_waits_still_goes_and_makes_room(phone: PhonePage, calm_office: Office) -> None:
    page = phone.open(begin=False)
    phone.sign_in(page, "worker.a")
    waiting = [page.evaluate("(n) => harness.write(n)", n) for n in range(3)]
    calm_office.link.down()
    assert page.evaluate("() => harness.flush()") > 0
    fill_storage(page)
    assert page.evaluate("() => harness.write(3).then(() => 'kept', (problem) => problem.name)") == "QuotaExceededError"
    calm_office.link.calm()
    assert page.evaluate("() => harness.flush()") == 0
    assert set(in_the_office(calm_office, set(waiting))["delivered"]) == set(waiting)
    assert page.evaluate("() => harness.rows().then((rows) => rows.filter((row) => row.sealed).length)") == 0


def test_what_was_refused_for_good_is_not_posted_again_by_itself_though_the_phone_has_no_room_to_write_that(
        phone: PhonePage) -> None:
    page = phone.open(begin=False)
    phone.sign_in(page, "worker.a")
    refused = page.evaluate("""async () => {
      const note = { ...await harness.sealedNote("no id"), id: "not-a-uuid" }; // 422
      await harness.add(note);
      return note.id;
    }""")
    fill_storage(page)
    posted: list[str] = []
    page.on("request", lambda request: posted.append(request.url) if request.url.endswith(POSTS.strip("*")) else None)
    page.evaluate("""() => {
      window.looks = 0;
      const usual = IDBObjectStore.prototype.getAll;
      IDBObjectStore.prototype.getAll = function (...of) { window.looks += 1; return usual.apply(this, of); };
      harness.begin({ first: 5, last: 5 });
    }""")
    until(page, "() => window.looks > 20")
    assert _states(page) == {refused: "on_phone"}
    assert len(posted) == 1
