"""The agency's own way: nothing before a code, one code one visit, and everything done there on the file and the chain."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlmodel import select

from sgapp.domain.access_code import CODE_LASTS, FREE_TRIES, LONGEST_WAIT_SECONDS, VISIT_LASTS, wait_after
from sgapp.domain.errors import Invalid, SignedOut, TooManyTries
from sgapp.domain.letter import sha256
from sgapp.domain.referral import Referral, ReferralState
from sgapp.domain.vocabulary import CQC_NOTICES
from sgapp.services import composing, directory, partner, referrals, sharing
from sgapp.services.audit import verify_audit
from sgapp.services.house import SYSTEM
from sgapp.services.partner import Visitor
from sgapp.services.sweep import sweep
from sgapp.services.views.case import case_view
from sgapp.services.views.queue import queue_keys
from sgapp.services.views.referral import ReferralView, referral_view
from sgapp.store.tables import AccountRow, AuditEventRow, LinkRow, MessageRow, VisitRow
from tests.people import Cast
from tests.services.story import Story, at, sharing_form
from tests.services.test_post import Letterbox, posted

MAIL = "duty@meadowshire.example.org"
SENT = at("2026-10-05T13:50")
LATER = at("2026-10-05T14:10")
OSEI = Visitor("T. Osei", "duty social worker")


class Given:
    """A referral that went to the duty team by a link, and what their mail said."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.house, self.story = cast, cast.house, Story(cast).noted().seen().opened().decided().reviewed()
        directory.set_desk(cast.house, cast.lena, directory.SetDesk(
            "", "LA_ASC", "Duty team", "01632 960 100", MAIL), now=SENT)
        with cast.house.begin(cast.lena, SENT) as uow:
            self.desk = directory.directory_of(uow).desks[0].id
        form = composing.PrepareReferral(self.story.case_id, "LA_ASC", "Duty team", "link", "To advise.", "Advice.",
                                         self.story.picked())
        self.id = composing.prepare_referral(cast.house, cast.lena, form, now=SENT).id
        referrals.send_referral(cast.house, cast.lena, referrals.SendReferral(self.id, desk_id=self.desk), now=SENT)
        box = Letterbox()
        posted(cast, box, SENT)
        [self.mail] = box.got
        self.token = self.mail.text.split("/r/")[1].split()[0]

    def view(self, now: datetime = LATER) -> ReferralView:
        return referral_view(self.house, self.cast.lena, now, self.id)

    def code(self, now: datetime = LATER) -> str:
        """A fresh code, as the lead reads it out."""
        partner.give_code(self.house, self.cast.lena, partner.GiveCode(self.id), now=now)
        return self.view(now).link.code

    def visit(self, now: datetime = LATER, *, code: str = "", address: str = "192.0.2.1") -> str | None:
        return partner.begin_visit(self.house, self.token, code or self.code(now), address=address, now=now)

    def secret(self, now: datetime = LATER) -> str:
        found = self.visit(now)
        assert found is not None
        return found

    def referral(self) -> Referral:
        with self.house.begin(self.cast.lena, LATER) as uow:
            return uow.child(Referral, self.id)[0]

    def rows(self, table: Any) -> list[Any]:
        with self.house.begin(self.cast.lena, LATER) as uow:
            return list(uow.session.exec(select(table)))


@pytest.fixture
def given(cast: Cast) -> Given:
    return Given(cast)


def test_the_mail_says_what_it_is_and_nothing_of_a_person(given: Given) -> None:
    assert given.mail.to == MAIL
    assert given.mail.subject == f"Adult safeguarding referral {given.view().reference}"
    for word in ("Dennis", "Marlow", "Kevin", "P-104", "card", "financial"):
        assert word.lower() not in (given.mail.subject + given.mail.text).lower()


def test_the_mail_carries_the_link_and_no_code(given: Given) -> None:
    assert len(given.token) == 22  # 128 bits in base64url
    assert given.code().replace(" ", "") not in given.mail.text


def test_the_address_of_the_link_is_kept_nowhere_once_the_mail_has_gone(given: Given) -> None:
    with given.house.begin(given.cast.lena, LATER) as uow:
        [row] = uow.session.exec(select(MessageRow).where(MessageRow.account_id == ""))
        left = uow.opened(row.sealed, place=f"message/{row.id}").decode()
    assert given.token not in left
    assert MAIL in left  # the control: it did open, and the rest is there


