"""An agency's own way to one referral: the link, the codes read out on the telephone, and what is done on its page.

Nothing is shown before a code, whatever the token; a code is good for one visit; a look changes nothing. Whatever is done
there is marked as reported through the link and stands on the case's chain like everything else. Source: the guide (receipt
confirmed, outcome followed); DOMAIN annex §2 ("a named person or a reference number, not a delivery report").
"""

import hmac
import json
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from limits.storage import Storage, storage_from_string
from sqlmodel import col, select

from sgapp.domain.access_code import CODE_LASTS, VISIT_LASTS, as_typed, new_code, wait_after
from sgapp.domain.agency_kinds import kind_of, outcomes_of
from sgapp.domain.audit import AuditEvent, Outcome
from sgapp.domain.clocks import ClockKind
from sgapp.domain.directory import Desk
from sgapp.domain.errors import FieldError, Invalid, SignedOut, TooManyTries
from sgapp.domain.permissions import Actor, Permission, Role
from sgapp.domain.reach import Channel, Urgency
from sgapp.domain.referral import (
    THROUGH_LINK,
    TRANSITIONS,
    Action,
    ActionState,
    AgencyOutcome,
    LinkEvent,
    LinkStep,
    Question,
    Receipt,
    Referral,
    ReferralState,
)
from sgapp.domain.time import to_london
from sgapp.services.directory import directory_of
from sgapp.services.duty import add_message, begin_clocks, must_go_out
from sgapp.services.guard import Done, intention, public, record_refusal
from sgapp.services.house import NOBODY, SYSTEM, House
from sgapp.services.passwords import sha256
from sgapp.store import files
from sgapp.store.kinds import stream_of
from sgapp.store.tables import ActionRow, ClockRow, LinkRow, ReferralRow, VisitRow
from sgapp.store.unit_of_work import UnitOfWork

_TOKEN_BYTES = 16  # 128 bits
_WRONG_REMEMBERED_SECONDS = 3600
#: A day further ahead is a slip, or a way to put something off for ever.
AT_MOST_AHEAD = timedelta(days=731)
_tallies: WeakKeyDictionary[House, Storage] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Given:
    """To whom a link was given: the desk of the directory as it stood then."""

    desk: str
    telephone: str
    email: str


def open_link(uow: UnitOfWork, referral: Referral, desk: Desk) -> None:
    """Make a link for a desk of the directory and put the mail that carries it into the outbox.

    The receipt clock must run already: the mail is about it, and stops when it stops. An earlier link ends.
    """
    end_links(uow, referral.id)
    token, made = secrets.token_urlsafe(_TOKEN_BYTES), str(uuid.uuid4())
    given = json.dumps({"desk": desk.name, "telephone": desk.telephone, "email": desk.email}).encode()
    uow.session.add(LinkRow(id=made, referral_id=referral.id, case_id=referral.case_id, token_sha256=sha256(token),
                            sealed=uow.sealed(given, place=f"link/{made}"), made_at=uow.now))
    waiting = next((row for kind in (ClockKind.RECEIPT, ClockKind.AGENCY_DECISION)
                    if (row := uow.session.get(ClockRow, ("referral", referral.id, str(kind)))) is not None), None)
    address = f"{uow.public_url}/r/{token}"
    add_message(uow, Channel.EMAIL, "", Urgency.TODAY, to=desk.email, reference=referral.reference, about=waiting,
                not_before=uow.now, letter=_mail(uow, referral, address))


def link_made(uow: UnitOfWork, desk: Desk) -> LinkStep:
    """What the file says of a link that is given to a desk now."""
    return LinkStep(LinkEvent.MADE, uow.now, uow.actor.name, f"{desk.name}, {desk.email}")


def _mail(uow: UnitOfWork, referral: Referral, address: str) -> tuple[str, str]:
    """Subject and body. Professionals are told what it is, so that nobody takes it for a trick; of a person it says nothing."""
    subject = f"Adult safeguarding referral {referral.reference}"
    body = (f"{uow.organisation} has an adult safeguarding referral for your team. Its reference is {referral.reference}.\n\n"
            f"It can be read here, and receipt confirmed:\n{address}\n\n"
            f"The page opens with a code. We will ring you on the number we have for your team to give it to you, or ring us "
            f"on {uow.ring_back} and we will ring you back.\n\n"
            f"This mail holds nothing about any person. It was sent by a machine; please do not answer it.\n")
    return subject, body


