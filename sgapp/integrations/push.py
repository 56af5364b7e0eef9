"""Web push: encrypted to the browser that asked for it, signed with this house's own key (RFC 8030, 8291, 8292)."""

import ipaddress
import json
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.serialization import load_der_private_key
from py_vapid import Vapid02
from pywebpush import WebPushException, webpush

from sgapp.integrations.outgoing import TITLE, Outgoing, Undelivered

_TIMEOUT_SECONDS = 15
_TTL_SECONDS = 12 * 3600
#: Where browsers' makers run their push services. Nothing is ever posted to another place that a client names.
KNOWN_HOSTS = ("fcm.googleapis.com", "updates.push.services.mozilla.com", ".push.apple.com", ".notify.windows.com")


def may_post_to(endpoint: str, also: tuple[str, ...] = ()) -> bool:
    """Whether a subscription's address is a push service we know, or one that this installation's owner has added.

    An added one may name a port and may lie on this machine without https, for trying things out.
    """
    parts = urlsplit(endpoint)
    if any(parts.netloc == host for host in also):
        return parts.scheme == "https" or _on_this_machine(parts.hostname or "")
    if parts.scheme != "https" or parts.port not in (None, 443) or not parts.hostname or parts.username:
        return False
    return any(parts.hostname == host or (host.startswith(".") and parts.hostname.endswith(host)) for host in KNOWN_HOSTS)


def _on_this_machine(host: str) -> bool:
    try:
        return all(ipaddress.ip_address(found[4][0]).is_loopback for found in socket.getaddrinfo(host, None))
    except OSError:
        return False


@dataclass(frozen=True, slots=True)
class Push:
    """Push with a private key (PKCS#8 DER) and a contact address, as push services ask for one."""

    private_key: bytes
    contact: str
    also: tuple[str, ...] = ()

    def send(self, message: Outgoing) -> None:
        """`message.to` is a browser's subscription as JSON. Raises Undelivered; final once the browser is gone."""
        subscription = json.loads(message.to)
        if not may_post_to(subscription["endpoint"], self.also):
            raise Undelivered("unknown-push-service", final=True)
        session = requests.Session()
        session.trust_env, session.max_redirects = False, 0
        data = json.dumps({"title": TITLE, "text": message.text, "reference": message.reference, "id": message.message_id})
        try:
            webpush(subscription, data, vapid_private_key=Vapid02(load_der_private_key(self.private_key, None)),
                    vapid_claims={"sub": self.contact}, ttl=_TTL_SECONDS, timeout=_TIMEOUT_SECONDS,
                    headers={"Urgency": "high"}, requests_session=session)
        except WebPushException as error:
            status = error.response.status_code if error.response is not None else 0
            raise Undelivered(f"push-{status}", final=status in (400, 404, 410, 413)) from None
        except requests.RequestException as error:
            raise Undelivered(type(error).__name__, certain=isinstance(error, requests.ConnectTimeout)) from None
        finally:
            session.close()

