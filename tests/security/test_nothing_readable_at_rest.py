"""Words go in through the pages; then everything the server keeps is searched for them: database, logs, state store."""

import base64
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect
from redis import Redis
from sqlalchemy import Engine, create_engine, inspect, make_url, text

from tests.conftest import new_database
from tests.e2e.pictures import signed_in
from tests.e2e.steps import arrive, case_page, fill_note, pick, record, tick
from tests.serving import PHONE, TABLET, Server, running_redis, start_server, stop_server

WORDS = {"seen": "kingfisher", "said": "marmalade", "told": "parsnip", "reason": "thunderbolt", "draft": "windlass",
         "person": "Marlow", "account": "Lena Hart"}
#: Whatever can be made to say more says it.
LOUD = {"SGAPP_LOG_LEVEL": "debug", "REFLEX_LOGLEVEL": "debug", "PYTHONASYNCIODEBUG": "1"}
CONTROL = "planted-in-clear-for-control"


def forms(word: str) -> dict[str, bytes]:
    """The ways in which a word can lie in a file."""
    plain = word.encode()
    # Three alignments of base64, each without the symbols at its edges that depend on what stands beside it.
    shifted = [base64.b64encode(b"x" * n + plain)[(0, 2, 3)[n] : -4] for n in range(3)]
    return {"utf-8": plain, "utf-16le": word.encode("utf-16-le"), "utf-16be": word.encode("utf-16-be"),
            **{f"base64+{n}": s for n, s in enumerate(shifted) if len(s) > 6}}


def found_in(kept: dict[str, bytes], words: list[str]) -> list[str]:
    return [f"{word} as {form} in {place}" for place, content in kept.items() for word in words
            for form, pattern in forms(word).items() if pattern in content]


def database_of(server: Server) -> Engine:
    url = server.env.get("SGAPP_DATABASE_URL")
    return create_engine(make_url(url).set(drivername="postgresql+psycopg") if url else f"sqlite:///{server.data / 'sgapp.db'}")


def cells_of(server: Server) -> dict[str, list[bytes]]:
    """Every cell of the database by its table, as the database itself gives it: a file alone may hold it in two parts."""
    engine = database_of(server)
    with engine.connect() as connection:
        found = {table: [v if isinstance(v, bytes) else str(v).encode()
                         for row in connection.execute(text(f'SELECT * FROM "{table}"')) for v in row]
                 for table in inspect(connection).get_table_names()}
    engine.dispose()
    return found


def values_in_redis(url: str) -> dict[str, list[bytes]]:
    """Every value by its key, as Redis gives it to a client: what it dumps may be compressed."""
    if not url:
        return {}
    with Redis.from_url(url) as client:
        return {f"redis {key!r}": [key, *_values(client, key)] for key in client.scan_iter()}


def _values(client: Redis, key: bytes) -> list[bytes]:
    match client.type(key):
        case b"string":
            return [client.get(key) or b""]  # type: ignore[list-item]
        case b"hash":
            return [part for pair in client.hgetall(key).items() for part in pair]  # type: ignore[union-attr]
        case b"list":
            return client.lrange(key, 0, -1)  # type: ignore[return-value]
        case b"set":
            return list(client.smembers(key))  # type: ignore[arg-type]
        case b"zset":
            return client.zrange(key, 0, -1)  # type: ignore[return-value]
        case b"none":
            return []  # it ran out since
        case kind:
            raise AssertionError(f"nobody looks into what Redis calls {kind!r}")


def what_is_kept(server: Server, redis_url: str) -> dict[str, bytes]:
    """Every byte that lies outside the server's memory, by its place; keys folder left out on purpose."""
    kept = {str(p.name): p.read_bytes() for p in server.data.rglob("*") if p.is_file()}
    kept["server.log"] = server.log.read_bytes()
    apart = cells_of(server) | values_in_redis(redis_url)
    return kept | {place: b"\n".join(values) for place, values in apart.items()}


@pytest.fixture(scope="module", params=["sqlite, memory", pytest.param("postgresql, redis", marks=pytest.mark.long)])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    with ExitStack() as until_the_end:
        settings, redis_url = dict(LOUD), ""
        if request.param == "postgresql, redis":
            redis_url = until_the_end.enter_context(running_redis(tmp_path_factory.mktemp("redis")))
            settings |= {"SGAPP_REDIS_URL": redis_url,
                         "SGAPP_DATABASE_URL": new_database(request.getfixturevalue("postgres"))}
        server, process = start_server(tmp_path_factory.mktemp("server"), **settings)
        until_the_end.callback(stop_server, process)
        yield server, redis_url


def _write_and_work(browser: Browser, server: Server) -> list[Page]:
    """A note, a case, a reason and a half-typed draft, all with their words; the pages stay open."""
    worker = signed_in(browser, server.url, "worker.a", PHONE, dark=False)
    fill_note(worker, person="D.M. · P-104", seen=f"A {WORDS['seen']} stood there.", said=WORDS["said"], told=WORDS["told"])
    worker.get_by_role("button", name="Save note").click()
    expect(worker.locator("#receipt")).to_contain_text("Delivered")
    reference = worker.locator("#reference").inner_text()
    lead = signed_in(browser, server.url, "lead", TABLET, dark=False)
    lead.get_by_role("listitem").filter(has_text=reference).get_by_role("button", name="Acknowledge").click()
    arrive(lead, "note")
    expect(lead.get_by_text(WORDS["seen"])).to_be_visible()
    tick(lead, "Financial or material")
    lead.get_by_role("button", name="Open a case").click()
    case = case_page(lead)
    pick(lead, "What happens now?", "Refer")
    lead.get_by_label("Why", exact=False).first.fill(WORDS["reason"])
    record(lead, "Record this decision", "")
    expect(lead.get_by_role("list", name="What happened")).to_contain_text(WORDS["reason"])
    typing = signed_in(browser, server.url, "lead", TABLET, dark=False)
    typing.goto(f"/decide?id={case}")
    with typing.expect_request(lambda r: r.method == "PUT" and WORDS["draft"] in (r.post_data or "")):
        typing.get_by_label("Why", exact=True).fill(WORDS["draft"])
    return [worker, lead, typing]


def _secrets_of(page: Page) -> list[str]:
    """What opens somebody's page to another: its session, and the token of its socket."""
    session = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "sgapp_session")
    return [session, page.evaluate("sessionStorage.getItem('token')")]


def test_no_word_that_was_typed_lies_readable_on_the_server(running: tuple[Server, str], browser: Browser) -> None:
    server, redis_url = running
    pages = _write_and_work(browser, server)
    kept = what_is_kept(server, redis_url)
    assert any("envelope" in name or name == "sgapp.db" for name in kept), "the search looks at the wrong place"
    if redis_url:
        assert any(name.startswith("redis") for name in kept), "the state store was empty: nothing was searched"
    assert not found_in(kept, list(WORDS.values()))
    assert '"level": "DEBUG"' in server.log.read_text(), "the log was quiet: little was searched"
    secrets = [secret for page in pages for secret in _secrets_of(page)]
    assert len(secrets) == 2 * len(pages)
    assert not found_in({"server.log": kept["server.log"]}, secrets)
    for page in pages:
        page.context.close()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "base64"])
def test_the_search_finds_what_is_planted(encoding: str) -> None:
    lies = base64.b64encode(b"ab" + CONTROL.encode()) if encoding == "base64" else CONTROL.encode(encoding)
    assert found_in({"planted": b"\0\1" + lies + b"\2"}, [CONTROL])
    assert not found_in({"planted": b"\0\1" + lies + b"\2"}, list(WORDS.values()))
