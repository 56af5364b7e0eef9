"""The evidence of a month, made piece by piece: asked for on a page or at the machine, signed, and checked anywhere.

Source: DOMAIN annex §7 (pack).
"""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from sgapp.domain.audit import AuditEvent
from sgapp.domain.cqc_tags import PARTS, CqcTags
from sgapp.domain.errors import NotFound, Unreadable
from sgapp.domain.evidence import (
    FIELDS,
    FORMAT,
    MANIFEST,
    SUPPRESSED,
    TAKEN_OUT,
    Evidence,
    Figures,
    Packed,
    differences,
    months_before,
)
from sgapp.domain.evidence import asked as filled_in
from sgapp.domain.figures import Figure
from sgapp.domain.learning import Learning
from sgapp.domain.measures import MEASURES
from sgapp.domain.permissions import Actor, Permission
from sgapp.domain.registers import Entry, in_order
from sgapp.domain.sac_counts import SacCounts, sac_year
from sgapp.domain.sampling import QUESTIONS, CaseAudit, Sample, agreement, checked_month
from sgapp.domain.time import end_of_day, from_london, show, show_day, to_london
from sgapp.domain.vocabulary import ABUSE_TYPES, AGENCIES, LEARNING_CHANGES
from sgapp.integrations.packing import NoPack, Part, into_folder, looked_through, zipped
from sgapp.integrations.pdf import ReportPart, report_pdf
from sgapp.integrations.tables import csv_lines
from sgapp.services.audit import AuditResult, verify_audit
from sgapp.services.checkpoints import make_checkpoint
from sgapp.services.guard import Done, intention, public, query
from sgapp.services.house import SYSTEM, House
from sgapp.services.registers import entries_in
from sgapp.services.sac_counts import sac_file
from sgapp.services.views.masked import masked_whole, staff_stand_ins
from sgapp.services.views.measures import length
from sgapp.services.views.registers import COLUMNS, cells
from sgapp.services.walking import Walk
from sgapp.store import documents, signed
from sgapp.store.tables import CaseAuditRow, ChainCheckRow, LearningRow, SampleRow
from sgapp.store.unit_of_work import Repository, UnitOfWork

#: How old the daily look at the chain may be, for whoever waits at a page.
_RECENT = timedelta(hours=48)
_OF_NOTES = frozenset({"acknowledge", "told_same_day"})
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class AskForEvidence:
    month: str = ""
    purpose: str = ""
    recipient: str = ""


@intention("ask-for-evidence", Permission.MAKE_EVIDENCE, AskForEvidence)
def ask_for_evidence(uow: UnitOfWork, form: AskForEvidence) -> Done:
    """Say which month, for what and for whom. The pack itself is made when it is fetched."""
    evidence = _asked(uow, form, uow.actor.branch or "main")
    uow.save(evidence, because=AuditEvent("evidence-asked", "evidence", evidence.id, "system", detail=evidence.month))
    return Done(evidence.id, "It is put down. Fetch it below.", "/evidence")


@dataclass(frozen=True, slots=True)
class SetCqcTags:
    """A text for each part of the pack, one tag a line."""

    figures: str = ""
    registers: str = ""
    sample: str = ""
    files: str = ""
    learning: str = ""
    actions: str = ""


@intention("set-cqc-tags", Permission.MAKE_EVIDENCE, SetCqcTags)
def set_cqc_tags(uow: UnitOfWork, form: SetCqcTags) -> Done:
    """Say anew under which of CQC's statements each part is found. The earlier wording stays in the history."""
    made = documents.add(uow, cqc_tags(uow).worded(asdict(form)))
    uow.note_event(AuditEvent("cqc-tags-set", "document", "cqc_tags", "system", detail=str(made.version)))
    return Done("cqc_tags", "They stand in every pack from now on.", "/evidence")


def cqc_tags(uow: UnitOfWork) -> CqcTags:
    """The tags as they are worded now."""
    return documents.latest(uow, CqcTags) or CqcTags()


