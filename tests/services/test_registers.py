"""The registers in the house: of what one may see, without names for whoever audits, and as a table that nothing runs in."""

import csv
import io
from datetime import timedelta

import pytest
from sqlmodel import select

from sgapp.domain.errors import NotFound, NotPermitted
from sgapp.services import cases, investigations
from sgapp.services.views.registers import COLUMNS, RegistersView, register_table, registers_view
from sgapp.store.tables import AuditEventRow
from tests.people import START, Cast

LATER = START + timedelta(days=30)


def _view(cast: Cast, who: str, code: str = "") -> RegistersView:
    return registers_view(cast.house, cast.actors[who], LATER, code)


def _not_owed(cast: Cast, **content: object) -> str:
    case_id = cast.opened_case(**content)  # type: ignore[arg-type]
    for owed, reason in (("yes", "The police were told."), ("no", "Dennis Marlow asked them.")):
        cases.say_cqc(cast.house, cast.lena, cases.SayCqc(case_id, owed, reason), now=START + timedelta(hours=1))
    return case_id


def test_a_case_about_staff_stands_in_the_register_of_cqc_for_those_on_its_list_alone(cast: Cast) -> None:
    cast.opened_case(staff_involved="yes", staff_names="Devan Rao")
    for who, rows in (("lena", 1), ("maud", 1), ("devan", 0), ("farid", 0), ("ada", 0)):
        view = _view(cast, who)
        assert len(view.rows) == rows, who
        assert [tab.overdue for tab in view.tabs if tab.code == "cqc"] == ["1 overdue" if rows else "none overdue"]
    assert _view(cast, "lena").rows[0].stands == "Overdue"


def test_matters_about_staff_have_registers_for_those_who_could_be_named_on_one(cast: Cast) -> None:
    case_id = cast.opened_case(staff_involved="yes", staff_names="Carla Denny")
    form = investigations.OpenInvestigation(case_id, about_id=cast.carla.account_id)
    investigations.open_investigation(cast.house, cast.maud, form, now=START + timedelta(hours=1))
    assert [tab.code for tab in _view(cast, "lena").tabs] == ["cqc", "marac", "advocacy"]
    assert "matters about staff" in _view(cast, "lena").left_out
    candour = _view(cast, "maud", "candour")
    assert (candour.chosen, len(candour.rows), candour.rows[0].href[:8]) == ("candour", 3, "/matter?")
    with pytest.raises(NotFound):
        register_table(cast.house, cast.lena, LATER, "dbs")


def test_an_auditor_reads_roles_and_no_names(cast: Cast) -> None:
    _not_owed(cast)
    assert [row.by for row in _view(cast, "lena").rows] == ["Lena Hart"]
    assert [row.by for row in _view(cast, "ada").rows] == ["Lead 2"]
    _, lines = register_table(cast.house, cast.ada, LATER, "cqc")
    assert b"Lena" not in b"".join(lines)


def test_nobodys_words_stand_in_a_register(cast: Cast) -> None:
    _not_owed(cast)
    assert not any(word in repr(_view(cast, "lena")) for word in ("Dennis", "police", "P-104"))


def test_the_table_holds_the_same_rows_nothing_that_runs_and_is_recorded(cast: Cast) -> None:
    case_id = _not_owed(cast)
    name, lines = register_table(cast.house, cast.lena, LATER, "cqc")
    head, *rows = csv.reader(io.StringIO(b"".join(lines).decode("utf-8-sig"), newline=""))
    assert (name, tuple(head), len(rows)) == ("register-cqc-2026-11-04.csv", COLUMNS, 1)
    shown = _view(cast, "lena").rows[0]
    assert rows[0][0] == shown.reference and rows[0][-1] == shown.stands
    assert shown.href == f"/case?id={case_id}"
    with cast.house.begin(cast.lena, LATER) as uow:
        found = uow.session.exec(select(AuditEventRow).where(AuditEventRow.action == "register-exported")).all()
    assert [(row.actor_id, row.subject_id) for row in found] == [(cast.lena.account_id, "cqc")]


@pytest.mark.parametrize("who", ["amina", "joy", "hugh", "rhona", "alun"])
def test_nobody_else_reads_a_register(cast: Cast, who: str) -> None:
    with pytest.raises(NotPermitted):
        _view(cast, who)
