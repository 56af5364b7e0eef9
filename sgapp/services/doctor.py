"""What is well with an installation and what is not, each with its mend. Opens no record and changes nothing."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from redis import Redis, RedisError
from sqlalchemy import func, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from sgapp.domain.errors import Unreadable
from sgapp.domain.time import show
from sgapp.integrations.leaving import WrongPlace, places_of
from sgapp.integrations.mail import Mail, WrongAddress
from sgapp.integrations.outgoing import Undelivered
from sgapp.services.audit import verify_audit
from sgapp.services.backups import last_backup
from sgapp.services.demo import invented_settings
from sgapp.services.guard import public
from sgapp.services.house import SYSTEM, House
from sgapp.services.post import failing
from sgapp.services.sweep import late_in_words
from sgapp.store.migrations import at_head, known, revision_of
from sgapp.store.secrets import key_file, load_master_keys, there_is_a_key
from sgapp.store.tables import AuditEventRow

_GB = 1_000_000_000
LITTLE_DISK, NO_DISK = 2 * _GB, _GB // 5
#: Clocks of two machines may differ by so much before times on the file become doubtful.
CLOCKS_DIFFER = timedelta(seconds=60)
BACKUP_AFTER = timedelta(days=7)


class Grade(StrEnum):
    """`ILL`: something that people rely on does not work. `NOTE`: it works, and somebody should look."""

    WELL = "well"
    NOTE = "note"
    ILL = "not well"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one part, in plain words, and what to do."""

    part: str
    grade: Grade
    said: str
    mend: str = ""


@public("run from the command line by whoever holds the machine; it names nobody and no record")
def examine(house: House, *, now: datetime) -> Iterator[Finding]:
    """Look at every part in turn. What needs the database is left out while it does not answer, is of another version or is
    not opened by the key; without a key nothing but keys and disk is looked at.
    """
    yield from _keys(house)
    yield from _disk(house)
    if not there_is_a_key(house.settings):
        return
    database = list(_database(house, now))
    yield from database
    if all(finding.grade is Grade.WELL for finding in database):
        for look in (_name_and_numbers, _clock, _sweep, _chain, _backup, _messages):
            yield from look(house, now)
    for look in (_mail, _texts, _checkpoints, _pages_state):
        yield from look(house)


def _keys(house: House) -> Iterator[Finding]:
    settings, part = house.settings, "keys"
    if not there_is_a_key(house.settings):
        yield Finding(part, Grade.ILL, "There is no master key.",
                      "If anything was ever kept here, put the copy of it back: without it nothing of it opens, and nothing "
                      "is served. On a new machine, start `sgapp serve`, which makes one.")
        return
    try:
        many = len(load_master_keys(settings))
    except (OSError, ValueError) as error:
        yield Finding(part, Grade.ILL, f"The master key cannot be read: {error}.",
                      "Put the copy of it back. See \"The master key is lost\" in docs/runbooks.md.")
        return
    if many > 1:
        yield Finding(part, Grade.NOTE, f"There are {many} master keys: it is being replaced, or was put back for a backup.",
                      "Run `sgapp keys rotate` to bring it to its end.")
    if settings.master_key or settings.master_key_command:
        yield Finding(part, Grade.WELL, "The master key comes from outside.")
        return
    open_to_others = [path for path in (settings.keys, key_file(settings)) if path.stat().st_mode & 0o077]
    if open_to_others:
        names = " ".join(str(path) for path in open_to_others)
        yield Finding(part, Grade.ILL, f"Others on this machine can read {names}.", f"chmod go= {names}")
        return
    yield Finding(part, Grade.WELL, "The master key is there, and only its owner can read it.")


