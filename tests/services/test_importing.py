"""Adults, colleagues and who visits whom come in from a table whole or not at all, and go out in the form they came in."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from sgapp.domain.errors import NotFound
from sgapp.domain.person import Person
from sgapp.integrations.tables import parse_table, read_table
from sgapp.services import importing, safety_plans
from sgapp.services.audit import verify_audit
from sgapp.services.exporting import export_table
from sgapp.services.house import SYSTEM, House
from sgapp.services.importing import CannotImport, Imported, import_table
from sgapp.services.sessions import sign_in
from sgapp.services.staff import choose_password
from sgapp.store import accounts
from sgapp.store.accounts import Account
from sgapp.store.tables import AllocationRow, AuditEventRow, PersonRow
from sgapp.store.unit_of_work import visited_on
from tests.people import START, Cast

NOW = START + timedelta(hours=1)


def _import(house: House, kind: str, text: str, **options: object) -> Imported:
    return import_table(house, kind, parse_table(text.encode()), now=NOW, **options)  # type: ignore[arg-type]


def _people(house: House) -> dict[str, Person]:
    with house.begin(SYSTEM, NOW) as uow:
        return {p.reference: p for p in map(uow.people.opened, uow.session.exec(select(PersonRow)))}


def _accounts(house: House) -> dict[str, Account]:
    with house.begin(SYSTEM, NOW) as uow:
        return {a.username: a for a in accounts.everyone(uow)}


def _events(house: House) -> int:
    with house.begin(SYSTEM, NOW) as uow:
        return len(uow.session.exec(select(AuditEventRow)).all())


def _counts(done: Imported) -> tuple[int, int, int]:
    return done.new, done.changed, done.same


def test_adults_come_in_under_whatever_their_columns_are_called(cast: Cast) -> None:
    done = _import(cast.house, "people", "Client ID,Client name,Needs,Setting,End of care\n"
                                         "P-500,Zoë Ash,Frailty; Sight loss,Own home,\nP-501,Bo Hill,,,01/09/2026\n")
    assert (_counts(done), done.mapping["reference"]) == ((2, 0, 0), "Client ID")
    found = _people(cast.house)
    ash = found["P-500"]
    assert (ash.name, ash.needs, ash.lives) == ("Zoë Ash", ("Frailty", "Sight loss"), "Own home")
    assert found["P-501"].retention.care_ended == date(2026, 9, 1)


def test_date_of_birth_and_address_come_in_and_go_out_again(cast: Cast, tmp_path: Path) -> None:
    _import(cast.house, "people", 'reference,name,DOB,Home address\nP-500,Zoë Ash,04/03/1948,"12 Mill Lane\nWexcombe"\n')
    ash = _people(cast.house)["P-500"]
    assert (ash.born, ash.address) == (date(1948, 3, 4), "12 Mill Lane, Wexcombe")
    export_table(cast.house, "people", tmp_path / "out.csv", now=NOW)
    [row] = [row.cells for row in read_table(tmp_path / "out.csv").rows if row.cells["reference"] == "P-500"]
    assert (row["date of birth"], row["address"]) == ("1948-03-04", "12 Mill Lane, Wexcombe")


def test_a_day_of_birth_that_can_not_be_one_is_refused(cast: Cast) -> None:
    with pytest.raises(CannotImport) as error:
        _import(cast.house, "people", "reference,name,dob\nP-500,Zoë Ash,01/01/2048\n")
    assert [r.why for r in error.value.refused] == ["Nobody was born on this day."]


def test_a_column_that_goes_by_another_name_is_chosen(cast: Cast) -> None:
    text = "Number,Who\nP-500,Zoë Ash\n"
    with pytest.raises(CannotImport, match="No column tells the reference"):
        _import(cast.house, "people", text)
    _import(cast.house, "people", text, columns={"reference": "Number", "name": "Who"})
    assert _people(cast.house)["P-500"].name == "Zoë Ash"
    for wrong, said in (({"reference": "None"}, "has no column"), ({"shoe size": "Who"}, "nothing that can be told")):
        with pytest.raises(CannotImport, match=said):
            _import(cast.house, "people", text, columns=wrong)


def test_the_same_table_again_changes_nothing(cast: Cast) -> None:
    text = "reference,name\nP-500,Zoë Ash\n"
    _import(cast.house, "people", text)
    before = _events(cast.house)
    assert _counts(_import(cast.house, "people", text)) == (0, 0, 1)
    assert _events(cast.house) == before


def test_what_a_table_does_not_tell_stays_as_it_was(cast: Cast) -> None:
    before = _people(cast.house)["P-104"]
    assert _counts(_import(cast.house, "people", "reference,name\np-104,Denis Marlow\n")) == (0, 1, 0)
    after = _people(cast.house)["P-104"]
    assert (after.name, after.needs, after.health, after.id) == ("Denis Marlow", before.needs, before.health, before.id)
    assert verify_audit(cast.house, now=NOW).first_bad == ""


@pytest.mark.parametrize(("rows", "refused"), [
    ("P-500,\n", [(2, "There is no name.")]), (",Zoë Ash\n", [(2, "There is no reference.")]),
    ("P-500,A\nP-501,B\np-500,C\n", [(4, "“p-500” stands in line 2 already.")]),
], ids=["no name", "no reference", "twice"])
def test_one_row_that_cannot_be_taken_keeps_all_of_them_out_and_is_named(
        cast: Cast, rows: str, refused: list[tuple[int, str]]) -> None:
    before = _people(cast.house)
    with pytest.raises(CannotImport, match="Nothing was changed") as error:
        _import(cast.house, "people", f"reference,name\n{rows}")
    assert [(r.line, r.why) for r in error.value.refused] == refused
    assert _people(cast.house) == before


@pytest.mark.parametrize("day", ["31/02/2026", "next week", "2030-01-01", "1.2.2026"])
def test_a_day_that_is_none_or_still_to_come_is_refused(cast: Cast, day: str) -> None:
    with pytest.raises(CannotImport) as error:
        _import(cast.house, "people", f"reference,name,care ended\nP-500,Zoë Ash,{day}\n")
    assert len(error.value.refused) == 1


def test_a_preview_tries_everything_and_keeps_nothing(cast: Cast) -> None:
    before, events = _people(cast.house), _events(cast.house)
    assert _counts(_import(cast.house, "people", "reference,name\nP-500,Zoë Ash\nP-104,X\n", preview=True)) == (1, 1, 0)
    assert (_people(cast.house), _events(cast.house)) == (before, events)


def test_many_adults_stand_in_few_events_that_vouch_for_each(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "_AT_ONCE", 4)
    before = _events(cast.house)
    _import(cast.house, "people", "reference,name\n" + "".join(f"Q-{n},Person {n}\n" for n in range(10)))
    assert _events(cast.house) == before + 3
    assert verify_audit(cast.house, now=NOW).first_bad == ""


def test_colleagues_who_visit_come_in_each_with_a_code_of_her_own(cast: Cast) -> None:
    done = _import(cast.house, "staff", "username,name,role\nnew.one,Nia One,care worker\nnew.two,Nio Two,worker\n")
    assert [(username, name) for username, name, _ in done.codes] == [("new.one", "Nia One"), ("new.two", "Nio Two")]
    first, second = done.codes[0][2].split()
    late = NOW + importing.CODES_LAST
    for halves, at in (((first, done.codes[1][2].split()[1]), NOW), ((first, second), late)):
        with pytest.raises(NotFound):
            choose_password(cast.house, "new.one", *halves, "copper-lantern-orchard", address="", now=at)
    choose_password(cast.house, "new.one", first, second, "copper-lantern-orchard", address="", now=late - timedelta(hours=1))
    assert sign_in(cast.house, "new.one", "copper-lantern-orchard", address="", now=NOW) is not None
    assert sign_in(cast.house, "new.two", "copper-lantern-orchard", address="", now=NOW) is None


@pytest.mark.parametrize(("row", "why"), [
    ("new.lead,Nia Lead,lead", "a second person agrees"), ("new.admin,Nia Admin,admin", "a second person agrees"),
    ("lena,Lena Hart,worker", "has another role"), ("amina,Amina Yusuf,manager", "has another role"),
    ("new.one,Nia One,pilot", "is no role"), ("x,Nia One,worker", "Use 2 to 60 letters"),
    ("new.one,,worker", "There is no name")])
def test_nobody_comes_to_a_role_that_reads_cases_by_a_table(cast: Cast, row: str, why: str) -> None:
    before = _accounts(cast.house)
    with pytest.raises(CannotImport) as error:
        _import(cast.house, "staff", f"username,name,role\nnew.zero,Nia Zero,worker\n{row}\n")
    [refused] = error.value.refused
    assert (refused.line, why in refused.why) == (3, True)
    assert _accounts(cast.house) == before


def test_a_colleague_who_is_known_gets_another_name_and_keeps_all_else(cast: Cast) -> None:
    before = _accounts(cast.house)["amina"]
    text = "username,name,role\namina,Amina Yusuf-Lee,worker\ncarla,Carla Denny,worker\n"
    assert _counts(_import(cast.house, "staff", text)) == (0, 1, 1)
    after = _accounts(cast.house)["amina"]
    assert (after.name, after.password_hash, after.branch) == ("Amina Yusuf-Lee", before.password_hash, before.branch)


def test_who_visits_whom_comes_in_by_reference_and_user_name(cast: Cast) -> None:
    text = "person,worker\np-104,amina\nP-130,Carla\n"
    assert _counts(_import(cast.house, "visits", text)) == (1, 0, 1)
    with cast.house.begin(SYSTEM, NOW) as uow:
        assert uow.session.get(AllocationRow, (cast.people["ola"], cast.carla.account_id))
    with pytest.raises(CannotImport) as error:
        _import(cast.house, "visits", "person,worker\nP-999,amina\nP-104,nobody\n")
    assert [r.why for r in error.value.refused] == [
        "Nobody has the reference “P-999”.", "“nobody” has no account, or one that is disabled."]


@pytest.mark.parametrize("kind", ["people", "staff", "visits"])
def test_what_goes_out_comes_in_again_as_it_was(cast: Cast, tmp_path: Path, kind: str) -> None:
    _import(cast.house, "people", "reference,name,needs,care ended\nP-500,=Zoë; Ash,\"-1; +2\",2026-09-01\n")
    rows = export_table(cast.house, kind, tmp_path / "out.csv", now=NOW)
    before = (_people(cast.house), _accounts(cast.house))
    done = import_table(cast.house, kind, read_table(tmp_path / "out.csv"), now=NOW)
    assert _counts(done) == (0, 0, rows)
    assert rows > 0
    assert (_people(cast.house), _accounts(cast.house)) == before


def test_that_something_went_out_stands_on_the_chain(cast: Cast, tmp_path: Path) -> None:
    export_table(cast.house, "people", tmp_path / "out.csv", now=NOW)
    with cast.house.begin(SYSTEM, NOW) as uow:
        [row] = uow.session.exec(select(AuditEventRow).where(AuditEventRow.action == "exported"))
        assert (row.subject_kind, row.count) == ("people", 4)


def test_a_visit_with_its_day_counts_on_that_day_and_for_nobody_on_another(cast: Cast) -> None:
    text = "person,worker,date\nP-130,carla,06/10/2026\nP-130,carla,2026-10-08\n"
    assert _counts(_import(cast.house, "visits", text)) == (2, 0, 0)
    assert _counts(_import(cast.house, "visits", text)) == (0, 0, 2)
    with cast.house.begin(SYSTEM, NOW) as uow:
        seen = [visited_on(uow, cast.carla.account_id, date(2026, 10, day)) for day in (5, 6, 7, 8)]
    assert seen == [frozenset(), {cast.people["ola"]}, frozenset(), {cast.people["ola"]}]


def test_whoever_visits_somebody_at_all_visits_on_known_days_once_days_are_known(cast: Cast) -> None:
    _import(cast.house, "visits", "person,worker,day\nP-104,amina,2026-10-06\n")
    with cast.house.begin(SYSTEM, NOW) as uow:
        seen = [cast.people["dennis"] in visited_on(uow, cast.amina.account_id, date(2026, 10, day)) for day in (5, 6)]
    assert seen == [False, True]


def test_a_day_that_is_none_is_named_with_its_line(cast: Cast) -> None:
    with pytest.raises(CannotImport) as refused:
        _import(cast.house, "visits", "person,worker,day\nP-104,amina,someday\n")
    assert refused.value.refused[0].why.startswith("“someday” is no day")


def test_visits_go_out_with_the_cover_reason_and_nothing_else_of_a_plan(cast: Cast, tmp_path: Path) -> None:
    case = cast.opened_case(types=("domestic",))
    form = safety_plans.WriteSafetyPlan(
        case, channels=("IN_VISIT_ONLY",), feared="Kevin Marlow", pairing="Two workers after 17:00",
        cover_reason="moving-and-handling check", review_on=date(2026, 10, 20), agreement="agreed", safe_word="blue bottles")
    safety_plans.write_safety_plan(cast.house, cast.lena, form, now=NOW)
    export_table(cast.house, "visits", tmp_path / "visits.csv", now=NOW)
    [row] = read_table(tmp_path / "visits.csv").rows
    assert row.cells == {"person": "P-104", "worker": "amina", "day": "",
                         "arrangement": "Two workers after 17:00 (moving-and-handling check)"}
    assert not any(word in (tmp_path / "visits.csv").read_text() for word in ("Kevin", "blue", "K5", "domestic"))
