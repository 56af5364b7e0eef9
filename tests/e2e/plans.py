"""A safety plan in a running demo, and what the chain says of looks at its card: past the pages, through the services."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from sgapp.services import safety_plans, triage
from sgapp.services.house import SYSTEM, House, now
from sgapp.services.intake import intake_key, receive, seal_note
from sgapp.services.safety_plans import WriteSafetyPlan
from sgapp.settings import Settings
from sgapp.store import accounts
from sgapp.store.tables import AuditEventRow
from tests.serving import Server, start_server, stop_server

#: What stands behind the codes: SAFE_CALL K2, NO_VOICEMAIL K9, and the agreed words.
CALL, WORDS, OTHER_WORDS = "A call is fine", "blue bottles", "green apples"
_PLAN: dict[str, Any] = {
    "channels": ("SAFE_CALL", "SAFE_SMS"), "nevers": ("NO_VOICEMAIL", "NO_POST"), "devices": ("OTHER_READS",),
    "number": "07700 900117", "windows": "Tue 10:00-11:00\nFri 10:00-11:00", "identity": "NEUTRAL_CALLER",
    "pretext": "the office about the hoist service date", "confirmable_by": "the front desk", "safe_word": WORDS,
    "stop_phrase": "not interested", "help_phrase": "is it the 55 bus", "pairing": "Two workers after 17:00",
    "cover_reason": "moving-and-handling check", "missed_after": "2", "missed_do": "Sana calls in person within the hour.",
    "workers_may_view": "yes", "agreement": "agreed"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo of one's own: Gwen Abbot (P-142) and Rosa Linden (P-117) have plans. worker.a visits the first, worker.b both."""
    made, process = start_server(tmp_path_factory.mktemp("plans"))
    with_plan(made, "P-142")
    with_plan(made, "P-117", writer="worker.b", safe_word=OTHER_WORDS)
    yield made
    stop_server(process)


@contextmanager
def house_of(server: Server) -> Iterator[House]:
    """The same database and keys as that server's, in this process."""
    house = House(Settings(data=server.data, keys=Path(server.env["SGAPP_KEYS"]),
                           database_url=server.env.get("SGAPP_DATABASE_URL", "")))
    yield house
    house.engine.dispose()


def with_plan(server: Server, reference: str = "P-142", *, writer: str = "worker.a", **other: Any) -> str:
    """Somebody of the demo has a plan whose card whoever visits her may see. Her person id."""
    with house_of(server) as house:
        at = now()
        with house.begin(SYSTEM, at) as uow:
            found = {name: accounts.by_username(uow, name) for name in (writer, "lead")}
            person = next(p for p in uow.people.where() if p.reference == reference)
        worker, lead = (account.as_actor() for account in found.values() if account)
        note = str(uuid.uuid4())
        payload = {"schema": 1, "id": note, "captured_at": at.isoformat(), "capture_seq": 1, "when_seen": at.isoformat(),
                   "person": {"id": person.id}, "where": {"place": "own_home"}, "seen": "A mark."}
        receive(house, worker, seal_note(intake_key(house, now=at), note, payload), now=at)
        triage.acknowledge_note(house, lead, triage.AcknowledgeNote(note), now=at)
        case = triage.open_case(house, lead, triage.OpenCase(note, (), ("domestic",)), now=at).id
        form = WriteSafetyPlan(case, **(_PLAN | {"review_on": (at + timedelta(days=30)).date()} | other))
        safety_plans.write_safety_plan(house, lead, form, now=at)
        return person.id


def looks(server: Server, kind: str = "card-looked-at") -> list[str]:
    """What the chain says of one kind of look, in order: the code, or how many there were."""
    with house_of(server) as house, house.begin(SYSTEM, now()) as uow:
        rows = uow.session.exec(select(AuditEventRow).where(AuditEventRow.action == kind).order_by(
            col(AuditEventRow.at))).all()
        return [row.detail or str(row.count) for row in rows]
