"""What a vulnerability shows of its advisories: the best text, the severity that counts, signals.

Texts come from the first source that has one: the CVE record, then NVD, then OSV. Severity follows
`core.formats.advisories.severities`. Records that were withdrawn count only if all were.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from longmark.core.formats import cvss
from longmark.core.formats.advisories import severities
from longmark.core.formats.advisories.identifiers import is_cve
from longmark.core.formats.advisories.records import Severity, Source, State
from longmark.core.formats.cvss import Rating
from longmark.foundation.bulk import insert_rows, update_rows
from longmark.intel.models import Advisory, EpssScore, Signal, Vulnerability

_COLUMNS: Final = (
    "title", "description", "state", "is_disputed", "replaced_by", "severity_score",
    "severity_vector", "severity_source", "severity_rating", "weaknesses", "published_at",
    "modified_at", "exploited_on", "epss", "epss_percentile",
)  # fmt: skip
_TEXT_ORDER: Final = {Source.CVE: 0, Source.NVD: 1, Source.OSV: 2}
UNSCORED: Final = ""  # neither "none" nor "low": nobody has rated it
_WORDS: Final = {
    "critical": Rating.CRITICAL, "important": Rating.HIGH, "high": Rating.HIGH,
    "moderate": Rating.MEDIUM, "medium": Rating.MEDIUM, "low": Rating.LOW,
    "negligible": Rating.LOW, "none": Rating.NONE,
}  # fmt: skip


def summarise(
    rows: Mapping[str, Vulnerability],
    advisories: Mapping[str, Sequence[Advisory]],
    members: Mapping[str, Collection[str]],
) -> set[int]:
    """Write what vulnerabilities show, new ones included; return those that differ now."""
    signals = _Signals(one for name in advisories for one in members.get(name, (name,)))
    inserted, updated, differing = [], [], set()
    for name, speaking in advisories.items():
        row = rows[name]
        shown = _shown(speaking, signals, members.get(name, (name,)))
        if row._state.adding:
            inserted.append((row.pk, name, row.merged_into_id, *shown))
        elif shown != tuple(getattr(row, column) for column in _COLUMNS):
            updated.append((*shown, row.pk))
        else:
            continue
        differing.add(row.pk)
    insert_rows(Vulnerability, ("id", "name", "merged_into_id", *_COLUMNS), inserted)
    update_rows(Vulnerability, _COLUMNS, updated)
    return differing


def _shown(
    speaking: Sequence[Advisory], signals: "_Signals", identifiers: Collection[str]
) -> tuple[Any, ...]:
    standing = [one for one in speaking if one.state == State.PUBLISHED] or speaking
    standing = sorted(standing, key=lambda one: (_TEXT_ORDER[Source(one.source)], one.record_id))
    state = standing[0].state
    chosen = severities.chosen(
        msgspec.convert(each, Severity) for one in standing for each in one.severities
    )
    published = [one.published_at for one in standing if one.published_at]
    noted = [one.exploited_on for one in standing if one.exploited_on]
    epss, percentile = signals.epss_of(identifiers)
    return (
        next((one.title for one in standing if one.title), ""),
        next((one.description for one in standing if one.description), ""),
        state,
        any(one.is_disputed for one in standing),
        next((one.replaced_by for one in speaking if one.replaced_by), ""),
        chosen.score if chosen else None,
        chosen.vector[:300] if chosen else "",
        _source_of(chosen) if chosen else "",
        _rating(chosen),
        list(dict.fromkeys(each for one in standing for each in one.weaknesses)),
        min(published, default=None),
        max(one.modified_at for one in standing),
        signals.exploited_on(identifiers) or min(noted, default=None),
        epss,
        percentile,
    )


def _source_of(severity: Severity) -> str:
    return f"{severity.origin.value}: {severity.provider}"[:120]


def _rating(severity: Severity | None) -> str:
    if severity is None:
        return UNSCORED
    if severity.score is None:
        return _WORDS.get(severity.word, UNSCORED)
    return cvss.rating(severity.score, severity.version).value


class _Signals:
    """Exploitation signals of a batch of ids. Two queries."""

    def __init__(self, identifiers: Iterable[str]) -> None:
        cves = [one for one in identifiers if is_cve(one)]
        noted = Signal.objects.filter(identifier__among=cves, ended_at=None)
        self._exploited = dict(noted.values_list("identifier", "noted_on"))
        scores = EpssScore.objects.filter(identifier__among=cves).order_by("scored_on")
        self._epss = {
            identifier: (epss, percentile)
            for identifier, epss, percentile in scores.values_list(
                "identifier", "epss", "percentile"
            )
        }

    def exploited_on(self, identifiers: Iterable[str]) -> date | None:
        """Return the first day on which exploitation of any of the ids was noted."""
        days = (self._exploited.get(one) for one in identifiers)
        return min(filter(None, days), default=None)

    def epss_of(self, identifiers: Iterable[str]) -> tuple[float | None, float | None]:
        """Return EPSS and percentile of the ids' CVE, the highest if there are several."""
        return max(
            (self._epss[one] for one in identifiers if one in self._epss), default=(None, None)
        )
