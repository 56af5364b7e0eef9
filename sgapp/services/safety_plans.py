"""Writing the safety plan: each change is a version of its own. Source: DOMAIN annex §5."""

import uuid
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from sqlmodel import col, select

from sgapp.domain.audit import AuditEvent
from sgapp.domain.case import Case
from sgapp.domain.contact import ContactRules
from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.permissions import Permission
from sgapp.domain.person import Person
from sgapp.domain.safety_plan import PlanContent, PlanState, SafetyPlan, checked
from sgapp.domain.time import show_date, to_london
from sgapp.domain.vocabulary.safety_codes import CHANNEL, DEVICE, NEVER, SAFETY_CODES
from sgapp.domain.windows import parsed
from sgapp.services import drafts
from sgapp.services.guard import Done, intention
from sgapp.store.kinds import stream_of
from sgapp.store.tables import SafetyPlanRow
from sgapp.store.unit_of_work import Repository, UnitOfWork, bars_on


@dataclass(frozen=True, slots=True)
class WriteSafetyPlan:
    """The form, section by section. `windows` and `never_windows` hold one a line; `workers_may_view` is “yes” or “no”."""

    case_id: str
    goals: str = ""
    strategies: str = ""
    feared: str = ""
    triggers: str = ""
    channels: tuple[str, ...] = ()
    nevers: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    trusted: str = ""
    number: str = ""
    email: str = ""
    windows: str = ""
    never_windows: str = ""
    identity: str = ""
    pretext: str = ""
    confirmable_by: str = ""
    named_worker: str = ""
    safe_word: str = ""
    stop_phrase: str = ""
    help_phrase: str = ""
    pairing: str = ""
    cover_reason: str = ""
    missed_after: str = ""
    missed_do: str = ""
    children: str = ""
    animals: str = ""
    medicine: str = ""
    papers: str = ""
    if_discovered: str = ""
    agencies: str = ""
    review_on: date | None = None
    workers_may_view: str = ""
    may_view: str = ""
    agreement: str = ""
    agreement_why: str = ""


@intention("write-safety-plan", Permission.WRITE_PLAN, WriteSafetyPlan)
def write_safety_plan(uow: UnitOfWork, form: WriteSafetyPlan) -> Done:
    """Write the first plan of a case, or the next version of it; the one before stays on the file."""
    case = uow.cases.get(form.case_id)
    case.must_be_live()
    content = checked(_content(form), today=to_london(uow.now).date())
    earlier = uow.plans(case)
    plan = SafetyPlan(
        id=str(uuid.uuid4()), case_id=case.id, person_id=case.person_id, version=len(earlier) + 1, content=content,
        written_at=uow.now, written_by=uow.actor.name, restricted=case.restricted, barred=case.barred, branch=case.branch)
    before = tuple(p.replaced(uow.now, uow.actor.name) for p in earlier if p.counts)
    uow.save(*before, plan, because=AuditEvent("plan-written", "plan", plan.id, detail=f"version {plan.version}"))
    looked_at = show_date(content.review_on, to_london(uow.now).date()) if content.review_on else ""
    return Done(plan.id, f"Version {plan.version} counts from now on. Look at it again on {looked_at}.", f"/plan?id={case.id}")


def _content(form: WriteSafetyPlan) -> PlanContent:
    """What was typed, without the spaces around it. Raises Invalid for hours that are not understood."""
    names = {f.name for f in fields(PlanContent)}
    given: dict[str, Any] = {k: v.strip() if isinstance(v, str) else v for k, v in asdict(form).items() if k in names}
    if given["missed_after"] and not given["missed_after"].isdecimal():
        raise Invalid(FieldError("missed_after", "Write a number of windows, like 2."))
    return PlanContent(**{
        **given, "windows": parsed(form.windows, "windows"), "never_windows": parsed(form.never_windows, "never_windows"),
        "missed_after": int(given["missed_after"]) if given["missed_after"] else None,
        "workers_may_view": form.workers_may_view == "yes"})


@dataclass(frozen=True, slots=True)
class EndSafetyPlan:
    plan_id: str
    why: str = ""


@intention("end-safety-plan", Permission.WRITE_PLAN, EndSafetyPlan)
def end_safety_plan(uow: UnitOfWork, form: EndSafetyPlan) -> Done:
    """No plan is needed any more. Its card is gone for everybody; the versions stay on the file."""
    plan, case = uow.child(SafetyPlan, form.plan_id)
    ended = plan.ended(uow.now, uow.actor.name, form.why)
    uow.save(ended, because=AuditEvent("plan-ended", "plan", plan.id))
    return Done(plan.id, "No plan counts any more. Nobody sees its card.", f"/plan?id={case.id}")


