"""E-mail by SMTP. Never in the clear across a network: TLS from the start, or STARTTLS before anything is said."""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from sgapp.integrations.outgoing import TITLE, Outgoing, Undelivered

_TIMEOUT_SECONDS = 20
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class WrongAddress(ValueError):
    """The setting does not say how mail is to be sent."""


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
            server = self._connected()
            try:
                handed = True  # from here on only the server's own word says that it did not take it
                server.send_message(mail)
            finally:
                _leave(server)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            codes = [c for c, _ in error.recipients.values()] if isinstance(error, smtplib.SMTPRecipientsRefused) else [
                error.smtp_code]
            raise Undelivered(f"refused-{codes[0]}", final=all(500 <= code < 600 for code in codes)) from None
        except smtplib.SMTPAuthenticationError:
            raise Undelivered("sign-in-refused") from None
        except (smtplib.SMTPException, OSError) as error:
            raise Undelivered(type(error).__name__, certain=not handed) from None

    def probe(self) -> None:
        """Say hello, sign in, and hand over nothing. Raises Undelivered."""
        try:
            _leave(self._connected())
        except smtplib.SMTPAuthenticationError:
            raise Undelivered("sign-in-refused") from None
        except (smtplib.SMTPException, OSError) as error:
            raise Undelivered(type(error).__name__) from None

    def _connected(self) -> smtplib.SMTP:
        context = self.context or ssl.create_default_context()
        if self.tls_at_once:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=_TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=_TIMEOUT_SECONDS)
        try:
            self._greet(server, context)
        except BaseException:
            server.close()
            raise
        return server

    def _greet(self, server: smtplib.SMTP, context: ssl.SSLContext) -> None:
        server.ehlo()
        if not self.tls_at_once:
            if server.has_extn("starttls"):
                server.starttls(context=context)
            elif self.host not in _LOOPBACK:
                raise Undelivered("no-tls")
        if self.user:
            server.login(self.user, self.password)


def _leave(server: smtplib.SMTP) -> None:
    """Hang up. However that goes, what was taken before is taken."""
    with suppress(smtplib.SMTPException, OSError):
        server.quit()
    server.close()