def _asked(uow: UnitOfWork, form: AskForEvidence, branch: str) -> Evidence:
    month = checked_month(form.month, to_london(uow.now).date())
    return Evidence(str(uuid.uuid4()), month, *filled_in(form.purpose, form.recipient), uow.now, uow.actor.name, branch)


@query(Permission.MAKE_EVIDENCE)
def evidence_asked(uow: UnitOfWork, evidence_id: str) -> Evidence:
    """What was asked for. Raises NotFound."""
    return Repository(uow, Evidence).get(evidence_id)


@public("run from the command line, by whoever holds the machine; it shows nobody's words")
def ask_at_the_machine(house: House, form: AskForEvidence, *, now: datetime) -> Evidence:
    """The same for the command, of all branches. Raises Invalid."""
    with house.begin(SYSTEM, now) as uow:
        evidence = _asked(uow, form, "main")
        uow.save(evidence, because=AuditEvent("evidence-asked", "evidence", evidence.id, "system", detail=evidence.month))
    return evidence


@public("called with what a guarded service gave; each file of it is what that actor may see")
def evidence_zip(house: House, actor: Actor, evidence: Evidence, *, now: datetime,
                 progress: Progress = lambda _done, _of: None) -> Iterator[bytes]:
    """The pack as the bytes of a zip, as they come."""
    making = _Making(house, actor, evidence, now, progress)
    yield from zipped(making.parts(), making.manifest, to_london(now))
    making.told()


@public("run from the command line; each file of it holds what the machine may show")
def evidence_folder(house: House, evidence: Evidence, folder: Path, *, now: datetime,
                    progress: Progress = lambda _done, _of: None) -> None:
    """The same as a folder. Raises OSError."""
    making = _Making(house, SYSTEM, evidence, now, progress)
    into_folder(folder, making.parts(), making.manifest)
    making.told()


class NotAsItLeft(Exception):
    """The pack is not as it left. The text says what of it."""


@public("reads a file that was handed over, and nothing of ours")
def check_pack(path: Path, *, public_key: str = "") -> dict[str, Any]:
    """The manifest of a pack that is as it left; needs no database. Raises NotAsItLeft.

    `public_key`: of the installation it has to come from; without it, the key that it names itself.
    """
    try:
        text, files = looked_through(path, MANIFEST)
        document = signed.verified(text, form=FORMAT, fields=FIELDS, key=bytes.fromhex(public_key) if public_key else None)
    except NoPack as error:
        raise NotAsItLeft(str(error)) from error
    except signed.NotOurs as error:
        raise NotAsItLeft(f"{MANIFEST}: {error or 'this is no manifest of ours'}") from error
    if wrong := differences(document["files"], files):
        raise NotAsItLeft("; ".join(wrong))
    return document


@dataclass
class _Gathered:
    figures: Figures
    sac: SacCounts
    register: list[Entry] = field(default_factory=list)
    #: Each open one as a line: the day it is due, case, agency, owner. There may be very many.
    actions: list[str] = field(default_factory=list)


