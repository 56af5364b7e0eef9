"""The demo's history: notes sealed as a phone would, then worked by each role through the services themselves.

One file finished, one waiting for an agency, one watched without sharing, and fresh notes to begin with. The words
are the project's own example cases.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from sgapp.domain.permissions import Actor
from sgapp.domain.windows import next_good, parsed
from sgapp.services import (
    cases,
    checklists,
    composing,
    contacts,
    directory,
    intake,
    referrals,
    safety_plans,
    sharing,
    triage,
)
from sgapp.services.guard import Done, Intention, public
from sgapp.services.house import SYSTEM, House
from sgapp.store import accounts


@public("part of loading the demo, which has its own refusal")
def load_history(house: House, *, now: datetime) -> None:
    """Write the demo's history, ending at `now`."""
    with house.begin(SYSTEM, now) as uow:
        cast = {a.username: a.as_actor() for a in accounts.everyone(uow)}
        people = {p.reference: p.id for p in uow.people.where()}
    teller = _Teller(house, cast, people)
    _directory(teller, now - timedelta(days=60))
    _finished(teller, now - timedelta(days=34))
    _waiting(teller, now - timedelta(days=2))
    _watched(teller, now - timedelta(days=5))
    _planned(teller, now - timedelta(days=8), now)
    _fresh(teller, now)


class _Teller:
    """Tells the story: who does what, when."""

    def __init__(self, house: House, cast: dict[str, Actor], people: dict[str, str]) -> None:
        self.house, self.cast, self.people = house, cast, people

    def note(self, who: str, person: str, at: datetime, **content: object) -> str:
        """Seal and deliver a note as the phone does. Returns its id."""
        key, note_id = intake.intake_key(self.house, now=at), str(uuid.uuid4())
        payload = {"schema": 1, "id": note_id, "captured_at": at.isoformat(), "capture_seq": 1,
                   "when_seen": (at - timedelta(minutes=30)).isoformat(), "where": {"place": "own_home", "room": "kitchen"},
                   "person": {"id": self.people[person]} if person in self.people else {"free_text": person}, **content}
        intake.receive(self.house, self.cast[who], intake.seal_note(key, note_id, payload), now=at)
        return note_id

    def does(self, who: str, service: Intention[Any], form: object, at: datetime) -> Done:
        return service(self.house, self.cast[who], form, now=at)


MARLOW = {
    "present": "Dennis Marlow, Kevin Marlow (nephew)",
    "seen": "Kevin took the bank card out of Dennis's wallet and put it in his own coat. The food cupboard had one tin "
            "of soup and half a loaf.",
    "heard": "Kevin: “You'll get it back when you've been to the machine with me.”",
    "said": [{"words": "Don't tell anyone. He gets cross.", "by": "Dennis", "to": "me, after Kevin left"}],
    "done": "Stayed until Dennis had eaten. Rang the office from the car.", "told": "on-call lead",
    "picker": ["card_held_by_other", "money_but_no_food"], "safety_codes": ["IN_VISIT_ONLY", "NO_FAMILY"],
    "wish": "Does not want anyone told", "consent": "refused",
}


def _share_marlow(case_id: str, **other: object) -> sharing.RecordSharingDecision:
    answers: dict[str, object] = {
        "share": "share", "why": "Credible and continuing loss of money under pressure. It enables the local authority to "
        "advise on protection.", "what": "Dates the card was taken\nWhat was seen and heard\nWhat Dennis said\nMild cognitive "
        "impairment\nProtection in place", "left_out": "Health history\nFull daily notes\nEarlier unrelated falls",
        "agency": "LA_ASC", "recipient": "Duty team", "method": "secure_email", "must_not_know": "Kevin Marlow", "when": "now",
        "necessary": "No step inside the service stops the card being taken.", "proportionate": "Five facts; no history.",
        "article_6": "6(1)(ea)", "article_9": "9(2)(g)", "paragraph_18_limb": "asking_would_prejudice_protection",
        "limb_reason": "Kevin is in the flat most days and Dennis fears him.", "article_10": "sch1_para_18",
         "confidentiality": "overriding_public_interest",
        "consent": "refused", "override_reasons": ("coercion_or_duress", "lacks_capacity"),
        "override_because": "He hands the card over each time although he says he will keep it.", "capacity": "lacks_capacity",
        "told": "not_unsafe", "told_why": "Kevin is there most days; Dennis is told alone at the next visit.",
        "others_at_home": "no"}
    return sharing.RecordSharingDecision(case_id, **(answers | other))  # type: ignore[arg-type]


