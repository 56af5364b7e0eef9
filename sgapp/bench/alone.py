"""One thing done in a process of its own, so that what it takes of memory is its alone: `python -m sgapp.bench.alone WHAT`.

The house is that of the environment. Prints one line of JSON.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from sgapp.bench.children import cleared
from sgapp.bench.results import CannotMeasure
from sgapp.services.audit import verify_audit
from sgapp.services.evidence import AskForEvidence, ask_at_the_machine, evidence_zip
from sgapp.services.house import SYSTEM, House, now
from sgapp.settings import Settings
from sgapp.store.search import people_like


@dataclass(frozen=True, slots=True)
class Taken:
    """How long it took, what the process had before it began and at the most, in MiB, and how much it went through."""

    seconds: float
    before_mib: float
    peak_mib: float
    found: int

    @property
    def more_mib(self) -> float:
        """What it needed above what the process had anyway."""
        return self.peak_mib - self.before_mib


def _verify(house: House) -> int:
    result = verify_audit(house, now=now())
    return result.events if result.sound else 0


def _chain(house: House) -> int:
    with house.reading(SYSTEM, now()) as uow:
        result = house.audit.verify(uow.session)
    return result.events if result.sound else 0


def _names(house: House) -> int:
    """The first search of a process: how many adults bear the name of the environment."""
    with house.reading(SYSTEM, now()) as uow:
        return len(people_like(uow, os.environ["SGAPP_BENCH_NAME"]))


def _pack(house: House) -> int:
    """The bytes of the evidence of the month of the environment."""
    at, month = now(), os.environ["SGAPP_BENCH_MONTH"]
    asked = ask_at_the_machine(house, AskForEvidence(month, "The yearly meeting", "The commissioner"), now=at)
    return sum(map(len, evidence_zip(house, SYSTEM, asked, now=at)))


_THINGS: dict[str, Callable[[House], int]] = {"chain": _chain, "verify": _verify, "names": _names, "pack": _pack}


def alone(what: str, settings: Settings, **other: str) -> Taken:
    """Do it in a process of its own with these settings. Raises CannotMeasure."""
    env = cleared({"SGAPP_DATA": str(settings.data), "SGAPP_KEYS": str(settings.keys),
                   "SGAPP_DATABASE_URL": settings.database_url, **other})
    done = subprocess.run([sys.executable, "-m", "sgapp.bench.alone", what], env=env,  # noqa: S603 - our own words
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotMeasure(f"A process of the bench failed. It said:\n{done.stderr[-1500:]}")
    return Taken(**json.loads(done.stdout))


def _memory() -> Mapping[str, float]:
    """What this process holds now (VmRSS) and held at the most (VmHWM), in MiB. Raises CannotMeasure where it is not told.

    Not what `getrusage` says: that begins with what the process held that started this one.
    """
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError as error:
        raise CannotMeasure("Memory is read from /proc, which only Linux has.") from error
    found = dict(line.split(":", 1) for line in lines)
    return {name: int(found[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM")}


def main(what: str) -> None:
    """Do it once and say what it took. The house is open and its keys are read before the clock begins."""
    house = House(Settings())
    with house.reading(SYSTEM, now()):
        before = _memory()["VmRSS"]
    Path("/proc/self/clear_refs").write_text("5")  # the most that was held counts from here on
    began = time.perf_counter()
    found = _THINGS[what](house)
    taken = Taken(time.perf_counter() - began, before, _memory()["VmHWM"], found)
    sys.stdout.write(json.dumps(asdict(taken)) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
