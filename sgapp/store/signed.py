"""Documents that leave this machine under our signature: short JSON that anybody can read and nobody else can make.

Source: RFC 8032 (Ed25519).
"""

import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sgapp.store.secrets import KeyRing


class NotOurs(ValueError):
    """What was given is no document of this installation. The text says why; empty: it is of another kind altogether."""


def signed(document: Mapping[str, Any], ring: KeyRing) -> dict[str, Any]:
    """The document with our public key and our signature over all of it."""
    key = _key(ring)
    whole = {**document, "public_key": key.public_key().public_bytes_raw().hex()}
    return {**whole, "signature": key.sign(_bytes(whole)).hex()}


def verified(text: str, *, form: str, fields: frozenset[str], key: bytes | None = None) -> dict[str, Any]:
    """A document as whoever holds this public key signed it; without one, the key that it names: whether that one is ours its
    reader has to know from elsewhere. Raises NotOurs.
    """
    try:
        document = json.loads(text)
        if set(document) != fields | {"format", "public_key", "signature"} or document["format"] != form:
            raise NotOurs
        named = bytes.fromhex(document["public_key"])
        if key is not None and named != key:
            raise NotOurs("another installation signed it")
        Ed25519PublicKey.from_public_bytes(named).verify(bytes.fromhex(document["signature"]), _bytes(document))
    except NotOurs:
        raise
    except InvalidSignature:
        raise NotOurs("its signature does not fit what it says") from None
    except (ValueError, TypeError, KeyError) as error:
        raise NotOurs from error
    return document


def parsed(text: str, ring: KeyRing, *, form: str, fields: frozenset[str]) -> dict[str, Any]:
    """A document as it left: of this `form`, with these fields and those of the signature. Raises NotOurs."""
    return verified(text, form=form, fields=fields, key=_key(ring).public_key().public_bytes_raw())


def _key(ring: KeyRing) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(ring.signing_key)


def _bytes(document: Mapping[str, Any]) -> bytes:
    return json.dumps({k: v for k, v in document.items() if k != "signature"}, sort_keys=True, separators=(",", ":")).encode()
