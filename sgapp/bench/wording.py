"""`wording`: whether the gentle flags of the note form point at the right sentences, by the very script that phones run.

The sentences stand in wording_corpus.txt, each with the kinds of flag it deserves. Precision: of the sentences that were
flagged, how many deserved a flag of a kind they got. Recall: of those that deserve one, how many got it. A sentence that
deserves one and got only another kind counts against both. The goals are for the parts that were held out.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sgapp.bench.results import Bench, CannotMeasure, Count, Plan, Share

PRECISION_GOAL, RECALL_GOAL = 0.9, 0.7
HELD_OUT = "held out"
CORPUS = Path(__file__).with_name("wording_corpus.txt")
SCRIPT = Path(__file__).resolve().parents[1] / "phone" / "wording.js"

_ASK = """
import { readFileSync } from "node:fs";
const { flags } = await import(process.argv[1]);
const texts = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(texts.map((text) => flags(text).map(({ code }) => code))));
"""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One line of the corpus. `deserves` is empty for a good sentence; any of several kinds will do."""

    part: str
    deserves: frozenset[str]
    text: str


def sentences() -> tuple[Sentence, ...]:
    """The corpus."""
    found: list[Sentence] = []
    part = ""
    for line in CORPUS.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            part = line.strip("[]")
        elif part and line:
            codes, _, text = line.partition(" | ")
            found.append(Sentence(part, frozenset() if codes == "-" else frozenset(codes.split(", ")), text))
    return tuple(found)


def given(texts: Sequence[str]) -> tuple[frozenset[str], ...]:
    """The kinds of flag that each text gets on a phone. Raises CannotMeasure."""
    node = shutil.which("node", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", ""))))
    if node is None:
        raise CannotMeasure("The flags are JavaScript, and no Node was found to run it. It comes with `make setup`.")
    command = [node, "--no-warnings", "--input-type=module", "--eval", _ASK, SCRIPT.as_uri()]
    done = subprocess.run(command, input=json.dumps(texts), capture_output=True, encoding="utf-8", check=False)  # noqa: S603
    if done.returncode != 0:
        raise CannotMeasure(f"The flags could not be run. Node said:\n{done.stderr[-1500:]}")
    return tuple(frozenset(codes) for codes in json.loads(done.stdout))


def run(plan: Plan) -> tuple[Share, ...]:
    """Both parts of the corpus. Raises CannotMeasure."""
    corpus = sentences()
    task = plan.progress.add_task("wording: reading the sentences", total=1)
    flagged = list(zip(corpus, given([sentence.text for sentence in corpus]), strict=True))
    plan.progress.update(task, completed=1)
    lines: list[Share] = []
    for part in dict.fromkeys(sentence.part for sentence in corpus):
        lines += shares(part, [pair for pair in flagged if pair[0].part == part])
    return tuple(lines)


def shares(part: str, flagged: Sequence[tuple[Sentence, frozenset[str]]]) -> tuple[Share, Share]:
    """Precision and recall of one part, from each sentence with the kinds of flag that it got."""
    codes = sorted({code for sentence, got in flagged for code in sentence.deserves | got})

    def count(of: Callable[[Sentence, frozenset[str]], frozenset[str]]) -> tuple[int, ...]:
        """How many sentences have any of these kinds, and how many have each."""
        found = [of(sentence, got) for sentence, got in flagged]
        return sum(map(bool, found)), *(sum(code in kinds for kinds in found) for code in codes)

    def share(what: str, goal: float, right: tuple[int, ...], of: tuple[int, ...]) -> Share:
        kinds = tuple(Count(*row) for row in zip(codes, right[1:], of[1:], strict=True))
        return Share("wording", f"{part}: {what}", "sentences", round(right[0] / of[0], 3) if of[0] else None,
                     goal if part.startswith(HELD_OUT) else None, right[0], of[0], len(flagged), kinds)

    hits = count(lambda s, got: s.deserves & got)
    return (share("precision", PRECISION_GOAL, hits, count(lambda _, got: got)),
            share("recall", RECALL_GOAL, hits, count(lambda s, _: s.deserves)))


BENCH = Bench("wording", "the gentle flags on a note's words, against sentences that are labelled by hand", run)
