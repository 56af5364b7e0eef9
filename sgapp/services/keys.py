"""Replacing the master key while the product is in use. What it wraps is wrapped anew; nothing that it protects is touched.

A new key is written before the one that counts, and both open until nothing lies under the earlier one any more. Whatever is
cut short in between goes on where it was when it is begun again.
"""

import contextlib
import fcntl
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sgapp.domain.audit import AuditEvent
from sgapp.domain.errors import SgappError
from sgapp.services.guard import public
from sgapp.services.house import SYSTEM, House
from sgapp.settings import Settings
from sgapp.store.secrets import key_file, load_master_keys, mark_of, write_anew

#: Keys in one transaction: short enough that nobody waits.
BATCH = 200


class CannotRotate(SgappError):
    """There is nothing to rotate to. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """`keys` were wrapped anew in this run. `kept` holds the earlier master key, for backups made before; None elsewhere."""

    keys: int
    kept: Path | None


@public("run from the command line, by whoever holds the master key")
def rotate_keys(house: House, *, now: datetime, progress: Callable[[int, int], None] = lambda _done, _all: None) -> Rotated:
    """Put every key that the master key wraps under a new one. `progress` is told how many are done, of how many.

    Raises CannotRotate where the key comes from the environment or a command and only one stands there, and where another
    run is at it.
    """
    if house.settings.master_key or house.settings.master_key_command:
        if len(load_master_keys(house.settings)) == 1:
            raise CannotRotate("Put a new key, 64 hexadecimal digits, before the one that counts, with a space between them, "
                               "and run this again. Nothing was changed.")
        return Rotated(_wrap_anew(house, now, progress), None)
    with _alone(key_file(house.settings)):
        if len(load_master_keys(house.settings)) == 1:
            _begin(key_file(house.settings))
        return Rotated(_wrap_anew(house, now, progress), _end(house.settings))


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Nobody else writes a new key meanwhile. Let go by the system, too, if this is cut short. Raises CannotRotate."""
    with path.with_suffix(".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotRotate("The master key is being replaced just now. Nothing was changed here.") from None
        yield


def _wrap_anew(house: House, now: datetime, progress: Callable[[int, int], None]) -> int:
    done = 0
    while True:
        with house.begin(SYSTEM, now) as uow:
            found = house.ring.rewrap_roots(uow.session, most=BATCH)
            left = house.ring.roots_left(uow.session)
            if not found:
                uow.note_event(AuditEvent("master-key-replaced", "master_key", house.ring.master_mark, stream="system"))
        if not found:
            return done
        done += found
        progress(done, done + left)


def _begin(path: Path) -> None:
    """A new key, before the one that counts."""
    write_anew(path, f"{secrets.token_hex(32)}\n{path.read_text().strip()}\n")


def _end(settings: Settings) -> Path:
    """The new key alone. Those before it go beside it, a line each: backups from before open with nothing else."""
    path, (new, *earlier) = key_file(settings), load_master_keys(settings)
    kept = path.with_name(f"before-{mark_of(new)}.key")
    write_anew(kept, "".join(f"{key.hex()}\n" for key in earlier))
    write_anew(path, f"{new.hex()}\n")
    return kept
