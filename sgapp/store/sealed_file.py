"""A file of any size under one key: in pieces, each with its place and whether it is the last, so that none can be moved,
changed or left out.

Source: the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, 2015), with AES-256-GCM.
"""

import os
import struct
from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sgapp.domain.errors import Unreadable
from sgapp.store.secrets import derived

PIECE = 1 << 20
_SALT, _TAG = 16, 16


class Sealing:
    """Writes what it is given, sealed. `close` must be called: without its last piece a file does not open."""

    def __init__(self, file: IO[bytes], key: bytes, *, head: bytes) -> None:
        salt = os.urandom(_SALT)
        file.write(salt)
        self._file, self._cipher, self._head = file, _cipher(key, salt), head
        self._waiting, self._number = bytearray(), 0

    def write(self, content: bytes) -> int:
        self._waiting += content
        while len(self._waiting) > PIECE:
            self._put(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(content)

    def close(self) -> None:
        self._put(bytes(self._waiting), last=True)

    def _put(self, piece: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last), piece, self._head))
        self._number += 1


def opened(file: IO[bytes], key: bytes, *, head: bytes) -> Iterator[bytes]:
    """The content, piece by piece. Raises Unreadable for another key, and for a file that was changed or cut."""
    cipher, number = _cipher(key, file.read(_SALT)), 0
    piece = file.read(PIECE + _TAG)
    while True:
        following = file.read(PIECE + _TAG)
        try:
            yield cipher.decrypt(_nonce(number, not following), piece, head)
        except (InvalidTag, ValueError) as error:
            raise Unreadable("a sealed file was changed or cut, or this is not its key") from error
        if not following:
            return
        piece, number = following, number + 1


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(derived(key, f"sgapp sealed file {salt.hex()}"))


def _nonce(number: int, last: bool) -> bytes:
    return struct.pack(">xxxQ?", number, last)
