"""Every answer carries the headers that keep a page from being framed, sniffed, cached or scripted."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from sgapp.ui.headers import SecurityHeaders, cache_rule


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    found = [(b"cache-control", b"public"), (b"location", b"http://notes.example.org/desk/"), (b"content-type", b"text/html"),
             (b"Vary", b"Accept-Encoding, Origin, Origin"), (b"last-modified", b"Sun, 22 Nov 2026 20:08:05 GMT"),
             (b"accept-ranges", b"bytes"), (b"Access-Control-Allow-Origin", b"*"),
             (b"access-control-allow-credentials", b"true")]
    await send({"type": "http.response.start", "status": 200, "headers": found})
    await send({"type": "http.response.body", "body": b""})


def answer(static: Path, path: str, *, https: bool = False) -> dict[str, str]:
    """The headers of one answer; a repeated header would fail the test."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    scope = {"type": "http", "path": path, "headers": [(b"host", b"notes.example.org")]}
    asyncio.run(SecurityHeaders(_echo, static, https=https)(scope, receive, send))
    names = [name for name, _ in sent[0]["headers"]]
    assert len(names) == len(set(names))
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}


@pytest.fixture
def static(tmp_path: Path) -> Path:
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "index.html").write_text('<script src="/a.js"></script><script>let x=1</script>')
    (tmp_path / "index.html").write_text("<script type=module>let y=2</script>")
    return tmp_path


def test_a_page_may_run_its_own_inline_scripts_and_no_others(static: Path) -> None:
    desk, home = (answer(static, path)["content-security-policy"] for path in ("/desk/", "/"))
    assert desk.count("'sha256-") == home.count("'sha256-") == 1
    assert desk != home
    assert "unsafe" not in desk + home
    assert "frame-ancestors 'none'" in desk


@pytest.mark.parametrize("path", ["/assets/a-1234.js", "/assets/a-1234.css", "/icon.svg", "/apple-touch-icon.png"])
def test_a_part_of_a_page_says_in_few_words_that_it_is_no_page(static: Path, path: str) -> None:
    found = answer(static, path, https=True)
    assert found["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert found["x-content-type-options"] == "nosniff"
    assert found["cross-origin-resource-policy"] == "same-origin"
    assert "strict-transport-security" in found
    assert not {"last-modified", "accept-ranges"} & set(found)
    ours = sum(len(name) + len(value) for name, value in found.items() if name not in ("location", "content-type"))
    assert ours < 320, "every file of a page carries these"


@pytest.mark.parametrize("path", ["/", "/desk/", "/nowhere", "/sw.js", "/assets"])
def test_everything_else_carries_the_headers_of_a_page(static: Path, path: str) -> None:
    of_pages = {"referrer-policy", "permissions-policy", "cross-origin-opener-policy", "x-frame-options"}
    assert of_pages <= set(answer(static, path))
    assert "worker-src 'self'" in answer(static, path)["content-security-policy"]


def test_data_may_do_nothing_and_is_else_guarded_as_a_page(static: Path) -> None:
    found = answer(static, "/api/session")
    assert found["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert {"referrer-policy", "permissions-policy", "cross-origin-opener-policy", "x-frame-options"} <= set(found)


def test_the_page_of_an_agency_runs_no_script_and_is_never_kept(static: Path) -> None:
    found = answer(static, "/r/token")
    assert "script-src" not in found["content-security-policy"]
    assert "default-src 'none'" in found["content-security-policy"]
    assert (found["cache-control"], found["referrer-policy"]) == ("no-store", "no-referrer")


def test_https_asks_for_https_for_ever_and_http_does_not(static: Path) -> None:
    assert "strict-transport-security" in answer(static, "/", https=True)
    assert "strict-transport-security" not in answer(static, "/")


@pytest.mark.parametrize("path", ["/", "/assets/a-1234.js", "/api/session"])
def test_nobody_of_another_origin_is_given_leave_so_no_answer_varies_by_it(static: Path, path: str) -> None:
    found = answer(static, path)
    assert not [name for name in found if name.startswith("access-control")]
    assert found["vary"] == "Accept-Encoding"


def test_a_redirect_to_this_host_names_no_scheme(static: Path) -> None:
    assert answer(static, "/desk")["location"] == "/desk/"


@pytest.mark.parametrize(("path", "status", "rule"), [
    ("/assets/a-1234.js", 200, "public, max-age=31536000, immutable"),
    ("/assets/a-1234.js", 404, "no-store"),
    ("/desk/", 200, "no-cache"),
    ("/api/observations/mine", 200, "no-store"),
    ("/r/token", 200, "no-store"),
    ("/_event", 400, "no-store"),
])
def test_what_may_be_kept_for_how_long(path: str, status: int, rule: str) -> None:
    assert cache_rule(path, status) == rule
