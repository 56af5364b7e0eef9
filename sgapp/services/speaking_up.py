"""The one intention of the nominated individual on a note that went past the managers: to answer it, or to pass it on.

Source: DOMAIN annex §6 (whistleblowing bypasses line management).
"""

from dataclasses import dataclass

from sgapp.domain.audit import AuditEvent
from sgapp.domain.errors import FieldError, Invalid
from sgapp.domain.observation import Answer, NoteState, Observation, SpeakingUpAnswered
from sgapp.domain.permissions import GRANTS, SEES_RESTRICTED, Permission
from sgapp.services.guard import Done, intention
from sgapp.store import accounts
from sgapp.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class AnswerSpeakingUp:
    """`what_was_done` is the reason where it is passed on."""

    note_id: str
    what_was_done: str = ""
    told_writer: Answer = Answer.NOT_ANSWERED
    pass_on: bool = False


@intention("answer-speaking-up", Permission.ANSWER_SPEAKING_UP, AnswerSpeakingUp)
def answer_speaking_up(uow: UnitOfWork, form: AnswerSpeakingUp) -> Done:
    """Finish it with what was done; or pass it on, so that it is reserved no more and the lead's triage takes over."""
    note = uow.notes.get(form.note_id)
    if form.pass_on and note.reserved and not _somebody_takes_over(uow, note):
        raise Invalid(FieldError("pass_on", "Everyone who could take it on is named in it. Say what was done instead."))
    seen = note.acknowledged(at=uow.now, by=uow.actor.name) if note.state is NoteState.DELIVERED else note
    answer = SpeakingUpAnswered(form.what_was_done.strip(), form.told_writer, form.pass_on, uow.now, uow.actor.name)
    after = seen.speaking_up_answered(answer)
    event = AuditEvent("speaking-up-answered", "observation", note.id, detail="passed_on" if form.pass_on else "finished")
    uow.save(after, because=event)
    if form.pass_on:
        return Done(note.id, "Whoever may see restricted notes sees it now, the lead too, but for those who are named in it.",
                    f"/note?id={note.id}")
    return Done(note.id, "It is finished, and stays for nobody else to read.", f"/note?id={note.id}")


def _somebody_takes_over(uow: UnitOfWork, note: Observation) -> bool:
    able = (a for a in accounts.everyone(uow) if a.role in SEES_RESTRICTED and Permission.TRIAGE in GRANTS[a.role])
    return any(not a.disabled and a.branch in (None, note.branch) and a.id not in (*note.barred, uow.actor.account_id)
               for a in able)