def test_a_mail_that_has_not_gone_yet_stops_when_receipt_is_confirmed_by_telephone(cast: Cast) -> None:
    given = Given(cast)
    partner.open_a_link(cast.house, cast.lena, partner.OpenLink(given.id, given.desk), now=LATER)
    referrals.record_receipt(cast.house, cast.lena, referrals.RecordReceipt(given.id, "T. Osei"), now=LATER)
    box = Letterbox()
    assert posted(cast, box, LATER).stopped == 1
    assert box.got == []


def test_a_link_goes_only_to_a_team_of_the_directory_at_that_agency(given: Given) -> None:
    directory.set_desk(given.house, given.cast.lena, directory.SetDesk("", "BANK", "Fraud", "01632 960 200", "f@x.example"),
                       now=LATER)
    with given.house.begin(given.cast.lena, LATER) as uow:
        [bank] = directory.directory_of(uow).of("BANK")
    for desk_id in ("", "unknown", bank.id):
        with pytest.raises(Invalid, match="from the directory"):
            partner.open_a_link(given.house, given.cast.lena, partner.OpenLink(given.id, desk_id), now=LATER)


def test_a_team_without_an_address_gets_no_link(given: Given) -> None:
    directory.set_desk(given.house, given.cast.lena, directory.SetDesk(given.desk, "LA_ASC", "Duty team", "01632 960 100"),
                       now=LATER)
    with pytest.raises(Invalid, match="no e-mail address"):
        partner.open_a_link(given.house, given.cast.lena, partner.OpenLink(given.id, given.desk), now=LATER)


def test_with_the_code_the_letter_as_it_left_is_shown(given: Given) -> None:
    visit = partner.visited(given.house, given.token, given.secret(), now=LATER)
    sending = given.referral().sending
    assert sending is not None
    assert visit.letter == sending.letter


def test_the_pdf_is_the_file_whose_fingerprint_is_on_the_record(given: Given) -> None:
    name, content = partner.visited_pdf(given.house, given.token, given.secret(), now=LATER)
    frozen = given.referral().frozen
    assert frozen is not None
    assert sha256(content) == frozen.pdf_sha256
    assert name == f"{given.view().reference}.pdf"


@pytest.mark.parametrize("typed", [
    lambda code: f"  {code} ", str.lower, lambda code: code.replace(" ", "-"),
    lambda code: code.replace("0", "O").replace("1", "l")])
def test_a_code_is_understood_however_it_is_typed(given: Given, typed: Callable[[str], str]) -> None:
    assert given.visit(code=typed(given.code())) is not None


def test_a_code_opens_one_visit_and_no_second(given: Given) -> None:
    code = given.code()
    assert given.visit(code=code) is not None
    assert given.visit(code=code) is None


def test_a_new_code_ends_the_one_before(given: Given) -> None:
    first = given.code()
    second = given.code()
    assert first != second
    assert given.visit(code=first) is None
    assert given.visit(code=second) is not None


def test_a_code_that_nobody_used_is_good_for_its_hour_and_not_a_moment_longer(given: Given) -> None:
    code = given.code()
    assert given.visit(LATER + CODE_LASTS, code=code) is None
    assert given.visit(LATER + CODE_LASTS - timedelta(seconds=1), code=code) is not None


def test_a_code_read_out_stands_on_the_page_until_it_is_used(given: Given) -> None:
    code = given.code()
    assert given.view().link.code == code
    given.visit(code=code)
    assert given.view().link.code == ""
    assert [v.sealed_code for v in given.rows(VisitRow)] == [None]


def test_a_right_code_with_a_wrong_token_opens_nothing(given: Given) -> None:
    assert partner.begin_visit(given.house, "A" * 22, given.code(), address="192.0.2.9", now=LATER) is None


def test_a_visit_ends_after_its_time(given: Given) -> None:
    secret = given.secret()
    partner.visited(given.house, given.token, secret, now=LATER + VISIT_LASTS - timedelta(seconds=1))
    with pytest.raises(SignedOut):
        partner.visited(given.house, given.token, secret, now=LATER + VISIT_LASTS)


