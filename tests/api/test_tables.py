"""Tables by the page: held for the length of a request, tried before they count, taken in once, and only by whoever may."""

import json
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response
from sqlmodel import select

from sgapp.domain.audit import AuditEvent
from sgapp.domain.person import Person
from sgapp.integrations import tables
from sgapp.services import importing
from sgapp.services.audit import verify_audit
from sgapp.services.house import SYSTEM, now
from sgapp.store.tables import AccountRow, AuditEventRow, DraftRow, IntentRow, PersonRow
from tests.api.conftest import SignIn
from tests.people import Cast

PEOPLE = b"Client ID,Full name,Team\nP-500,Zoe Ash,main\nP-104,Dennis Marlow,main\n"
BAD = b"reference,name,care ended\nP-500,Zoe Ash,soon\nP-501,,\nP-104,Dennis Marlow,\n"


def _last(answer: Response) -> dict[str, Any]:
    """What came of it: the last line."""
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text.splitlines()[-1])


def _references(cast: Cast) -> set[str]:
    with cast.house.begin(SYSTEM, now()) as uow:
        return {uow.people.opened(row).reference for row in uow.session.exec(select(PersonRow))}


def _elsewhere(cast: Cast) -> None:
    with cast.house.begin(SYSTEM, now()) as uow:
        uow.save(Person(str(uuid4()), "N-1", "Una North", branch="north"), because=AuditEvent("person-added", "person", ""))


def test_a_table_is_tried_first_and_nothing_of_it_is_kept(as_: SignIn, cast: Cast) -> None:
    tried = _last(as_("maud").post("/api/tables/people/preview", content=PEOPLE))
    assert (tried["new"], tried["changed"], tried["same"], tried["rows"]) == (1, 0, 1, 2)
    assert tried["mapping"] == {"reference": "Client ID", "name": "Full name"}
    assert _references(cast) == {"P-104", "P-130", "P-121", "P-117"}
    with cast.house.begin(SYSTEM, now()) as uow:
        assert uow.session.exec(select(DraftRow)).all() == []


def test_each_row_that_cannot_be_taken_is_named_and_none_comes_in(as_: SignIn, cast: Cast) -> None:
    maud = as_("maud")
    tried = _last(maud.post("/api/tables/people/preview", content=BAD))
    assert [row["line"] for row in tried["refused"]] == [2, 3]
    assert tried["refused"][1]["why"] == "There is no name."
    refused = _last(maud.post("/api/tables/people", content=BAD, params={"intent_id": str(uuid4())}))
    assert [row["line"] for row in refused["refused"]] == [2, 3]
    assert "P-500" not in _references(cast)


def test_a_column_is_chosen_by_its_number_and_one_that_fits_by_name_can_be_left_out(as_: SignIn) -> None:
    maud, table = as_("maud"), b"No,Who,branch\nP-500,Zoe Ash,north\n"
    asked = _last(maud.post("/api/tables/people/preview", content=table))
    assert asked["missing"] == ["reference", "name"]
    tried = _last(maud.post("/api/tables/people/preview", content=table,
                            params={"column": ["reference:0", "name:1", "branch:"]}))
    assert (tried["missing"], tried["mapping"], tried["new"]) == ([], {"reference": "No", "name": "Who"}, 1)
    for wrong in ("name:9", "shoe size:0", "name:-1", "name:²"):
        assert maud.post("/api/tables/people/preview", content=table, params={"column": wrong}).status_code == 422


def test_a_table_that_was_taken_in_twice_came_in_once_and_its_codes_are_told_again(as_: SignIn, cast: Cast) -> None:
    alun, intent = as_("alun"), {"intent_id": str(uuid4())}
    table = b"username,name,role\nnew.one,Nia One,care worker\n"
    first = _last(alun.post("/api/tables/staff", content=table, params=intent))
    assert (first["message"], [code[:2] for code in first["codes"]]) == ("1 new, 0 changed, 0 as they were.",
                                                                         [["new.one", "Nia One"]])
    assert _last(alun.post("/api/tables/staff", content=table, params=intent)) == first
    again = _last(alun.post("/api/tables/staff", content=table, params={"intent_id": str(uuid4())}))
    assert (again["message"], again["codes"]) == ("0 new, 0 changed, 1 as they were.", [])
    assert alun.post("/api/tables/staff", content=table + b"x,y,worker\n", params=intent).status_code == 409
    with cast.house.begin(SYSTEM, now()) as uow:
        assert len(uow.session.exec(select(AccountRow).where(AccountRow.username == "new.one")).all()) == 1
        [claim] = uow.session.exec(select(IntentRow).where(IntentRow.id == intent["intent_id"]))
        assert first["codes"][0][2].encode() not in claim.sealed_answer
    assert verify_audit(cast.house, now=now()).first_bad == ""


