"""E-mail by SMTP. Never in the clear across a network: TLS from the start, or STARTTLS before anything is said."""

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from sgapp.integrations.outgoing import TITLE, Outgoing, Undelivered

_TIMEOUT_SECONDS = 20
#: And all of it, however slowly the server goes on saying something.
_IN_ALL_SECONDS = 90
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class WrongAddress(ValueError):
    """The setting does not say how mail is to be sent."""


class _Limited(smtplib.SMTP):
    """One whole conversation in so many seconds: the limit for each of its words is none for a server that dribbles."""

    _limit: threading.Timer | None = None
    _over = False

    def connect(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        self._limit = threading.Timer(_IN_ALL_SECONDS, self._cut)
        self._limit.start()
        try:
            return super().connect(*args, **kwargs)
        except BaseException:
            self.close()
            raise

    def getreply(self) -> tuple[int, bytes]:
        reply = super().getreply()
        if self._over:  # half a word, if any
            raise smtplib.SMTPServerDisconnected
        return reply

    def close(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
        super().close()

    def _cut(self) -> None:
        self._over = True
        with suppress(OSError):
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)


class _LimitedTls(_Limited, smtplib.SMTP_SSL):
    pass


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail server, from an address like `smtps://user:password@host:465` or `smtp://user:password@host:587`.

    `smtp` means STARTTLS; only a server on this same machine may be spoken to without.
    """

    host: str
    port: int
    user: str
    password: str
    tls_at_once: bool
    sender: str
    context: ssl.SSLContext | None = None

    @classmethod
    def at(cls, address: str, *, sender: str, context: ssl.SSLContext | None = None) -> "Mail":
        """Raises WrongAddress."""
        parts = urlsplit(address)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise WrongAddress("SGAPP_SMTP_URL is not an address like smtps://user:password@mail.example.org:465")
        tls = parts.scheme == "smtps"
        return cls(parts.hostname, parts.port or (465 if tls else 587), unquote(parts.username or ""),
                   unquote(parts.password or ""), tls, sender, context)

    def send(self, message: Outgoing) -> None:
        """Hand it to the mail server. Raises Undelivered."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Message-ID"] = self.sender, message.to, message.message_id
        mail["Date"] = format_datetime(datetime.now(UTC))
        mail["Subject"] = message.subject or f"{TITLE}: {message.reference}"
        mail["Auto-Submitted"] = "auto-generated"
        short = f"{message.text}\n\nReference {message.reference}\n\nOpen {TITLE} to see it.\n"
        mail.set_content(message.text if message.subject else short)
        handed = False
        try:
            with self._connected() as server:
                handed = True  # from here on only the server's own word says that it did not take it
                server.send_message(mail)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            codes = [c for c, _ in error.recipients.values()] if isinstance(error, smtplib.SMTPRecipientsRefused) else [
                error.smtp_code]
            # Anything else is half a word, or none of this language: nobody knows what it was going to say.
            raise Undelivered(f"refused-{codes[0]}", certain=all(400 <= code < 600 for code in codes),
                              final=all(500 <= code < 600 for code in codes)) from None
        except smtplib.SMTPAuthenticationError:
            raise Undelivered("sign-in-refused") from None
        except (smtplib.SMTPException, OSError) as error:
            raise Undelivered(type(error).__name__, certain=not handed) from None

    def probe(self) -> None:
        """Say hello, sign in, and hand over nothing. Raises Undelivered."""
        try:
            with self._connected():
                pass
        except smtplib.SMTPAuthenticationError:
            raise Undelivered("sign-in-refused") from None
        except (smtplib.SMTPException, OSError) as error:
            raise Undelivered(type(error).__name__) from None

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """A server that knows us, for as long as the block takes."""
        context = self.context or ssl.create_default_context()
        server = _LimitedTls(self.host, self.port, timeout=_TIMEOUT_SECONDS, context=context) if self.tls_at_once else _Limited(
            self.host, self.port, timeout=_TIMEOUT_SECONDS)
        try:
            self._greet(server, context)
            yield server
            with suppress(smtplib.SMTPException, OSError):
                server.quit()  # however that goes, what was taken before is taken
        finally:
            server.close()

    def _greet(self, server: smtplib.SMTP, context: ssl.SSLContext) -> None:
        server.ehlo()
        if not self.tls_at_once:
            if server.has_extn("starttls"):
                server.starttls(context=context)
            elif self.host not in _LOOPBACK:
                raise Undelivered("no-tls")
        if self.user:
            server.login(self.user, self.password)
