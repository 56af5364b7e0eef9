"""The adult at risk, as the provider knows them. Free text may stand in until somebody matches it."""

from dataclasses import dataclass, field

from sgapp.domain.retention import Retention


@dataclass(frozen=True, slots=True)
class Person:
    """An adult who receives care. `health` is kept apart from `needs`: it is not offered for sharing by default."""

    id: str
    reference: str
    name: str
    lives: str = ""
    needs: tuple[str, ...] = ()
    health: tuple[str, ...] = ()
    branch: str = "main"
    retention: Retention = field(default_factory=Retention)

    @property
    def short(self) -> str:
        """Initial and surname: "D. Marlow"."""
        first, _, last = self.name.partition(" ")
        return f"{first[:1]}. {last}" if last else self.name

    @property
    def initials(self) -> str:
        return "".join(f"{part[:1]}." for part in self.name.split())
