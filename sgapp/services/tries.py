"""How fast somebody may guess: the wait grows with each failure, and no stranger can lock anybody out.

Counted are failures, for each pair of account and address, for each address, and for each account from addresses at which it
never signed in properly. Somebody at an address she signed in from before is not slowed by what others do elsewhere.
Source: OWASP and NCSC on throttling instead of lock-out.
"""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from limits.storage import Storage, storage_from_string

from sgapp.domain.errors import NotHerPassword, TooManyTries
from sgapp.domain.permissions import Actor
from sgapp.services.guard import public
from sgapp.services.house import House


@dataclass(frozen=True, slots=True)
class Rule:
    """So many failures are free within `window` seconds; each further one doubles the wait, up to `longest` seconds."""

    name: str
    free: int
    window: int
    longest: int

    def wait_after(self, failures: int) -> int:
        """Seconds to wait after so many failures; 0 while they are free."""
        over = failures - self.free
        return min(self.longest, 2 ** min(over, 20)) if over > 0 else 0


PAIR = Rule("pair", 5, 15 * 60, 300)
ADDRESS = Rule("address", 30, 15 * 60, 300)
STRANGE = Rule("strange", 20, 60 * 60, 60)
_storages: WeakKeyDictionary[House, Storage] = WeakKeyDictionary()


def _storage(house: House) -> Storage:
    if house not in _storages:
        _storages[house] = storage_from_string(house.settings.redis_url or "memory://")  # type: ignore[assignment]
    return _storages[house]


def _keys(account: str, address: str, *, strange: bool) -> list[tuple[Rule, str]]:
    found = [(PAIR, f"tries/pair/{account[:80]}|{address}"), (ADDRESS, f"tries/address/{address}")]
    return [*found, (STRANGE, f"tries/strange/{account[:80]}")] if strange else found


@public("only counts; asked before a password is looked at")
def check_tries(house: House, account: str, address: str, *, strange: bool) -> None:
    """Raise TooManyTries while a wait runs. `strange`: this account never signed in properly from this address."""
    storage = _storage(house)
    waits = [storage.get_expiry(f"{key}/wait") - time.time() for _, key in _keys(account, address, strange=strange)
             if storage.get(f"{key}/wait")]
    if waits:
        raise TooManyTries(max(1, round(max(waits))))


@public("only counts; told after a wrong password or code")
def note_failure(house: House, account: str, address: str, *, strange: bool) -> None:
    """One more failure: the next try may have to wait."""
    storage = _storage(house)
    for rule, key in _keys(account, address, strange=strange):
        wait = rule.wait_after(storage.incr(key, rule.window))
        if wait:
            storage.clear(f"{key}/wait")
            storage.incr(f"{key}/wait", wait)


@public("only counts; stands around what asks somebody signed in for her own password once more")
@contextlib.contextmanager
def own_password(house: House, actor: Actor) -> Iterator[None]:
    """Slow down guessing at an unlocked tablet. Raises TooManyTries while a wait runs, wherever she is signed in."""
    key = f"own:{actor.account_id}"
    check_tries(house, key, key, strange=False)
    try:
        yield
    except NotHerPassword:
        note_failure(house, key, key, strange=False)
        raise


@public("only counts; told after somebody signed in properly")
def note_success(house: House, account: str, address: str) -> None:
    """She is who she says: what failed at this pair is forgotten; what others did elsewhere is not."""
    storage = _storage(house)
    key = _keys(account, address, strange=False)[0][1]
    storage.clear(key)
    storage.clear(f"{key}/wait")
