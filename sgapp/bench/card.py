"""`card`: how long a tap on a code takes until its words can be read, on a cheap phone: with a poor signal, and from the phone.

With a signal the baseline is a bare page that posts as many bytes and shows the answer (bare_look.py); from the phone it is a
bare page that shows words which it has. *Readable*: the words stand in the page and a frame has been drawn since. Line and
processor are those of `phone` (visits.py). Both sides take turns, and change who goes first; a round is the median of its taps.
"""

import contextlib
import secrets
import statistics
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel import func, select

from sgapp.bench.children import child, free_port
from sgapp.bench.results import Bench, CannotMeasure, Check, Cost, Plan, Spread
from sgapp.bench.visits import browsers, slow_down, someone
from sgapp.domain.permissions import Actor
from sgapp.services import safety_plans, triage
from sgapp.services.house import SYSTEM, House, now
from sgapp.services.intake import intake_key, receive, seal_note
from sgapp.settings import Settings
from sgapp.store import accounts
from sgapp.store.tables import AuditEventRow

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ONLINE_GOAL = 1.5  # from the phone there is none: whatever is opened and recorded first costs many times a bare word
POST_IS = "a bare page that posts as many bytes to a bare FastAPI app and shows the answer"
TOGGLE_IS = "a bare page that shows words which it has"

_ROUNDS, _QUICK_ROUNDS, _TAPS = 7, 1, 8
_WORKER, _REFERENCE = "worker.a", "P-142"
#: The codes of the card that are tapped in turn, by what stands on them.
_SHORTS = ("K2", "K9")
_ARRIVES_MS = 30_000

#: Presses and waits until words stand there and two frames were begun since: the first has been drawn by then.
_TAP = """
(button) => new Promise((done, give_up) => {
  setTimeout(give_up, 60000, new Error("no words within a minute"));
  const place = document.querySelector(".code-words");
  const drawn = (then) => requestAnimationFrame(() => requestAnimationFrame(then));
  const seeing = new MutationObserver(() => {
    if (!place.textContent) return;
    seeing.disconnect();
    drawn(() => done(performance.now() - began));
  });
  place.textContent = "";
  seeing.observe(place, { childList: true, characterData: true, subtree: true });
  const began = performance.now();
  button.click();
})
"""


@dataclass(frozen=True, slots=True)
class _Sides:
    """The addresses of both pages, and what the worker signs in with."""

    product: str
    bare: str
    password: str


@dataclass(frozen=True, slots=True)
class _Round:
    """Milliseconds from a tap until its words can be read."""

    online: float
    post: float
    alone: float
    toggle: float


def run(plan: Plan) -> tuple[Cost, ...]:
    """Measure both ways in turns. Raises CannotMeasure."""
    rounds = _QUICK_ROUNDS if plan.quick else _ROUNDS
    task = plan.progress.add_task("card: a demo with a plan", total=rounds + 1)
    with (browsers() as browser, tempfile.TemporaryDirectory(prefix="sgapp-bench-") as place,
          _servers(Path(place)) as (sides, house)):
        found = []
        for n in range(rounds):
            plan.progress.update(task, description=f"card: round {n + 1} of {rounds}", advance=1)
            found.append(_round(browser, sides, product_first=bool(n % 2)))
        looked = (_on_the_chain(house, "card-looked-at"), _on_the_chain(house, "card-looked-at-offline"))
        plan.progress.update(task, completed=rounds + 1)
    return _costs(found, looked)


def _round(browser: "Browser", sides: _Sides, *, product_first: bool) -> _Round:
    from playwright.sync_api import Error

    try:
        bare = None if product_first else _bare(browser, sides)
        online, alone = _product(browser, sides)
        post, toggle = bare or _bare(browser, sides)
    except Error as error:
        raise CannotMeasure(f"A page did not do what was waited for: {error.message.splitlines()[0]}") from error
    return _Round(online, post, alone, toggle)


def _bare(browser: "Browser", sides: _Sides) -> tuple[float, float]:
    with someone(browser) as anyone:
        page = anyone.new_page()
        slow_down(anyone.new_cdp_session(page))
        page.goto(sides.bare)
        return tuple(_taps(page, [f"#{button}"]) for button in ("post", "toggle"))  # type: ignore[return-value] - two


def _product(browser: "Browser", sides: _Sides) -> tuple[float, float]:
    """What a tap took with a signal, and then from the phone alone; those looks are handed in before it ends."""
    with someone(browser) as worker:
        answer = worker.request.post(f"{sides.product}api/session", data={"username": _WORKER, "password": sides.password})
        if not answer.ok:
            raise CannotMeasure(f"{_WORKER} could not sign in: {answer.status}")
        page = worker.new_page()
        wire = worker.new_cdp_session(page)
        wire.send("WebAuthn.enable")
        wire.send("WebAuthn.addVirtualAuthenticator", {"options": {
            "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True,
            "hasUserVerification": True, "isUserVerified": True, "hasPrf": True, "automaticPresenceSimulation": True}})
        _take_along(page, sides)
        chips = [f".code-chip:has-text('{short}') >> nth=0" for short in _SHORTS]
        slow_down(wire)
        online = _taps(page, chips)
        worker.set_offline(True)
        alone = _taps(page, chips)
        wire.send("Emulation.setCPUThrottlingRate", {"rate": 1})
        worker.set_offline(False)
        _wait_until_handed_in(page)
        return online, alone


