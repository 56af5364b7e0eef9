"""What a person meets through a real Caddy with our own Caddyfile: two processes behind it, PostgreSQL and Redis.

The Caddyfile is not changed for it; see tests/caddy.py. The certificate is Caddy's own, so nothing here is shown of how it
fetches one.
"""

import gzip
import json
import re
import socket
import ssl
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from sgapp.api.limits import MAX_BODY_BYTES
from sgapp.services.tries import ADDRESS
from tests.caddy import Caddy, adapted, found_caddy, running_caddy
from tests.conftest import new_database
from tests.e2e.test_faults import Phone, _a_page_opens, nothing_lost_and_nothing_twice
from tests.security.test_walk import opened
from tests.serving import PASSWORD, ROOT, Server, free_port, otp, running_redis, start_server, stop_server

pytestmark = pytest.mark.long
UNIT = (ROOT / "deploy" / "systemd" / "sgapp.service").read_text()
#: What may differ: each speaks of its own connection.
OF_THE_CONNECTION = {"date", "connection", "transfer-encoding", "content-length", "alt-svc", "server"}
A_PAGE = "/sign-in/"


@dataclass(frozen=True)
class Front:
    """The product by itself, and as people reach it."""

    straight: Server
    people: Server
    caddy: Caddy


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory, postgres: str) -> Iterator[Front]:
    found_caddy()
    folder, port = tmp_path_factory.mktemp("front"), free_port()
    with ExitStack() as until_the_end:
        redis = until_the_end.enter_context(running_redis(folder))
        patch = until_the_end.enter_context(pytest.MonkeyPatch.context())
        proxies = re.findall(r"^Environment=SGAPP_PROXIES=(.*)$", UNIT, re.MULTILINE)[0]
        straight, process = start_server(
            folder, workers=2, SGAPP_DATABASE_URL=new_database(postgres), SGAPP_REDIS_URL=redis, SGAPP_PROXIES=proxies,
            SGAPP_PUBLIC_URL=f"https://localhost:{port}")
        until_the_end.callback(stop_server, process)
        caddy = until_the_end.enter_context(
            running_caddy(folder / "caddy", straight.url.removeprefix("http://"), port=port))
        patch.setenv("SSL_CERT_FILE", str(caddy.root))  # what every client here goes by
        yield Front(straight, replace(straight, url=f"https://localhost:{port}"), caddy)


def _from(server: Server, address: str) -> httpx.Client:
    """Somebody who comes from another address of this machine than Caddy does."""
    return httpx.Client(base_url=server.url, timeout=30, transport=httpx.HTTPTransport(
        local_address=address, verify=ssl.create_default_context()))


def _heads(answer: httpx.Response) -> Counter[tuple[str, str]]:
    return Counter((name, value) for name, value in answer.headers.multi_items() if name not in OF_THE_CONNECTION)


def _an_asset(front: Front) -> str:
    return re.findall(r"/assets/[^\"]+\.js", httpx.get(front.straight.url + A_PAGE).text)[0]


def test_every_answer_comes_through_as_it_was_given_with_each_header_once(front: Front) -> None:
    for path in ("/", A_PAGE, "/sign-in", "/sw.js", _an_asset(front), "/api/openapi.json", "/api/session", "/r/nothing",
                 "/nothing-there", "/healthz", "/readyz"):
        straight, through = httpx.get(front.straight.url + path), httpx.get(front.people.url + path)
        assert (through.status_code, through.content) == (straight.status_code, straight.content), path
        assert _heads(through) == _heads(straight), path
        assert "server" not in through.headers
        assert through.headers.get_list("strict-transport-security") == ["max-age=63072000; includeSubDomains"], path


def test_whoever_types_http_is_sent_to_https_and_is_shown_nothing_before(front: Front) -> None:
    answer = httpx.get(f"http://localhost:{front.caddy.http}/r/a-secret")
    assert (answer.status_code, answer.headers["location"], answer.text) == (308, "https://localhost/r/a-secret", "")


