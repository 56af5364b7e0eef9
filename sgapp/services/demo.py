"""The demo organisation: invented people, an account for each role, and a history made through the real services."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sgapp.domain.audit import AuditEvent
from sgapp.domain.errors import SgappError
from sgapp.domain.permissions import Role, needs_second_factor
from sgapp.domain.person import Person
from sgapp.services.guard import public
from sgapp.services.house import SYSTEM, House
from sgapp.services.passwords import hashed
from sgapp.services.second_factor import base32, code_now
from sgapp.store import accounts, factors
from sgapp.store.accounts import Account
from sgapp.store.engine import take_turns
from sgapp.store.secrets import derived
from sgapp.store.unit_of_work import UnitOfWork


class NotADemo(SgappError):
    """The database holds a real organisation, and a demo is never loaded over one."""


@dataclass(frozen=True, slots=True)
class DemoAccount:
    username: str
    password: str
    role: Role
    name: str
    device: str
    totp_secret: str = ""
    code: str = ""


_ACCOUNTS: tuple[tuple[str, Role, str, str], ...] = (
    ("worker.a", Role.WORKER, "Amina Yusuf", "phone"),
    ("worker.b", Role.WORKER, "Beth Carrow", "phone"),
    ("worker.c", Role.WORKER, "Carla Denny", "phone"),
    ("worker.d", Role.WORKER, "Dilys Munn", "phone"),
    ("senior", Role.SENIOR, "Sana Pryce", "phone"),
    ("oncall", Role.ON_CALL, "Joy Okafor", "tablet"),
    ("lead", Role.LEAD, "Lena Hart", "tablet"),
    ("deputy", Role.DEPUTY, "Devan Rao", "tablet"),
    ("manager", Role.MANAGER, "Maud Ellery", "tablet"),
    ("nominated", Role.NOMINATED, "Noel Quist", "tablet"),
    ("auditor", Role.AUDITOR, "Ada Wren", "tablet"),
    ("hr", Role.HR, "Hugh Sable", "tablet"),
    ("rota", Role.ROTA, "Rhona Tate", "tablet"),
    ("admin", Role.ADMIN, "Alun Birch", "tablet"),
)
#: No account works across branches here, except those whose role is about the whole provider.
_EVERY_BRANCH = frozenset({Role.NOMINATED, Role.AUDITOR, Role.ADMIN})

#: Reference, name, date of birth, address, how they live, needs, health, who visits. Everybody and every street is made up.
PEOPLE: tuple[tuple[str, str, str, str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    ("P-104", "Dennis Marlow", "1948-03-04", "Flat 6, 12 Tanner's Yard, Wexcombe", "Supported living flat",
     ("Mild cognitive impairment",), ("A fall in 2023, unrelated",), ("worker.a", "worker.d")),
    ("P-117", "Rosa Linden", "1961-09-21", "3 Orchard Close, Wexcombe", "Own home, with her partner",
     ("Multiple sclerosis",), (), ("worker.b",)),
    ("P-121", "Iris Holt", "1937-01-30", "28 Station Terrace, Wexcombe", "Own home",
     ("Frailty",), ("Hip replacement, 2021",), ("worker.a", "worker.c")),
    ("P-130", "Ola Brand", "1955-11-12", "Garden Flat, 40 Priory Road, Wexcombe", "Own home",
     ("After a stroke",), (), ("worker.d",)),
    ("P-142", "Gwen Abbot", "1942-06-08", "7 Weavers Row, Wexcombe", "Own home",
     ("Low vision",), (), ("worker.a", "worker.b")),
    ("P-163", "Ines Calder", "1950-02-17", "19 Hawthorn Avenue, Wexcombe", "Own home, with her husband",
     ("Parkinson's disease",), (), ("worker.a", "senior")),
    ("P-155", "Stan Ferris", "1946-08-25", "2 Lock Cottages, Wexcombe", "Own home, with his son",
     ("Diabetes", "Walks with a frame"), (), ("worker.b", "worker.d")),
)


@public("only says what the demo itself shows on its sign-in page; empty for a real organisation")
def demo_accounts(house: House, *, now: datetime) -> tuple[DemoAccount, ...]:
    """The demo's accounts, or none if this is not a demo."""
    with house.begin(SYSTEM, now) as uow:
        if not accounts.is_demo(uow.session):
            return ()
    password = _demo_password(house)
    return tuple(DemoAccount(u, password, role, name, device, *_factor(house, u, role, now))
                 for u, role, name, device in _ACCOUNTS)


