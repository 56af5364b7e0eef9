"""E-mail through a real SMTP server: encrypted on its way, neutral, one id at every attempt, and never silently lost."""

import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sgapp.integrations import mail as module
from sgapp.integrations.mail import Mail, WrongAddress
from sgapp.integrations.outgoing import Outgoing, Undelivered
from tests.serving import free_port

NOTE = Outgoing("<one@notes.example.org>", "lena@example.org", "Something needs you now.", "VN-7K2Q-48FD-X")


class Inbox:
    """What a mail server took, and what it answers."""

    def __init__(self) -> None:
        self.got: list[Message] = []
        self.encrypted: list[bool] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.encrypted.append(session.ssl is not None)
        if self.answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.got.append(message_from_bytes(envelope.content))
        return self.answer


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine alone, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost"),
                                                        x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
            .sign(key, hashes.SHA256()))
    file = tmp_path_factory.mktemp("certificate") / "both.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return file


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


@contextmanager
def server(inbox: Inbox, **how: object) -> Iterator[int]:
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port(), **how)  # type: ignore[arg-type]
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def _own(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def _knows(_server: object, _session: object, _envelope: object, _mechanism: str, data: object) -> AuthResult:
    return AuthResult(success=getattr(data, "password", b"") == b"s3cret/word", handled=False)


def test_a_message_goes_by_starttls_with_the_words_and_the_reference_and_nothing_else(certificate: Path) -> None:
    inbox = Inbox()
    with server(inbox, tls_context=_own(certificate), require_starttls=True, authenticator=_knows, auth_required=True) as port:
        mail = Mail.at(f"smtp://house:s3cret%2Fword@localhost:{port}", sender="notes@example.org",
                       context=trusting(certificate))
        mail.send(NOTE)
    [got] = inbox.got
    assert inbox.encrypted == [True]
    assert (got["From"], got["To"], got["Message-ID"]) == ("notes@example.org", "lena@example.org", NOTE.message_id)
    assert got["Subject"] == "Visit notes: VN-7K2Q-48FD-X"
    assert str(got.get_payload()).splitlines() == [
        "Something needs you now.", "", "Reference VN-7K2Q-48FD-X", "", "Open Visit notes to see it."]


def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(certificate: Path) -> None:
    inbox = Inbox()
    with server(inbox, tls_context=_own(certificate), require_starttls=True) as port:
        mail = Mail.at(f"smtp://localhost:{port}", sender="notes@example.org")
        with pytest.raises(Undelivered) as why:
            mail.send(NOTE)
    assert (why.value.why, why.value.certain, inbox.got) == ("SSLCertVerificationError", True, [])


def test_a_wrong_password_is_said_as_such(certificate: Path) -> None:
    inbox = Inbox()
    with server(inbox, tls_context=_own(certificate), require_starttls=True, authenticator=_knows, auth_required=True) as port:
        mail = Mail.at(f"smtp://house:wrong@localhost:{port}", sender="notes@example.org", context=trusting(certificate))
        with pytest.raises(Undelivered, match="sign-in-refused"):
            mail.send(NOTE)


@pytest.mark.parametrize(("answer", "final"), [("550 no such person", True), ("451 come back later", False)])
def test_a_refusal_for_good_and_one_for_now_are_told_apart(answer: str, final: bool) -> None:
    inbox = Inbox()
    inbox.answer = answer
    with server(inbox) as port, pytest.raises(Undelivered) as why:
        Mail.at(f"smtp://127.0.0.1:{port}", sender="notes@example.org").send(NOTE)
    assert (why.value.why, why.value.final, why.value.certain) == (f"refused-{answer[:3]}", final, True)


def test_a_server_that_is_not_there_is_certainly_not_reached() -> None:
    with server(Inbox()) as port:
        pass
    with pytest.raises(Undelivered) as why:
        Mail.at(f"smtp://127.0.0.1:{port}", sender="notes@example.org").send(NOTE)
    assert why.value.certain and not why.value.final


def test_what_breaks_off_after_it_was_handed_over_is_in_doubt() -> None:
    inbox = Inbox()

    async def breaks_off(server: SMTP, _session: Session, _envelope: Envelope) -> str:
        assert server.transport is not None
        server.transport.close()
        return "250 OK"

    inbox.handle_DATA = breaks_off  # type: ignore[method-assign]
    with server(inbox) as port, pytest.raises(Undelivered) as why:
        Mail.at(f"smtp://127.0.0.1:{port}", sender="notes@example.org").send(NOTE)
    assert not why.value.certain


@pytest.mark.parametrize("address", ["", "http://mail.example.org", "smtp://", "mail.example.org:25"])
def test_an_address_that_is_no_mail_server_is_refused(address: str) -> None:
    with pytest.raises(WrongAddress):
        Mail.at(address, sender="notes@example.org")


@pytest.mark.parametrize("goodbye", ["250 bye", "421 4.7.0 closing"])
def test_what_was_taken_is_taken_however_the_server_says_goodbye(goodbye: str) -> None:
    class Odd(Inbox):
        async def handle_QUIT(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802 - as it is called
            return goodbye

    inbox = Odd()
    with server(inbox) as port:
        mail = Mail.at(f"smtp://127.0.0.1:{port}", sender="notes@example.org")
        mail.send(NOTE)
        mail.probe()
    assert len(inbox.got) == 1


class Raw:
    """A server that says so many replies of the usual kind, and then the last one: without an end, or cut off by hanging up."""

    def __init__(self, usual: int, last: bytes = b"", *, dribbles: bool = False) -> None:
        self._usual, self._last, self._dribbles = usual, last, dribbles
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with suppress(OSError):
            connection, _ = self._server.accept()
            with connection, connection.makefile("rb") as said:
                for number in range(self._usual):
                    connection.sendall((b"220 here", b"250 well", b"250 well", b"250 well", b"354 go on")[number] + b"\r\n")
                    while (line := said.readline()) and number == 4 and line != b".\r\n":
                        pass
                connection.sendall(self._last)
                while self._dribbles:
                    connection.sendall(b"2")
                    time.sleep(0.02)

    def stop(self) -> None:
        self._server.close()
        self._thread.join(timeout=10)


@pytest.mark.parametrize("answer", [b"", b"2", b"25", b"250-ok\r\n25", b"4", b"hello?\r\n"])
def test_what_is_cut_off_in_its_answer_is_in_doubt(answer: bytes) -> None:
    server = Raw(5, answer)
    try:
        with pytest.raises(Undelivered) as why:
            Mail.at(f"smtp://127.0.0.1:{server.port}", sender="notes@example.org").send(NOTE)
        assert (why.value.certain, why.value.final) == (False, False)
    finally:
        server.stop()


@pytest.mark.parametrize(("from_reply", "certain"), [(0, True), (1, True), (2, False)], ids=["greeting", "hello", "sender"])
def test_a_server_that_never_comes_to_an_end_of_what_it_says_is_hung_up_on(
        from_reply: int, certain: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_IN_ALL_SECONDS", 0.3)
    server = Raw(from_reply, dribbles=True)
    try:
        with pytest.raises(Undelivered) as why:
            Mail.at(f"smtp://127.0.0.1:{server.port}", sender="notes@example.org").send(NOTE)
        assert why.value.certain is certain
    finally:
        server.stop()


def test_nothing_of_the_limit_is_left_once_a_mail_has_gone() -> None:
    with server(Inbox()) as port:
        Mail.at(f"smtp://127.0.0.1:{port}", sender="notes@example.org").send(NOTE)
        waiting = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
        assert [thread for thread in waiting if not thread.finished.is_set()] == []
