"""The letter as PDF, read back by another program: what it says, in which order, and for whom it can be read out."""

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from sgapp.domain.letter import Letter, Section, as_text
from sgapp.integrations.pdf import letter_pdf
from tests.integrations.reading_order import marked_text, read_out

LETTER = Letter(
    "Referral 2026-001-R1", "2026-001-R1", "Meadow Lane", "Adult social care, Duty team", "5 Oct 2026, 13:50",
    (Section("Before you make contact", ("Only face to face, at a visit",), True), Section("Purpose", ("To advise.",)),
     Section("Facts", ("He took the card.", "Dennis said: “He gets cross.”"), True), Section("What is asked", ("Advice.",))),
    "Please confirm receipt by name. Ring 01632 960 001.")


@pytest.fixture(scope="module")
def pdf() -> PdfReader:
    return PdfReader(BytesIO(letter_pdf(LETTER)))


def _text(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def _tags(node: Any) -> list[str]:
    """The tags of the structure tree, in the order in which they are read out."""
    node = node.get_object()
    if not isinstance(node, dict):
        return []
    inside = node.get("/K", [])
    kids = inside.get_object() if hasattr(inside, "get_object") else inside
    kids = kids if isinstance(kids, list) else [kids]
    found = [str(node["/S"])] if "/S" in node else []
    return found + [tag for kid in kids if hasattr(kid, "get_object") for tag in _tags(kid)]


def test_it_is_tagged_and_says_that_it_keeps_to_the_standard(pdf: PdfReader) -> None:
    root: Any = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value is True
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data().decode()


def test_it_has_a_title_that_is_shown_and_a_language(pdf: PdfReader) -> None:
    root: Any = pdf.trailer["/Root"]
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Referral 2026-001-R1"
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]


def test_it_is_read_out_as_headings_paragraphs_and_lists_in_the_order_of_the_letter(pdf: PdfReader) -> None:
    root: Any = pdf.trailer["/Root"]
    told = [tag for tag in _tags(root["/StructTreeRoot"]) if tag in ("/H1", "/H2", "/LI", "/P")]
    headings = [tag for tag in told if tag.startswith("/H")]
    assert headings == ["/H1", *["/H2"] * len(LETTER.sections)]
    assert told[0] == "/H1"
    assert told.count("/LI") >= 3


def test_it_says_what_the_text_says_in_the_same_order(pdf: PdfReader) -> None:
    told = _text(pdf)
    places = [told.index(line) for section in LETTER.sections for line in (section.heading, *section.lines)]
    assert places == sorted(places)
    for line in (LETTER.reference, LETTER.provider, LETTER.to, LETTER.dated, LETTER.closing):
        assert line in told
        assert line in as_text(LETTER)


def _in_order(letter: Letter) -> list[tuple[str, str]]:
    """What is to be read out of a letter, one after the other, with the tag it stands under."""
    head = [("/H1", letter.title)]
    for label, text in (("To", letter.to), ("From", letter.provider), ("Date", letter.dated),
                        ("Our reference", letter.reference)):
        head += [("/Strong", label), ("/LBody", text)]
    for section in letter.sections:
        head.append(("/H2", section.heading))
        head += [("/LBody" if section.listed else "/P", line) for line in section.lines]
    return [*head, ("/Span", letter.closing)]


def _told(reader: PdfReader) -> list[tuple[str, str]]:
    """What the structure tree reads out, line by line: bullets and what ends a label left aside, broken lines joined."""
    found: list[tuple[str, str]] = []
    for piece in read_out(reader):
        text = piece.text.strip()
        if text and piece.tag != "/Lbl":
            found.append((piece.tag, text))
    return found


LONG = replace(LETTER, sections=(Section("Facts", tuple(f"Fact number {n} of a long list." for n in range(200)), True),
                                 Section("Purpose", ("To advise.",))))