@public("names settings and no record; the command line and the doctor ask it")
def invented_settings(house: House, *, now: datetime) -> tuple[str, ...]:
    """What is not set, so that people would be shown the demo's name and numbers as this provider's. None in a demo."""
    with house.begin(SYSTEM, now) as uow:
        return () if accounts.is_demo(uow.session) else house.settings.invented


def _secret(house: House, username: str) -> bytes:
    """The secret of a demo account's authenticator, made from this installation's own key."""
    return derived(house.ring.demo_key, f"demo authenticator {username}")[:20]


def _factor(house: House, username: str, role: Role, now: datetime) -> tuple[str, str]:
    """Its secret and its code of this moment, where the role needs one."""
    if not needs_second_factor(role):
        return "", ""
    secret = _secret(house, username)
    return base32(secret), code_now(secret, now.timestamp())


def _demo_password(house: House) -> str:
    """One password for all demo accounts: from the setting, or made from this installation's own key."""
    if house.settings.demo_password:
        return house.settings.demo_password
    return f"demo-{derived(house.ring.demo_key, 'demo password').hex()[:16]}"


@public("run from the command line by whoever holds the machine; refuses a real organisation")
def load_demo(house: House, *, now: datetime) -> bool:
    """Load the demo into an empty database. On a demo it only sets the passwords again. True if people were loaded.

    Raises NotADemo for any other database.
    """
    with house.begin(SYSTEM, now) as uow:
        take_turns(uow.session.connection())
        loaded = accounts.count(uow.session) > 0
        if loaded and not accounts.is_demo(uow.session):
            raise NotADemo("This database holds a real organisation. The demo needs an empty one: set SGAPP_DATA to a "
                           "new folder.")
        password_hash = hashed(_demo_password(house))
        if loaded:
            ours = {username for username, *_ in _ACCOUNTS}
            for account in accounts.everyone(uow):
                if account.username in ours:  # one that somebody added keeps its own password
                    accounts.set_password(uow, account.id, password_hash)
                    _give_factor(house, uow, account)
            uow.note_event(AuditEvent("demo-passwords-set", "account", ""))
            return False
        ids = _load_accounts(uow, password_hash)
        for account in accounts.everyone(uow):
            _give_factor(house, uow, account)
        _load_people(uow, ids)
    return True


def _give_factor(house: House, uow: UnitOfWork, account: Account) -> None:
    """An authenticator whose secret is known, in the place of whatever was set up."""
    if needs_second_factor(account.role):
        factors.forget(uow, account.id)
        factors.add(uow, account.id, _secret(house, account.username), confirmed=True)


def _load_accounts(uow: UnitOfWork, password_hash: str) -> dict[str, str]:
    ids = {}
    for username, role, name, _device in _ACCOUNTS:
        ids[username] = str(uuid.uuid4())
        branch = None if role in _EVERY_BRANCH else "main"
        accounts.add(uow, Account(ids[username], username, role, name, password_hash, branch, False, demo=True))
    return ids


def _load_people(uow: UnitOfWork, ids: dict[str, str]) -> None:
    for reference, name, born, address, lives, needs, health, workers in PEOPLE:
        person = Person(str(uuid.uuid4()), reference, name, lives, needs, health, born=date.fromisoformat(born),
                        address=address)
        uow.save(person, because=AuditEvent("person-added", "person", person.id))
        for username in workers:
            accounts.allocate(uow, person.id, ids[username])