def test_under_another_name_nobody_reaches_the_product(front: Front) -> None:
    answer = httpx.get(front.people.url + A_PAGE, headers={"host": "elsewhere.example"})
    assert (answer.text, answer.headers.get("content-security-policy")) == ("", None)
    with httpx.Client() as client, pytest.raises(httpx.ConnectError):  # there is no certificate for it
        client.get(front.people.url + A_PAGE, extensions={"sni_hostname": "elsewhere.example"})


def test_a_page_opens_its_socket_through_it_and_a_note_arrives_once(front: Front) -> None:
    _a_page_opens(front.people)
    phone = Phone(front.people)
    with phone.sending():
        phone.until(10)
    assert set(phone.answers) == {201}
    nothing_lost_and_nothing_twice(front.people, phone)


def test_the_cookie_is_for_https_and_this_host_alone_and_a_page_knows_by_it_who_has_signed_in(front: Front) -> None:
    session = "reflex___state____state.sgapp___ui___session____session_state"
    with httpx.Client(base_url=front.people.url, timeout=30) as client:
        said = client.post("/api/session", json={"username": "worker.a", "password": PASSWORD}).headers["set-cookie"]
        assert said.startswith("__Host-sgapp_session=")
        assert {"secure", "httponly", "samesite=strict", "path=/"} <= set(said.lower().split("; "))
        with opened(front.people, client) as page:
            page.until_hydrated()
            page.send(f"{session}.load_session")
            assert page.deltas_until(session)[-1][session]["role_rx_state_"] == "worker"


def _guess(client: httpx.Client, username: str, number: int) -> int:
    """The status after one wrong password, sent with an address and a host that somebody made up."""
    made_up = {"x-forwarded-for": f"198.51.100.{number}", "forwarded": f"for=198.51.100.{number}",
               "x-real-ip": f"198.51.100.{number}", "x-forwarded-host": "elsewhere.example"}
    return client.post("/api/session", json={"username": username, "password": "wrong"}, headers=made_up).status_code


def test_whoever_guesses_waits_alone_whatever_address_she_makes_up(front: Front) -> None:
    with _from(front.people, "127.0.0.3") as guesser, _from(front.people, "127.0.0.4") as other:
        # Each time another name, so that only the address is counted
        answers = [_guess(guesser, f"nobody.{number}", number) for number in range(ADDRESS.free + 8)]
        assert answers[0] == 401
        assert 429 in answers[ADDRESS.free:]  # and perhaps not the last: a slow machine may have waited long enough
        assert _guess(other, "nobody.else", 1) == 401
        assert other.post("/api/session", json={"username": "worker.b", "password": PASSWORD}).status_code == 200