def end_links(uow: UnitOfWork, referral_id: str) -> None:
    """End whatever leads to a referral: its links, waiting codes and visits."""
    for link in uow.session.exec(select(LinkRow).where(LinkRow.referral_id == referral_id, col(LinkRow.ended_at).is_(None))):
        link.ended_at = uow.now
        for visit in _visits(uow, link):
            _close(visit, uow.now)


def _visits(uow: UnitOfWork, link: LinkRow) -> list[VisitRow]:
    return list(uow.session.exec(select(VisitRow).where(VisitRow.link_id == link.id)))


def _close(visit: VisitRow, at: datetime) -> None:
    visit.sealed_code, visit.code_until = None, min(visit.code_until, at)
    if visit.ends_at is not None:
        visit.ends_at = min(visit.ends_at, at)


def live_link(uow: UnitOfWork, referral: Referral) -> LinkRow | None:
    """The link that leads to a referral now, if there is one."""
    if referral.ended:
        return None
    return uow.session.exec(select(LinkRow).where(
        LinkRow.referral_id == referral.id, col(LinkRow.ended_at).is_(None))).first()


def given_to(uow: UnitOfWork, link: LinkRow) -> Given:
    return Given(**json.loads(uow.opened(link.sealed, place=f"link/{link.id}")))


def waiting_code(uow: UnitOfWork, link: LinkRow) -> tuple[str, datetime] | None:
    """The code that was made and not used yet, for whoever reads it out, and until when it is good."""
    for visit in _visits(uow, link):
        if visit.sealed_code is not None and visit.code_until > uow.now:
            return uow.opened(visit.sealed_code, place=f"visit/{visit.id}").decode(), visit.code_until
    return None


@dataclass(frozen=True, slots=True)
class OpenLink:
    referral_id: str
    desk_id: str = ""


@intention("open-link", Permission.REFER, OpenLink)
def open_a_link(uow: UnitOfWork, form: OpenLink) -> Done:
    """Give a team of the directory a page of its own for a referral that has been sent by another way."""
    referral, _ = uow.child(Referral, form.referral_id)
    if referral.sending is None or referral.ended:
        raise Invalid(FieldError("desk_id", "There is nothing to answer: it has not been sent, or it has ended."))
    desk = desk_for_link(uow, referral, form.desk_id)
    open_link(uow, referral, desk)
    uow.save(referral.linked(link_made(uow, desk)), because=AuditEvent("link-made", "referral", referral.id))
    return Done(referral.id, "The mail with the link is on its way. Ring them with a code.", f"/referral?id={referral.id}")


def desk_for_link(uow: UnitOfWork, referral: Referral, desk_id: str) -> Desk:
    """The desk a link may go to: of this agency, with an address. Raises Invalid."""
    if not kind_of(referral.agency).by_link:
        raise Invalid(FieldError("desk_id", f"This agency answers in its own way: {kind_of(referral.agency).reached}"))
    desk = directory_of(uow).desk(desk_id)
    if desk is None or desk.agency != referral.agency:
        raise Invalid(FieldError("desk_id", "Choose the team from the directory."))
    if not desk.email:
        raise Invalid(FieldError("desk_id", "The directory has no e-mail address for this team. Add it, or send another way."))
    must_go_out(uow, Channel.EMAIL, "desk_id")
    return desk


@dataclass(frozen=True, slots=True)
class RevokeLink:
    referral_id: str


@intention("revoke-link", Permission.REFER, RevokeLink)
def revoke_link(uow: UnitOfWork, form: RevokeLink) -> Done:
    """Switch the link off at once, with any code and any visit. What was reported through it stays."""
    referral, _ = uow.child(Referral, form.referral_id)
    link = live_link(uow, referral)
    end_links(uow, referral.id)
    event = AuditEvent("link-revoked", "referral", referral.id, stream_of(referral))
    if link is None:  # over already, by another hand or by itself
        uow.note_event(event)
    else:
        step = LinkStep(LinkEvent.SWITCHED_OFF, uow.now, uow.actor.name, given_to(uow, link).desk)
        uow.save(referral.linked(step), because=event)
    return Done(referral.id, "The link is switched off.", f"/referral?id={referral.id}")


@dataclass(frozen=True, slots=True)
class GiveCode:
    referral_id: str


