"""Which tables somebody takes in and gives out, and what each may tell, in words."""

from dataclasses import dataclass

from sgapp.domain.permissions import Actor
from sgapp.integrations.tables import MOST_BYTES
from sgapp.services.importing import KINDS
from sgapp.services.tables import KEEPS

_KINDS = {"people": "Adults", "visits": "Who visits whom", "staff": "Colleagues"}
#: What is read from a column, as people say it. What stands here under no name goes out and is not read.
_TOLD = {
    ("people", "reference"): "Reference", ("people", "name"): "Name", ("people", "date of birth"): "Date of birth",
    ("people", "address"): "Address", ("people", "lives"): "Where they live",
    ("people", "needs"): "Care needs", ("people", "health"): "Health conditions", ("people", "branch"): "Branch",
    ("people", "care ended"): "Day care ended",
    ("visits", "person"): "The adult's reference", ("visits", "worker"): "The worker's user name", ("visits", "day"): "Day",
    ("staff", "username"): "User name", ("staff", "name"): "Full name", ("staff", "role"): "Role",
    ("staff", "branch"): "Branch",
}


@dataclass(frozen=True, slots=True)
class ColumnView:
    name: str
    label: str
    needed: bool


@dataclass(frozen=True, slots=True)
class KindView:
    code: str
    label: str
    columns: tuple[ColumnView, ...]


@dataclass(frozen=True, slots=True)
class TablesView:
    kinds: tuple[KindView, ...]
    most_bytes: int


def tables_of(actor: Actor) -> TablesView:
    """The tables that are theirs."""
    return TablesView(tuple(
        KindView(kind, label, tuple(ColumnView(column.name, _TOLD[kind, column.name], column.needed)
                                    for column in KINDS[kind] if (kind, column.name) in _TOLD))
        for kind, label in _KINDS.items() if actor.may(KEEPS[kind])), MOST_BYTES)
