"""The first scenario as steps that tests can stop after: Dennis, a bank card, and a refusal to share."""

from datetime import datetime

from sgapp.domain.decision import SharingDecision
from sgapp.domain.due import clocks_of
from sgapp.domain.permissions import Actor
from sgapp.domain.referral import Action, Referral
from sgapp.domain.time import from_london
from sgapp.services import cases, composing, referrals, sharing, triage
from sgapp.services.demo_history import MARLOW
from sgapp.services.views.queue import Queue
from sgapp.store.kinds import Record
from sgapp.store.unit_of_work import Repository
from tests.people import Cast

HEALTH = "A fall in 2023"


def at(text: str) -> datetime:
    """A time as England's clock shows it, in UTC."""
    return from_london(datetime.fromisoformat(text))


def tiles(found: Queue) -> dict[str, str]:
    """The counts above the queue, by their filter."""
    return {tile.show: tile.count for tile in found.tiles}


def sharing_form(case_id: str, **other: object) -> sharing.RecordSharingDecision:
    """A whole decision to share although the adult refused, with anything overridden."""
    answers: dict[str, object] = {
        "share": "share", "why": "He loses money week by week; adult social care can advise on protection.",
        "what": "When the card was taken\nWhat was seen and heard\nWhat he said", "left_out": "Health history\nOld falls",
        "agency": "LA_ASC", "recipient": "Duty team", "method": "secure_email", "must_not_know": "Kevin Marlow",
        "when": "now", "necessary": "Nothing inside the service stops it.", "proportionate": "A few facts, no history.",
        "article_6": "6(1)(ea)", "article_9": "9(2)(g)", "paragraph_18_limb": "asking_would_prejudice_protection",
        "limb_reason": "Kevin is there most days.", "article_10": "sch1_para_18",
         "confidentiality": "overriding_public_interest", "consent": "refused",
        "override_reasons": ("coercion_or_duress", "lacks_capacity"), "override_because": "He hands it over each time.",
        "capacity": "lacks_capacity", "told": "not_unsafe", "told_why": "Told alone at the next visit.",
        "others_at_home": "no"}
    return sharing.RecordSharingDecision(case_id, **(answers | other))  # type: ignore[arg-type]


def not_sharing_form(case_id: str, review_on: object, **other: object) -> sharing.RecordSharingDecision:
    """A whole decision not to share."""
    answers: dict[str, object] = {
        "share": "not_share", "why": "A plain account of who opens the post.", "must_not_know": "Nobody",
        "review_on": review_on, "necessary": "No other agency is needed yet.", "proportionate": "Less would not do.",
        "consent": "given", "capacity": "presumed", "told": "told", "others_at_home": "no"}
    return sharing.RecordSharingDecision(case_id, **(answers | other))  # type: ignore[arg-type]


def capacity_form(case_id: str) -> cases.RecordCapacity:
    return cases.RecordCapacity(
        case_id, "to manage his bank card and cash this week", "short of money three weeks running", "", "yes", "yes", "no",
        "yes", "asked alone", "hands the card over each time", "mild cognitive impairment", "", "lacks_capacity")