def _take_along(page: "Page", sides: _Sides) -> None:
    page.goto(sides.product)
    page.locator("summary", has_text="Keep drafts when this phone locks").click()
    page.get_by_role("button", name="Use face or finger").click()
    page.get_by_text("This phone's lock").wait_for()
    page.goto(f"{sides.product}today/")
    page.get_by_role("button", name="Use face or finger").click()
    page.get_by_role("button", name="Keep today’s on this phone").click()
    page.get_by_role("button", name="Take it off this phone").wait_for()


def _taps(page: "Page", buttons: Sequence[str]) -> float:
    """The median of some taps on these buttons in turn. One on a code that is shown would put it away: hence two of
    them, and an even number of taps.
    """
    return statistics.median(float(page.locator(buttons[n % len(buttons)]).evaluate(_TAP)) for n in range(_TAPS))


_WAITING = """() => new Promise((done) => {
  const asked = indexedDB.open("visit-notes");
  asked.onsuccess = () => {
    const rows = asked.result.transaction("notes").objectStore("notes").count();
    rows.onsuccess = () => { asked.result.close(); done(rows.result); };
  };
})"""


def _wait_until_handed_in(page: "Page") -> None:
    page.evaluate("window.dispatchEvent(new Event('online'))")
    for _ in range(_ARRIVES_MS // 100):
        if page.evaluate(_WAITING) == 0:
            return
        page.wait_for_timeout(100)  # a database of the browser tells nobody when it was written
    raise CannotMeasure("Looks without a signal were not handed in afterwards.")


@contextlib.contextmanager
def _servers(folder: Path) -> Iterator[tuple[_Sides, House]]:
    ours, bare = free_port(), free_port()
    password = secrets.token_urlsafe(18)
    settings = {"SGAPP_DATA": str(folder / "product"), "SGAPP_KEYS": str(folder / "keys"), "SGAPP_DEMO_PASSWORD": password,
                "SGAPP_ORGANISATION": Settings().organisation, "SGAPP_PUBLIC_URL": f"http://localhost:{ours}"}
    with (child("sgapp.cli", "serve", "--demo", "--port", str(ours), port=ours, log=folder / "product.log", settings=settings),
          child("sgapp.bench.bare_look", str(bare), port=bare, log=folder / "bare.log", settings={})):
        house = House(Settings(data=folder / "product", keys=folder / "keys", master_key="", database_url="", redis_url=""))
        _write_plan(house)
        # "localhost", because a browser keeps pages, and makes secrets, for a secure origin only.
        yield _Sides(f"http://localhost:{ours}/", f"http://localhost:{bare}/", password), house
        house.engine.dispose()


def _write_plan(house: House) -> None:
    """Whoever the worker visits gets a plan with the two codes that are tapped."""
    at, note = now(), str(uuid.uuid4())
    with house.begin(SYSTEM, at) as uow:
        person = next(p for p in uow.people.where() if p.reference == _REFERENCE)
        worker, lead = (_actor(accounts.by_username(uow, name)) for name in (_WORKER, "lead"))
    payload = {"schema": 1, "id": note, "captured_at": at.isoformat(), "capture_seq": 1, "when_seen": at.isoformat(),
               "person": {"id": person.id}, "where": {"place": "own_home"}, "seen": "A mark."}
    receive(house, worker, seal_note(intake_key(house, now=at), note, payload), now=at)
    triage.acknowledge_note(house, lead, triage.AcknowledgeNote(note), now=at)
    case = triage.open_case(house, lead, triage.OpenCase(note, (), ("domestic",)), now=at).id
    form = safety_plans.WriteSafetyPlan(case, channels=("SAFE_CALL",), nevers=("NO_VOICEMAIL",), workers_may_view="yes",
                                        review_on=(at + timedelta(days=30)).date(), agreement="agreed")
    safety_plans.write_safety_plan(house, lead, form, now=at)


def _actor(account: accounts.Account | None) -> Actor:
    if account is None:
        raise CannotMeasure("The demo lacks somebody whom this bench needs.")
    return account.as_actor()


def _on_the_chain(house: House, action: str) -> int:
    with house.begin(SYSTEM, now()) as uow:
        return uow.session.exec(select(func.count()).where(AuditEventRow.action == action)).one()


def _costs(rounds: Sequence[_Round], looked: tuple[int, int]) -> tuple[Cost, ...]:
    def cost(setting: str, ours: Callable[[_Round], float], against: Callable[[_Round], float], goal: float | None,
             baseline_is: str, on_the_chain: int) -> Cost:
        ratio = round(statistics.median(ours(r) / against(r) for r in rounds), 3)
        check = Check("looks on the chain", len(rounds) * _TAPS, on_the_chain)
        return Cost("card", setting, "ms", ratio, goal, Spread.of(map(ours, rounds)), Spread.of(map(against, rounds)),
                    baseline_is, len(rounds), (check,))

    return (cost("with a signal", lambda r: r.online, lambda r: r.post, ONLINE_GOAL, POST_IS, looked[0]),
            cost("from the phone", lambda r: r.alone, lambda r: r.toggle, None, TOGGLE_IS, looked[1]))


BENCH = Bench("card", "from a tap on a code until its words can be read, with a poor signal and without any", run)
