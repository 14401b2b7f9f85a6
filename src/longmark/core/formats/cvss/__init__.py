"""CVSS 2.0, 3.0, 3.1 and 4.0: scores computed from vectors, never copied from a record.

Published scores are wrong often enough (NVD gave some 4,500 wrong 4.0 scores in spring
2026) that only the vector counts.
"""

from enum import StrEnum
from functools import lru_cache

from longmark.core.formats.cvss import version2, version3, version4
from longmark.core.formats.cvss.vectors import (
    CvssInvalid,
    Metrics,
    base_of,
    metrics_of,
    version_of,
)

__all__ = ["CvssInvalid", "Rating", "base_score", "rating", "score", "version_of"]


class Rating(StrEnum):
    """Qualitative severity (CVSS v4.0 section 6; the words are those of v3.1 too)."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


@lru_cache(maxsize=1 << 14)
def score(vector: str) -> float:
    """Return the score of every metric that the vector states.

    >>> score("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")
    9.8

    Raises:
        CvssInvalid: the text is not a vector.
    """
    return _scored(metrics_of(vector), version_of(vector))


@lru_cache(maxsize=1 << 14)
def base_score(vector: str) -> float:
    """Return the score of the base metrics alone, as databases publish it.

    Raises:
        CvssInvalid: the text is not a vector.
    """
    version = version_of(vector)
    return _scored(base_of(metrics_of(vector), version), version)


def rating(value: float, version: str = "3.1") -> Rating:
    """Return the word for a score; CVSS 2.0 knows neither *none* nor *critical* (NVD's bands).

    >>> rating(9.0)
    <Rating.CRITICAL: 'critical'>
    """
    if version == "2.0":
        return Rating.HIGH if value >= 7 else Rating.MEDIUM if value >= 4 else Rating.LOW
    bands = ((9.0, Rating.CRITICAL), (7.0, Rating.HIGH), (4.0, Rating.MEDIUM), (0.1, Rating.LOW))
    return next((word for least, word in bands if value >= least), Rating.NONE)


def _scored(metrics: Metrics, version: str) -> float:
    if version == "2.0":
        return version2.score(metrics)
    if version == "4.0":
        return version4.score(metrics)
    return version3.score(metrics, version)