def _opened(t: _Teller, note_id: str, at: datetime, *types: str) -> str:
    t.does("lead", triage.acknowledge_note, triage.AcknowledgeNote(note_id), at)
    return t.does("lead", triage.open_case, triage.OpenCase(note_id, (), types), at + timedelta(minutes=75)).id


def _referred(t: _Teller, case_id: str, note_id: str, at: datetime) -> str:
    """From the triage decision to the referral that has been sent."""
    later = timedelta(minutes=10)
    t.does("lead", cases.triage_case, cases.TriageCase(case_id, "refer", "Money is lost week by week under pressure."), at)
    t.does("lead", cases.set_risk, cases.SetRisk(case_id, "medium", "Continuing; no threat of force heard."), at + later)
    t.does("lead", cases.add_protection, cases.AddProtection(case_id, "A private conversation at each visit"), at + later)
    t.does("lead", cases.record_capacity, cases.RecordCapacity(
        case_id, "To manage his bank card and cash this week, and to weigh pressure from his nephew",
        "Short of money three weeks running; repeats that Kevin “has to” have the card", "", "yes", "yes", "no", "yes",
        "Asked alone, in the kitchen", "Says he will keep the card; hands it over each time", "Mild cognitive impairment", "",
        "lacks_capacity"), at + 2 * later)
    decision = t.does("lead", sharing.record_sharing_decision, _share_marlow(case_id), at + 3 * later)
    t.does("manager", sharing.review_sharing_decision, sharing.ReviewSharingDecision(decision.id, "yes", ""), at + 6 * later)
    facts = ("contact:IN_VISIT_ONLY=safe_contact", "contact:NO_FAMILY=safe_contact", "contact:must_not_know=safe_contact",
             "person:name=who", "person:needs:0=cannot_protect",
             *(f"note:{note_id}:{fact}" for fact in ("when=shows_risk", "seen:0=shows_risk", "heard:0=shows_risk",
                                                     "said:0=own_words")))
    referral = t.does("lead", composing.prepare_referral, composing.PrepareReferral(
        case_id, "LA_ASC", "Duty team", "secure_email", "To advise on protecting Dennis from loss of money.",
        "Advice on protection, and whether an enquiry follows.", facts), at + 7 * later)
    t.does("lead", referrals.send_referral, referrals.SendReferral(referral.id, "Duty team"), at + 8 * later)
    return referral.id


_DESKS = (
    ("LA_ASC", "Duty team", "01632 960 100", "duty@meadowshire.example", "https://meadowshire.example/adults", "Mon to Fri"),
    ("EDT", "Out-of-hours team", "01632 960 110", "edt@meadowshire.example", "", "Nights, weekends, bank holidays"),
    ("POL101", "Public protection unit", "01632 960 120", "", "", ""),
    ("MARAC", "MARAC coordinator", "01632 960 130", "marac@meadowshire.example", "", "Mon to Fri"),
    ("ADVOCATE", "Meadowshire Voices", "01632 960 140", "advocacy@voices.example", "", "Mon to Thu"),
    ("CQC", "Notifications", "01632 960 150", "", "https://www.regulator.example/notify", ""),
)


def _directory(t: _Teller, at: datetime) -> None:
    for agency, name, telephone, email, portal, hours in _DESKS:
        t.does("manager", directory.set_desk, directory.SetDesk("", agency, name, telephone, email, portal, hours), at)


