"""What comes in as a table is read within limits, or refused in plain words; what goes out carries nothing out."""

import csv
import gzip
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sgapp.integrations import tables
from sgapp.integrations.tables import (
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_LETTERS,
    NoTable,
    csv_lines,
    harmless,
    parse_table,
    read_table,
    write_table,
)


def test_columns_stand_in_the_first_line_and_rows_know_their_own() -> None:
    found = parse_table("Name,Reference\r\nZoë Ash, P-1 \r\n\r\n\"Bo,\nHill\",P-2\r\n".encode("utf-8-sig"))
    assert found.columns == ("Name", "Reference")
    assert [(r.line, r.cells) for r in found.rows] == [
        (2, {"Name": "Zoë Ash", "Reference": "P-1"}), (4, {"Name": "Bo,\nHill", "Reference": "P-2"})]


def test_semicolons_do_as_well_and_short_rows_are_filled_up() -> None:
    [row] = parse_table(b"Name;Reference;Lives\nBo Hill;P-2\n").rows
    assert row.cells == {"Name": "Bo Hill", "Reference": "P-2", "Lives": ""}


def _zip_bomb() -> bytes:
    with zipfile.ZipFile(packed := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("people.csv", b"a," * 5_000_000)
    return packed.getvalue()


@pytest.mark.parametrize(("content", "said"), [
    (_zip_bomb(), "a workbook or a packed file"), (gzip.compress(b"a" * 100_000), "a packed file"), (b"%PDF-1.7 ...", "a PDF"),
    ("Name\nZoë".encode("latin-1"), "Line 2 is not in UTF-8"), ("Name\nZoë".encode("utf-16"), "not in UTF-8"),
    (b"Name\n\0\0\0", "This is no text"), (b"", "nothing in its first line"), (b",,,\n", "nothing in its first line"),
    (b"a" * (MOST_LETTERS * (MOST_COLUMNS + 1)), "too long for the names"),
    (b",".join([b"x"] * (MOST_COLUMNS + 1)), "at most 60 are read"),
    (b"Name,Name\n", "two columns called Name"), (b"Name,Ref\nBo,P-1,more\n", "Line 2 has more cells"),
    (b"Name\n\"" + b"x" * (MOST_LETTERS + 1) + b"\"\n", "more than 4000 letters"),
    (b"Name\n\"open", "quotation marks do not fit"),
    (b"Name\n\"a\"b\n", "quotation marks do not fit"), (b"Name\n" + b"x" * 200_000, "Line 2"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_no_table_is_refused_in_plain_words(content: bytes, said: str) -> None:
    with pytest.raises(NoTable, match=said):
        parse_table(content)


def test_more_rows_than_anybody_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    assert len(parse_table(b"Name\n" + b"x\n" * 3).rows) == 3
    with pytest.raises(NoTable, match="more than 3 rows"):
        parse_table(b"Name\n" + b"x\n" * 4)


def test_of_a_line_without_an_end_only_as_much_is_read_as_a_table_may_have(tmp_path: Path) -> None:
    """A file of two gigabytes that takes no room on the disk, and a device that never ends."""
    with (tmp_path / "long.csv").open("wb") as file:
        file.truncate(2 << 30)
    for path in (tmp_path / "long.csv", Path("/dev/zero")):
        with pytest.raises(NoTable, match=f"larger than {MOST_BYTES >> 20} MB"):
            read_table(path)


def test_a_file_that_is_not_there_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(NoTable, match="could not be read"):
        read_table(tmp_path / "none.csv")


@given(st.binary(max_size=300))
def test_whatever_the_bytes_it_is_a_table_or_refused(content: bytes) -> None:
    try:
        found = parse_table(content)
    except NoTable:
        return
    assert all(set(row.cells) == set(found.columns) for row in found.rows)


@pytest.mark.parametrize("cell", ["=1+1", "+44 20", "-1", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(\"http://x.example\")"])
def test_no_cell_that_goes_out_is_a_formula(tmp_path: Path, cell: str) -> None:
    write_table(tmp_path / "out.csv", ("Name",), [(cell,)])
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        [_, [written]] = csv.reader(file)
    assert written == f"'{cell}"


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=30))
def test_what_goes_out_comes_back_as_it_was(cell: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["a", "b"], ["x", harmless(cell)]])
    [row] = parse_table(out.getvalue().encode()).rows
    expected = cell.strip()
    # Somebody's own apostrophe before a sign that begins a formula cannot be told from ours.
    assert row.cells["b"] == (expected[1:] if expected[:1] == "'" and expected[1:2] in tuple("=+-@") else expected)


def test_a_table_goes_out_for_its_owner_alone_and_never_over_another(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    assert write_table(path, ("Name",), [("Zoë",)]) == 1
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with pytest.raises(FileExistsError):
        write_table(path, ("Name",), [])


def test_lines_made_one_by_one_hold_no_formula_and_one_first_sign() -> None:
    lines = list(csv_lines(("a", "b"), [("=1+1", "plain"), ("@x", "-2"), ("ok", "\tx")]))
    assert lines[0].startswith(b"\xef\xbb\xbf") and not any(line.startswith(b"\xef\xbb\xbf") for line in lines[1:])
    assert [line.decode() for line in lines[1:]] == ["'=1+1,plain\r\n", "'@x,'-2\r\n", "ok,'\tx\r\n"]
