"""The counts aligned with the Safeguarding Adults Collection, of what somebody may see, as a table that leaves."""

from collections.abc import Iterator

from sgapp.domain.audit import AuditEvent, Outcome
from sgapp.domain.errors import NotFound
from sgapp.domain.permissions import Permission
from sgapp.domain.sac_counts import RULES, SacCounts, sac_year
from sgapp.domain.time import to_london
from sgapp.integrations.tables import csv_lines
from sgapp.services.guard import query
from sgapp.services.walking import Walk
from sgapp.store.unit_of_work import UnitOfWork


@query(Permission.SEE_MEASURES)
def sac_table(uow: UnitOfWork, year: str) -> tuple[str, Iterator[bytes]]:
    """A year's counts as a file name and lines. `year`: in which its April lies. Taking it along is recorded.

    Raises NotFound for a year that has not begun.
    """
    if not year.isdecimal() or not 2000 <= int(year) <= sac_year(to_london(uow.now).date()):
        raise NotFound(year)
    uow.note_event(AuditEvent("sac-counts-exported", "sac", year, "system", Outcome.READ))
    counts = SacCounts(int(year))
    for material in Walk(uow).cases():
        counts.add(material)
    return sac_file(counts)


def sac_file(counts: SacCounts) -> tuple[str, Iterator[bytes]]:
    """File name and lines of a year that was counted, with the rules by which it counts at its end."""
    year = counts.year
    rows = [(f"{year}-{(year + 1) % 100:02}", *row) for row in counts.rows()]
    rules = [("", "Rule", words, "") for words in RULES]
    return f"sac-aligned-{year}.csv", csv_lines(("Year", "Table", "Label", "Count"), rows + rules)
