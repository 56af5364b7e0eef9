"""What a code list is: stable codes for the record, plain labels for people, and where each comes from.

A code, once used, stays for ever: old records must always be readable. Labels may be reworded.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sgapp.domain.errors import SgappError


class UnknownCode(SgappError, ValueError):
    """A code that the list does not hold. `list_name` and `code` say which; the message is in plain words."""

    def __init__(self, list_name: str, code: str) -> None:
        super().__init__(f"“{code}” is not one of the choices for {list_name}")
        self.list_name, self.code = list_name, code


@dataclass(frozen=True, slots=True)
class Code:
    """One entry.

    `neutral`: a label that may be read over the shoulder; empty when the entry must not be shown so.
    `hint`: when to choose it, or what to write beside it. `short`, `symbol`: for small places.
    `group`: the heading under which a screen shows it. `source`: where it comes from.
    """

    code: str
    label: str
    neutral: str = ""
    source: str = ""
    hint: str = ""
    symbol: str = ""
    short: str = ""
    group: str = ""


class CodeList:
    """An ordered, unchangeable list of codes. An entry without a source of its own has the list's."""

    __slots__ = ("_by_code", "name", "source")

    def __init__(self, name: str, source: str, codes: tuple[Code, ...]) -> None:
        self.name, self.source = name, source
        self._by_code = {c.code: c if c.source else replace(c, source=source) for c in codes}
        if len(self._by_code) != len(codes):
            raise ValueError(f"{name} holds a code twice")

    def __iter__(self) -> Iterator[Code]:
        return iter(self._by_code.values())

    def __len__(self) -> int:
        return len(self._by_code)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __getitem__(self, code: str) -> Code:
        """The entry. Raises UnknownCode."""
        try:
            return self._by_code[code]
        except KeyError:
            raise UnknownCode(self.name, code) from None

    def __repr__(self) -> str:
        return f"<CodeList {self.name}: {len(self)} codes>"

    def codes(self) -> tuple[str, ...]:
        return tuple(self._by_code)

    def label(self, code: str) -> str:
        """The label. Raises UnknownCode."""
        return self[code].label

    def label_or_code(self, code: str) -> str:
        """The label, or the code as it stands. For a note from outside: it is kept, whatever it holds."""
        return self._by_code[code].label if code in self._by_code else code

    def options(self) -> tuple[tuple[str, str], ...]:
        """Pairs of code and label, in order, for a form."""
        return tuple((c.code, c.label) for c in self)

    def groups(self) -> tuple[tuple[str, tuple[Code, ...]], ...]:
        """The headings in order of first appearance, each with its entries."""
        found: dict[str, list[Code]] = {}
        for code in self:
            found.setdefault(code.group, []).append(code)
        return tuple((heading, tuple(entries)) for heading, entries in found.items())
