"""EPSS: the daily estimate of how probable it is that a CVE will be exploited (FIRST).

Values are fractions. A change of model moves every score at once and is no news, so the model's
version belongs to each score; percentiles compare within one day only.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, NamedTuple

from longmark.core.formats.advisories.identifiers import is_cve
from longmark.core.formats.advisories.reading import RecordInvalid, instant

_HEAD: Final = re.compile(
    r"#\s*model_version:(?P<model>[^,]{1,40}),\s*score_date:(?P<date>\S{8,40})"
)
_COLUMNS: Final = "cve,epss,percentile"


class Score(NamedTuple):
    """The score of one CVE on one day."""

    identifier: str
    epss: float
    percentile: float


class Refusal(NamedTuple):
    """A line that is not a score."""

    line: int
    reason: str


class EpssHead(NamedTuple):
    """What the first lines of a file say about all of its scores."""

    model: str
    scored_on: date


def read_head(lines: Iterator[str]) -> EpssHead:
    """Return the model and day, having consumed the two leading lines.

    Raises:
        RecordInvalid: the file does not start as an EPSS file does.
    """
    found = _HEAD.match(next(lines, ""))
    moment = instant(found.group("date")) if found else None
    if found is None or moment is None:
        raise RecordInvalid("The first line names no EPSS model and day.")
    if next(lines, "").strip() != _COLUMNS:
        raise RecordInvalid("The second line is not '{columns}'.", columns=_COLUMNS)
    return EpssHead(found.group("model"), moment.date())


def read_scores(lines: Iterable[str]) -> Iterator[Score | Refusal]:
    """Yield each line as a score, or as a refusal that says why not."""
    for number, line in enumerate(lines, start=3):
        try:
            identifier, epss, percentile = line.rstrip("\r\n").split(",")
            score = Score(identifier, float(epss), float(percentile))
        except ValueError:
            if line.strip():
                yield Refusal(number, f"{line.strip()[:80]!r} is not a CVE with two numbers.")
            continue
        if is_cve(identifier) and 0 <= score.epss <= 1 and 0 <= score.percentile <= 1:
            yield score
        else:
            yield Refusal(number, f"{line.strip()[:80]!r} is out of bounds.")