@pytest.mark.parametrize("letter", [LETTER, LONG], ids=["one page", "several pages"])
def test_a_screen_reader_reads_every_line_of_the_letter_once_in_its_order(letter: Letter) -> None:
    assert _told(PdfReader(BytesIO(letter_pdf(letter)))) == _in_order(letter)


@pytest.mark.parametrize("letter", [LETTER, LONG], ids=["one page", "several pages"])
def test_whatever_is_marked_on_a_page_is_reached_by_the_tree(letter: Letter) -> None:
    reader = PdfReader(BytesIO(letter_pdf(letter)))
    marked = {(n, mcid) for n, page in enumerate(reader.pages) for mcid in marked_text(page, reader)}
    reached = [(piece.page, piece.mcid) for piece in read_out(reader)]
    assert sorted(reached) == sorted(marked)


def test_a_tree_in_another_order_is_noticed_although_the_page_looks_the_same() -> None:
    reader = PdfReader(BytesIO(letter_pdf(LETTER)))
    drawn = _text(reader)
    root: Any = reader.trailer["/Root"]
    kids = root["/StructTreeRoot"]["/K"]
    document = (kids[0] if isinstance(kids, list) else kids).get_object()
    document["/K"].get_object().reverse()
    assert _text(reader) == drawn
    assert _told(reader) != _in_order(LETTER)


def test_the_same_letter_is_the_same_file_to_the_last_byte() -> None:
    assert letter_pdf(LETTER) == letter_pdf(LETTER)


def test_another_word_is_another_file() -> None:
    assert letter_pdf(LETTER) != letter_pdf(replace(LETTER, closing="Please."))


@pytest.mark.parametrize("typed", [
    "#read(\"/etc/hostname\")", "= A heading of his own", "*bold* _and_ `code` $x$", "<label> @ref \\ // not a comment",
    "[#sys.inputs]", "- a list", "“quotes” – dashes … ½ é ß"])
def test_what_somebody_typed_is_set_as_it_stands(typed: str) -> None:
    letter = replace(LETTER, sections=(Section("Facts", (typed,), True), Section("Purpose", (typed,))))
    told = _text(PdfReader(BytesIO(letter_pdf(letter))))
    assert told.count(" ".join(typed.split())) == 2


@pytest.mark.parametrize(("typed", "shown"), [
    ("She smiled 😀 at me.", "She smiled [grinning face] at me."),
    ("“ਉਹ ਮੈਨੂੰ ਦੇਖਦਾ” she said.", "“[written in Gurmukhi]” she said."),
    ("李小龙 was there.", "[written in Chinese characters] was there."), ("one\x01two\ud800", "onetwo")])
def test_what_the_fonts_cannot_show_is_put_into_words_and_fails_no_letter(typed: str, shown: str) -> None:
    told = _text(PdfReader(BytesIO(letter_pdf(replace(LETTER, sections=(Section("Facts", (typed,), True),))))))
    assert shown in told
    assert "cannot show" in told


@pytest.mark.parametrize("typed", ["Łódź, Nguyễn, Şahin, Ó Súilleabháin", "ß ½ → “ ” – …", "मेरा फ़ोन"])
def test_what_the_fonts_can_show_stands_as_it_was_written(typed: str) -> None:
    pdf = letter_pdf(replace(LETTER, sections=(Section("Facts", (typed,), True),)))
    assert "cannot show" not in _text(PdfReader(BytesIO(pdf)))


@settings(max_examples=60, deadline=None, database=None)
@given(st.text(max_size=40))
def test_no_text_whatever_fails_a_letter(typed: str) -> None:
    assert letter_pdf(replace(LETTER, sections=(Section("Facts", (typed,), True),))).startswith(b"%PDF")


def test_a_long_letter_goes_on_over_the_page_and_loses_no_line() -> None:
    lines = tuple(f"Fact number {n} of a long list." for n in range(200))
    reader = PdfReader(BytesIO(letter_pdf(replace(LETTER, sections=(Section("Facts", lines, True),)))))
    assert len(reader.pages) > 3
    told = _text(reader)
    assert [line for line in lines if line not in told] == []
