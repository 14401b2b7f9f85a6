"""How well the judge answers labelled questions, per ecosystem and in all.

`python -m tests.quality.measuring` prints the table, with `--write` it becomes the baseline.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from longmark.core.matching import Verdict, answer, question_of

HERE: Final = Path(__file__).parent
BASELINE: Final = HERE / "baseline.json"
ALL: Final = "all"


@dataclass
class Tally:
    """Answers to the questions of one ecosystem; positive is what is affected."""

    cases: int = 0
    right: int = 0
    true_alarms: int = 0
    false_alarms: int = 0
    missed: int = 0
    wrongly_cleared: int = 0

    def count(self, expected: str, given: str) -> None:
        """Count one answer."""
        self.cases += 1
        self.right += given == expected
        self.true_alarms += given == expected == Verdict.AFFECTED
        self.false_alarms += given == Verdict.AFFECTED != expected
        self.missed += expected == Verdict.AFFECTED != given
        self.wrongly_cleared += given in (Verdict.NOT_AFFECTED, Verdict.FIXED) and expected in (
            Verdict.AFFECTED,
            Verdict.UNKNOWN,
        )

    @property
    def precision(self) -> float:
        """Return which share of the alarms is right."""
        return self.true_alarms / ((self.true_alarms + self.false_alarms) or 1)

    @property
    def recall(self) -> float:
        """Return which share of what is affected is told."""
        return self.true_alarms / ((self.true_alarms + self.missed) or 1)

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        total = 2 * self.true_alarms + self.false_alarms + self.missed
        return 2 * self.true_alarms / (total or 1)


def questions() -> Iterator[Mapping[str, Any]]:
    """Yield every labelled question."""
    for path in sorted((HERE / "cases").glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            yield json.loads(line)


def measured(asked: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Tally], list[str]]:
    """Return tallies per ecosystem and in all, and a line on every wrong answer."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    wrong = []
    for one in asked:
        given = answer(question_of(one)).verdict.value
        for name in (one["ecosystem"], ALL):
            tallies[name].count(one["expect"], given)
        if given != one["expect"]:
            wrong.append(f"{one['id']} {one['component']}: {given}, should be {one['expect']}")
    return dict(tallies), wrong


def table(tallies: Mapping[str, Tally]) -> str:
    """Return the figures as lines of text."""
    head = ("ecosystem", "cases", "right", "precision", "recall", "F1", "wrongly cleared")
    rows = [
        f"{name:12}{each.cases:>7}{each.right:>7}{each.precision:>11.3f}{each.recall:>8.3f}"
        f"{each.f1:>8.3f}{each.wrongly_cleared:>17}"
        for name, each in sorted(tallies.items(), key=lambda item: (item[0] == ALL, item[0]))
    ]
    first = (
        f"{head[0]:12}{head[1]:>7}{head[2]:>7}{head[3]:>11}{head[4]:>8}{head[5]:>8}{head[6]:>17}"
    )
    return "\n".join([first, *rows])


def baseline() -> dict[str, Tally]:
    """Return the tallies that were reached before."""
    stored = json.loads(BASELINE.read_bytes())
    return {name: Tally(**each) for name, each in stored.items()}


def main() -> int:
    """Print the table; write the baseline if that is asked for."""
    tallies, wrong = measured(questions())
    print("\n".join([*wrong, table(tallies)]))  # noqa: T201 - the table is the purpose
    if "--write" in sys.argv[1:]:
        content = {name: asdict(each) for name, each in sorted(tallies.items())}
        BASELINE.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
