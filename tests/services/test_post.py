"""The post: sent once or at least once as each message needs, stopped when nobody needs it, and never lost in silence."""

import json
import threading
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import select

from sgapp.domain.errors import Invalid, NotFound
from sgapp.domain.reach import GIVE_UP_AFTER, Channel, Reach, Urgency
from sgapp.domain.reference import note_reference
from sgapp.integrations import outgoing
from sgapp.integrations.outgoing import Outgoing, Undelivered
from sgapp.services import contacts, messages, safety_plans, triage
from sgapp.services.duty import add_message, set_reach
from sgapp.services.house import SYSTEM, House
from sgapp.services.post import Posted, deliver_due, failing, push_key
from sgapp.services.sweep import sweep
from sgapp.services.views.messages import Told, Trouble, messages_view
from sgapp.store.tables import ClockRow, ContactRow, MessageRow, PushRow, ReachRow
from tests.people import START, Cast
from tests.services.story import at


class Letterbox:
    """A way out that remembers, and can be told to fail."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.got: list[Outgoing] = []
        self.failure = failure

    def send(self, message: Outgoing) -> None:
        self.got.append(message)
        if self.failure is not None:
            raise self.failure


def minutes(n: float) -> datetime:
    return START + timedelta(minutes=n)


def reachable(cast: Cast, who: str = "lena", **choice: object) -> None:
    with cast.house.begin(SYSTEM, START) as uow:
        set_reach(uow, getattr(cast, who).account_id, Reach(**choice))  # type: ignore[arg-type]


def by_mail(cast: Cast, who: str = "lena") -> None:
    reachable(cast, who, email=f"{who}@example.org", by_email=True)


def rows(house: House) -> list[MessageRow]:
    with house.begin(SYSTEM, START) as uow:
        return sorted(uow.session.exec(select(MessageRow)), key=lambda m: (m.created_at, m.channel))


def posted(cast: Cast, box: Letterbox, when: datetime = START) -> Posted:
    return deliver_due(cast.house, {Channel.EMAIL: box, Channel.PUSH: box}, now=when)


def to_the_adult(cast: Cast) -> None:
    """A message of the kind that must not go twice."""
    with cast.house.begin(SYSTEM, START) as uow:
        add_message(uow, Channel.EMAIL, cast.lena.account_id, Urgency.TODAY, to="someone@example.org", reference="X",
                    not_before=START, once=True)


def test_a_message_is_stored_with_the_note_that_causes_it_and_says_nothing_of_it(cast: Cast) -> None:
    by_mail(cast)
    note_id = cast.writes(seen="Kevin took the bank card.")
    box = Letterbox()
    assert posted(cast, box) == Posted(sent=1)
    [message] = box.got
    assert (message.to, message.text) == ("lena@example.org", "Something needs you now.")
    with cast.house.begin(cast.lena, START) as uow:
        assert message.reference == uow.notes.get(note_id).reference


def test_a_reminder_whose_own_matter_is_taken_up_goes_out_for_the_others_that_it_was_to_ring_for(cast: Cast) -> None:
    by_mail(cast)
    notes = [cast.writes() for _ in range(2)]
    for note_id in notes:
        triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(note_id), now=minutes(5))
    morning, box = at("2026-10-06T09:00"), Letterbox()
    posted(cast, box, minutes(5))
    sweep(cast.house, now=morning, holder="one")
    rang, = (m.record_id for m in rows(cast.house) if (m.kind, m.channel) == ("decide", "email"))
    other, = set(notes) - {rang}
    triage.open_case(cast.house, cast.lena, triage.OpenCase(rang, (), ("physical",)), now=morning)
    assert posted(cast, box, morning) == Posted(sent=1)
    assert box.got[-1].reference == note_reference(other)


def test_what_was_sent_is_not_sent_again(cast: Cast) -> None:
    by_mail(cast)
    cast.writes()
    box = Letterbox()
    posted(cast, box)
    assert posted(cast, box, minutes(60)) == Posted()
    assert len(box.got) == 1


def test_what_failed_is_tried_again_later_with_the_same_message_id(cast: Cast) -> None:
    by_mail(cast)
    cast.writes()
    box = Letterbox(Undelivered("refused-450"))
    assert posted(cast, box).failed == 1
    assert posted(cast, box, minutes(0.5)) == Posted()
    box.failure = None
    assert posted(cast, box, minutes(1)) == Posted(sent=1)
    assert len({m.message_id for m in box.got}) == 1 and len(box.got) == 2


def test_one_address_that_fails_holds_up_no_other(cast: Cast) -> None:
    by_mail(cast, "lena")
    by_mail(cast, "joy")
    cast.writes()
    cast.writes(at=minutes(13 * 60))
    refuse_lena = Letterbox()

    def send(message: Outgoing) -> None:
        refuse_lena.got.append(message)
        if message.to.startswith("lena"):
            raise Undelivered("refused-550", final=True)

    refuse_lena.send = send  # type: ignore[method-assign]
    assert posted(cast, refuse_lena, minutes(14 * 60)) == Posted(sent=1, failed=1)


def test_what_is_taken_up_meanwhile_is_not_sent_any_more(cast: Cast) -> None:
    by_mail(cast)
    note_id = cast.writes()
    box = Letterbox(Undelivered("refused-450"))
    posted(cast, box)
    triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(note_id), now=minutes(1))
    assert posted(cast, box, minutes(2)) == Posted(stopped=1)
    assert len(box.got) == 1


def test_an_addition_that_names_whoever_was_asked_gives_it_to_somebody_else_and_tells_her_no_more(cast: Cast) -> None:
    by_mail(cast, "lena")
    by_mail(cast, "devan")
    by_mail(cast, "noel")
    note_id = cast.writes()
    cast.writes(corrects=note_id, staff_involved="yes", staff_names="Lena Hart", at=minutes(1))
    box = Letterbox()
    posted(cast, box, minutes(1))
    assert {m.to for m in box.got} == {"noel@example.org"}
    with cast.house.begin(SYSTEM, START) as uow:
        assert {c.holder_id for c in uow.session.exec(select(ClockRow))} == {cast.noel.account_id}


def test_a_process_that_died_while_sending_leaves_the_message_to_another(cast: Cast) -> None:
    by_mail(cast)
    cast.writes()
    with pytest.raises(KeyboardInterrupt):
        posted(cast, Letterbox(KeyboardInterrupt()))  # type: ignore[arg-type]
    box = Letterbox()
    assert posted(cast, box, minutes(1)) == Posted()
    assert posted(cast, box, minutes(5)) == Posted(sent=1)


def test_what_must_not_go_twice_is_put_before_a_person_when_its_process_died(cast: Cast) -> None:
    to_the_adult(cast)
    with pytest.raises(KeyboardInterrupt):
        posted(cast, Letterbox(KeyboardInterrupt()))  # type: ignore[arg-type]
    box = Letterbox()
    assert posted(cast, box, minutes(5)) == Posted(doubtful=1)
    assert (box.got, [m.state for m in rows(cast.house)]) == ([], ["doubtful"])


@pytest.mark.parametrize(("why", "then"), [(Undelivered("TimeoutError", certain=False), "doubtful"),
                                           (Undelivered("refused-450"), "waiting"), (ValueError("a fault"), "doubtful")])
def test_what_must_not_go_twice_is_tried_again_only_when_it_certainly_did_not_go(
        cast: Cast, why: Exception, then: str) -> None:
    to_the_adult(cast)
    posted(cast, Letterbox(why))
    assert [m.state for m in rows(cast.house)] == [then]


def test_in_quiet_hours_nothing_goes_out_before_they_are_over(cast: Cast) -> None:
    reachable(cast, "devan", email="devan@example.org", by_email=True, quiet_from=time(22), quiet_until=time(7))
    cast.writes(at=minutes(13 * 60), staff_names="Joy Okafor")  # 23:40; the deputy is told, who is not on duty
    box = Letterbox()
    assert posted(cast, box, minutes(20 * 60)) == Posted()
    assert posted(cast, box, minutes(20 * 60 + 21)) == Posted(sent=1)


def test_an_emergency_goes_out_in_quiet_hours(cast: Cast) -> None:
    reachable(cast, "devan", email="devan@example.org", by_email=True, quiet_from=time(22), quiet_until=time(7))
    cast.writes(at=minutes(13 * 60), staff_names="Joy Okafor", danger_now="yes")
    assert posted(cast, Letterbox(), minutes(13 * 60)) == Posted(sent=1)


def test_whoever_is_on_duty_is_told_in_her_quiet_hours_too(cast: Cast) -> None:
    reachable(cast, "joy", email="joy@example.org", by_email=True, quiet_from=time(22), quiet_until=time(7))
    cast.writes(at=minutes(13 * 60))
    assert posted(cast, Letterbox(), minutes(13 * 60)) == Posted(sent=1)


def test_a_channel_that_is_not_set_up_fails_in_the_open(cast: Cast) -> None:
    reachable(cast, phone="07700 900123", by_text=True)
    cast.writes()
    for n in range(3):
        posted(cast, Letterbox(), minutes(n * 10))
    with cast.house.begin(cast.lena, minutes(30)) as uow:
        assert failing(uow) == 1


def test_a_failure_about_what_one_may_not_know_is_not_counted(cast: Cast) -> None:
    by_mail(cast)
    cast.writes(staff_involved="yes")
    posted(cast, Letterbox(Undelivered("refused-550", final=True)))
    for who, number in ((cast.lena, 1), (cast.joy, 0), (cast.farid, 0)):
        with cast.house.begin(who, minutes(1)) as uow:
            assert failing(uow) == number, who.username


def test_failures_are_no_news_once_the_matter_is_taken_up(cast: Cast) -> None:
    by_mail(cast)
    note_id = cast.writes()
    posted(cast, Letterbox(Undelivered("refused-550", final=True)))
    with cast.house.begin(cast.lena, minutes(1)) as uow:
        assert failing(uow) == 1
    triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(note_id), now=minutes(2))
    with cast.house.begin(cast.lena, minutes(3)) as uow:
        assert failing(uow) == 0


def test_a_message_that_never_goes_is_given_up_and_counted(cast: Cast) -> None:
    by_mail(cast)
    cast.writes()
    box, when = Letterbox(Undelivered("refused-450")), START
    for _ in range(GIVE_UP_AFTER + 5):
        posted(cast, box, when)
        when += timedelta(hours=1)
    assert (len(box.got), [m.state for m in rows(cast.house) if m.channel == "email"]) == (GIVE_UP_AFTER, ["failed"])


def test_a_browser_that_is_gone_is_forgotten(cast: Cast) -> None:
    reachable(cast, by_push=True)
    with cast.house.begin(SYSTEM, START) as uow:
        sealed = uow.sealed(json.dumps({"endpoint": "https://push.example.org"}).encode(), place="push/one")
        uow.session.add(PushRow(id="one", account_id=cast.lena.account_id, sealed=sealed, created_at=START))
    cast.writes()
    assert posted(cast, Letterbox(Undelivered("push-410", final=True))).failed == 1
    with cast.house.begin(SYSTEM, START) as uow:
        assert uow.session.get(PushRow, "one") is None


def test_the_push_key_is_made_once_and_stays(cast: Cast) -> None:
    assert push_key(cast.house, now=START) == push_key(cast.house, now=minutes(1))


def test_something_urgent_that_goes_up_wakes_whoever_it_goes_up_to(cast: Cast) -> None:
    """On call did not take it. Kept for the morning, it would have passed by three people asleep by then."""
    reachable(cast, "devan", email="devan@example.org", by_email=True, quiet_from=time(22), quiet_until=time(7))
    cast.writes(at=minutes(13 * 60), danger_now="not_sure")  # 23:40
    sweep(cast.house, now=minutes(13 * 60 + 31), holder="one")
    assert posted(cast, Letterbox(), minutes(13 * 60 + 31)) == Posted(sent=1)


def trouble(cast: Cast, who: str = "lena", when: datetime = START) -> tuple[Trouble, ...]:
    return messages_view(cast.house, getattr(cast, who), when).trouble


def test_a_failure_is_shown_until_its_matter_is_taken_up_and_a_doubt_until_somebody_settles_it(cast: Cast) -> None:
    by_mail(cast)
    cast.writes()
    to_the_adult(cast)
    posted(cast, Letterbox(ValueError("a fault")))
    for n in range(1, 3):
        posted(cast, Letterbox(Undelivered("refused-550", final=True)), minutes(n * 10))
    assert [t.doubtful for t in sorted(trouble(cast, when=minutes(60 * 24 * 30)), key=lambda t: t.doubtful)] == [False, True]


def test_what_could_not_be_sent_says_which_by_what_for_whom_and_why_and_nothing_of_it(cast: Cast) -> None:
    by_mail(cast)
    note_id = cast.writes()
    posted(cast, Letterbox(Undelivered("refused-550", final=True)))
    with cast.house.begin(cast.lena, START) as uow:
        reference = uow.notes.get(note_id).reference
    [found] = trouble(cast)
    assert (found.heading, found.why) == (f"{reference}, by e-mail for Lena Hart",
                                          "It did not go: refused-550. Written 5 Oct 2026, 10:40, tried 1 time.")


@pytest.mark.parametrize("who", ["joy", "farid"])
def test_a_message_about_what_one_may_not_know_is_neither_shown_nor_sent_again_nor_settled(cast: Cast, who: str) -> None:
    by_mail(cast)
    cast.writes(staff_involved="yes")
    posted(cast, Letterbox(Undelivered("refused-550", final=True)))
    [found] = trouble(cast)
    assert trouble(cast, who) == ()
    for act, form in ((messages.send_again, messages.SendAgain(found.id)),
                      (messages.settle_message, messages.SettleMessage(found.id, "She knows."))):
        with pytest.raises(NotFound):
            act(cast.house, getattr(cast, who), form, now=START)  # type: ignore[operator]


def test_sent_again_it_goes_to_the_address_that_its_reader_has_by_now(cast: Cast) -> None:
    by_mail(cast)
    cast.writes()
    posted(cast, Letterbox(Undelivered("refused-550", final=True)))
    reachable(cast, email="new@example.org", by_email=True)
    messages.send_again(cast.house, cast.devan, messages.SendAgain(trouble(cast)[0].id), now=minutes(5))
    box = Letterbox()
    assert posted(cast, box, minutes(5)) == Posted(sent=1)
    assert ([m.to for m in box.got], trouble(cast)) == (["new@example.org"], ())


def test_a_message_whose_reader_has_no_address_any_more_is_not_tried_again(cast: Cast) -> None:
    by_mail(cast)
    cast.writes()
    posted(cast, Letterbox(Undelivered("refused-550", final=True)))
    reachable(cast)
    with pytest.raises(Invalid, match="no address left"):
        messages.send_again(cast.house, cast.lena, messages.SendAgain(trouble(cast)[0].id), now=minutes(5))


def test_a_doubt_is_settled_with_a_reason_and_then_nothing_more_is_sent(cast: Cast) -> None:
    to_the_adult(cast)
    posted(cast, Letterbox(ValueError("a fault")))
    [found] = trouble(cast)
    with pytest.raises(Invalid, match="Say how they know"):
        messages.settle_message(cast.house, cast.lena, messages.SettleMessage(found.id, " "), now=START)
    messages.settle_message(cast.house, cast.lena, messages.SettleMessage(found.id, "I rang her; she has it."), now=START)
    box = Letterbox()
    assert (posted(cast, box, minutes(600)), trouble(cast), box.got) == (Posted(), (), [])
    with pytest.raises(NotFound):
        messages.send_again(cast.house, cast.lena, messages.SendAgain(found.id), now=START)


def test_what_one_was_told_is_listed_with_reference_and_time_until_one_may_not_know_of_it(cast: Cast) -> None:
    note_id = cast.writes()
    with cast.house.begin(cast.lena, START) as uow:
        reference = uow.notes.get(note_id).reference
    assert messages_view(cast.house, cast.lena, START).told == (
        Told(reference, "Something needs you now.", "5 Oct 2026, 10:40"),)
    assert messages_view(cast.house, cast.devan, START).told == ()
    cast.writes(corrects=note_id, staff_involved="yes", staff_names="Lena Hart", at=minutes(1))
    assert messages_view(cast.house, cast.lena, minutes(2)).told == ()


def test_each_goes_out_by_the_hour_that_it_is_then_and_after_a_while_something_else_is_seen_to(cast: Cast) -> None:
    by_mail(cast)
    for _ in range(4):
        cast.writes()
    hours = iter(range(100))
    at: list[datetime] = [START]

    class Slow(Letterbox):
        def send(self, message: Outgoing) -> None:
            at[0] = START + timedelta(seconds=9 * (next(hours) + 1))
            super().send(message)

    box = Slow()
    assert deliver_due(cast.house, {Channel.EMAIL: box}, now=START, clock=lambda: at[0]) == Posted(sent=3, more=True)
    ended = sorted(row.ended_at for row in rows(cast.house) if row.ended_at is not None)
    assert ended == [START + timedelta(seconds=seconds) for seconds in (9, 18, 27)]
    assert deliver_due(cast.house, {Channel.EMAIL: box}, now=at[0], clock=lambda: at[0]).sent == 1


def test_whoever_comes_late_with_a_failure_changes_nothing_once_somebody_else_has_seen_to_it(cast: Cast) -> None:
    to_the_adult(cast)

    class Hangs(Letterbox):
        """While it hangs, its claim runs out, it is put before a person, and she has it sent again."""

        def send(self, message: Outgoing) -> None:
            super().send(message)
            posted(cast, Letterbox(), minutes(6))
            messages.send_again(cast.house, cast.lena, messages.SendAgain(trouble(cast)[0].id), now=minutes(7))
            assert posted(cast, again, minutes(7)) == Posted(sent=1)
            raise Undelivered("refused-451")

    again, late = Letterbox(), Letterbox()
    posted(cast, Hangs())
    assert (posted(cast, late, minutes(60)), len(again.got), late.got) == (Posted(), 1, [])


def test_a_way_out_that_never_comes_back_holds_up_no_other_message(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "AT_MOST_SECONDS", 0.2)
    to_the_adult(cast)
    by_mail(cast)
    cast.writes()
    over = threading.Event()

    class HangsForOne(Letterbox):
        def send(self, message: Outgoing) -> None:
            if message.to == "someone@example.org":
                over.wait(20)
            super().send(message)

    box = HangsForOne()
    try:
        done = posted(cast, box)
    finally:
        over.set()
    assert (done.sent, done.doubtful, len(box.got)) == (1, 1, 1)


def test_what_nobody_has_tried_long_after_its_time_counts_as_not_going(cast: Cast) -> None:
    by_mail(cast)
    cast.writes()
    with cast.house.begin(cast.lena, minutes(14)) as uow:
        assert failing(uow) == 0
    with cast.house.begin(cast.lena, minutes(16)) as uow:
        assert failing(uow) == 1
    assert trouble(cast, when=minutes(16))[0].why == "It has not been tried yet. Written 5 Oct 2026, 10:40."


def test_a_text_about_a_contact_that_does_not_open_is_put_before_a_person_and_the_others_go_out(cast: Cast) -> None:
    by_mail(cast)
    case = cast.opened_case(about="rosa", types=("domestic",), at=START - timedelta(days=2))
    safety_plans.write_safety_plan(cast.house, cast.lena, safety_plans.WriteSafetyPlan(
        case, channels=("SAFE_SMS",), nevers=(), number="07700 900117", email="", trusted="Her sister", windows="",
        never_windows="", feared="Martin Linden", review_on=START.date() + timedelta(days=30), agreement="agreed",
        workers_may_view="no"), now=START)
    contacts.plan_contact(cast.house, cast.lena, contacts.PlanContact(
        case, "text", "adult", minutes(30), "To ask", "See you at ten.", anyway="Agreed with her."), now=START)
    with cast.house.begin(SYSTEM, START) as uow:
        uow.session.connection().execute(update(ContactRow).values(sealed=b"\0" * 60))
    note_id = cast.writes(at=minutes(31))
    box = Letterbox()
    done = deliver_due(cast.house, {Channel.EMAIL: box, Channel.TEXT: box}, now=minutes(31))
    assert (done.doubtful, done.sent) == (1, len(box.got))
    with cast.house.begin(cast.lena, START) as uow:
        assert uow.notes.get(note_id).reference in {message.reference for message in box.got}
        assert failing(uow) == 1


def test_a_note_is_kept_although_how_its_reader_wishes_to_be_told_does_not_open_any_more(cast: Cast) -> None:
    by_mail(cast)
    with cast.house.begin(SYSTEM, START) as uow:
        uow.session.get_one(ReachRow, cast.lena.account_id).sealed = b"\0" * 60
    note_id = cast.writes()
    with cast.house.begin(cast.lena, START) as uow:
        assert uow.notes.get(note_id).id == note_id
