"""A thousand probes as the one it is about: what exists and is hidden answers like what never was.

She has every right that a deputy lead has. The normalisation is listed: the id that was asked for, and nothing else.
"""

import re
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime
from typing import Any, get_args, get_type_hints
from uuid import UUID, uuid4

import pytest
from httpx import Response
from sqlmodel import select

from sgapp.api.intents import NOT_HERE
from sgapp.domain.permissions import GRANTS, Role
from sgapp.services import composing, investigations, sharing, triage
from sgapp.services.guard import REGISTER, Intention
from sgapp.services.house import SYSTEM, now
from sgapp.services.views.composing import compose_view
from sgapp.store.tables import ActionRow, CaseRow, DecisionRow, InvestigationRow, KeptRow, ObservationRow, ReferralRow
from tests.api.conftest import SignIn, TestClient
from tests.people import Cast, in_office_hours
from tests.services.story import sharing_form

NEVER = "00000000-0000-4000-8000-000000000000"
PROBES = 1_000
#: Headers that say something of the clock or the connection, and nothing of what was asked.
UNEQUAL = frozenset({"date"})


@dataclass(frozen=True)
class Hidden:
    """Ids of everything that names Devan, by the kind of field that asks for such an id."""

    ids: tuple[str, ...]
    reference: str


@pytest.fixture
def hidden(cast: Cast) -> Hidden:
    """A note that names the deputy, its case, a decision, a letter, a matter, an account: all of it made by others."""
    house, at, maud = cast.house, in_office_hours(now()), cast.maud
    note_id = cast.writes("amina", "dennis", at=at, staff_involved="yes", staff_names="Devan Rao",
                          said=[{"words": "He took my card.", "by": "Dennis", "to": "me"}])
    cast.writes("carla", "dennis", at=at, staff_involved="yes", staff_names="Devan Rao")
    triage.acknowledge_note(house, maud, triage.AcknowledgeNote(note_id), now=at)
    case_id = triage.open_case(house, maud, triage.OpenCase(note_id, (), ("physical",)), now=at).id
    form = sharing_form(case_id, must_not_know="Devan Rao")
    decision_id = sharing.record_sharing_decision(house, maud, form, now=at).id
    offers = [o.source for g in compose_view(house, maud, at, case_id).groups for o in g.offers]
    letter = composing.PrepareReferral(case_id, "LA_ASC", "Duty team", "secure_email", "To protect.", "Advice.",
                                       tuple(f"{s}=own_words" for s in offers if ":said:" in s))
    sharing.review_sharing_decision(house, cast.noel, sharing.ReviewSharingDecision(decision_id, "yes"), now=at)
    composing.prepare_referral(house, maud, letter, now=at)
    opened = investigations.OpenInvestigation(case_id, cast.devan.account_id)
    matter_id = investigations.open_investigation(house, maud, opened, now=at).id
    ask = investigations.AskForAccount(matter_id, cast.sana.account_id, at.date(), "morning")
    investigations.ask_for_account(house, maud, ask, now=at)
    cast.writes("sana", "", at=at, route="account", asked_by="Maud", seen="I saw it.", own_words_signed=True, heard="", said=[])
    with house.begin(SYSTEM, at) as uow:
        found = [i for table in (ObservationRow, CaseRow, DecisionRow, ReferralRow, ActionRow, InvestigationRow, KeptRow)
                 for i in uow.session.exec(select(table.id)).all()]
        reference = uow.session.exec(select(CaseRow.reference)).one()
    assert len(found) >= 7
    return Hidden(tuple(found), reference)


def _value(hint: Any) -> Any:
    """Something that passes validation and means nothing."""
    kinds = get_args(hint) or (hint,)
    if hasattr(kinds[0], "__members__"):
        return next(iter(kinds[0]))
    if date in kinds or datetime in kinds:
        return "2026-12-01T10:00" if datetime in kinds else "2026-12-01"
    return ["x"] if getattr(hint, "__origin__", None) is tuple else "yes" if hint is bool else "x"


