"""The directory of agencies: whom to ring, where to write, looked up beforehand, so that nobody trusts a number from a mail.

Source: the guide (the right agency, by a secure way); DOMAIN annex §2 and §3.
"""

import re
from dataclasses import dataclass, replace
from datetime import date

from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.vocabulary import AGENCIES

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
_TELEPHONE = re.compile(r"\+?[0-9][0-9 ]{1,19}")


@dataclass(frozen=True, slots=True)
class Desk:
    """One team at one agency. `telephone` is the number that codes are read out on; `portal` the address of their own form."""

    id: str
    agency: str
    name: str
    telephone: str
    email: str = ""
    portal: str = ""
    hours: str = ""
    checked_on: date | None = None
    checked_by: str = ""

    def checked(self) -> "Desk":
        """Itself, if it can be used. Raises Invalid."""
        errors = []
        if self.agency not in AGENCIES:
            errors.append(FieldError("agency", "Choose the agency."))
        if not self.name.strip():
            errors.append(FieldError("name", "Name the team."))
        if not _TELEPHONE.fullmatch(self.telephone.strip()):
            errors.append(FieldError("telephone", "Write the number to ring, like 01632 960 100."))
        if self.email.strip() and not _EMAIL.fullmatch(self.email.strip()):
            errors.append(FieldError("email", "Write the team's address, like duty@example.org, or nothing."))
        if self.portal.strip() and not self.portal.strip().startswith("https://"):
            errors.append(FieldError("portal", "Write the whole address; it begins with https://."))
        if errors:
            raise Invalid(*errors)
        return self


@dataclass(frozen=True, slots=True)
class Directory:
    """The desks that are known. A new version for each change; the earlier ones stay."""

    desks: tuple[Desk, ...] = ()
    version: int = 0

    def of(self, agency: str) -> tuple[Desk, ...]:
        return tuple(d for d in self.desks if d.agency == agency)

    def desk(self, desk_id: str) -> Desk | None:
        return next((d for d in self.desks if d.id == desk_id), None)

    def with_desk(self, desk: Desk) -> "Directory":
        """The same with this desk in the place of the one with its id. Raises Invalid."""
        kept = tuple(d for d in self.desks if d.id != desk.id)
        order = AGENCIES.codes()
        return replace(self, desks=tuple(sorted((*kept, desk.checked()), key=lambda d: (order.index(d.agency), d.name))))

    def without_desk(self, desk_id: str) -> "Directory":
        """The same without this desk. Raises Invalid if there is none."""
        if self.desk(desk_id) is None:
            raise Invalid(FieldError("desk_id", "It is not in the directory any more."))
        return replace(self, desks=tuple(d for d in self.desks if d.id != desk_id))