@pytest.mark.parametrize("secret", ["", "x", "0" * 43])
def test_without_the_visit_of_a_code_nothing_is_shown(given: Given, secret: str) -> None:
    given.secret()
    with pytest.raises(SignedOut):
        partner.visited(given.house, given.token, secret, now=LATER)


def test_closing_the_page_ends_the_visit(given: Given) -> None:
    secret = given.secret()
    partner.end_visit(given.house, given.token, secret, now=LATER)
    with pytest.raises(SignedOut):
        partner.visited(given.house, given.token, secret, now=LATER)


def test_a_link_switched_off_ends_its_codes_and_visits_at_once(given: Given) -> None:
    secret, code = given.secret(), given.code()
    partner.revoke_link(given.house, given.cast.lena, partner.RevokeLink(given.id), now=LATER)
    assert given.visit(code=code) is None
    with pytest.raises(SignedOut):
        partner.visited(given.house, given.token, secret, now=LATER)
    assert given.view().link.live is False


def test_a_second_link_ends_the_first(given: Given) -> None:
    partner.open_a_link(given.house, given.cast.lena, partner.OpenLink(given.id, given.desk), now=LATER)
    assert given.visit() is None  # the first token
    assert sorted(link.ended_at is None for link in given.rows(LinkRow)) == [False, True]


def test_wrong_codes_slow_their_own_address_and_lock_nobody_out(given: Given) -> None:
    code = given.code()
    for _ in range(FREE_TRIES + 1):
        assert given.visit(code="0000 0000", address="192.0.2.7") is None
    with pytest.raises(TooManyTries):
        given.visit(code=code, address="192.0.2.7")
    assert given.visit(code=code, address="192.0.2.8") is not None


def test_the_wait_doubles_up_to_its_longest() -> None:
    waits = [wait_after(n) for n in range(1, 20)]
    assert waits[:FREE_TRIES] == [0] * FREE_TRIES
    grown = waits[FREE_TRIES:]
    assert all(after == min(LONGEST_WAIT_SECONDS, 2 * before) for before, after in pairwise(grown))
    assert grown[-1] == LONGEST_WAIT_SECONDS


def test_a_wrong_code_is_on_the_chain_and_says_no_token(given: Given) -> None:
    given.visit(code="0000 0000")
    told = [(e.action, e.subject_id) for e in given.rows(AuditEventRow) if e.outcome == "refused"]
    assert told == [("refused:visit", "")]


def test_receipt_confirmed_on_the_page_stops_the_clock_and_is_marked(given: Given) -> None:
    partner.confirm_receipt(given.house, given.token, given.secret(), OSEI, "SA-88213", now=LATER)
    receipt = given.referral().receipt
    assert receipt is not None
    assert (receipt.person, receipt.role, receipt.reference, receipt.recorded_by, receipt.through_link) == (
        "T. Osei", "duty social worker", "SA-88213", "reported through link", True)
    assert f"referral:{given.id}:receipt" not in queue_keys(given.house, given.cast.lena, LATER)
    assert "reported through link" in given.view().receipt


def test_receipt_confirmed_twice_is_once(given: Given) -> None:
    secret = given.secret()
    partner.confirm_receipt(given.house, given.token, secret, OSEI, "SA-1", now=LATER)
    partner.confirm_receipt(given.house, given.token, secret, Visitor("Another"), "SA-1", now=LATER)
    receipt = given.referral().receipt
    assert receipt is not None
    assert (receipt.person, receipt.reference) == ("T. Osei", "SA-1")


def test_a_second_reference_is_kept_beside_the_first(given: Given) -> None:
    secret = given.secret()
    for reference in ("SA-1", "", "SA-2", "SA-2"):
        partner.confirm_receipt(given.house, given.token, secret, OSEI, reference, now=LATER)
    receipt = given.referral().receipt
    assert receipt is not None
    assert receipt.reference == "SA-1; SA-2"


def test_a_reference_that_comes_after_receipt_was_recorded_by_telephone_is_kept_and_marked(given: Given) -> None:
    secret = given.secret()
    referrals.record_receipt(given.house, given.cast.lena, referrals.RecordReceipt(given.id, "T. Osei"), now=LATER)
    for _ in range(2):
        partner.confirm_receipt(given.house, given.token, secret, OSEI, "SA-9", now=LATER)
    assert given.view().receipt.endswith("T. Osei, SA-9, reported through link")


