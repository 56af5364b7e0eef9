"""Named personas and adults, and the ways tests have to act for them. Everyone is invented."""

import base64
import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from sgapp.domain.audit import AuditEvent
from sgapp.domain.clock_book import ClockBook
from sgapp.domain.permissions import Actor, Role, needs_second_factor
from sgapp.domain.person import Person
from sgapp.services import devices, intake, triage
from sgapp.services.house import SYSTEM, House
from sgapp.services.passwords import hashed
from sgapp.services.second_factor import code_now
from sgapp.store import accounts, factors
from sgapp.store.accounts import Account

PASSWORD = "copper-lantern-orchard"
#: Of everybody's authenticator, where the role needs one.
SECRET = b"12345678901234567890"
START = datetime(2026, 10, 5, 9, 40, tzinfo=UTC)
_HASH = hashed(PASSWORD)

ROLES: dict[str, tuple[Role, str]] = {
    "amina": (Role.WORKER, "Amina Yusuf"), "carla": (Role.WORKER, "Carla Denny"), "sana": (Role.SENIOR, "Sana Pryce"),
    "joy": (Role.ON_CALL, "Joy Okafor"), "lena": (Role.LEAD, "Lena Hart"), "devan": (Role.DEPUTY, "Devan Rao"),
    "maud": (Role.MANAGER, "Maud Ellery"), "noel": (Role.NOMINATED, "Noel Quist"), "ada": (Role.AUDITOR, "Ada Wren"),
    "hugh": (Role.HR, "Hugh Sable"), "rhona": (Role.ROTA, "Rhona Tate"), "alun": (Role.ADMIN, "Alun Birch"),
}


@dataclass
class Cast:
    """Who there is: actors by first name, adults by first name, and the house they act in."""

    house: House
    actors: dict[str, Actor] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Actor:
        try:
            return self.__dict__["actors"][name]
        except KeyError:
            raise AttributeError(name) from None

    def sealed(self, payload: dict[str, Any], *, now: datetime = START) -> intake.Envelope:
        """An envelope as a phone makes it."""
        return intake.seal_note(intake.intake_key(self.house, now=now), str(payload["id"]), payload)

    def writes(self, who: str = "amina", about: str = "dennis", *, at: datetime = START, **content: Any) -> str:
        """A note, sealed and delivered. Returns its id."""
        payload = note_payload(self.people.get(about), about, at, **content)
        intake.receive(self.house, self.actors[who], self.sealed(payload, now=at), now=at)
        return str(payload["id"])

    def opened_case(self, *, at: datetime = START, types: tuple[str, ...] = ("financial_material",), **content: Any) -> str:
        """A case opened by the lead from one acknowledged note. Returns its id."""
        note_id = self.writes(at=at, **content)
        triage.acknowledge_note(self.house, self.lena, triage.AcknowledgeNote(note_id), now=at + timedelta(minutes=5))
        form = triage.OpenCase(note_id, (), types)
        return triage.open_case(self.house, self.lena, form, now=at + timedelta(minutes=10)).id


def in_office_hours(at: datetime) -> datetime:
    """The last moment up to this one at which the office was open: at night whoever is on call may know of more."""
    calendar = ClockBook().calendar()
    while calendar.open_from(at) != at:
        at -= timedelta(hours=1)
    return at


def note_payload(person_id: str | None, free_text: str, at: datetime, **content: Any) -> dict[str, Any]:
    """The plaintext of a note, schema 1, with anything overridden."""
    person = {"id": person_id} if person_id else {"free_text": free_text}
    return {"schema": 1, "id": str(uuid.uuid4()), "captured_at": at.isoformat(), "capture_seq": 1, "person": person,
            "when_seen": at.isoformat(), "where": {"place": "own_home", "room": "kitchen"}, "present": "Dennis, Kevin",
            "seen": "Kevin took the bank card. The cupboard was empty.", "heard": "", "done": "Rang the office.",
            "said": [{"words": "He gets cross.", "by": "Dennis", "to": "me"}], "told": "on-call lead", **content}


def populate(house: House) -> Cast:
    """Accounts of every role (branch main; the nominated, auditor and admin see all) and four adults."""
    cast = Cast(house)
    with house.begin(SYSTEM, START) as uow:
        for username, (role, name) in ROLES.items():
            branch = None if role in (Role.NOMINATED, Role.AUDITOR, Role.ADMIN) else "main"
            account = Account(str(uuid.uuid4()), username, role, name, _HASH, branch, False)
            accounts.add(uow, account)
            if needs_second_factor(role):
                factors.add(uow, account.id, SECRET, confirmed=True)
            cast.actors[username] = account.as_actor()
        away = Account(str(uuid.uuid4()), "farid", Role.LEAD, "Farid Noor", _HASH, "north", False)
        accounts.add(uow, away)
        cast.actors["farid"] = away.as_actor()
        for first, (reference, name) in {"dennis": ("P-104", "Dennis Marlow"), "ola": ("P-130", "Ola Brand"),
                                         "iris": ("P-121", "Iris Holt"), "rosa": ("P-117", "Rosa Linden")}.items():
            person = Person(str(uuid.uuid4()), reference, name, "Own home", ("Frailty",), ("A fall in 2023",))
            uow.save(person, because=AuditEvent("person-added", "person", person.id))
            cast.people[first] = person.id
        accounts.allocate(uow, cast.people["dennis"], cast.actors["amina"].account_id)
    return cast


def code(house: House, username: str, at: datetime) -> str:
    """What the authenticator of one of the cast shows. It counts again: who signs in twice in a test waits for no clock."""
    with house.begin(SYSTEM, at) as uow:
        account = accounts.by_username(uow, username)
        known = factors.of(uow, account.id) if account is not None else []
        for row in known:
            row.counter = None
    return code_now(SECRET, at.timestamp()) if known else ""


class Handset:
    """A phone with a credential of its own, as phone/device.js makes one."""

    def __init__(self, cast: Cast, who: str, *, at: datetime = START, name: str = "Android, Chrome") -> None:
        self.cast, self.key = cast, ec.generate_private_key(ec.SECP256R1())
        self.id = devices.enrol_device(cast.house, cast.actors[who], devices.EnrolDevice(name, self.public_key), now=at).id

    @property
    def public_key(self) -> str:
        point = self.key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        return base64.b64encode(point).decode()

    def signs(self, envelope: intake.Envelope) -> intake.Envelope:
        """The envelope with this phone's signature, in the form that a browser makes."""
        text = devices.signed_text(envelope.id, base64.b64decode(envelope.sealed))
        r, s = decode_dss_signature(self.key.sign(text, ec.ECDSA(hashes.SHA256())))
        signature = base64.b64encode(r.to_bytes(32) + s.to_bytes(32)).decode()
        return replace(envelope, device=self.id, signature=signature)

    def delivers(self, *, at: datetime = START, about: str = "dennis", **content: Any) -> str:
        """Write, seal, sign and hand in a note without any session. Returns its id."""
        payload = note_payload(self.cast.people.get(about), about, at, **content)
        intake.receive(self.cast.house, None, self.signs(self.cast.sealed(payload, now=at)), now=at)
        return str(payload["id"])