class Story:
    """What has happened so far, and the steps to go on with, each at the scenario's own time."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.house = cast, cast.house
        self.note_id = self.case_id = self.decision_id = self.referral_id = ""
        self.action_ids: list[str] = []

    def noted(self) -> "Story":
        self.note_id = self.cast.writes("amina", "dennis", at=at("2026-10-05T10:40"),
                                        **{**MARLOW, "when_seen": at("2026-10-05T10:10").isoformat()})
        return self

    def seen(self) -> "Story":
        triage.acknowledge_note(self.house, self.cast.lena, triage.AcknowledgeNote(self.note_id), now=at("2026-10-05T11:05"))
        return self

    def opened(self) -> "Story":
        now, lead = at("2026-10-05T12:20"), self.cast.lena
        form = triage.OpenCase(self.note_id, (), ("financial_material",))
        self.case_id = triage.open_case(self.house, lead, form, now=now).id
        cases.triage_case(self.house, lead, cases.TriageCase(self.case_id, "refer", "Money goes week by week."), now=now)
        cases.record_capacity(self.house, lead, capacity_form(self.case_id), now=now)
        step = cases.AddProtection(self.case_id, "A private conversation at each visit")
        cases.add_protection(self.house, lead, step, now=now)
        return self

    def decided(self) -> "Story":
        self.decision_id = sharing.record_sharing_decision(
            self.house, self.cast.lena, sharing_form(self.case_id), now=at("2026-10-05T12:45")).id
        return self

    def reviewed(self, by: Actor | None = None) -> "Story":
        form = sharing.ReviewSharingDecision(self.decision_id, "yes")
        sharing.review_sharing_decision(self.house, by or self.cast.maud, form, now=at("2026-10-05T13:30"))
        return self

    def picked(self) -> tuple[str, ...]:
        """The facts the lead chose, each with why: no health history, nothing of who was present."""
        [protection] = self.case().protection
        [capacity] = self.case().capacity
        note = f"note:{self.note_id}"
        return ("contact:IN_VISIT_ONLY=safe_contact", "contact:must_not_know=safe_contact", "person:name=who",
                "person:needs:0=cannot_protect", f"{note}:when=shows_risk", f"{note}:seen:0=shows_risk",
                f"{note}:heard:0=shows_risk", f"{note}:said:0=own_words", f"capacity:{capacity.id}=cannot_protect",
                f"protection:{protection.id}=protects_now")

    def sent(self) -> "Story":
        now, lead = at("2026-10-05T13:50"), self.cast.lena
        form = composing.PrepareReferral(self.case_id, "LA_ASC", "Duty team", "secure_email", "To advise on protection.",
                                         "Advice, and whether an enquiry follows.", self.picked())
        self.referral_id = composing.prepare_referral(self.house, lead, form, now=now).id
        referrals.send_referral(self.house, lead, referrals.SendReferral(self.referral_id), now=now)
        return self

    def received(self) -> "Story":
        form = referrals.RecordReceipt(self.referral_id, "T. Osei", "duty social worker", "SA-88213")
        referrals.record_receipt(self.house, self.cast.lena, form, now=at("2026-10-07T09:15"))
        return self

    def answered(self) -> "Story":
        form = referrals.RecordAgencyOutcome(self.referral_id, "s42_2_enquiry")
        referrals.record_agency_outcome(self.house, self.cast.lena, form, now=at("2026-10-12T15:00"))
        return self

    def planned(self) -> "Story":
        for what, owner, agency, due in (
            ("Advocacy referral", "Adult social care", "LA_ASC", "2026-10-19"),
            ("Appointeeship discussion", "Lena Hart", "", "2026-10-26"),
            ("Review of visitor access", "Maud Ellery", "", "2026-10-16"),
            ("A private conversation at each visit", "Care team", "", "2026-10-13"),
        ):
            form = referrals.AddAction(self.case_id, what, owner, agency, at(due).date(), "agrees")
            self.action_ids.append(
                referrals.add_action(self.house, self.cast.lena, form, now=at("2026-10-13T10:00")).id)
        return self

    def done(self) -> "Story":
        for action_id in self.action_ids:
            form = referrals.StepAction(action_id, referrals.ActionState.DONE, "On the file of the meeting")
            referrals.step_action(self.house, self.cast.maud, form, now=at("2026-11-13T10:00"))
        return self

    def closed(self) -> "Story":
        form = cases.CloseCase(self.case_id, "The card is with Dennis.", "reduced", "asked_expressed", "partially")
        cases.close_case(self.house, self.cast.lena, form, now=at("2026-11-16T11:00"))
        return self

    def whole(self) -> "Story":
        steps = (self.noted, self.seen, self.opened, self.decided, self.reviewed, self.sent, self.received, self.answered,
                 self.planned, self.done, self.closed)
        for step in steps:
            step()
        return self

    def case(self) -> cases.Case:
        with self.house.begin(self.cast.lena, at("2026-12-01T09:00")) as uow:
            return uow.cases.get(self.case_id)

    def referral(self) -> Referral:
        with self.house.begin(self.cast.lena, at("2026-12-01T09:00")) as uow:
            return uow.child(Referral, self.referral_id)[0]

    def decision(self) -> SharingDecision:
        with self.house.begin(self.cast.lena, at("2026-12-01T09:00")) as uow:
            return uow.child(SharingDecision, self.decision_id)[0]

    def actions(self) -> tuple[Action, ...]:
        with self.house.begin(self.cast.lena, at("2026-12-01T09:00")) as uow:
            return Repository(uow, Action).of(uow.cases.get(self.case_id))


def due_times(record: Record) -> dict[str, tuple[datetime | None, ...]]:
    """Each running clock of a record: due, chase, escalate."""
    return {str(c.kind): (c.due_at, c.chase_at, c.escalate_at) for c in clocks_of(record)}
