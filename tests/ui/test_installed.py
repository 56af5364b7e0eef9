"""A phone can install "Visit notes", and what it then shows to others says nothing of what the notes are for."""

import json
import re
import struct
from pathlib import Path

import pytest

from sgapp.ui.build import client_folder
from sgapp.ui.headers import cache_rule
from sgapp.ui.installed import THEME_COLOURS

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "assets"
MANIFEST = json.loads((ASSETS / "manifest.webmanifest").read_text(encoding="utf-8"))
TELLING = re.compile(r"safeguard|concern|abuse|harm|adult|risk|protect|referral|police", re.IGNORECASE)
TRANSPARENT = 6  # the colour type of a PNG with an alpha channel


def _png(name: str) -> tuple[int, int, int]:
    """Width, height and colour type."""
    data = (ASSETS / name.lstrip("/")).read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, _, colour = struct.unpack(">IIBB", data[16:26])
    return width, height, colour


def test_the_manifest_has_what_a_phone_asks_for_before_it_installs() -> None:
    assert MANIFEST["name"] == MANIFEST["short_name"] == "Visit notes"
    assert (MANIFEST["id"], MANIFEST["start_url"], MANIFEST["scope"]) == ("/", "/", "/")
    assert MANIFEST["display"] == "standalone"
    assert MANIFEST["theme_color"] == THEME_COLOURS["light"]
    for purpose in ("any", "maskable"):
        assert {"192x192", "512x512"} <= {i["sizes"] for i in MANIFEST["icons"] if i["purpose"] == purpose}


def test_the_manifest_says_nothing_of_what_the_notes_are_for() -> None:
    assert not TELLING.search(json.dumps(MANIFEST))


@pytest.mark.parametrize("icon", [i for i in MANIFEST["icons"] if i["type"] == "image/png"], ids=lambda i: i["src"])
def test_an_icon_has_the_size_it_claims_and_a_maskable_one_has_no_holes(icon: dict[str, str]) -> None:
    width, height, colour = _png(icon["src"])
    assert f"{width}x{height}" == icon["sizes"]
    assert (colour == TRANSPARENT) == (icon["purpose"] == "any")


def test_the_icon_for_an_iphone_has_its_size_and_no_holes() -> None:
    assert _png("apple-touch-icon.png")[:2] == (180, 180)
    assert _png("apple-touch-icon.png")[2] != TRANSPARENT


@pytest.mark.parametrize("page", ["index.html", "mine/index.html", "today/index.html", "sign-in/index.html"])
def test_a_page_of_the_phone_names_manifest_icon_and_colours(page: str) -> None:
    html = (client_folder(ROOT) / page).read_text(encoding="utf-8")
    head = html.partition("</head>")[0]
    for wanted in ('href="/manifest.webmanifest"', 'href="/apple-touch-icon.png"', *THEME_COLOURS.values(),
                   'media="(prefers-color-scheme: dark)"'):
        assert wanted in head


@pytest.mark.parametrize("path", ["/manifest.webmanifest", "/sw.js", "/", "/mine/"])
def test_what_has_no_name_of_its_content_is_asked_for_each_time(path: str) -> None:
    assert cache_rule(path, 200) == "no-cache"


BUILT = sorted(client_folder(ROOT).rglob("*.html"))
#: What a tab, a history or a list of open windows shows, the desk's pages included.
SHOWN_AROUND = re.compile(
    r"safeguard|abus|harm|violen|domestic|victim|perpetrat|allegation|police|protect|adult", re.IGNORECASE)


@pytest.mark.parametrize("page", BUILT, ids=lambda page: page.relative_to(client_folder(ROOT)).as_posix())
def test_title_address_and_description_of_a_page_say_nothing_of_what_it_is_for(page: Path) -> None:
    head = page.read_text(encoding="utf-8").partition("</head>")[0]
    around = re.findall(r"<title>[^<]*|<meta[^>]*>", head)
    assert not SHOWN_AROUND.search(" ".join([*around, page.relative_to(client_folder(ROOT)).as_posix()]))


@pytest.mark.parametrize("page", ["index.html", "mine/index.html", "today/index.html", "sign-in/index.html", "away/index.html"])
def test_a_page_of_the_phone_says_nothing_of_it_before_anybody_has_signed_in(page: str) -> None:
    body = (client_folder(ROOT) / page).read_text(encoding="utf-8").partition("<body")[2]
    assert not SHOWN_AROUND.search(re.sub(r"<script.*?</script>", "", body, flags=re.DOTALL))
