"""What evidence was asked for, for what and for whom, the newest first."""

from dataclasses import dataclass

from sgapp.domain.cqc_tags import PARTS, CqcTags
from sgapp.domain.evidence import TAKEN_OUT, Evidence
from sgapp.domain.permissions import Permission
from sgapp.domain.time import show
from sgapp.services.guard import query
from sgapp.services.views.sampling import month_in_words
from sgapp.store import accounts, documents
from sgapp.store.unit_of_work import Repository, UnitOfWork

_MOST = 60


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    id: str
    month: str
    what: str
    asked: str
    made: str


@dataclass(frozen=True, slots=True)
class EvidenceView:
    lines: tuple[EvidenceLine, ...]
    taken_out: tuple[str, ...]
    tags: dict[str, str]
    tags_set: str


@query(Permission.MAKE_EVIDENCE)
def evidence_view(uow: UnitOfWork) -> EvidenceView:
    """The evidence that was asked for in this actor's branches."""
    found = sorted(Repository(uow, Evidence).where(), key=lambda e: e.asked_at, reverse=True)
    return EvidenceView(tuple(EvidenceLine(
        e.id, month_in_words(e.month), f"For {e.recipient}: {e.purpose}", f"{e.asked_by}, {show(e.asked_at)}",
        f"/api/evidence/{e.id}/making") for e in found[:_MOST]), TAKEN_OUT, *_tags(uow))


def _tags(uow: UnitOfWork) -> tuple[dict[str, str], str]:
    """The tags of each part, a line each, and who worded them when."""
    newest = documents.history(uow, CqcTags, limit=1)
    tags, worded = CqcTags(), "As delivered"
    if newest:
        version, tags = newest[0]
        by = accounts.by_id(uow, version.set_by)
        worded = f"Version {version.version}, by {by.name if by else 'somebody'}, {show(version.set_at)}"
    return {part: "\n".join(tags.for_part(part)) for part, _label in PARTS}, worded
