"""Web push to an endpoint that decrypts as a browser does, and texts to one that answers as GOV.UK Notify does."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import http_ece
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sgapp.integrations.outgoing import Outgoing, Undelivered
from sgapp.integrations.push import Push, may_post_to
from sgapp.integrations.text import Text


class Office(ThreadingHTTPServer):
    """Takes whatever is posted and answers with a status."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.status, self.got = 201, []

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Taking(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        office = self.server
        assert isinstance(office, Office)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        office.got.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(office.status)
        if office.status == 307:
            self.send_header("Location", f"http://{office.netloc}/elsewhere")
        answer = b'{"id": "x", "errors": [{"error": "BadRequestError", "message": "no"}]}'
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def office() -> Iterator[Office]:
    made = Office()
    thread = threading.Thread(target=made.serve_forever, args=(0.02,))
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


OURS, BROWSER, AUTH = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1()), b"0123456789abcdef"


OURS_DER = OURS.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8,
                              serialization.NoEncryption())


def subscribed(office: Office, path: str = "/push") -> dict[str, object]:
    """What a browser gives when it wants to be told."""
    keys = {"p256dh": _b64(_point(BROWSER)), "auth": _b64(AUTH)}
    return {"endpoint": f"http://{office.netloc}{path}", "keys": keys}


def pushed(office: Office, *, allowed: bool = True, path: str = "/push") -> None:
    way = Push(OURS_DER, "mailto:notes@example.org", (office.netloc,) if allowed else ())
    to = json.dumps(subscribed(office, path))
    way.send(Outgoing("<one@example.org>", to, "Something needs you today.", "VN-7K2Q-48FD-X"))


def test_the_browser_alone_can_read_what_was_pushed(office: Office) -> None:
    pushed(office)
    [(_, headers, body)] = office.got
    assert b"Something" not in body and headers["content-encoding"] == "aes128gcm"
    read = json.loads(http_ece.decrypt(body, private_key=BROWSER, auth_secret=AUTH, version="aes128gcm"))
    assert read == {"title": "Visit notes", "text": "Something needs you today.", "reference": "VN-7K2Q-48FD-X",
                    "id": "<one@example.org>"}


def test_the_push_service_can_tell_whose_it_is(office: Office) -> None:
    pushed(office)
    [(_, headers, _body)] = office.got
    token, key = (part.split("=", 1)[1] for part in headers["authorization"].removeprefix("vapid ").split(","))
    claims = jwt.decode(token, OURS.public_key(), algorithms=["ES256"], audience=f"http://{office.netloc}")
    assert (claims["sub"], key.strip()) == ("mailto:notes@example.org", _b64(_point(OURS)))


@pytest.mark.parametrize(("status", "final"), [(410, True), (404, True), (503, False), (429, False)])
def test_a_browser_that_is_gone_is_told_apart_from_a_service_that_is_busy(office: Office, status: int, final: bool) -> None:
    office.status = status
    with pytest.raises(Undelivered) as why:
        pushed(office)
    assert (why.value.why, why.value.final) == (f"push-{status}", final)


def test_nothing_is_posted_to_a_place_that_only_the_client_names(office: Office) -> None:
    with pytest.raises(Undelivered, match="unknown-push-service"):
        pushed(office, allowed=False)
    assert office.got == []


def test_a_push_service_leads_nobody_elsewhere(office: Office) -> None:
    office.status = 307
    with pytest.raises(Undelivered):
        pushed(office)
    assert [path for path, *_ in office.got] == ["/push"]


@pytest.mark.parametrize("endpoint", [
    "https://fcm.googleapis.com/fcm/send/x", "https://updates.push.services.mozilla.com/wpush/v2/x",
    "https://web.push.apple.com/x", "https://wns2-par02p.notify.windows.com/w/?token=x"])
def test_the_push_services_of_browsers_are_known(endpoint: str) -> None:
    assert may_post_to(endpoint)


@pytest.mark.parametrize("endpoint", [
    "http://fcm.googleapis.com/x", "https://fcm.googleapis.com:8443/x", "https://fcm.googleapis.com.example.org/x",
    "https://user@fcm.googleapis.com/x", "https://evilpush.apple.com.example.org/", "https://127.0.0.1/x", "https://[::1]/x",
    "https://169.254.169.254/latest", "file:///etc/passwd", "", "https://push.apple.com@example.org/"])
def test_anything_else_is_not(endpoint: str) -> None:
    assert not may_post_to(endpoint)


def _text(office: Office) -> Text:
    key = "demo-00000000-0000-4000-8000-000000000001-00000000-0000-4000-8000-000000000002"
    return Text(key, "00000000-0000-4000-8000-000000000003", f"http://{office.netloc}")


TO_A_PHONE = Outgoing("<two@example.org>", "07700 900123", "Something needs you now.", "VN-7K2Q-48FD-X")


def test_a_text_carries_the_sentence_and_the_reference(office: Office) -> None:
    _text(office).send(TO_A_PHONE)
    [(path, _headers, body)] = office.got
    sent = json.loads(body)
    assert path == "/v2/notifications/sms"
    assert (sent["phone_number"], sent["reference"], sent["personalisation"]) == (
        "07700 900123", "<two@example.org>", {"text": "Something needs you now.", "reference": "VN-7K2Q-48FD-X"})


@pytest.mark.parametrize(("status", "final", "certain"), [
    (400, True, True), (408, False, False), (429, False, True), (503, False, False)])
def test_a_number_that_is_none_is_told_apart_from_a_service_that_is_busy(
        office: Office, status: int, final: bool, certain: bool) -> None:
    office.status = status
    with pytest.raises(Undelivered) as why:
        _text(office).send(TO_A_PHONE)
    assert (why.value.why, why.value.final, why.value.certain) == (f"notify-{status}", final, certain)


def test_a_number_is_led_nowhere_else(office: Office) -> None:
    office.status = 307
    with pytest.raises(Undelivered):
        _text(office).send(TO_A_PHONE)
    assert len(office.got) == 1