def test_the_figures_are_for_this_machine_and_no_way_of_writing_it_opens_them(front: Front) -> None:
    assert "sgapp_ready" in httpx.get(f"{front.straight.url}/metrics").text
    for path in ("/metrics", "/metrics/", "//metrics", "/METRICS", "/%6detrics", "/metrics?x", "/./metrics", "/x/../metrics",
                 "/metrics%2f", "/metrics;x", "/metrics%00", "/metrics//"):
        with socket.create_connection(("127.0.0.1", front.caddy.https)) as plain, \
                ssl.create_default_context().wrap_socket(plain, server_hostname="localhost") as line:
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 127.0.0.1\r\n"
                         "Connection: close\r\n\r\n".encode())
            said = b"".join(iter(lambda: line.recv(65536), b""))
        assert said.startswith((b"HTTP/1.1 404 ", b"HTTP/1.1 400 ", b"HTTP/1.1 308 ", b"HTTP/1.1 307 ")), (path, said[:200])
        assert b"sgapp_" not in said, path


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_what_was_packed_is_packed_once(front: Front, coding: str) -> None:
    path, found = _an_asset(front), []
    for server in (front.straight, front.people):
        with httpx.stream("GET", server.url + path, headers={"accept-encoding": coding}) as packed:
            found.append((packed.headers.get_list("content-encoding"), b"".join(packed.iter_raw())))
    assert found[0] == found[1]
    assert found[1][0] == [coding]
    plain = httpx.get(front.people.url + path, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    if coding == "gzip":
        assert gzip.decompress(found[1][1]) == plain.content


def test_too_much_is_refused_in_the_products_own_words(front: Front) -> None:
    much = b"x" * (3 * MAX_BODY_BYTES)
    for body in (much, iter([much[:MAX_BODY_BYTES]] * 3)):  # with its size said before, and without
        answer = httpx.post(f"{front.people.url}/api/observations", content=body, timeout=60)
        assert (answer.status_code, answer.json()["type"]) == (413, "urn:sgapp:problem:too-large")


def test_a_table_larger_than_any_form_is_taken_in_through_it(front: Front) -> None:
    with httpx.Client(base_url=front.people.url, timeout=60) as client:
        said = {"username": "manager", "password": PASSWORD, "otp": otp(front.people.url, "manager")}
        assert client.post("/api/session", json=said).status_code == 200
        rows = "".join(f"Z{number},Ada Zed,{'a walk; ' * 200}\n" for number in range(1_000))
        answer = client.post("/api/tables/people", content=f"reference,name,needs\n{rows}", params={"intent_id": str(uuid4())})
    assert len(rows) > MAX_BODY_BYTES
    assert json.loads(answer.text.splitlines()[-1])["message"] == "1000 new, 0 changed, 0 as they were."


def test_whoever_dawdles_holds_up_nobody(front: Front) -> None:
    trusting = ssl.create_default_context()
    head = b"POST /api/observations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n"
    with ExitStack() as until_the_end:
        for number in range(200):
            plain = until_the_end.enter_context(socket.create_connection(("127.0.0.1", front.caddy.https)))
            slow = until_the_end.enter_context(trusting.wrap_socket(plain, server_hostname="localhost"))
            slow.sendall(head if number % 2 else head + b"\r\n{")
        phone = Phone(front.people)
        with phone.sending():
            phone.until(10)
        _a_page_opens(front.people)
    assert set(phone.answers) == {201}


def test_while_the_product_is_away_it_says_so_in_neutral_words_and_writes_no_secret_down(tmp_path: Path) -> None:
    secret = "k3tt1e-was-c0ld"
    with running_caddy(tmp_path, f"127.0.0.1:{free_port()}", port=free_port()) as caddy:
        trusting = ssl.create_default_context(cafile=str(caddy.root))
        with httpx.Client(base_url=f"https://localhost:{caddy.https}", verify=trusting) as client:
            for path in (f"/r/{secret}", f"/_event/?token={secret}", "/", "/api/session"):
                answer = client.get(path, headers={"cookie": f"sgapp_session={secret}"})
                assert answer.status_code == 502
                assert answer.headers["content-type"] == "text/html; charset=utf-8"
                assert "<p>" in answer.text
                assert "try again" in answer.text
                told = (answer.text + str(answer.headers)).lower()
                assert not re.search(r"sgapp|safeguard|concern|note|caddy|granian|upstream|refused|127\.0\.0\.1", told), told
                assert answer.headers.get_list("strict-transport-security") == ["max-age=63072000; includeSubDomains"]
                assert answer.headers["cache-control"] == "no-store"
                assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        written = caddy.log.read_text()
    assert written.count("connection refused") == 4  # whoever looks after it learns what is wrong
    assert secret not in written
    assert "/_event" not in written


def test_it_lets_go_of_a_line_before_the_product_does(tmp_path: Path) -> None:
    from granian.http import HTTP1Settings

    text = json.dumps(adapted("localhost", "127.0.0.1:8000", tmp_path))
    [kept_ns] = map(int, re.findall(r'"idle_timeout": (\d+)', text))
    assert kept_ns / 1e6 < HTTP1Settings.header_read_timeout
