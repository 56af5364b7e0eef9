"""Tables that come in and go out as CSV: with limits on what is read, and nothing in them that a spreadsheet would carry out.

Source: RFC 4180; OWASP on CSV injection.
"""

import csv
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Protocol

#: Far more than a provider with 20,000 workers has; whatever is larger is something else, or is cut in two.
MOST_BYTES, MOST_ROWS, MOST_COLUMNS, MOST_LETTERS = 32 << 20, 200_000, 60, 4_000
#: What a spreadsheet takes for a formula when a cell begins with it.
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PACKED = {b"PK": "a workbook or a packed file", b"\x1f\x8b": "a packed file", b"%PDF": "a PDF", b"\xd0\xcf": "an old workbook"}


class Lines(Protocol):
    """What `csv.reader` gives."""

    @property
    def line_num(self) -> int: ...
    def __iter__(self) -> Iterator[list[str]]: ...


class NoTable(ValueError):
    """What was given cannot be read as a table. The text says why and what to do; nothing was taken from it."""


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is where it begins in the file, as an editor counts; `cells` by the name of their column, no spaces around."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(path: Path) -> Table:
    """The table in a file: columns in its first line, commas or semicolons between, UTF-8. Raises NoTable."""
    return parse_table(_read(path))


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)  # never more, whatever the file says of its size
    except OSError as error:
        raise NoTable(f"{path} could not be read ({error.strerror}).") from error
    if len(content) > MOST_BYTES:
        raise NoTable(f"This file is larger than {MOST_BYTES >> 20} MB. Is it the right one? Else cut it into several.")
    return content


def parse_table(content: bytes) -> Table:
    """The same from its bytes."""
    for begins, what in _PACKED.items():
        if content.startswith(begins):
            raise NoTable(f"This is {what}, not a table. Save it as “CSV UTF-8” and try again.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NoTable(f"Line {line} is not in UTF-8, so names might come out wrong. Save the table as “CSV UTF-8”.") from error
    if "\0" in text:
        raise NoTable("This is no text. Save the table as “CSV UTF-8” and try again.")
    return _parsed(text)


def _parsed(text: str) -> Table:
    first = text.split("\n", 1)[0]
    if len(first) > MOST_COLUMNS * MOST_LETTERS:
        raise NoTable("The first line is too long for the names of columns. Is it the right file?")
    between = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    try:
        columns = tuple(name.strip() for name in next(_limited(reader), ()))
        _check_columns(columns)
        rows = tuple(Row(line, dict(zip(columns, cells, strict=True))) for line, cells in _even(reader, len(columns)))
    except csv.Error as error:
        raise NoTable(f"Line {reader.line_num}: quotation marks do not fit together ({error}). Nothing was read.") from error
    return Table(columns, rows)


def _check_columns(columns: Sequence[str]) -> None:
    if not any(columns):
        raise NoTable("There is nothing in its first line, where the names of the columns are looked for.")
    if len(columns) > MOST_COLUMNS:
        raise NoTable(f"There are {len(columns)} columns; at most {MOST_COLUMNS} are read. Leave out what is not needed.")
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        raise NoTable(f"There are two columns called {twice[0][:60]}. Give one of them another name.")


def _even(reader: "Lines", wide: int) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with as many cells as there are columns."""
    found, line = 0, reader.line_num + 1
    for cells in _limited(reader):
        if any(cell.strip() for cell in cells):
            found += 1
            if found > MOST_ROWS:
                raise NoTable(f"There are more than {MOST_ROWS} rows. Cut the table into several.")
            if len(cells) > wide and any(cells[wide:]):
                raise NoTable(f"Line {line} has more cells than there are columns. Look for a comma that is part of a text.")
            yield line, [_plain(cell) for cell in (cells + [""] * wide)[:wide]]
        line = reader.line_num + 1


def _limited(reader: "Lines") -> Iterator[list[str]]:
    for cells in reader:
        if any(len(cell) > MOST_LETTERS for cell in cells):
            raise NoTable(f"Line {reader.line_num}: a cell holds more than {MOST_LETTERS} letters. Look for a quotation mark "
                          "that is not closed.")
        yield cells


def _plain(cell: str) -> str:
    """A cell as it was before a table of ours made it harmless."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_BEGINS_FORMULA) else cell


def harmless(cell: str) -> str:
    """A cell that no spreadsheet carries out: one that would be a formula begins with an apostrophe."""
    return f"'{cell}" if cell.startswith(_BEGINS_FORMULA) else cell


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """A table as the bytes of its lines, one after the other: as much of it in memory as one line."""
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    for number, cells in enumerate(chain([columns], rows)):
        writer.writerow([harmless(cell) for cell in cells])
        yield line.getvalue().encode("utf-8-sig" if number == 0 else "utf-8")  # a spreadsheet knows UTF-8 by its first sign
        line.seek(0)
        line.truncate()


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write a table for its owner alone, into a file that is not there yet. Returns how many rows. Raises OSError."""
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        return sum(1 for line in csv_lines(columns, rows) if file.write(line)) - 1