@intention("give-code", Permission.REFER, GiveCode)
def give_code(uow: UnitOfWork, form: GiveCode) -> Done:
    """Make a code to be read out to the agency on the number of the directory. An earlier one that was not used ends."""
    referral, _ = uow.child(Referral, form.referral_id)
    link = live_link(uow, referral)
    if link is None:
        raise Invalid(FieldError("referral_id", "There is no link for this referral."))
    for visit in _visits(uow, link):
        if visit.begun_at is None:
            _close(visit, uow.now)
    made, code = str(uuid.uuid4()), new_code()
    uow.session.add(VisitRow(id=made, link_id=link.id, code_mac=_mac(uow, link, code), made_at=uow.now,
                             sealed_code=uow.sealed(code.encode(), place=f"visit/{made}"), code_until=uow.now + CODE_LASTS))
    given = given_to(uow, link)
    step = LinkStep(LinkEvent.CODE_GIVEN, uow.now, uow.actor.name, f"{given.desk}, {given.telephone}")
    uow.save(referral.linked(step), because=AuditEvent("code-given", "referral", referral.id))
    return Done(referral.id, "Ring them and read the code out. It is good for one visit.", f"/referral?id={referral.id}")


def _mac(uow: UnitOfWork, link: LinkRow, code: str) -> str:
    """Keyed, so that the few bits of a code cannot be found from the database alone."""
    return uow.ring.record_mac("visit-code", link.id, code.encode())


@dataclass(frozen=True, slots=True)
class AnswerQuestion:
    referral_id: str
    question_id: str
    answer: str = ""


@intention("answer-question", Permission.REFER, AnswerQuestion)
def answer_question(uow: UnitOfWork, form: AnswerQuestion) -> Done:
    """Record how a question of the agency was answered. More facts go out by another referral, never by this."""
    referral, _ = uow.child(Referral, form.referral_id)
    referral = referral.replied(form.question_id, form.answer, at=uow.now, by=uow.actor.name)
    uow.save(referral, because=AuditEvent("question-answered", "referral", referral.id))
    return Done(referral.id, "It is on the file how they were answered.", f"/referral?id={referral.id}")


# What is done on the agency's page. Nobody there is signed in: the token and the visit that a code opened stand for them.

def through(link_id: str) -> Actor:
    """Stands on the chain for whoever uses a link. Like somebody not signed in, it holds no permission at all."""
    return Actor(f"link:{link_id}", Role.ROTA, THROUGH_LINK, known=False)


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit that goes on: what the agency's page is made of."""

    referral: Referral
    letter: str
    outcomes: tuple[tuple[str, str], ...]


@public("a token and a code stand for whoever was rung; a wrong pair learns nothing, and waits longer each time")
def begin_visit(house: House, token: str, code: str, *, address: str, now: datetime) -> str | None:
    """Open a visit with a code. Returns its secret, or None for any wrong pair. Raises TooManyTries."""
    tally, key = _tally(house), f"visit/{address}"
    if wait := _waits(tally, key, now):
        raise TooManyTries(wait)
    secret = secrets.token_urlsafe(32)
    with house.begin(SYSTEM, now) as uow:
        found = _with_code(uow, token, as_typed(code))
        if found is not None:
            link, referral, visit = found
            visit.token_sha256, visit.sealed_code = sha256(secret), None
            visit.begun_at, visit.ends_at = now, now + VISIT_LASTS
            uow.actor = through(link.id)
            desk = given_to(uow, link).desk
            uow.save(referral.linked(LinkStep(LinkEvent.OPENED, now, desk, desk)),
                     because=AuditEvent("letter-opened", "referral", referral.id, outcome=Outcome.READ))
    if found is not None:
        house.changed()
        return secret
    if seconds := wait_after(tally.incr(key, _WRONG_REMEMBERED_SECONDS)):
        tally.incr(f"{key}/wait", seconds)
    record_refusal(house, NOBODY, "visit", "", now)
    return None


def _tally(house: House) -> Storage:
    if house not in _tallies:
        storage = storage_from_string(house.settings.redis_url or "memory://")
        if not isinstance(storage, Storage):
            raise TypeError("the tally of wrong codes is asked from threads, so its storage may not be asynchronous")
        _tallies[house] = storage
    return _tallies[house]