def _disk(house: House) -> Iterator[Finding]:
    free = shutil.disk_usage(_nearest(house.settings.data)).free
    said = f"{free / _GB:.1f} GB are free where the data lie."
    if free < NO_DISK:
        yield Finding("disk", Grade.ILL, f"{said} Notes that cannot be kept stay on the phones and are sent again.",
                      "Make room now: remove old backups and logs, or give it a larger disk.")
    elif free < LITTLE_DISK:
        yield Finding("disk", Grade.NOTE, said, "Make room before it runs out.")
    else:
        yield Finding("disk", Grade.WELL, said)


def _nearest(folder: Path) -> Path:
    """The folder, or the first above it that is there."""
    folder = folder.resolve()
    return folder if folder.exists() else _nearest(folder.parent)


def _database(house: House, now: datetime) -> Iterator[Finding]:
    part = "database"
    try:
        revision = revision_of(house.engine)
        if not at_head(house.engine):
            if revision and not known(revision):
                yield Finding(part, Grade.ILL, "The database was used by a newer version of the product.",
                              "Install that version again. This one would not understand what is there.")
                return
            yield Finding(part, Grade.ILL, "The database is of an earlier version, or empty.",
                          "Take a backup, then run `sgapp migrate`.")
            return
        with house.begin(SYSTEM, now) as uow:
            uow.opened(uow.sealed(b"well", place="readiness"), place="readiness")
    except SQLAlchemyError as error:
        yield Finding(part, Grade.ILL, f"The database does not answer ({type(error).__name__}).",
                      "Is it running, and is SGAPP_DATABASE_URL right? Nothing is lost meanwhile: phones keep their notes.")
        return
    except (Unreadable, OSError, ValueError):
        yield Finding(part, Grade.ILL, "The master key does not open this database.",
                      "Put the right key back (SGAPP_KEYS or SGAPP_MASTER_KEY) before anything is served.")
        return
    yield Finding(part, Grade.WELL, f"It answers ({house.engine.dialect.name}), is of this version ({revision}), and the key "
                                    "opens it.")


def _name_and_numbers(house: House, now: datetime) -> Iterator[Finding]:
    part, missing = "name and numbers", invented_settings(house, now=now)
    if missing:
        yield Finding(part, Grade.ILL, "Care workers and agencies are shown what the demo invented as this provider's own.",
                      f"Set {', '.join(missing)}, and start again.")
    else:
        yield Finding(part, Grade.WELL, "Whom to ring is said, and in whose name.")


def _clock(house: House, now: datetime) -> Iterator[Finding]:
    """Against the database's own clock where it has one, and against what was written last."""
    part, mend = "clock", "Set the clock by the network (chrony or systemd-timesyncd). Times on the file come from it."
    with house.begin(SYSTEM, now) as uow:
        newest = uow.session.exec(select(func.max(AuditEventRow.at))).one()
        has_one = house.engine.dialect.name == "postgresql"
        theirs = uow.session.execute(text("SELECT clock_timestamp()")).scalar_one() if has_one else now
    if newest is not None and newest - now > CLOCKS_DIFFER:
        yield Finding(part, Grade.ILL, f"Something was written on {show(newest)}, which this clock has not reached.", mend)
    elif abs(theirs - now) > CLOCKS_DIFFER:
        yield Finding(part, Grade.ILL, f"The database's clock says {show(theirs)}, this one {show(now)}.", mend)
    else:
        yield Finding(part, Grade.WELL, "The clock agrees with what was written.")


def _sweep(house: House, now: datetime) -> Iterator[Finding]:
    with house.begin(SYSTEM, now) as uow:
        late = late_in_words(uow)
    if late:
        yield Finding("sweep", Grade.ILL, f"{late} Nothing that is late goes up to the next person.",
                      "Start `sgapp serve`; the server looks twice a minute. `sgapp sweep` does it once.")
    else:
        yield Finding("sweep", Grade.WELL, "The clocks are looked at.")


def _chain(house: House, now: datetime) -> Iterator[Finding]:
    result = verify_audit(house, now=now)
    if result.sound:
        yield Finding("chain", Grade.WELL, f"The chain of {result.events} events holds.")
    else:
        yield Finding("chain", Grade.ILL, f"The chain does not hold. First bad event: {result.first_bad}.",
                      "Change nothing, and copy the disk. See \"The record of who did what did not hold\" in docs/runbooks.md.")