def test_a_reference_that_comes_after_the_decision_is_kept_and_the_decision_stands(given: Given) -> None:
    secret = given.secret()
    partner.report_outcome(given.house, given.token, secret, OSEI, "advice_only", "", now=LATER)
    partner.confirm_receipt(given.house, given.token, secret, OSEI, "SA-9", now=LATER)
    referral = given.referral()
    assert referral.receipt is not None
    assert (referral.receipt.reference, referral.state) == ("SA-9", ReferralState.OUTCOME_KNOWN)


def test_nobody_without_a_name_confirms_anything(given: Given) -> None:
    with pytest.raises(Invalid, match="your name"):
        partner.confirm_receipt(given.house, given.token, given.secret(), Visitor(" "), "SA-1", now=LATER)
    assert given.referral().state is ReferralState.SENT


def test_a_question_waits_for_us_with_a_clock_and_a_person(given: Given) -> None:
    partner.ask(given.house, given.token, given.secret(), OSEI, "Where is he on Fridays?", form_id="q1", now=LATER)
    [question] = given.view().questions
    assert (question.text, question.open) == ("Where is he on Fridays?", True)
    assert f"referral:{given.id}:question" in queue_keys(given.house, given.cast.lena, LATER)
    step = case_view(given.house, given.cast.lena, LATER, given.story.case_id).next_step
    assert "question" in step.text
    with given.house.begin(given.cast.lena, LATER) as uow:
        told = uow.session.exec(select(MessageRow.account_id).where(MessageRow.kind == "question")).all()
    assert told == [given.cast.lena.account_id]


def test_the_same_question_sent_twice_is_one(given: Given) -> None:
    secret = given.secret()
    for _ in range(2):
        partner.ask(given.house, given.token, secret, OSEI, "Where?", form_id="q1", now=LATER)
    assert len(given.referral().questions) == 1


def test_answering_says_how_and_stops_the_clock(given: Given) -> None:
    partner.ask(given.house, given.token, given.secret(), OSEI, "Where?", form_id="q1", now=LATER)
    form = partner.AnswerQuestion(given.id, given.referral().questions[0].id, "Rang T. Osei; he is at day care.")
    partner.answer_question(given.house, given.cast.lena, form, now=LATER)
    [question] = given.view().questions
    assert question.open is False
    assert f"referral:{given.id}:question" not in queue_keys(given.house, given.cast.lena, LATER)
    with pytest.raises(Invalid, match="already"):
        partner.answer_question(given.house, given.cast.lena, form, now=LATER)


def test_an_outcome_reported_on_the_page_is_on_the_file_and_marked(given: Given) -> None:
    partner.report_outcome(given.house, given.token, given.secret(), OSEI, "s42_2_enquiry", "From Monday.", now=LATER)
    [outcome] = given.referral().outcomes
    assert (outcome.code, outcome.detail, outcome.through_link) == ("s42_2_enquiry", "From Monday.", True)
    assert "reported through link" in outcome.recorded_by
    with pytest.raises(Invalid, match="what was decided"):
        partner.report_outcome(given.house, given.token, given.secret(), OSEI, "nonsense", "", now=LATER)


def test_an_action_reported_on_the_page_is_theirs_with_its_date_and_only_once(given: Given) -> None:
    secret = given.secret()
    for _ in range(2):
        partner.report_action(given.house, given.token, secret, OSEI, "Visit on Friday", date(2026, 10, 9), form_id="a1",
                              now=LATER)
    [action] = given.story.actions()
    assert (action.what, action.owner, action.agency, action.due_on, action.recorded_by) == (
        "Visit on Friday", "T. Osei, duty social worker", "LA_ASC", date(2026, 10, 9), "reported through link")
    assert action.restricted == given.referral().restricted


@pytest.mark.parametrize(("what", "due_on", "told"), [
    ("", date(2026, 10, 9), "what will be done"), ("Visit", None, "Choose the day"),
    ("Visit", date(2026, 10, 4), "Choose the day")])
