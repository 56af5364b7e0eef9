"""The directory of agencies as people keep it: each change a new version, with who checked the number and when."""

import uuid
from dataclasses import dataclass

from sgapp.domain.audit import AuditEvent
from sgapp.domain.directory import Desk, Directory
from sgapp.domain.permissions import Permission
from sgapp.domain.time import to_london
from sgapp.services.guard import Done, intention
from sgapp.store import documents
from sgapp.store.unit_of_work import UnitOfWork


def directory_of(uow: UnitOfWork) -> Directory:
    """The directory that counts now."""
    return documents.latest(uow, Directory) or Directory()


@dataclass(frozen=True, slots=True)
class SetDesk:
    """`desk_id` empty: a new one."""

    desk_id: str = ""
    agency: str = ""
    name: str = ""
    telephone: str = ""
    email: str = ""
    portal: str = ""
    hours: str = ""


@intention("set-desk", Permission.KEEP_DIRECTORY, SetDesk)
def set_desk(uow: UnitOfWork, form: SetDesk) -> Done:
    """Put a team into the directory, or change it; whoever does so says by it that the number was checked today."""
    desk = Desk(form.desk_id or str(uuid.uuid4()), form.agency, form.name.strip(), form.telephone.strip(), form.email.strip(),
                form.portal.strip(), form.hours.strip(), to_london(uow.now).date(), uow.actor.name)
    return _saved(uow, directory_of(uow).with_desk(desk), f"{desk.name} is in the directory, checked today.")


@dataclass(frozen=True, slots=True)
class RemoveDesk:
    desk_id: str


@intention("remove-desk", Permission.KEEP_DIRECTORY, RemoveDesk)
def remove_desk(uow: UnitOfWork, form: RemoveDesk) -> Done:
    """Take a team out. What was sent to it stays on the file."""
    return _saved(uow, directory_of(uow).without_desk(form.desk_id), "Taken out of the directory.")


def _saved(uow: UnitOfWork, directory: Directory, message: str) -> Done:
    made = documents.add(uow, directory)
    uow.note_event(AuditEvent("directory-set", "document", "directory", "system", detail=str(made.version)))
    return Done("directory", message, "/agencies")
