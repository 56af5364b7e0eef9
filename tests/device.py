"""A device that makes passkeys, as W3C's Web Authentication describes it: real keys and signatures, no hardware."""

import base64
import hashlib
import json
from typing import Any
from uuid import uuid4

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

ORIGIN = "http://localhost:8000"
_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Device:
    """One passkey of one device. `verifies`: whether its owner shows a face, a finger or a PIN; `site` is whom it answers."""

    def __init__(self, *, verifies: bool = True, origin: str = ORIGIN, site: str = "localhost") -> None:
        self._key, self.id, self.user = ec.generate_private_key(ec.SECP256R1()), uuid4().bytes, b""
        self.signed, self.origin, self.site, self.verifies = 0, origin, site, verifies

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _data(self, flags: int, rest: bytes = b"") -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.site.encode()).digest() + bytes([flags]) + self.signed.to_bytes(4, "big") + rest

    def makes(self, options: dict[str, Any]) -> str:
        """The answer to a request for a new passkey."""
        self.user = unb64(options["user"]["id"])
        point = self._key.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})
        data = self._data(_ATTESTED, bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public)
        return self._answer({"clientDataJSON": b64(self._client("webauthn.create", options["challenge"])),
                             "attestationObject": b64(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data}))})

    def answers(self, options: dict[str, Any]) -> str:
        """The answer to a request to sign in."""
        self.signed += 1
        client, data = self._client("webauthn.get", options["challenge"]), self._data(0)
        signature = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer({"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature),
                             "userHandle": b64(self.user)})

    def _answer(self, response: dict[str, str]) -> str:
        return json.dumps({"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response,
                           "clientExtensionResults": {}})
