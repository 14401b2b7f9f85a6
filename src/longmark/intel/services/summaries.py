"""What a vulnerability shows of its advisories: the best text, the severity that counts, signals.

Texts come from the first source that has one: the CVE record, then NVD, then OSV. Severity follows
`core.formats.advisories.severities`. Records that were withdrawn count only if all were.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import msgspec
from django.db.models import QuerySet

from longmark.core.formats import cvss
from longmark.core.formats.advisories import severities
from longmark.core.formats.advisories.identifiers import is_cve
from longmark.core.formats.advisories.records import (
    AdvisoryRecord,
    Severity,
    Source,
    State,
)
from longmark.core.formats.cvss import Rating
from longmark.foundation.bulk import insert_rows, update_rows
from longmark.intel.models import Advisory, EpssScore, Signal, Vulnerability

_COLUMNS: Final = (
    "title", "description", "state", "is_disputed", "replaced_by", "severity_score",
    "severity_vector", "severity_source", "severity_rating", "weaknesses", "published_at",
    "modified_at", "exploited_on", "epss", "epss_percentile",
)  # fmt: skip
_SPEAKER_COLUMNS: Final = (
    "id", "source", "record_id", "state", "is_disputed", "title", "description", "severities",
    "weaknesses", "published_at", "modified_at", "exploited_on", "replaced_by",
)  # fmt: skip
_TEXT_ORDER: Final = {
    source.value: rank
    for rank, source in enumerate((Source.CVE, Source.NVD, Source.OSV, Source.CSAF, Source.EUVD))
}
UNSCORED: Final = ""  # neither "none" nor "low": nobody has rated it
_WORDS: Final = {
    "critical": Rating.CRITICAL, "important": Rating.HIGH, "high": Rating.HIGH,
    "moderate": Rating.MEDIUM, "medium": Rating.MEDIUM, "low": Rating.LOW,
    "negligible": Rating.LOW, "none": Rating.NONE,
}  # fmt: skip


@dataclass(slots=True)
class Speaker:
    """What an advisory contributes to what its vulnerabilities show."""

    pk: int
    source: str
    record_id: str
    state: str
    is_disputed: bool
    title: str
    description: str
    severities: Sequence[Severity]
    weaknesses: Sequence[str]
    published_at: datetime | None
    modified_at: datetime
    exploited_on: date | None
    replaced_by: str

    @staticmethod
    def of_record(pk: int, record: AdvisoryRecord) -> "Speaker":
        """Return a record just written as a speaker."""
        return Speaker(
            pk,
            record.source.value,
            record.id,
            record.state.value,
            record.disputed,
            record.title,
            record.description,
            record.severities,
            record.weaknesses,
            record.published,
            record.modified,
            record.exploited_on,
            record.replaced_by,
        )

    @staticmethod
    def of_rows(advisories: QuerySet[Advisory]) -> "dict[int, Speaker]":
        """Return stored advisories as speakers, by id. One query."""
        rows = advisories.values_list(*_SPEAKER_COLUMNS)
        speakers = {row[0]: Speaker(*row) for row in rows}
        for speaker in speakers.values():
            speaker.severities = msgspec.convert(speaker.severities, list[Severity])
        return speakers


@dataclass(slots=True)
class Group:
    """The row of a vulnerability, and who speaks of it; `shown` is None for a new one."""

    pk: int
    name: str
    merged_into_id: int | None
    shown: tuple[Any, ...] | None = None
    speakers: list[Speaker] = field(default_factory=list)

    @staticmethod
    def of_rows(vulnerabilities: QuerySet[Vulnerability]) -> "dict[str, Group]":
        """Return stored vulnerabilities as groups without speakers, by name. One query."""
        rows = vulnerabilities.values_list("id", "name", "merged_into_id", *_COLUMNS)
        return {row[1]: Group(row[0], row[1], row[2], tuple(row[3:])) for row in rows}


def summarise(groups: Iterable[Group], members: Mapping[str, Collection[str]]) -> set[int]:
    """Write what vulnerabilities show, new ones included; return those that differ now.

    One of which no advisory speaks any more, and which was not merged, is withdrawn.
    """
    spoken_of = [group for group in groups if group.speakers]
    signals = _Signals(one for group in spoken_of for one in members.get(group.name, ()))
    inserted, updated, differing = [], [], set()
    for group in spoken_of:
        shown = _shown(group.speakers, signals, members.get(group.name, (group.name,)))
        if group.shown is None:
            inserted.append((group.pk, group.name, group.merged_into_id, *shown))
        elif shown != group.shown:
            updated.append((*shown, group.pk))
        else:
            continue
        differing.add(group.pk)
    insert_rows(Vulnerability, ("id", "name", "merged_into_id", *_COLUMNS), inserted)
    update_rows(Vulnerability, _COLUMNS, updated)
    return differing | _withdrawn(groups)


def _withdrawn(groups: Iterable[Group]) -> set[int]:
    place = _COLUMNS.index("state")
    forsaken = {
        group.pk
        for group in groups
        if not group.speakers
        and group.merged_into_id is None
        and group.shown
        and group.shown[place] == State.PUBLISHED
    }
    update_rows(Vulnerability, ("state",), [(State.WITHDRAWN.value, pk) for pk in forsaken])
    return forsaken


def _shown(
    speakers: Sequence[Speaker], signals: "_Signals", identifiers: Collection[str]
) -> tuple[Any, ...]:
    standing = [one for one in speakers if one.state == State.PUBLISHED] or speakers
    standing = sorted(standing, key=lambda one: (_TEXT_ORDER[one.source], one.record_id))
    chosen = severities.chosen(
        each
        for one in standing
        for each in one.severities
        if not each.subject or each.subject in identifiers
    )
    epss, percentile = signals.epss_of(identifiers)
    noted = [one.exploited_on for one in standing if one.exploited_on]
    return (
        next((one.title for one in standing if one.title), ""),
        next((one.description for one in standing if one.description), ""),
        standing[0].state,
        any(one.is_disputed for one in standing),
        next((one.replaced_by for one in speakers if one.replaced_by), ""),
        chosen.score if chosen else None,
        chosen.vector[:300] if chosen else "",
        _source_of(chosen) if chosen else "",
        _rating(chosen),
        list(dict.fromkeys(each for one in standing for each in one.weaknesses)),
        min((one.published_at for one in standing if one.published_at), default=None),
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
        # Of several catalogues the one that knew first counts: it is written last.
        first_last = noted.order_by("-noted_on").values_list("identifier", "noted_on")
        self._exploited = dict(first_last)
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
