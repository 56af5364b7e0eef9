"""Whatever a plan says and whenever somebody tries: nothing reaches the adult that it forbids at the moment of going out.

Plans, contacts and times at random; e-mail through a real mail server. What arrived is judged anew here, by the minute of the
wall and by a short list of words, not by the product's own rules.
"""

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.message import Message
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sgapp.domain.errors import Invalid
from sgapp.domain.reach import Channel, Reach
from sgapp.integrations.mail import Mail
from sgapp.integrations.outgoing import Outgoing
from sgapp.services import contacts, duty, safety_plans
from sgapp.services.post import deliver_due
from sgapp.services.sweep import sweep
from tests.integrations.test_mail import Inbox, server
from tests.people import Cast

LONDON = ZoneInfo("Europe/London")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
GIVES_AWAY = re.compile(r"safeguard|abus|police|refuge|rosa|linden|martin|P-117", re.IGNORECASE)
ORDINARY = ("See you at ten.", "The hoist service is on its way.", "Your carer comes an hour later.")
TELLING = ("The safeguarding team rings.", "Rosa, are you there?", "It is about the abuse.", "The POLICE will come.",
           "When Martin is out.", "Ring the refuge.", "About P-117.")
#: Spring and autumn, with both nights of the clocks.
FIRST = datetime(2026, 3, 20, tzinfo=UTC)


@dataclass(frozen=True)
class Drawn:
    """A plan as it was drawn: what counts of it here."""

    channels: tuple[str, ...]
    nevers: tuple[str, ...]
    safe: tuple[tuple[int, int, int], ...] = ()
    never: tuple[tuple[int, int, int], ...] = ()

    def form(self, case: str, on: date) -> safety_plans.WriteSafetyPlan:
        return safety_plans.WriteSafetyPlan(
            case, channels=self.channels, nevers=self.nevers, number="07700 900117", email="rosa@example.org",
            trusted="Her sister", windows=_lines(self.safe), never_windows=_lines(self.never), feared="Martin Linden",
            review_on=on + timedelta(days=30), agreement="agreed", workers_may_view="no")

    def allows(self, channel: str, never: str, at: datetime) -> bool:
        """Whether something may go out by this channel at this minute."""
        wall = at.astimezone(LONDON)
        minute = wall.hour * 60 + wall.minute

        def inside(windows: tuple[tuple[int, int, int], ...]) -> bool:
            return any(day == wall.weekday() and start <= minute < start + length for day, start, length in windows)

        timely = not inside(self.never) and (not self.safe or inside(self.safe))
        return channel in self.channels and "NO_CONTACT" not in self.channels and never not in self.nevers and timely


def _lines(windows: tuple[tuple[int, int, int], ...]) -> str:
    def clock(minutes: int) -> str:
        return f"{minutes // 60:02}:{minutes % 60:02}"

    return "\n".join(f"{DAYS[day]} {clock(start)}-{clock(start + length)}" for day, start, length in windows)


# Between three and 23 o'clock: no window lies in an hour that the wall skips or shows twice, where a minute names no moment.
_WINDOWS = st.lists(st.tuples(st.integers(0, 6), st.integers(3 * 60, 20 * 60), st.integers(10, 180)), max_size=4).map(tuple)
_CHANNELS = st.lists(st.sampled_from(["SAFE_SMS", "SAFE_EMAIL", "SAFE_CALL", "IN_VISIT_ONLY", "VIA_TRUSTED"]), min_size=1,
                     unique=True).map(tuple)
_NEVERS = st.lists(st.sampled_from(["NO_TEXT", "NO_POST", "NO_VOICEMAIL", "NO_CALLBACK_NUMBER"]), unique=True).map(tuple)
_PLANS = st.builds(Drawn, _CHANNELS | st.just(("NO_CONTACT",)), _NEVERS, _WINDOWS, _WINDOWS).filter(
    lambda p: not ("SAFE_SMS" in p.channels and "NO_TEXT" in p.nevers))


@dataclass
class Outside:
    """Everything that left: texts as they were handed over, e-mails as the server took them."""

    texts: list[Outgoing] = field(default_factory=list)
    mails: list[Message] = field(default_factory=list)

    def send(self, message: Outgoing) -> None:
        self.texts.append(message)


@dataclass
class World:
    cast: Cast
    case: str
    port: int
    inbox: Inbox
    examples: int = 0
    went_out: int = 0

    def outside(self) -> Outside:
        return Outside(mails=self.inbox.got)


