"""The adult at risk, as the provider knows them. Free text may stand in until somebody matches it."""

from dataclasses import dataclass, field, replace
from datetime import date

from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.retention import Retention

#: Nobody who is alive was born before this.
_FIRST_BORN = date(1900, 1, 1)
_LONGEST_ADDRESS = 300


@dataclass(frozen=True, slots=True)
class Person:
    """An adult who receives care. `health` is kept apart from `needs`: it is not offered for sharing by default.

    `born` and `address` are what an agency finds the adult by; `lives` says how: “Own home”.
    """

    id: str
    reference: str
    name: str
    lives: str = ""
    needs: tuple[str, ...] = ()
    health: tuple[str, ...] = ()
    branch: str = "main"
    born: date | None = None
    address: str = ""
    retention: Retention = field(default_factory=Retention)

    @property
    def short(self) -> str:
        """Initial and surname: "D. Marlow"."""
        first, _, last = self.name.partition(" ")
        return f"{first[:1]}. {last}" if last else self.name

    def described(self, name: str, born: date | None, address: str, lives: str, *, today: date) -> "Person":
        """The same adult with what is known now. An address of several lines becomes one. Raises Invalid."""
        address = ", ".join(part.strip(" ,") for part in address.splitlines() if part.strip(" ,"))
        gaps = [FieldError(field, words) for field, words, wrong in (
            ("name", "Write the name, or what stands for it until it is known.", not name.strip()),
            ("born", "Nobody was born on this day.", born is not None and not _FIRST_BORN <= born <= today),
            ("address", f"At most {_LONGEST_ADDRESS} letters.", len(address) > _LONGEST_ADDRESS)) if wrong]
        if gaps:
            raise Invalid(*gaps)
        return replace(self, name=name.strip(), born=born, address=address, lives=lives.strip())

    @property
    def initials(self) -> str:
        return "".join(f"{part[:1]}." for part in self.name.split())
