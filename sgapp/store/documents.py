"""Documents the whole house goes by, in versions: the latest one counts, the earlier ones are its history."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter
from sqlmodel import col, select

from sgapp.domain.clock_book import ClockBook
from sgapp.domain.cqc_tags import CqcTags
from sgapp.domain.directory import Directory
from sgapp.domain.errors import Conflict
from sgapp.domain.retention import Keeping
from sgapp.domain.rota import Rota
from sgapp.domain.ties import Ties
from sgapp.store.standing import standing
from sgapp.store.tables import DocumentRow

if TYPE_CHECKING:
    from sgapp.store.unit_of_work import UnitOfWork

T = TypeVar("T", ClockBook, Rota, Directory, Ties, Keeping, CqcTags)
_NAMES: dict[type[Any], str] = {ClockBook: "clock_book", Rota: "rota", Directory: "directory", Ties: "ties",
                          Keeping: "keeping", CqcTags: "cqc_tags"}
_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {entity: TypeAdapter(entity) for entity in _NAMES}


@dataclass(frozen=True, slots=True)
class Version:
    """That a document was set, and by which account."""

    version: int
    set_at: datetime
    set_by: str


@standing
def latest(uow: "UnitOfWork", entity: type[T], branch: str = "") -> T | None:
    """The document that counts, of a branch or of the whole provider; None if none was ever set."""
    rows = select(DocumentRow).where(DocumentRow.name == _name(entity, branch)).order_by(col(DocumentRow.version).desc())
    row = uow.session.exec(rows.limit(1), execution_options={"populate_existing": True}).first()
    return _read(uow, entity, row) if row is not None else None


def history(uow: "UnitOfWork", entity: type[T], branch: str = "", *, limit: int = 20) -> tuple[tuple[Version, T], ...]:
    """The versions of a document, the newest first."""
    rows = select(DocumentRow).where(DocumentRow.name == _name(entity, branch)).order_by(col(DocumentRow.version).desc())
    return tuple((Version(r.version, r.set_at, r.set_by), _read(uow, entity, r))
                 for r in uow.session.exec(rows.limit(limit)))


def branches(uow: "UnitOfWork", entity: type[Any]) -> tuple[str, ...]:
    """The branches that have a document of their own of this kind."""
    names = select(DocumentRow.name).where(col(DocumentRow.name).startswith(f"{_NAMES[entity]}/")).distinct()
    return tuple(sorted(name.partition("/")[2] for name in uow.session.exec(names)))


def add(uow: "UnitOfWork", document: T, branch: str = "") -> T:
    """Put a further version on top of the one it was made from. Raises Conflict if that is no longer the latest."""
    entity, name = type(document), _name(type(document), branch)
    newest = select(DocumentRow.version).where(DocumentRow.name == name).order_by(col(DocumentRow.version).desc())
    if (uow.session.exec(newest.limit(1)).first() or 0) != document.version:
        raise Conflict("Somebody else changed this a moment ago. Nothing of yours was saved; reload and look.")
    made = replace(document, version=document.version + 1)
    place = f"document/{name}/{made.version}"
    sealed = uow.sealed(_ADAPTERS[entity].dump_json(made), place=place)
    uow.session.add(DocumentRow(name=name, version=made.version, sealed=sealed, set_at=uow.now,
                                set_by=uow.actor.account_id))
    uow.session.flush()
    return made


def _name(entity: type[Any], branch: str) -> str:
    return f"{_NAMES[entity]}/{branch}" if branch else _NAMES[entity]


def _read(uow: "UnitOfWork", entity: type[T], row: DocumentRow) -> T:
    return _ADAPTERS[entity].validate_json(uow.opened(row.sealed, place=f"document/{row.name}/{row.version}"))