def test_an_action_without_words_or_day_is_refused(given: Given, what: str, due_on: date | None, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        partner.report_action(given.house, given.token, given.secret(), OSEI, what, due_on, form_id="a", now=LATER)
    assert given.story.actions() == ()


def test_everything_done_through_the_link_is_on_the_cases_chain_under_the_links_own_name(given: Given) -> None:
    secret = given.secret()
    partner.confirm_receipt(given.house, given.token, secret, OSEI, "", now=LATER)
    partner.ask(given.house, given.token, secret, OSEI, "Where?", form_id="q", now=LATER)
    partner.report_action(given.house, given.token, secret, OSEI, "Visit", date(2026, 10, 9), form_id="a", now=LATER)
    partner.report_outcome(given.house, given.token, secret, OSEI, "advice_only", "", now=LATER)
    [link] = given.rows(LinkRow)
    told = [(e.stream, e.action) for e in given.rows(AuditEventRow) if e.actor_id == f"link:{link.id}"]
    stream = f"case:{given.story.case_id}"
    assert sorted(told) == sorted([(stream, a) for a in (
        "letter-opened", "receipt-recorded", "question-asked", "action-added", "outcome-recorded")])
    assert verify_audit(given.house, now=LATER).sound


def test_every_step_of_their_page_is_told_in_the_referrals_history_and_in_the_case_with_when_and_who(given: Given) -> None:
    # Given a page that was opened with a code, and all that can be done on it
    secret = given.secret(at("2026-10-05T14:10"))
    house, token = given.house, given.token
    partner.confirm_receipt(house, token, secret, OSEI, "SA-8", now=at("2026-10-05T14:11"))
    partner.ask(house, token, secret, OSEI, "Where is he?", form_id="q", now=at("2026-10-05T14:12"))
    partner.report_outcome(house, token, secret, OSEI, "advice_only", "Ring us.", now=at("2026-10-05T14:13"))
    partner.report_action(house, token, secret, OSEI, "Visit", date(2026, 10, 9), form_id="a", now=at("2026-10-05T14:14"))
    [question] = given.referral().questions
    partner.answer_question(house, given.cast.lena, partner.AnswerQuestion(given.id, question.id, "Rang: at home."),
                            now=at("2026-10-05T14:15"))
    partner.revoke_link(house, given.cast.lena, partner.RevokeLink(given.id), now=at("2026-10-05T14:16"))
    # Then each stands in both, in words
    now = at("2026-10-05T14:20")
    reference = given.view(now).reference
    told = [(line.label, line.text) for line in reversed(given.view(now).history)]
    theirs = "T. Osei, duty social worker"
    assert told[2:] == [
        ("5 Oct 2026, 13:50, Lena Hart", f"Gave Adult social care a page of their own. {reference}. Duty team, {MAIL}"),
        ("5 Oct 2026, 14:10, Lena Hart", f"Made a code to be read out to Adult social care. {reference}. "
                                         "Duty team, 01632 960 100"),
        ("5 Oct 2026, 14:10, Duty team", f"Adult social care opened the letter on their page. {reference}. Duty team"),
        ("5 Oct 2026, 14:11, T. Osei", f"Adult social care confirmed receipt. {theirs}, SA-8. Reported through link."),
        (f"5 Oct 2026, 14:12, {theirs}", "Adult social care asked. “Where is he?” Reported through link."),
        (f"5 Oct 2026, 14:13, {theirs}", "Adult social care answered: Advice only. Ring us. Reported through link."),
        (f"5 Oct 2026, 14:14, {theirs}",
         "Adult social care will do something. Visit, by 9 Oct 2026. Reported through link."),
        ("5 Oct 2026, 14:15, Lena Hart", "Answered the question of Adult social care. Rang: at home."),
        ("5 Oct 2026, 14:16, Lena Hart", f"Switched off the page of Adult social care. {reference}. Duty team")]
    moments = case_view(house, given.cast.lena, now, given.story.case_id).moments
    of_the_case = [(f"{m.when}, {m.who}", " ".join(filter(None, (f"{m.what}.", f"“{m.quote}”" if m.quote else "", m.detail))))
                   for m in reversed(moments)]
    assert [line for line in told if line not in of_the_case] == []
    assert verify_audit(house, now=now).sound


def test_a_look_at_the_page_puts_nothing_on_the_chain(given: Given) -> None:
    secret = given.secret()
    before = len(given.rows(AuditEventRow))
    for _ in range(3):
        partner.visited(given.house, given.token, secret, now=LATER)
    assert len(given.rows(AuditEventRow)) == before


def test_the_link_ends_with_the_referral_and_the_sweep_puts_it_away(given: Given) -> None:
    secret = given.secret()
    partner.report_outcome(given.house, given.token, secret, OSEI, "advice_only", "", now=LATER)
    given.story.referral_id = given.id
    given.story.closed()
    after = at("2026-11-16T11:01")
    assert partner.begin_visit(given.house, given.token, "7KQ4M2XD", address="192.0.2.3", now=after) is None
    assert sweep(given.house, now=after, holder="test").expired == 1
    assert [link.ended_at for link in given.rows(LinkRow)] == [after]


def test_in_a_demo_swept_at_a_later_time_links_and_codes_end_by_that_time(given: Given) -> None:
    given.code()
    with given.house.begin(SYSTEM, LATER) as uow:
        for account in uow.session.exec(select(AccountRow)):
            account.demo = True
    sweep(given.house, now=LATER, holder="test", at=LATER + CODE_LASTS)
    assert [v.sealed_code for v in given.rows(VisitRow)] == [None]


def test_the_sweep_forgets_a_code_that_nobody_used(given: Given) -> None:
    given.code()
    sweep(given.house, now=LATER + CODE_LASTS, holder="test")
    assert [v.sealed_code for v in given.rows(VisitRow)] == [None]


def test_of_code_and_secrets_nothing_lies_in_the_database(given: Given) -> None:
    code = given.code().replace(" ", "")
    secret = given.visit(code=code)
    kept = " ".join(str(row.model_dump()) for table in (LinkRow, VisitRow) for row in given.rows(table))
    assert given.rows(VisitRow)[0].code_mac in kept  # the control: this is where they would be
    for hidden in (code, secret, given.token):
        assert str(hidden) not in kept


def test_an_agency_that_answers_in_its_own_way_gets_no_link(given: Given) -> None:
    notices = composing.PrepareReferral(
        given.story.case_id, "CQC", "Notifications", "link", "To notify.", "Nothing.", ("person:name=who",),
        details=("cqc_notice=abuse",))
    with pytest.raises(Invalid, match="no decision to share"):
        composing.prepare_referral(given.house, given.cast.lena, notices, now=LATER)
    sharing.record_sharing_decision(given.house, given.cast.lena, sharing_form(given.story.case_id, agency="CQC"), now=LATER)
    with pytest.raises(Invalid, match="cqc_notice"):
        composing.prepare_referral(given.house, given.cast.lena, replace(notices, details=()), now=LATER)
    notice = CQC_NOTICES.codes()[0]
    form = replace(notices, details=(f"cqc_notice={notice}", "marac_route=score"))
    made = composing.prepare_referral(given.house, given.cast.lena, form, now=LATER).id
    with pytest.raises(Invalid, match="in its own way"):
        referrals.send_referral(given.house, given.cast.lena, referrals.SendReferral(made, desk_id=given.desk), now=LATER)
    letter = referral_view(given.house, given.cast.lena, LATER, made).letter
    assert f"What they are told of: {CQC_NOTICES.label(notice)}" in letter
    assert "Route" not in letter


@pytest.mark.parametrize("due_on", [date(9999, 12, 31), date(2031, 1, 1)])
def test_an_action_may_not_be_put_off_for_ever(given: Given, due_on: date) -> None:
    with pytest.raises(Invalid, match="within"):
        partner.report_action(given.house, given.token, given.secret(), OSEI, "Visit", due_on, form_id="a", now=LATER)


def test_another_action_or_question_from_the_same_form_is_kept_beside_the_first(given: Given) -> None:
    secret = given.secret()
    for _ in range(2):  # sent twice, each is one
        for question in ("Where?", "When?"):
            partner.ask(given.house, given.token, secret, OSEI, question, form_id="q", now=LATER)
        for what in ("Visit", "Ring his niece"):
            partner.report_action(given.house, given.token, secret, OSEI, what, date(2026, 10, 9), form_id="a", now=LATER)
    assert [question.text for question in given.referral().questions] == ["Where?", "When?"]
    assert sorted(action.what for action in given.story.actions()) == ["Ring his niece", "Visit"]