class _Making:
    """One making of a pack. Nothing is held but sums, and the rows of the month itself."""

    def __init__(self, house: House, actor: Actor, evidence: Evidence, now: datetime, progress: Progress) -> None:
        self.house, self.actor, self.evidence, self.now, self.progress = house, actor, evidence, now, progress
        self.whole = actor is SYSTEM
        first, self.begins, self.ends = months_before(evidence.month, 12)
        self.span = (from_london(first), from_london(self.begins), end_of_day(self.ends))
        self.chain: dict[str, Any] = {}
        self.left_out: dict[str, int] = {}
        self.digest = ""

    def parts(self) -> Iterator[Part]:
        """The files, one after the other."""
        checkpoint = make_checkpoint(self.house, now=self.now)
        self.chain = asdict(self._verified()) | {"checkpoint": json.loads(checkpoint)["number"]}
        yield "chain/checkpoint.json", [checkpoint.encode()]
        with self.house.reading(self.actor, self.now) as uow:
            found = self._gathered(uow)
            roles = staff_stand_ins(uow)
            sample, drawn = self._sample(uow)
            organisation = uow.organisation
        yield "report.pdf", [self._report(organisation, found)]
        yield "definitions.csv", csv_lines(("Measure", "Counted are", "Yes means", "Not recorded", "How to read it"), (
            (m.title, m.counted, m.met, m.unknown, m.reads) for m in MEASURES))
        yield "figures.csv", csv_lines(("Measure", "Time", "By", "Which", *_HEADS), (
            (measure.title, span, by, _label(by, key), *_numbers(figure, away)) for measure, span, by, key, figure, away
            in found.figures.rows()))
        yield "registers.csv", csv_lines(("Register", *COLUMNS), (
            (entry.register, *self._row(entry, roles)) for entry in in_order(found.register, self.now)))
        yield "open-actions.csv", csv_lines(("Case", "Owner", "Agency", "Due", "How it stands"), (
            self._action(line, roles) for line in sorted(found.actions)))
        yield sac_file(found.sac)
        yield from self._scores(sample, roles)
        yield from self._files(drawn)
        with self.house.reading(self.actor, self.now) as uow:
            learned, tags = self._learned(uow), cqc_tags(uow)
        yield "learning.csv", csv_lines(
            ("Case", "Looked back", "Changes", "Shown by evidence", "Tried again", "What went round"), learned)
        yield "cqc-tags.csv", csv_lines(("Part", "CQC statement", "Version of the wording"), (
            (label, tag, str(tags.version or "as delivered")) for part, label in PARTS for tag in tags.for_part(part)))
        yield "READ-ME.txt", ["\n".join(self._words(organisation)).encode()]

    def _verified(self) -> AuditResult:
        """The chain as it is now; for whoever waits at a page, as it was at the daily look, if that was lately."""
        if not self.whole:
            with self.house.reading(SYSTEM, self.now) as uow:
                last = uow.session.exec(select(ChainCheckRow).order_by(col(ChainCheckRow.at).desc()).limit(1)).first()
                if last is not None and self.now - last.at < _RECENT:
                    return AuditResult(not last.first_bad, last.events, 0, last.records, last.first_bad)
        return verify_audit(self.house, now=self.now)

    def _gathered(self, uow: UnitOfWork) -> _Gathered:
        walk, found = Walk(uow, self.whole), _Gathered(Figures(*self.span), SacCounts(sac_year(self.begins)))
        _, begins, ends = self.span
        for material in walk.cases(self.progress):
            for measure in MEASURES:
                if measure.code not in _OF_NOTES:
                    found.figures.add(measure, measure.items(material))
            found.sac.add(material)
            found.register += [e for e in entries_in(material) if e.since <= ends and (e.done_at or ends) >= begins]
            of = {case.id: case.reference for case in material.cases}
            found.actions += ["\t".join((a.due_on.isoformat(), of[a.case_id], a.agency or "", a.owner))
                              for a in material.actions if a.open and a.recorded_at <= ends]
        for material in walk.notes(self.span[0], ends):
            for measure in MEASURES:
                if measure.code in _OF_NOTES:
                    found.figures.add(measure, measure.items(material))
        self.left_out["records_that_do_not_open"] = walk.broken
        return found

    def _row(self, entry: Entry, roles: dict[str, str]) -> tuple[str, ...]:
        reference, what, since, owed_by, done, by, outcome, stands = cells(entry, self.now)
        return reference, what, since, owed_by, done, roles.get(by, "Somebody") if by else "", outcome, stands

    def _action(self, line: str, roles: dict[str, str]) -> tuple[str, ...]:
        day, case, agency, owner = line.split("\t", 3)
        due_on = date.fromisoformat(day)
        return (case, roles.get(owner, "Somebody"), AGENCIES.label(agency) if agency else "Our own", show_day(due_on),
                "Overdue" if end_of_day(due_on) < self.now else "Open")

    def _sample(self, uow: UnitOfWork) -> tuple[list[tuple[Sample, tuple[CaseAudit, ...]]], list[str]]:
        walk, found, drawn = Walk(uow, self.whole), [], list[str]()
        for sample in walk.some(Sample, col(SampleRow.month) == self.evidence.month):
            ids = [d.case_id for d in sample.drawn]
            audits = [a for a in walk.some(CaseAudit, col(CaseAuditRow.case_id).in_(ids)) if a.sample_id == sample.id]
            found.append((sample, tuple(sorted(audits, key=lambda a: (a.case_id, a.at)))))
            drawn += ids
        return found, drawn

    def _scores(self, samples: Iterable[tuple[Sample, tuple[CaseAudit, ...]]], roles: dict[str, str]) -> Iterator[Part]:
        samples = list(samples)
        yield "sample/drawn.csv", csv_lines(("Branch", "Seed", "List", "Of cases", "Case", "Because", "Scored by", "Points",
                                            "Of", "Two agreed"), (
            (s.branch, s.seed, s.fingerprint, str(s.candidates), d.reference, "; ".join(d.because),
             *_scored(audits, d.case_id, roles)) for s, audits in samples for d in s.drawn))
        yield "sample/answers.csv", csv_lines(("Case", "Scored by", "Question", "Text", "Critical", "Score"), (
            (next(d.reference for d in s.drawn if d.case_id == a.case_id), roles.get(a.by, "Somebody"), str(q.number), q.text,
             "yes" if q.critical else "", answer.score)
            for s, audits in samples for a in audits for q, answer in zip(QUESTIONS, a.answers, strict=True)))

    def _files(self, case_ids: Iterable[str]) -> Iterator[Part]:
        """The chronology and the decisions of each drawn file, without names. Reading each stands on its stream."""
        away = 0
        for case_id in case_ids:
            try:
                with self.house.begin(self.actor, self.now) as uow:
                    case = uow.cases.get(case_id)
                    if case.restricted:
                        raise NotFound(case_id)
                    uow.was_read(case, action="case-read-masked")
                    view = masked_whole(uow, case, words=False)
            except (NotFound, Unreadable):
                away += 1
                continue
            yield f"files/{view.reference}-chronology.csv", csv_lines(
                ("When", "Who", "What", "Detail"), [(m.when, m.who, m.what, m.detail) for m in view.moments])
            yield f"files/{view.reference}-decisions.csv", csv_lines(
                ("Decision", "Question", "Answer"),
                [(d.heading, line.label, line.text) for d in view.decisions for line in d.lines])
        self.left_out["sampled_files_not_shown"] = away

    def _learned(self, uow: UnitOfWork) -> list[tuple[str, ...]]:
        """What was learned up to the end of the month, of files that are under no list; texts only where names were refused."""
        walk, rows = Walk(uow, self.whole), []
        for one in walk.some(Learning, col(LearningRow.restricted).is_(False)):
            if one.written_at <= self.span[2]:
                case = uow.cases.readable([one.case_id]).get(one.case_id)
                kinds = "; ".join(LEARNING_CHANGES.label_or_code(c.kind) for c in one.changes)
                tried = "; ".join("holds" if r.holds else "does not hold" for r in one.retests) or "not yet"
                rows.append((case.reference if case else "", show_day(to_london(one.written_at).date()), kinds,
                             str(len(one.changes)), tried, " ".join(one.note.texts) if one.note else ""))
        return sorted(rows)

    def _words(self, provider: str) -> tuple[str, ...]:
        sound = "holds" if self.chain["sound"] else f"DOES NOT HOLD: {self.chain['first_bad']}"
        return (
            f"Evidence of {self.evidence.month}, {provider}", "",
            f"For: {self.evidence.recipient}", f"Purpose: {self.evidence.purpose}", f"Made: {show(self.now)}", "",
            f"The record of who did what {sound} ({self.chain['events']} events).", "",
            "What was taken out:", *(f"- {words}" for words in TAKEN_OUT), *(
                f"- {name.replace('_', ' ')}: {count}" for name, count in self.left_out.items() if count), "",
            f"Check it with `sgapp evidence verify` on any machine: {MANIFEST} holds the SHA-256 of each file, and is signed.",
            "")

    def _report(self, provider: str, found: _Gathered) -> bytes:
        month = f"{self.begins:%B %Y}"
        shown = [(m, figure, away) for m, span, by, _, figure, away in found.figures.rows() if (span, by) == ("month", "")]
        late = sum(e.overdue(self.now) for e in found.register)
        return report_pdf(f"Evidence of {month}", self.evidence.month, provider, (
            ReportPart("", (f"For {self.evidence.recipient}. Purpose: {self.evidence.purpose}. Made {show(self.now)}.",
                            "A low number is not a good one by itself: look at what it is counted of. Where a dash "
                            "stands, one to four would be counted, or a total would give such a number away.")),
            ReportPart("Figures of the month", (), ("Measure", *_HEADS), tuple(
                (m.title, *(("–",) * len(_HEADS) if away else _numbers(figure, away))) for m, figure, away in shown)),
            ReportPart("What is owed by law or rule", (
                f"{len(found.register)} rows stand in the registers of this month; {late} of them are overdue. "
                f"{len(found.actions)} agreed actions are open.",)),
            ReportPart("What each figure counts", tuple(
                f"{m.title}: {m.counted}. Yes: {m.met}. Not recorded: {m.unknown} {m.reads}".strip() for m in MEASURES)),
            ReportPart("What was taken out", TAKEN_OUT)))

    def manifest(self, files: list[Packed]) -> Part:
        """What there is, what each file comes to, and our signature over it."""
        document = signed.signed({
            "format": FORMAT, "month": self.evidence.month, "made_at": self.now.isoformat(), "made_by": str(self.actor.role),
            "provider": self.house.settings.organisation, "purpose": self.evidence.purpose,
            "recipient": self.evidence.recipient, "branch": "all" if self.actor.branch is None else self.actor.branch,
            "files": [asdict(file) for file in files], "chain": self.chain, "left_out": self.left_out}, self.house.ring)
        text = json.dumps(document, indent=1, ensure_ascii=False).encode()
        self.digest = document["signature"][:64]
        return MANIFEST, [text]

    def told(self) -> None:
        """That it was made stands on the chain, with the beginning of its signature, by which it is known again."""
        with self.house.begin(self.actor, self.now) as uow:
            uow.note_event(AuditEvent("evidence-made", "evidence", self.evidence.id, "system", detail=self.digest))


_HEADS = ("Yes", "Of", "Share", "Not recorded", "Still open", "Half within", "90 % within")


def _numbers(figure: Figure, away: bool) -> tuple[str, ...]:
    if away:
        return (SUPPRESSED, *("" for _ in _HEADS[1:]))
    share = "" if figure.share is None else f"{figure.share} %"
    return (str(figure.met), str(figure.of), share, str(figure.unknown), str(figure.open), length(figure.median),
            length(figure.ninth))


def _label(by: str, key: str) -> str:
    if by == "type":
        return ABUSE_TYPES.label_or_code(key) or "Not said yet"
    return (AGENCIES.label_or_code(key) or "Our own") if by == "agency" else key


def _scored(audits: Iterable[CaseAudit], case_id: str, roles: dict[str, str]) -> tuple[str, str, str, str]:
    mine = [a for a in audits if a.case_id == case_id]
    points = [a.points for a in mine]
    same = "{} of {}".format(*agreement(*mine[:2])) if len(mine) > 1 else ""
    return ("; ".join(roles.get(a.by, "Somebody") for a in mine), "; ".join(str(p) for p, _ in points),
            "; ".join(str(of) for _, of in points), same)