def _backup(house: House, now: datetime) -> Iterator[Finding]:
    made = last_backup(house, now=now)
    mend = "Run `sgapp backup FOLDER` every night, to a place away from this machine."
    if made is None:
        yield Finding("backup", Grade.NOTE, "There is no backup.", mend)
    elif now - made > BACKUP_AFTER:
        yield Finding("backup", Grade.NOTE, f"The newest backup is of {show(made)}.", mend)
    else:
        yield Finding("backup", Grade.WELL, f"The newest backup is of {show(made)}.")


def _messages(house: House, now: datetime) -> Iterator[Finding]:
    with house.begin(SYSTEM, now) as uow:
        many = failing(uow, of_all=True)
    if many:
        said = f"{many} {'message' if many == 1 else 'messages'} did not go out, or perhaps did."
        yield Finding("messages", Grade.NOTE, said,
                      "Those who lead see them on the page How I am told, each with what to do.")
    else:
        yield Finding("messages", Grade.WELL, "No message is stuck.")


def _mail(house: House) -> Iterator[Finding]:
    settings, part = house.settings, "e-mail"
    if not settings.smtp_url:
        yield Finding(part, Grade.NOTE, "No e-mail is sent: neither notices to staff nor links to agencies.",
                      "Set SGAPP_SMTP_URL, such as smtps://user:password@mail.example.org:465.")
        return
    try:
        Mail.at(settings.smtp_url, sender=settings.sender).probe()
    except WrongAddress as error:
        yield Finding(part, Grade.ILL, f"{error}.", "Correct SGAPP_SMTP_URL.")
    except Undelivered as error:
        yield Finding(part, Grade.ILL, f"The mail server cannot be used ({error.why}).",
                      "Look at host, port, name and password in SGAPP_SMTP_URL. What is to be sent waits meanwhile.")
    else:
        yield Finding(part, Grade.WELL, "The mail server answers and lets us in.")


def _texts(house: House) -> Iterator[Finding]:
    key, template = house.settings.notify_key, house.settings.notify_template
    if bool(key) != bool(template):
        there, missing = ("SGAPP_NOTIFY_KEY", "SGAPP_NOTIFY_TEMPLATE") if key else ("SGAPP_NOTIFY_TEMPLATE", "SGAPP_NOTIFY_KEY")
        yield Finding("texts", Grade.ILL, f"{there} is set and {missing} is not, so no text goes out.", f"Set {missing}.")


def _checkpoints(house: House) -> Iterator[Finding]:
    part = "checkpoints"
    try:
        places = places_of(house.settings.checkpoints_to, data=house.settings.data)
    except WrongPlace as error:
        yield Finding(part, Grade.ILL, f"SGAPP_CHECKPOINTS_TO: {error}.", "Correct it.")
        return
    if places:
        yield Finding(part, Grade.WELL, "Checkpoints of the chain leave this machine.")
    else:
        yield Finding(part, Grade.NOTE, "No checkpoint of the chain leaves this machine.",
                      "Set SGAPP_CHECKPOINTS_TO to a folder elsewhere, a mailbox or a web address; else whoever holds the "
                      "machine could rewrite what was done, unseen.")


def _pages_state(house: House) -> Iterator[Finding]:
    if not house.settings.redis_url:
        return
    try:
        with Redis.from_url(house.settings.redis_url, socket_timeout=5) as client:
            client.ping()
    except (RedisError, ValueError) as error:
        yield Finding("redis", Grade.ILL, f"Redis does not answer ({type(error).__name__}), so no page opens.",
                      "Is it running, and is SGAPP_REDIS_URL right? Notes from phones are taken in all the same.")
    else:
        yield Finding("redis", Grade.WELL, "Redis answers.")