@pytest.fixture
def world(cast: Cast) -> Iterator[World]:
    case = cast.opened_case(about="rosa", types=("domestic",), at=FIRST - timedelta(days=2))
    told = Reach(email="lena@example.org", by_email=True)
    with cast.house.begin(cast.lena, FIRST) as uow:
        duty.set_reach(uow, cast.lena.account_id, told)
    inbox = Inbox()
    with server(inbox) as port:
        yield World(cast, case, port, inbox)


_KINDS = {"text": ("SAFE_SMS", "NO_TEXT"), "email": ("SAFE_EMAIL", "")}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=_PLANS, later=st.none() | _PLANS, kind=st.sampled_from(sorted(_KINDS)), ahead=st.integers(60, 12 * 24 * 60),
       words=st.sampled_from(ORDINARY + TELLING), whom=st.sampled_from(["adult", "adult", "relative", "trusted"]),
       delivered_after=st.integers(0, 120))
def test_nothing_goes_out_that_the_plan_forbids_at_that_moment(
        world: World, plan: Drawn, later: Drawn | None, kind: str, ahead: int, words: str, whom: str,
        delivered_after: int) -> None:
    lena, house = world.cast.lena, world.cast.house
    now = FIRST + timedelta(days=5 * world.examples)
    world.examples += 1
    safety_plans.write_safety_plan(house, lena, plan.form(world.case, now.date()), now=now)
    when = (now + timedelta(minutes=ahead)).replace(second=0, microsecond=0)
    form = contacts.PlanContact(world.case, kind, whom, when, "To ask", words, anyway="Agreed with her.")
    channel, never = _KINDS[kind]
    with contextlib.suppress(Invalid):
        contacts.plan_contact(house, lena, form, now=now)
        if whom == "adult":  # it stands in the outbox: already then the plan has to allow it
            assert plan.allows(channel, never, when), (plan, kind, when.astimezone(LONDON))
            assert not GIVES_AWAY.search(words)
    if later is not None:
        safety_plans.write_safety_plan(house, lena, later.form(world.case, now.date()), now=now + timedelta(minutes=5))
    at = when + timedelta(minutes=delivered_after)
    outside, before = world.outside(), len(world.inbox.got)
    ways = {Channel.TEXT: outside, Channel.EMAIL: Mail.at(f"smtp://127.0.0.1:{world.port}", sender="notes@example.org")}
    deliver_due(house, ways, now=at)
    sweep(house, now=at, holder="test")
    deliver_due(house, ways, now=at)
    counts = later or plan
    to_her = [m for m in world.inbox.got[before:] if m["To"] == "rosa@example.org"]
    for said in [m.text for m in outside.texts] + [f"{m['Subject']} {m.get_payload()}" for m in to_her]:
        world.went_out += 1
        assert whom == "adult"
        assert counts.allows(channel, never, at), (counts, kind, at.astimezone(LONDON))
        assert not GIVES_AWAY.search(said)
    for mail in world.inbox.got[before:]:  # what staff are told is as neutral
        assert not GIVES_AWAY.search(mail.as_string().replace("rosa@example.org", ""))


def test_what_the_plan_allows_does_go_out(world: World) -> None:
    """The control of the test above: with a plan that allows it, the same way out delivers by both ways."""
    plan = Drawn(("SAFE_SMS", "SAFE_EMAIL"), (), ((3, 10 * 60, 60),))
    lena, house = world.cast.lena, world.cast.house
    safety_plans.write_safety_plan(house, lena, plan.form(world.case, FIRST.date()), now=FIRST)
    when = datetime(2026, 3, 26, 10, 15, tzinfo=UTC)  # a Thursday
    for kind in _KINDS:
        form = contacts.PlanContact(world.case, kind, "adult", when, "To ask", ORDINARY[0], anyway="Agreed with her.")
        contacts.plan_contact(house, lena, form, now=FIRST)
    outside = world.outside()
    ways: dict[Channel, Any] = {
        Channel.TEXT: outside, Channel.EMAIL: Mail.at(f"smtp://127.0.0.1:{world.port}", sender="notes@example.org")}
    deliver_due(house, ways, now=when + timedelta(minutes=1))
    assert [m.text for m in outside.texts] == [ORDINARY[0]]
    assert [(m["To"], m["Subject"]) for m in world.inbox.got if m["To"] == "rosa@example.org"] == [
        ("rosa@example.org", "About your visit")]
    assert json.dumps(ORDINARY[0])[1:-1] in str(next(m for m in world.inbox.got if m["To"] == "rosa@example.org").get_payload())