def _waits(tally: Storage, key: str, now: datetime) -> int:
    """Seconds this address has still to wait. No other address waits with it, and the link is never locked."""
    if not tally.get(f"{key}/wait"):
        return 0
    return max(1, int(tally.get_expiry(f"{key}/wait") - now.timestamp()))


def _with_code(uow: UnitOfWork, token: str, code: str) -> tuple[LinkRow, Referral, VisitRow] | None:
    link, referral = _behind(uow, token)
    mac = uow.ring.record_mac("visit-code", link.id if link else "", code.encode())
    if link is None or referral is None:
        return None
    for visit in _visits(uow, link):
        if visit.begun_at is None and visit.code_until > uow.now and hmac.compare_digest(visit.code_mac, mac):
            return link, referral, visit
    return None


def _behind(uow: UnitOfWork, token: str) -> tuple[LinkRow | None, Referral | None]:
    """The link of a token and its referral, locked, while something is still expected of the agency."""
    link = uow.session.exec(select(LinkRow).where(
        LinkRow.token_sha256 == sha256(token), col(LinkRow.ended_at).is_(None))).first()
    referral = uow.regardless(Referral, link.referral_id) if link is not None else None
    return link, None if referral is None or referral.ended else referral


def _visiting(uow: UnitOfWork, token: str, secret: str) -> tuple[LinkRow, Referral]:
    """The link and referral of a visit that goes on. Raises SignedOut."""
    link, referral = _behind(uow, token)
    if link is not None and referral is not None:
        for visit in _visits(uow, link):
            if visit.token_sha256 == sha256(secret) and visit.ends_at is not None and visit.ends_at > uow.now:
                return link, referral
    raise SignedOut("no visit")


@public("shows one letter to whoever opened a visit to it with a code")
def visited(house: House, token: str, secret: str, *, now: datetime) -> Visit:
    """What the page shows. Changes nothing. Raises SignedOut without a visit."""
    with house.begin(SYSTEM, now) as uow:
        _, referral = _visiting(uow, token, secret)
        letter = referral.sending.letter if referral.sending else ""
        return Visit(referral, letter, tuple(outcomes_of(referral.agency).options()))


@public("gives one letter as PDF to whoever opened a visit to it with a code")
def visited_pdf(house: House, token: str, secret: str, *, now: datetime) -> tuple[str, bytes]:
    """The letter's neutral file name and the PDF as it was approved. Raises SignedOut, NotFound."""
    with house.begin(SYSTEM, now) as uow:
        _, referral = _visiting(uow, token, secret)
        return f"{referral.reference}.pdf", files.kept(uow, referral)


@public("ends whatever visit the caller has; without one it does nothing")
def end_visit(house: House, token: str, secret: str, *, now: datetime) -> None:
    """End a visit at once, so that whoever sits down at that machine next finds nothing."""
    with house.begin(SYSTEM, now) as uow:
        link, _ = _behind(uow, token)
        for visit in _visits(uow, link) if link is not None else ():
            if visit.token_sha256 == sha256(secret):
                _close(visit, now)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who writes on the page, as they name themselves."""

    name: str
    role: str = ""

    @property
    def in_full(self) -> str:
        return ", ".join(filter(None, (self.name.strip(), self.role.strip())))

    def checked(self) -> "Visitor":
        """Itself, if it names somebody. Raises Invalid."""
        if not self.name.strip():
            raise Invalid(FieldError("name", "Write your name."))
        return self


def _reported(house: House, token: str, secret: str, now: datetime,
              change: Callable[[UnitOfWork, Referral], tuple[Any, AuditEvent] | None]) -> None:
    """Do one thing of a visit in one transaction, under the link's own name. `change` gives None where it is done already."""
    with house.begin(SYSTEM, now) as uow:
        link, referral = _visiting(uow, token, secret)
        uow.actor = through(link.id)
        made = change(uow, referral)
        if made is None:
            return
        record, event = made
        uow.save(record, because=event)
        begin_clocks(uow)
    house.changed()


@public("whoever opened a visit with a code confirms the receipt of that one letter")
def confirm_receipt(house: House, token: str, secret: str, visitor: Visitor, reference: str, *, now: datetime) -> None:
    """They have it: stops the receipt clock. Said again, it adds a reference that is new, or nothing. Raises SignedOut,
    Invalid.
    """
    visitor.checked()

    def change(_uow: UnitOfWork, referral: Referral) -> tuple[Referral, AuditEvent] | None:
        receipt = Receipt(now, visitor.name.strip(), visitor.role.strip(), reference.strip(), THROUGH_LINK, through_link=True)
        told = referral.received(receipt) if referral.state is ReferralState.SENT else referral.referenced(receipt)
        return None if told == referral else (told, AuditEvent("receipt-recorded", "referral", referral.id, detail="link"))

    _reported(house, token, secret, now, change)


