"""Which of several published severities counts (matching rules, section 10)."""

from collections.abc import Iterable

from longmark.core.formats import cvss
from longmark.core.formats.advisories.records import Origin, Severity

_ORIGINS = {origin: rank for rank, origin in enumerate(Origin)}
_VERSIONS = ("4.0", "3.1", "3.0", "2.0", "")


def from_vector(vector: str, *, origin: Origin, provider: str) -> Severity | None:
    """Return the severity of a vector, None if the text is not one."""
    try:
        return Severity(origin, provider, cvss.version_of(vector), vector, cvss.score(vector))
    except cvss.CvssInvalid:
        return None


def from_word(word: str, *, origin: Origin, provider: str) -> Severity:
    """Return a severity that is only a word (``Important``)."""
    return Severity(origin, provider, "", "", None, word.strip().lower()[:40])


def chosen(severities: Iterable[Severity]) -> Severity | None:
    """Return the severity to show: CNA over NVD over ADP, then the newest CVSS, then words."""
    return min(severities, key=_preference, default=None)


def _preference(severity: Severity) -> tuple[bool, int, int, float, str]:
    return (
        severity.score is None,
        _ORIGINS[severity.origin],
        _VERSIONS.index(severity.version),
        -(severity.score or 0.0),
        severity.vector,
    )
