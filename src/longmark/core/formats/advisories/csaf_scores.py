"""Ratings of CSAF documents that contradict themselves: told beside what is read, never refused.

The vector counts, whatever score is stated beside it (CSAF 2.0 §§ 6.1.9, 6.1.10), and of two
ratings of one product the higher one, which the standard does not allow in one version of CVSS
(§ 6.1.7). CSAF 2.1 allows them from different sources.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from longmark.core.formats import cvss
from longmark.core.formats.advisories.records import Defect

SCORES: Final = ("cvss_v4", "cvss_v3", "cvss_v2")
SHOWN: Final = 80
_TOLERANCE: Final = 0.05

Json = Mapping[str, Any]


def score_defects(
    scores: Sequence[Json], metrics: Sequence[Json], pointer: str
) -> Iterator[Defect]:
    """Yield what cannot be so of the ratings of one vulnerability."""
    rated: dict[tuple[str, str, str], tuple[str, str]] = {}
    for place, said, content in _ratings(scores, metrics, pointer):
        for name in SCORES:
            score = content.get(name)
            if isinstance(score, dict):
                yield from _stated_defects(score, f"{place}/{name}")
                yield from _double_defects(rated, said, name, score, place)


def _ratings(
    scores: Sequence[Json], metrics: Sequence[Json], pointer: str
) -> Iterator[tuple[str, Json, Json]]:
    """Yield each rating: its place, what it is about, its content."""
    for number, score in enumerate(scores):
        yield f"{pointer}/scores/{number}", score, score
    for number, metric in enumerate(metrics):
        content = metric.get("content")
        if isinstance(content, dict):
            yield f"{pointer}/metrics/{number}/content", metric, content


def _stated_defects(score: Json, pointer: str) -> Iterator[Defect]:
    vector, stated = score.get("vectorString"), score.get("baseScore")
    if not isinstance(vector, str):
        return
    try:
        meant = {cvss.base_score(vector), cvss.score(vector)}
    except cvss.CvssInvalid:
        yield Defect(f"{pointer}/vectorString", f"'{vector[:SHOWN]}' is no CVSS vector.")
        return
    if not isinstance(stated, int | float):
        return
    if not any(abs(stated - each) < _TOLERANCE for each in meant):
        reason = f"States {stated}, and its vector gives {cvss.base_score(vector)}; that counts."
        yield Defect(f"{pointer}/baseScore", reason)


def _double_defects(
    rated: dict[tuple[str, str, str], tuple[str, str]],
    said: Json,
    name: str,
    score: Json,
    place: str,
) -> Iterator[Defect]:
    """Yield which product is rated twice by one version of CVSS, and not alike."""
    products, vector = said.get("products"), str(score.get("vectorString"))
    source = str(said.get("source") or "")
    version = str(score.get("version") or name)
    for product in products if isinstance(products, list) else ():
        before, where = rated.setdefault((str(product), source, version), (vector, place))
        if before != vector:
            reason = (
                f"'{str(product)[:SHOWN]}' is rated by CVSS {version} at {where} too, and not"
                " alike; the higher rating counts."
            )
            yield Defect(f"{place}/{name}", reason)
