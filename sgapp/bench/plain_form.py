"""The note form's inputs without any framework: as plain HTML, and with the styles and script of govuk-frontend.

Further floors of `phone`. That package is not one of ours: where SGAPP_BENCH_GOVUK names its folder (as npm installs it), that
page is served, too; else it is left out. Files go out as the product's do: Brotli, made beforehand.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from fastapi import FastAPI, Response
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

#: Its folder in npm's package, and what is fetched of it.
_PUBLISHED = Path("dist") / "govuk"
_STYLE, _SCRIPT = "govuk-frontend.min.css", "govuk-frontend.min.js"
#: `data-plain` tells the probe of visits.py that there is no React to wait for.
_PAGE = ('<!doctype html><html lang="en-GB" data-plain{0}><head><meta charset="utf-8"><title>Form</title>'
         '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">{1}</head><body{2}>'
         '<main><h1>Form</h1><form method="post">{3}<button type="submit"{4}>Save</button></form></main>{5}</body></html>')
_STARTS = ('<script type="module">import {{ initAll }} from "/{0}";document.body.classList.add("js-enabled",'
           '"govuk-frontend-supported");initAll()</script>')


def _field(number: int, kind: str, prefix: str) -> str:
    name, worn = f"field-{number}", f' class="{prefix}{kind if kind in ("textarea", "select") else "input"}"' if prefix else ""
    label = f'<label{f" class={prefix}label" if prefix else ""} for="{name}">Field {number}</label>'
    if kind == "textarea":
        drawn = f'<textarea id="{name}" name="{name}"{worn}></textarea>'
    elif kind == "select":
        drawn = f'<select id="{name}" name="{name}"{worn}><option>One</option><option>Two</option></select>'
    else:
        drawn = f'<input id="{name}" name="{name}" type="{kind}"{worn}>'
    return f'<div{f" class={prefix}form-group" if prefix else ""}>{label}{drawn}</div>'


def pages(inputs: Sequence[str]) -> dict[str, str]:
    """Both pages by their path, with these inputs, as `bare_form.inputs_of` names them."""
    plain, govuk = ("".join(_field(n, kind, prefix) for n, kind in enumerate(inputs)) for prefix in ("", "govuk-"))
    return {"plain": _PAGE.format("", "", "", plain, "", ""),
            "govuk": _PAGE.format(' class="govuk-template"', f'<link rel="stylesheet" href="/{_STYLE}">',
                                  ' class="govuk-template__body"', govuk, ' class="govuk-button" data-module="govuk-button"',
                                  _STARTS.format(_SCRIPT))}


def _brotli(body: bytes) -> bytes:
    """Packed by the Node that packs the product's files."""
    command = [str(Path(sys.executable).parent / "node"), "-e",
               "process.stdout.write(require('zlib').brotliCompressSync(require('fs').readFileSync(0)))"]
    return subprocess.run(command, input=body, stdout=subprocess.PIPE, check=True).stdout  # noqa: S603 - our own words


def create_app() -> FastAPI:
    """Each page and file at its path, packed once; /ping answers once it serves."""
    kinds = {"css": "text/css", "js": "text/javascript"}
    files = {path: (page.encode(), "text/html") for path, page in pages(json.loads(os.environ["SGAPP_BENCH_INPUTS"])).items()}
    if govuk := os.environ.get("SGAPP_BENCH_GOVUK"):
        files |= {name: ((Path(govuk) / _PUBLISHED / name).read_bytes(), kinds[name.rpartition(".")[2]])
                  for name in (_STYLE, _SCRIPT)}
    packed = {path: (_brotli(body), kind) for path, (body, kind) in files.items()}
    app = FastAPI(openapi_url=None)

    @app.get("/ping")
    def ping() -> str:
        return "pong"

    @app.get("/{path}")
    def serve(path: str) -> Response:
        if path not in packed:
            return Response(status_code=404)
        body, kind = packed[path]
        return Response(body, media_type=kind, headers={"Content-Encoding": "br"})

    return app


def main(port: int) -> None:
    """Serve as sgapp/serving.py does: one process, the same switches."""
    Granian(target="sgapp.bench.plain_form:create_app", factory=True, interface=Interfaces.ASGI, address="127.0.0.1", port=port,
            workers=1, websockets=True, log_access=False, log_level=LogLevels.warning).serve()


if __name__ == "__main__":
    main(int(sys.argv[1]))
