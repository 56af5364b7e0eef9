"""What the demo has none of, so that there is something of every kind: a matter about staff, a scored sample, and more."""

from datetime import timedelta

from sgapp.domain.case import CaseState
from sgapp.domain.permissions import Actor
from sgapp.services import evidence, learning, minutes, sampling
from sgapp.services.house import SYSTEM, House, now
from sgapp.services.investigations import OpenInvestigation, open_investigation
from sgapp.services.views.case import cases
from sgapp.services.views.sampling import sample_view
from sgapp.store import accounts


def keep_one_of_each(house: House) -> None:
    """Put it into a demo with its history. What could not be taken in stays for the caller: it needs an upload."""
    _about_staff(house)
    _looked_back(house)


def _who(house: House, username: str) -> Actor:
    with house.begin(SYSTEM, now()) as uow:
        found = accounts.by_username(uow, username)
    assert found
    return found.as_actor()


def _about_staff(house: House) -> None:
    """A matter about a colleague, so that there are lists of who may know and bars for whom it is kept from."""
    manager, worker = _who(house, "manager"), _who(house, "worker.c")
    live = next(line.id for line in cases(house, manager, now()) if line.state != str(CaseState.CLOSED))
    open_investigation(house, manager, OpenInvestigation(live, about_id=worker.account_id), now=now())


def _looked_back(house: House) -> None:
    """A sample of the month in which a case was decided two days ago, a case of it scored and learned from; and so on."""
    auditor, lead = _who(house, "auditor"), _who(house, "lead")
    month = f"{now() - timedelta(days=2):%Y-%m}"
    sampling.draw_sample(house, auditor, sampling.DrawSample(month, "oak"), now=now())
    drawn = sample_view(house, auditor, now()).cases[0].case_id
    answers = tuple(f"{number}=2" for number in range(1, 21))
    sampling.score_case(house, auditor, sampling.ScoreCase(drawn, answers), now=now())
    learning.write_debrief(house, lead, learning.WriteDebrief(drawn, "k", "h", "h", "p", "s"), now=now())
    minutes.begin_minutes(house, lead, minutes.BeginMinutes(month, now().date(), "Both", "Nothing"), now=now())
    evidence.ask_at_the_machine(house, evidence.AskForEvidence(month, "Inspection", "CQC"), now=now())