@pytest.mark.parametrize(("content", "said"), [
    (b"", "nothing in its first line"), (b"PK\x03\x04", "a workbook"),
    (b"reference,name\nP-1,Zo\xeb\n", "Line 2 is not in UTF-8")])
def test_what_is_no_table_is_refused_with_what_to_do(as_: SignIn, content: bytes, said: str) -> None:
    answer = as_("maud").post("/api/tables/people/preview", content=content)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["field"], said in error["message"]) == ("file", True)


@pytest.mark.parametrize("pieces", [False, True], ids=["announced", "in pieces"])
def test_a_file_beyond_the_limit_is_refused_and_one_above_the_limit_of_forms_is_not(
        as_: SignIn, pieces: bool) -> None:
    maud, letters = as_("maud"), 1 << 20

    def sent(size: int) -> Response:
        row = b"x" * 3_000 + b"\n"
        parts = (b"reference,name\n", *(row for _ in range(size // len(row))))
        return maud.post("/api/tables/people/preview", content=iter(parts) if pieces else b"".join(parts))

    assert _last(sent(2 * letters))["rows"] == 2 * letters // 3_001
    assert sent(tables.MOST_BYTES + letters).status_code == 413


def test_of_whoever_may_not_nothing_is_read(as_: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sgapp.api.tables.parse_table", lambda _content: pytest.fail("read"))
    for who, kind in (("lena", "people"), ("alun", "people"), ("maud", "staff"), ("rhona", "visits"), ("amina", "people")):
        for place in (f"/api/tables/{kind}", f"/api/tables/{kind}/preview"):
            assert as_(who).post(place, content=PEOPLE).status_code == 404


def test_adults_of_another_branch_are_neither_changed_nor_given_out(as_: SignIn, cast: Cast) -> None:
    _elsewhere(cast)
    maud = as_("maud")
    rows = b"reference,name,branch\nN-1,Una X,\nP-500,Zoe Ash,north\nP-501,Bo Hill,\n"
    tried = _last(maud.post("/api/tables/people/preview", content=rows))
    assert [row["line"] for row in tried["refused"]] == [2, 3]
    visits = _last(maud.post("/api/tables/visits/preview", content=b"person,worker\nN-1,amina\nN-2,amina\n"))
    assert [row["why"].replace("N-1", "N-2") for row in visits["refused"]] == ["Nobody has the reference “N-2”."] * 2
    assert "N-1" not in maud.get("/api/tables/people.csv").text


def test_what_goes_out_is_what_can_come_in_and_stands_on_the_chain(as_: SignIn, cast: Cast) -> None:
    for who, kind, there in (("maud", "people", "P-104"), ("maud", "visits", "amina"), ("alun", "staff", "amina")):
        client = as_(who)
        out = client.get(f"/api/tables/{kind}.csv")
        assert (out.headers["content-type"].split(";")[0], out.headers["cache-control"]) == ("text/csv", "no-store")
        assert there in out.text
        again = _last(client.post(f"/api/tables/{kind}/preview", content=out.content))
        assert (again["new"], again["changed"], again["refused"]) == (0, 0, [])
        with cast.house.begin(SYSTEM, now()) as uow:
            [row] = uow.session.exec(select(AuditEventRow).where(
                AuditEventRow.action == "exported", AuditEventRow.subject_kind == kind))
            assert (row.actor_id, row.count) == (cast.actors[who].account_id, again["same"])


def test_it_says_how_far_it_is(as_: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sgapp.api.lines._EVERY_SECONDS", -1)
    answer = as_("maud").post("/api/tables/people/preview", content=PEOPLE)
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines[:-1] == [{"done": 1, "of": 2}, {"done": 2, "of": 2}]


def test_a_fault_half_way_is_told_as_one_and_keeps_nothing(as_: SignIn, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sgapp.api.lines._EVERY_SECONDS", -1)
    table, real = b"username,name,role\nnew.one,Nia One,worker\nnew.two,Nia Two,worker\n", importing.insert_rows

    def fails(session: Any, rows_of: Any, rows: Any) -> None:
        real(session, rows_of, rows[:1])
        raise RuntimeError("the disk")

    monkeypatch.setattr(importing, "insert_rows", fails)
    alun = as_("alun")
    assert _last(alun.post("/api/tables/staff", content=table, params={"intent_id": str(uuid4())})) == {"fault": True}
    with cast.house.begin(SYSTEM, now()) as uow:
        assert uow.session.exec(select(AccountRow).where(AccountRow.username == "new.one")).all() == []
