"""What a screen reader reads out of a PDF: the marked content of each page, in the order of the structure tree.

Not the order in which the words are drawn, nor the one in which a program that copies text finds them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream

_CHAR = re.compile(r"<(\w+)>\s*<(\w+)>")
_RANGE = re.compile(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>")


@dataclass(frozen=True)
class Marked:
    """Text under the tag that holds it, with its page and its number there."""

    tag: str
    text: str
    page: int
    mcid: int


def read_out(reader: PdfReader) -> list[Marked]:
    """All marked content, in the order of the tree."""
    pages = {page.indirect_reference.idnum: n for n, page in enumerate(reader.pages) if page.indirect_reference}
    content = [marked_text(page, reader) for page in reader.pages]
    root: Any = reader.trailer["/Root"]

    def walk(node: Any, tag: str, page: int) -> Iterator[Marked]:
        if isinstance(node, int):
            yield Marked(tag, content[page][int(node)], page, int(node))
            return
        node = node.get_object()
        if isinstance(node, int):
            yield from walk(int(node), tag, page)
            return
        own = pages[node.raw_get("/Pg").idnum] if "/Pg" in node else page
        if "/MCID" in node:
            yield from walk(int(node["/MCID"]), tag, own)
            return
        inside = node.get("/K", [])
        inside = inside.get_object() if hasattr(inside, "get_object") else inside
        for kid in inside if isinstance(inside, list) else [inside]:
            yield from walk(kid, str(node.get("/S", tag)), own)

    return list(walk(root["/StructTreeRoot"], "", 0))


def marked_text(page: PageObject, reader: PdfReader) -> dict[int, str]:
    """The text of each piece of marked content of a page. What has no number is decoration, and is left out."""
    resources: Any = page["/Resources"]
    maps = {name: _to_unicode(font.get_object()) for name, font in resources["/Font"].items()}
    found: dict[int, str] = {}
    inside: list[int | None] = []
    letters: dict[int, str] = {}
    for operands, operator in ContentStream(page.get_contents(), reader).operations:
        match operator:
            case b"BDC":
                inside.append(int(operands[1]["/MCID"]) if "/MCID" in operands[1] else None)
            case b"BMC":
                inside.append(None)
            case b"EMC":
                inside.pop()
            case b"Tf":
                letters = maps[operands[0]]
            case b"Tj" | b"TJ":
                number = next((n for n in reversed(inside) if n is not None), None)
                if number is not None:
                    parts = operands[0] if operator == b"TJ" else operands
                    found[number] = found.get(number, "") + "".join(
                        _decoded(part, letters) for part in parts if isinstance(part, bytes | str))
    return found


def _decoded(part: Any, letters: dict[int, str]) -> str:
    raw = part if isinstance(part, bytes) else part.original_bytes
    return "".join(letters[int.from_bytes(raw[i:i + 2], "big")] for i in range(0, len(raw), 2))


def _to_unicode(font: Any) -> dict[int, str]:
    text = font["/ToUnicode"].get_object().get_data().decode("latin1")
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", text, re.DOTALL):
        found |= {int(code, 16): bytes.fromhex(to).decode("utf-16-be") for code, to in _CHAR.findall(block)}
    for block in re.findall(r"beginbfrange(.*?)endbfrange", text, re.DOTALL):
        for first, last, to in _RANGE.findall(block):
            start = int(to, 16)
            found |= {code: chr(start + code - int(first, 16)) for code in range(int(first, 16), int(last, 16) + 1)}
    return found