def _finished(t: _Teller, start: datetime) -> None:
    note = t.note("worker.a", "P-104", start, **MARLOW)
    case = _opened(t, note, start + timedelta(minutes=25), "financial_material")
    referral = _referred(t, case, note, start + timedelta(minutes=100))
    day = timedelta(days=1)
    t.does("lead", referrals.record_receipt, referrals.RecordReceipt(referral, "T. Osei", "duty social worker", "SA-88213"),
           start + 2 * day)
    t.does("lead", referrals.record_agency_outcome, referrals.RecordAgencyOutcome(referral, "s42_2_enquiry"), start + 7 * day)
    due = (start + 12 * day).date()
    action = t.does("lead", referrals.add_action, referrals.AddAction(
        case, "Review of visitor access with Dennis", "Maud Ellery", "", due, "agrees"), start + 8 * day)
    t.does("manager", referrals.step_action, referrals.StepAction(
        action.id, referrals.ActionState.DONE, "Agreed with Dennis on 16 October"), start + 11 * day)
    t.does("lead", cases.close_case, cases.CloseCase(
        case, "The card is with Dennis; the enquiry goes on with the local authority.", "reduced", "asked_expressed",
        "partially"), start + 30 * day)


def _waiting(t: _Teller, start: datetime) -> None:
    note = t.note("worker.b", "P-155", start, present="Stan Ferris, his son", seen="Two days of tablets were still in the box. "
                  "The fridge held milk and butter.", heard="", said=[{"words": "He does the shopping when he remembers.",
                  "by": "Stan", "to": "me"}], done="Made a meal and gave the evening tablets.", told="Joy Okafor, by phone",
                  picker=["medicine_count_differs"], safety_codes=["SAFE_CALL"], wish="Wants his son to be helped, not blamed",
                  consent="given")
    case = _opened(t, note, start + timedelta(minutes=20), "neglect")
    at = start + timedelta(hours=2)
    t.does("lead", cases.triage_case, cases.TriageCase(case, "refer", "Doses and food missing on two days."), at)
    t.does("lead", cases.set_risk, cases.SetRisk(case, "medium", "Diabetes, and two days without tablets."), at)
    form = _share_marlow(
        case, why="Missed tablets and little food; it lets adult social care look at support for both.",
        what="What was seen on the two days\nDiabetes\nWhat Stan said", left_out="Daily notes", must_not_know="Nobody",
        consent="given", override_reasons=(), override_because="", told="told", told_why="", capacity="presumed",
        article_9="9(2)(h)", paragraph_18_limb="", limb_reason="", article_10="none_described",
        confidentiality="consent")
    t.does("lead", sharing.record_sharing_decision, form, at + timedelta(minutes=20))
    referral = t.does("lead", composing.prepare_referral, composing.PrepareReferral(
        case, "LA_ASC", "Duty team", "portal", "To look at support for Stan and his son.", "A needs assessment.",
        ("contact:SAFE_CALL=safe_contact", "person:name=who", "person:needs:0=shows_risk", f"note:{note}:seen:0=shows_risk",
         f"note:{note}:seen:1=shows_risk", f"note:{note}:said:0=own_words")), at + timedelta(minutes=30))
    sent = referrals.SendReferral(referral.id, "Duty team", their_reference="ASC-77120")
    t.does("lead", referrals.send_referral, sent, at + timedelta(minutes=40))
    for what, owner, agency, days in (("Tablets counted at each visit", "Lena Hart", "", 4),
                                      ("Ring the surgery about a weekly box", "Lena Hart", "", 6),
                                      ("A visit to both at home", "Duty team", "LA_ASC", 9)):
        agreed = referrals.AddAction(case, what, owner, agency, (start + timedelta(days=days)).date(), "agrees")
        t.does("lead", referrals.add_action, agreed, at + timedelta(minutes=50))


