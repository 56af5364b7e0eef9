"""The built client goes out compressed, with its right names and with the same headers as ever, from the real server."""

import subprocess
import urllib.request
from email.message import Message
from pathlib import Path

import pytest

from sgapp.ui.build import client_folder
from tests.serving import Server

ROOT = Path(__file__).resolve().parents[2]
CLIENT = client_folder(ROOT)
SAME = """const fs = require("node:fs"), { brotliDecompressSync } = require("node:zlib");
for (const name of process.argv.slice(1))
  if (!brotliDecompressSync(fs.readFileSync(name + ".br")).equals(fs.readFileSync(name))) throw new Error(name);"""


def _get(server: Server, path: str, accept: str = "gzip, deflate, br, zstd") -> tuple[Message, bytes]:
    request = urllib.request.Request(server.url + path, headers={"Accept-Encoding": accept})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.headers, answer.read()


def _chunk() -> str:
    return f"/assets/{next((CLIENT / 'assets').glob('every-page-*.js')).name}"


def _style() -> str:
    return f"/assets/{next((CLIENT / 'assets').glob('*.css')).name}"


@pytest.mark.parametrize(("path", "file", "kind", "caching"), [
    ("/", "/index.html", "text/html; charset=utf-8", "no-cache"),
    ("/mine/", "/mine/index.html", "text/html; charset=utf-8", "no-cache"),
    ("/sw.js", "/sw.js", "text/javascript; charset=utf-8", "no-cache"),
    (_chunk, _chunk, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
    (_style, _style, "text/css; charset=utf-8", "public, max-age=31536000, immutable"),
], ids=["form", "mine", "worker", "chunk", "style"])
def test_what_is_large_goes_out_as_brotli_under_its_own_name_and_the_usual_headers(server, path, file, kind, caching) -> None:
    place, original = (x() if callable(x) else x for x in (path, file))
    headers, body = _get(server, place)
    assert headers["content-encoding"] == "br"
    assert "Accept-Encoding" in headers["vary"]
    assert headers["content-type"] == kind
    assert headers["cache-control"] == caching
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'; ")
    assert ("worker-src 'self'" in headers["content-security-policy"]) == (not place.startswith("/assets/"))
    assert "unsafe" not in headers["content-security-policy"]
    assert body == (CLIENT / f"{original[1:]}.br").read_bytes()
    plain, body = _get(server, place, "identity")
    assert plain["content-encoding"] is None
    assert body == (CLIENT / original[1:]).read_bytes()


def test_what_is_compressed_opens_to_what_lies_beside_it() -> None:
    files = [str(p).removesuffix(".br") for p in CLIENT.rglob("*.br")]
    assert len(files) > 20
    done = subprocess.run([ROOT / ".venv" / "bin" / "node", "-e", SAME, "--", *files], capture_output=True, text=True,
                          timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_the_manifest_goes_out_under_its_own_kind_and_is_asked_for_each_time(server: Server) -> None:
    headers, body = _get(server, "/manifest.webmanifest")
    assert headers["content-type"] == "application/manifest+json"
    assert headers["cache-control"] == "no-cache"
    assert b'"Visit notes"' in body
