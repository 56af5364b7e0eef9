"""The least that a look could be: a button that posts as many bytes, is answered with as many and shows them; and one that
shows words which stand in the page already. The baseline of `card`. Nothing is signed in, opened or recorded.
"""

import sys

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from pydantic import BaseModel

PAGE = """<!DOCTYPE html><title>Bare</title><p class="code-words"></p><button id="post">post</button>
<button id="toggle">show</button>
<script>
const place = document.querySelector(".code-words");
document.querySelector("#post").onclick = async () => {
  const body = { person: "x".repeat(36), code: "SAFE_CALL", reason: "" };
  const answer = await fetch("/look", { method: "POST", cache: "no-store", body: JSON.stringify(body),
    headers: { "Content-Type": "application/json" } });
  place.textContent = (await answer.json()).words;
};
document.querySelector("#toggle").onclick = () => { place.textContent = "A call is fine"; };
</script>"""


class Look(BaseModel):
    person: str
    code: str
    reason: str


def create_app() -> FastAPI:
    app = FastAPI(openapi_url=None)

    @app.get("/")
    def page() -> HTMLResponse:
        return HTMLResponse(PAGE)

    @app.post("/look")
    def look(form: Look) -> dict[str, str]:
        return {"code": form.code, "words": "A call is fine"}

    @app.get("/readyz")
    def ready() -> dict[str, bool]:
        return {"ready": True}

    return app


def main(port: int) -> None:
    """Serve as sgapp/serving.py does: one process, the same switches."""
    Granian(target="sgapp.bench.bare_look:create_app", factory=True, interface=Interfaces.ASGI, address="127.0.0.1", port=port,
            workers=1, websockets=True, log_access=False, log_level=LogLevels.warning).serve()


if __name__ == "__main__":
    main(int(sys.argv[1]))