def _watched(t: _Teller, start: datetime) -> None:
    note = t.note("worker.d", "P-130", start, present="Ola Brand", seen="Two unopened bills lay on the mat.",
                  said=[{"words": "My sister does those on Sundays.", "by": "Ola", "to": "me"}],
                  done="Left the bills on the table.", picker=["bills_unopened_unpaid"], consent="given")
    case = _opened(t, note, start + timedelta(minutes=30), "financial_material")
    at = start + timedelta(hours=2)
    t.does("lead", cases.triage_case, cases.TriageCase(
        case, "internal_action", "A sister sees to the post each Sunday; look again after the next one.",
        (start + timedelta(days=7)).date()), at)
    t.does("lead", sharing.record_sharing_decision, sharing.RecordSharingDecision(
        case, "not_share", why="Two bills on one day, and a plain account of who opens them.", must_not_know="Nobody",
        review_on=(start + timedelta(days=7)).date(), necessary="Nothing here needs another agency yet.",
        proportionate="Sharing would tell more than the risk calls for.", consent="given", capacity="presumed",
        told="told", others_at_home="no"), at)


_HOURS = "Tue 10:00-11:00\nFri 10:00-11:00\nSun 14:00-15:00"


def _planned(t: _Teller, start: datetime, now: datetime) -> None:
    """Somebody at home is the danger: a plan that governs every contact, and the way to MARAC."""
    note = t.note("senior", "P-163", start, present="Ines Calder, Peter Calder (husband)",
                  seen="Ines looked at Peter before each answer. Her walking frame stood behind the kitchen door.",
                  heard="Peter: “She rings nobody. She has me.”",
                  said=[{"words": "Not on a Monday, he is home on Mondays.", "by": "Ines", "to": "me, alone"}],
                  done="Put the frame beside her chair.", told="Joy Okafor, by voice", consent="not_sought_raises_risk",
                  picker=["looked_at_other"], safety_codes=["OTHER_ANSWERS", "NO_TEXT", "SAFE_CALL"])
    case = _opened(t, note, start + timedelta(minutes=20), "domestic")
    at, later = start + timedelta(hours=2), timedelta(minutes=10)
    t.does("lead", cases.triage_case, cases.TriageCase(case, "refer", "Control at home, and aids kept out of reach."), at)
    topics = checklists.CHECKLIST_TOPICS.codes()[:24]
    answers = tuple(f"{topic}={'yes' if number % 3 == 0 else 'no'}" for number, topic in enumerate(topics))
    t.does("lead", checklists.record_checklist, checklists.RecordChecklist(
        case, "dash_safelives", "2026", "Lena Hart, trained in March", "Ines, alone at a visit", answers, judgement="high",
        judgement_why="He decides whom she speaks to, and her frame was out of reach."), at + later)
    t.does("lead", safety_plans.write_safety_plan, safety_plans.WriteSafetyPlan(
        case, goals="“I want to stay in my house.”", strategies="Her sister knocks on Sundays when the blind is half down.",
        feared="Peter Calder, husband", triggers="Calls he does not expect; letters from the hospital.",
        channels=("SAFE_CALL", "IN_VISIT_ONLY"), nevers=("NO_VOICEMAIL", "NO_TEXT", "NO_POST"), devices=("OTHER_ANSWERS",),
        windows=_HOURS, never_windows="Mon 00:00-24:00", identity="NEUTRAL_CALLER",
        pretext="the office, about the day for the hoist service", confirmable_by="the front desk, any weekday",
        safe_word="yellow roses", stop_phrase="we have one already", help_phrase="is the chemist open late",
        pairing="Two workers after 17:00", cover_reason="moving-and-handling check", missed_after="2",
        missed_do="Sana calls in person within the hour.", medicine="Her frame stays beside the chair; look each time.",
        if_discovered="Say that it is a falls plan.", agreement="agreed", workers_may_view="yes",
        review_on=(now + timedelta(days=6)).date()), at + 2 * later)
    _to_marac(t, case, note, at + 3 * later)
    hours = parsed(_HOURS, "windows")
    first = next_good(hours, (), start + timedelta(days=1))
    if first is not None and first.ends_at < now:
        made = t.does("lead", contacts.plan_contact, contacts.PlanContact(
            case, "call", when=first.starts_at, purpose="To ask how she is", anyway="Agreed with her."), at + 8 * later)
        t.does("lead", contacts.record_contact, contacts.RecordContact(
            made.id, "adult", "yes", "yes", "yes", "safe_word", "“The frame is where it should be.”"), first.starts_at)
    ahead = next_good(hours, (), now + timedelta(hours=2))
    if ahead is not None:
        t.does("lead", contacts.plan_contact, contacts.PlanContact(
            case, "call", when=ahead.starts_at, purpose="To ask how she is, and about the frame", anyway="Agreed with her."),
            now - timedelta(hours=3))