def _doors(record_id: str, reference: str, role: str = "deputy", *,
           glass: bool = True) -> Iterator[tuple[str, str, dict[str, Any] | None]]:
    """Every way to ask by an id: each intention, with each of its fields that takes one, and every address with one in it."""
    for name, guarded in sorted(REGISTER.items()):
        if not isinstance(guarded.function, Intention) or name in NOT_HERE or guarded.permission not in GRANTS[Role(role)]:
            continue
        hints = get_type_hints(guarded.function.form)
        form = {f.name: _value(hints[f.name]) for f in fields(guarded.function.form) if f.default is MISSING or f.name != "id"}
        asks = [f for f in form if f.endswith("_id")]
        for field in asks:
            filled = {**form, **dict.fromkeys(asks, NEVER), field: record_id}
            yield "POST", f"/api/intents/{name}", filled
    if glass:
        yield "POST", "/api/intents/break-glass", {"reference": reference, "reason": "Nobody else can be reached just now."}
    yield "GET", f"/api/referrals/{record_id}/letter.pdf", None
    yield "GET", f"/api/observations/mine/{record_id}", None
    yield "POST", "/api/letters/preview", {"case_id": record_id}


def _asks(client: TestClient, door: tuple[str, str, dict[str, Any] | None]) -> Response:
    method, path, form = door
    body = None if form is None else {**form, "intent_id": str(uuid4())} if "/intents/" in path else form
    return client.request(method, path, json=body)


def _seen(answer: Response, *asked: str) -> tuple[Any, ...]:
    """What can be seen of an answer, without the id that was asked for."""
    text = answer.text
    for one in asked:
        text = text.replace(one, "ASKED")
    headers = sorted((k, v) for k, v in answer.headers.items() if k not in UNEQUAL)
    return answer.status_code, headers, text


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)  # the answer is made above the database
def test_a_thousand_probes_find_no_difference_between_hidden_and_never(as_: SignIn, cast: Cast, hidden: Hidden) -> None:
    client, probes, told = as_("devan"), 0, []
    while probes < PROBES:
        for record_id in hidden.ids:
            there = list(_doors(record_id, hidden.reference))
            nowhere = list(_doors(str(UUID(int=uuid4().int, version=4)), "2026-AAAA-A"))
            for one, other in zip(there, nowhere, strict=True):
                found = _seen(_asks(client, one), record_id, hidden.reference)
                never = _seen(_asks(client, other), *re.findall(r"[0-9a-f-]{36}", f"{other}"), "2026-AAAA-A")
                probes += 2
                if found != never:
                    told.append((one[0], one[1], found, never))
    assert told == []
    assert probes >= PROBES


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
@pytest.mark.parametrize("who", ["farid", "joy", "amina", "hugh", "ada", "rhona", "alun"])
def test_neither_another_branch_nor_whoever_is_on_no_list_finds_a_difference(
        as_: SignIn, cast: Cast, hidden: Hidden, who: str) -> None:
    """Farid leads elsewhere, Joy is on call in office hours, the rest have no part in it. Joy and Ada could break the glass."""
    client, role = as_(who), str(cast.actors[who].role)
    told = []
    for record_id in hidden.ids:
        if who == "amina" and record_id in _own(cast, "amina"):
            continue  # her own note is hers to read again on her shift
        for one, other in zip(_doors(record_id, hidden.reference, role, glass=False),
                              _doors(NEVER, "2026-AAAA-A", role, glass=False), strict=True):
            found, never = _seen(_asks(client, one), record_id), _seen(_asks(client, other), NEVER)
            if found != never:
                told.append((one[1], found, never))
    assert told == []


def _own(cast: Cast, who: str) -> set[str]:
    with cast.house.begin(SYSTEM, now()) as uow:
        return set(uow.session.exec(select(ObservationRow.id).where(
            ObservationRow.author_id == cast.actors[who].account_id)).all())


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_the_same_probes_tell_whoever_may_know(as_: SignIn, cast: Cast, hidden: Hidden) -> None:
    """The control of the test above: these doors do open, and answer otherwise, for somebody on the list."""
    client = as_("maud")
    differ = 0
    for record_id in hidden.ids:
        for one, other in zip(_doors(record_id, hidden.reference), _doors(NEVER, "2026-AAAA-A"), strict=True):
            differ += _seen(_asks(client, one), record_id)[0] != _seen(_asks(client, other), NEVER)[0]
    assert differ >= 10