@public("whoever opened a visit with a code asks about that one letter")
def ask(house: House, token: str, secret: str, visitor: Visitor, question: str, *, form_id: str, now: datetime) -> None:
    """They want to know something: starts the clock of our answer. `form_id` makes a second sending harmless."""
    visitor.checked()

    def change(_uow: UnitOfWork, referral: Referral) -> tuple[Referral, AuditEvent] | None:
        words = question.strip()
        asked = referral.asked(Question(_said_once(referral, form_id, words), words, now, visitor.in_full))
        return None if asked == referral else (asked, AuditEvent("question-asked", "referral", referral.id, detail="link"))

    _reported(house, token, secret, now, change)


@public("whoever opened a visit with a code says what their agency decided")
def report_outcome(house: House, token: str, secret: str, visitor: Visitor, code: str, detail: str, *, now: datetime) -> None:
    """What they decided. The same as they said last changes nothing. Raises SignedOut, Invalid."""
    visitor.checked()

    def change(_uow: UnitOfWork, referral: Referral) -> tuple[Referral, AuditEvent] | None:
        if code not in outcomes_of(referral.agency):
            raise Invalid(FieldError("code", "Choose what was decided."))
        told = AgencyOutcome(code, detail.strip(), now, f"{visitor.in_full}, {THROUGH_LINK}", through_link=True)
        last = referral.outcomes[-1] if referral.outcomes else None
        if last is not None and (last.code, last.detail) == (told.code, told.detail):
            return None
        return referral.answered(told), AuditEvent("outcome-recorded", "referral", referral.id, detail=code)

    _reported(house, token, secret, now, change)


@public("whoever opened a visit with a code says what their agency does about that one letter")
def report_action(house: House, token: str, secret: str, visitor: Visitor, what: str, due_on: date | None, *, form_id: str,
                  now: datetime) -> None:
    """Something they will do, by when: an action of theirs on our file, with its clock. Raises SignedOut, Invalid."""
    visitor.checked()
    if not what.strip():
        raise Invalid(FieldError("what", "Write what will be done."))
    today = to_london(now).date()
    if due_on is None or due_on < today:
        raise Invalid(FieldError("due_on", "Choose the day by which it will be done, today or later."))
    if due_on > today + AT_MOST_AHEAD:
        raise Invalid(FieldError("due_on", "Choose a day within two years."))

    def change(uow: UnitOfWork, referral: Referral) -> tuple[Action, AuditEvent] | None:
        made = _said_once(referral, form_id, f"{due_on} {what.strip()}")
        if uow.session.get(ActionRow, made) is not None:
            return None
        action = Action(made, referral.case_id, what.strip(), visitor.in_full, referral.agency, due_on, "not_asked", now,
                        THROUGH_LINK, ActionState.AGREED, restricted=referral.restricted, barred=referral.barred,
                        branch=referral.branch, reported_on_id=referral.id)
        return action, AuditEvent("action-added", "action", action.id, detail="link")

    _reported(house, token, secret, now, change)


def _said_once(referral: Referral, form_id: str, words: str) -> str:
    """The id of what a form said, so that the same sent twice is one. The way back in a browser brings the same form anew."""
    return str(uuid.uuid5(uuid.UUID(referral.id), f"{form_id}|{words}"))


def expire_links(uow: UnitOfWork) -> int:
    """End the links of referrals that have ended, and forget codes nobody used in time. Called by the sweep."""
    over = [str(state) for state, after in TRANSITIONS.items() if not after]
    query = select(LinkRow.referral_id).join(ReferralRow, col(ReferralRow.id) == LinkRow.referral_id).where(
        col(LinkRow.ended_at).is_(None), col(ReferralRow.state).in_(over))
    ended = uow.session.exec(query).all()
    for referral_id in ended:
        end_links(uow, referral_id)
    late = select(VisitRow).where(col(VisitRow.code_until) <= uow.now, col(VisitRow.sealed_code).is_not(None))
    for visit in uow.session.exec(late):
        visit.sealed_code = None
    return len(ended)