def _to_marac(t: _Teller, case: str, note: str, at: datetime) -> None:
    later = timedelta(minutes=10)
    decided = t.does("lead", sharing.record_sharing_decision, _share_marlow(
        case, why="Control by her husband and aids out of reach; it lets the agencies act together.",
        what="What was seen and heard\nWhat Ines said\nHow she can be reached", left_out="Health history\nDaily notes",
        agency="MARAC", recipient="MARAC coordinator", must_not_know="Peter Calder", consent="not_sought_raises_risk",
        override_reasons=(), override_because="", capacity="presumed", limb_reason="He answers her telephone.",
        told="told", told_why=""), at)
    t.does("manager", sharing.review_sharing_decision, sharing.ReviewSharingDecision(decided.id, "yes", ""), at + later)
    referral = t.does("lead", composing.prepare_referral, composing.PrepareReferral(
        case, "MARAC", "MARAC coordinator", "secure_email", "To keep Ines safe at home.", "A place on the next agenda.",
        ("contact:must_not_know=safe_contact", "person:name=who", f"note:{note}:seen:0=shows_risk",
         f"note:{note}:said:0=own_words"),
        details=("marac_route=judgement", "risk_tool=dash_safelives", "risk_tool_version=2026", "risk_score=8",
                 "adult_agrees_to_referral=agrees")), at + 2 * later)
    t.does("lead", referrals.send_referral, referrals.SendReferral(referral.id, "MARAC coordinator"), at + 3 * later)
    t.does("lead", referrals.record_receipt, referrals.RecordReceipt(referral.id, "P. Anand", "coordinator", "M-2231"),
           at + timedelta(hours=20))


def _fresh(t: _Teller, now: datetime) -> None:
    t.note("worker.b", "P-117", now - timedelta(minutes=64), present="Rosa Linden, Martin Linden", injury="yes",
           where={"place": "own_home", "room": "living room"},
           seen="A mark on her left arm; I had not seen it on Tuesday. Rosa looked at Martin before each answer.",
           marks=[{"site": "upper_arm", "side": "left", "view": "back", "x": 0.236, "y": 0.292, "length_cm": 4, "width_cm": 3,
                   "shape": "oval", "colours": ["purple", "yellow"], "skin_broken": "no", "swelling": "not_sure",
                   "seen_before": "no"}],
           heard="Martin: “She's fine, she bumps into things.”",
           said=[{"words": "He checks my phone.", "by": "Rosa", "to": "me, at the door"}],
           done="Asked nothing further. Left at the usual time.", told="on-call lead, by voice, from the car",
           picker=["said_phone_checked", "looked_at_other"], consent="not_sought_raises_risk",
           safety_codes=["OTHER_READS", "SHARED_PHONE", "NO_CALLBACK_NUMBER", "NO_TEXT", "IN_VISIT_ONLY"])
    t.note("worker.a", "P-142", now - timedelta(minutes=18), present="Gwen Abbot", seen="The front door stood open on arrival. "
           "The kettle had boiled dry and the ring was on.", said=[{"words": "I thought I'd turned it off.", "by": "Gwen",
           "to": "me"}], done="Turned the ring off, made tea.", told="Sana Pryce, by phone", consent="given")
    t.note("worker.d", "the lady at number 12, Mrs Pell", now - timedelta(minutes=7), present="Mrs Pell, a neighbour of Ola",
           where={"place": "community", "room": "on the stairs"}, seen="She wore a coat over a nightdress and had one shoe on.",
           said=[{"words": "I'm waiting for the bus to school.", "by": "Mrs Pell", "to": "me"}],
           done="Walked her home and waited for her daughter.", told="on-call lead, by phone", danger_now="not_sure")


