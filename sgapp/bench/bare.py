"""The least that could be done with a note: one durable row, through the same kind of server and the same engine.

The baseline of `intake`, and, read back, of `live`. Nothing is opened, encrypted or recorded; there is no session and no page.
"""

import sys

from fastapi import FastAPI
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from pydantic import BaseModel
from sqlalchemy import text

from sgapp.settings import Settings
from sgapp.store.engine import make_engine


class Body(BaseModel):
    id: str
    key_id: str
    sealed: str


def create_app() -> FastAPI:
    """POST /rows keeps one row in a transaction of its own, GET reads it back; the database is set as the product's."""
    engine = make_engine(Settings())
    binary = "BYTEA" if engine.dialect.name == "postgresql" else "BLOB"
    insert = "INSERT INTO bare (id, body) VALUES (%s, %s)" if binary == "BYTEA" else "INSERT INTO bare (id, body) VALUES (?, ?)"
    select = text("SELECT length(body) FROM bare WHERE id = :id")
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE IF NOT EXISTS bare (id VARCHAR PRIMARY KEY, body {binary} NOT NULL)")
    app = FastAPI(openapi_url=None)

    @app.post("/rows", status_code=201)
    def keep(body: Body) -> dict[str, str]:
        with engine.begin() as connection:
            connection.exec_driver_sql(insert, (body.id, body.sealed.encode()))
        return {"id": body.id}

    @app.get("/rows/{row_id}")
    def read(row_id: str) -> dict[str, int]:
        with engine.connect() as connection:
            found = connection.execute(select, {"id": row_id}).scalar_one()
        return {"bytes": int(found)}

    @app.get("/readyz")
    def ready() -> dict[str, bool]:
        return {"ready": True}

    return app


def main(port: int) -> None:
    """Serve as sgapp/serving.py does: one process, the same switches."""
    Granian(target="sgapp.bench.bare:create_app", factory=True, interface=Interfaces.ASGI, address="127.0.0.1", port=port,
            workers=1, websockets=True, log_access=False, log_level=LogLevels.warning).serve()


if __name__ == "__main__":
    main(int(sys.argv[1]))
