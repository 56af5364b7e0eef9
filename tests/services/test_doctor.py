"""What `sgapp doctor` finds: each part well when it is, and when it is not, named with what to do."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from sqlalchemy import create_engine, text

from sgapp.integrations.outgoing import Undelivered
from sgapp.services import doctor, triage
from sgapp.services.backups import back_up
from sgapp.services.doctor import Finding, Grade, examine
from sgapp.services.house import House, now
from sgapp.services.sweep import sweep
from sgapp.services.views.messages import messages_view
from sgapp.store.secrets import key_file
from tests.conftest import new_database
from tests.people import Cast
from tests.services.test_own_numbers import OURS
from tests.services.test_post import Letterbox, by_mail, minutes, posted
from tests.serving import ROOT, free_port, running_redis

PARTS = ("keys", "disk", "database", "name and numbers", "clock", "sweep", "chain", "backup", "messages", "e-mail",
         "checkpoints")


def _found(house: House) -> dict[str, Finding]:
    return {finding.part: finding for finding in examine(house, now=now())}


def _with(house: House, **changed: object) -> House:
    return House(house.settings.model_copy(update=changed), house.engine)


@pytest.fixture
def kept(cast: Cast) -> House:
    """A house that is looked after: its clocks were looked at just now, and its numbers are its own."""
    cast.house.settings = cast.house.settings.model_copy(update=OURS)
    sweep(cast.house, now=now(), holder="test")
    return cast.house


def test_it_looks_at_every_part(kept: House) -> None:
    found = _found(kept)
    assert tuple(found) == PARTS
    assert {part for part, finding in found.items() if finding.grade is not Grade.WELL} == {"backup", "e-mail", "checkpoints"}


def test_whatever_is_not_well_says_what_to_do(kept: House) -> None:
    kept.settings = kept.settings.model_copy(update={"smtp_url": "x", "checkpoints_to": "ftp://x", "notify_key": "k",
                                                    "notify_template": ""})
    found = [finding for finding in examine(kept, now=now() + timedelta(days=40)) if finding.grade is not Grade.WELL]
    assert {finding.part for finding in found} >= {"sweep", "e-mail", "texts", "checkpoints"}
    assert [finding.part for finding in found if not finding.mend] == []


@pytest.mark.parametrize("which", ["folder", "file"])
def test_a_key_that_others_can_read_is_not_well(kept: House, which: str) -> None:
    path = key_file(kept.settings) if which == "file" else kept.settings.keys
    path.chmod(path.stat().st_mode | 0o040)
    found = _found(kept)["keys"]
    assert (found.grade, found.mend) == (Grade.ILL, f"chmod go= {path}")


def test_a_key_that_is_gone_is_not_well_and_none_is_made_in_its_place(kept: House) -> None:
    key_file(kept.settings).unlink()
    assert [(f.part, f.grade) for f in examine(kept, now=now())] == [("keys", Grade.ILL), ("disk", Grade.WELL)]
    assert not key_file(kept.settings).exists()


def test_each_runbook_that_it_names_is_there() -> None:
    said, headings = Path(str(doctor.__file__)).read_text(), (ROOT / "docs" / "runbooks.md").read_text().splitlines()
    named = re.findall(r'\\"([^"\\]+)\\"', said)
    assert len(named) > 1
    assert [name for name in named if f"## {name}" not in headings] == []


def test_a_file_without_a_key_is_not_well(kept: House) -> None:
    key_file(kept.settings).write_text("oak")
    assert _found(kept)["keys"].grade is Grade.ILL


def test_a_key_of_another_installation_is_not_well_and_nothing_else_of_the_database_is_asked(kept: House) -> None:
    found = _found(_with(kept, master_key="7" * 64))
    assert found["database"].said == "The master key does not open this database."
    assert "chain" not in found
    assert "e-mail" in found


def test_a_database_that_does_not_answer_is_not_well(kept: House) -> None:
    nowhere = create_engine("postgresql+psycopg://nobody@127.0.0.1:9/none")
    found = _found(House(kept.settings, nowhere))
    nowhere.dispose()
    assert found["database"].grade is Grade.ILL
    assert found["database"].said.startswith("The database does not answer")


def test_an_empty_database_says_to_bring_it_to_this_version(kept: House, postgres: str) -> None:
    empty = create_engine(new_database(postgres))
    found = _found(House(kept.settings, empty))["database"]
    empty.dispose()
    assert (found.grade, "sgapp migrate" in found.mend) == (Grade.ILL, True)


def test_a_database_of_a_newer_version_is_not_well(kept: House) -> None:
    with kept.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert _found(kept)["database"].said == "The database was used by a newer version of the product."


@pytest.mark.parametrize(("free", "grade"), [
    (doctor.NO_DISK - 1, Grade.ILL), (doctor.LITTLE_DISK - 1, Grade.NOTE), (doctor.LITTLE_DISK, Grade.WELL)])
def test_a_disk_that_runs_full_is_told_before_it_is(
        kept: House, free: int, grade: Grade, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        def __init__(self, _folder: Path) -> None:
            self.free = free

    monkeypatch.setattr("sgapp.services.doctor.shutil.disk_usage", Usage)
    assert _found(kept)["disk"].grade is grade


def test_a_clock_that_was_turned_back_is_not_well(kept: House) -> None:
    found = {finding.part: finding for finding in examine(kept, now=now() - timedelta(days=400))}
    assert found["clock"].grade is Grade.ILL


def test_clocks_that_nobody_looks_at_are_not_well(kept: House) -> None:
    found = {finding.part: finding for finding in examine(kept, now=now() + timedelta(hours=2))}
    assert (found["sweep"].grade, "sgapp sweep" in found["sweep"].mend) == (Grade.ILL, True)


def test_a_backup_is_well_for_a_week(kept: House, tmp_path: Path) -> None:
    back_up(kept, tmp_path, now=now())
    graded = [{f.part: f for f in examine(kept, now=now() + timedelta(days=days))}["backup"].grade for days in (6, 8)]
    assert graded == [Grade.WELL, Grade.NOTE]


def test_it_counts_the_messages_that_the_page_shows_and_no_more_once_their_matter_is_taken_up(kept: House, cast: Cast) -> None:
    def many() -> str:
        [found] = [f for f in examine(kept, now=minutes(3)) if f.part == "messages"]
        return found.said

    by_mail(cast)
    note_id = cast.writes()
    posted(cast, Letterbox(Undelivered("refused-550", final=True)))
    found = [many()]
    triage.acknowledge_note(cast.house, cast.lena, triage.AcknowledgeNote(note_id), now=minutes(2))
    assert [*found, many()] == ["1 message did not go out, or perhaps did.", "No message is stuck."]
    assert messages_view(kept, cast.lena, minutes(3)).trouble == ()


def test_it_counts_those_that_few_may_know_of_and_names_the_page_where_they_stand(kept: House, cast: Cast) -> None:
    by_mail(cast)
    cast.writes(staff_involved="yes")
    posted(cast, Letterbox(Undelivered("refused-550", final=True)))
    [found] = [f for f in examine(kept, now=minutes(3)) if f.part == "messages"]
    assert (found.grade, found.said) == (Grade.NOTE, "1 message did not go out, or perhaps did.")
    [title] = re.findall(r'@desk_page\("/told", "([^"]+)"', (ROOT / "sgapp" / "ui" / "pages" / "told" / "page.py").read_text())
    assert f"the page {title}," in found.mend


@contextmanager
def _mail_server(*, takes: bool) -> Iterator[str]:
    def judge(*_: object) -> AuthResult:
        return AuthResult(success=takes)

    server = Controller(object(), "127.0.0.1", free_port(), authenticator=judge, auth_require_tls=False)
    server.start()
    yield f"smtp://notes:secret@127.0.0.1:{server.port}"
    server.stop()


@pytest.mark.parametrize(("takes", "grade"), [(True, Grade.WELL), (False, Grade.ILL)])
def test_the_mail_server_is_asked_whether_it_lets_us_in(kept: House, takes: bool, grade: Grade) -> None:
    with _mail_server(takes=takes) as address:
        found = _found(_with(kept, smtp_url=address))["e-mail"]
    assert (found.grade, "secret" in f"{found.said}{found.mend}") == (grade, False)


def test_a_mail_server_that_is_not_there_is_not_well(kept: House) -> None:
    assert _found(_with(kept, smtp_url=f"smtp://127.0.0.1:{free_port()}"))["e-mail"].grade is Grade.ILL


def test_redis_is_asked_where_it_is_used(kept: House, tmp_path: Path) -> None:
    with running_redis(tmp_path) as address:
        assert _found(_with(kept, redis_url=address))["redis"].grade is Grade.WELL
    assert _found(_with(kept, redis_url=address))["redis"].grade is Grade.ILL