@dataclass(frozen=True, slots=True)
class StartFromLastPlan:
    case_id: str


#: Chosen anew in each version: the day that was right then is over, and whether she agrees is asked again.
_NOT_CARRIED_ON = frozenset({"review_on", "agreement", "agreement_why"})


@intention("start-from-last-plan", Permission.WRITE_PLAN, StartFromLastPlan)
def start_from_last_plan(uow: UnitOfWork, form: StartFromLastPlan) -> Done:
    """Put the newest version, or what the notes say where there is none, into the actor's own draft. Records nothing."""
    case = uow.cases.get(form.case_id)
    case.must_be_live()
    plans = uow.plans(case)
    content = plans[-1].content if plans else _from_notes(uow, case)
    drafts.put(uow, f"write-safety-plan:{case.id}", _as_typed(content))
    uow.note_event(AuditEvent("plan-begun-anew", "case", case.id, stream_of(case)))
    return Done(case.id, "What is known is in the form. Look at each line again.", f"/plan?id={case.id}#write")


def _from_notes(uow: UnitOfWork, case: Case) -> PlanContent:
    """What those who wrote the notes were told about reaching her."""
    codes = codes_in_notes(uow, case)

    def of(group: str) -> tuple[str, ...]:
        return tuple(c for c in codes if SAFETY_CODES[c].group == group)

    return PlanContent(channels=of(CHANNEL), nevers=of(NEVER), devices=of(DEVICE))


def _as_typed(content: PlanContent) -> drafts.Fields:
    """The plan as the form keeps it: several ticks as a list, windows as lines."""
    given: drafts.Fields = {}
    for name, value in ((f.name, getattr(content, f.name)) for f in fields(content) if f.name not in _NOT_CARRIED_ON):
        if name in ("windows", "never_windows"):
            given[name] = "\n".join(w.in_words() for w in value)
        elif name == "workers_may_view":
            given[name] = "yes" if value else "no"
        elif value or value == 0:
            given[name] = list(value) if isinstance(value, tuple) else str(value)
    return given


def codes_in_notes(uow: UnitOfWork, case: Case) -> tuple[str, ...]:
    """The safety codes that the notes of a case hold, each once."""
    notes = uow.notes.those(case.note_ids).values()
    return tuple(dict.fromkeys(c for n in notes for c in n.content.safety_codes if c in SAFETY_CODES))


def rules_for(uow: UnitOfWork, case: Case) -> tuple[ContactRules, SafetyPlan | None]:
    """What holds for contact with the adult of a case, and the plan it comes from; without a plan, what her notes say."""
    person = uow.people.get(case.person_id)
    plan = current_plan(uow, case)
    names = sensitive_names(person, plan)
    if plan is not None:
        return plan.rules(names), plan
    known = _from_notes(uow, case)
    return ContactRules(channels=known.channels, nevers=known.nevers, devices=known.devices, names=names, known=False), None


def current_plan(uow: UnitOfWork, case: Case) -> SafetyPlan | None:
    """The version that counts for a case that was given; None where none does."""
    return next((p for p in uow.hanging_on(SafetyPlan, case.id) if p.counts), None)


def sensitive_names(person: Person, plan: SafetyPlan | None) -> tuple[str, ...]:
    """Whose names no message may hold: hers, her reference, and whoever is feared."""
    return tuple(n for n in (person.name, person.reference, plan.content.feared if plan else "") if n)


def arrangements(uow: UnitOfWork) -> dict[str, str]:
    """How visits go, by adult, as it may stand on a rota: what is arranged and the reason agreed for it, and nothing else.

    None of an adult in a matter that is restricted, or that is kept from whoever asks.
    """
    rows = uow.session.exec(select(SafetyPlanRow).where(
        SafetyPlanRow.state == str(PlanState.CURRENT), col(SafetyPlanRow.restricted).is_(False)))
    found = {}
    for row in rows:
        kept_from = bars_on(uow, row.id) | bars_on(uow, row.case_id)
        if uow.actor.account_id in kept_from or (uow.actor.branch is not None and row.branch != uow.actor.branch):
            continue
        content = Repository(uow, SafetyPlan).opened(row).content
        if content.pairing:
            found[row.person_id] = f"{content.pairing} ({content.cover_reason})"
    return found
