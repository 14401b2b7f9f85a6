"""Why components match, for a person to judge: a sentence, a line of versions, every source.

Components that are one package in several versions are told together: the line shows all of
them in the order of their keys, with the bounds that the sources state.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from longmark.core.formats.advisories.records import Source
from longmark.core.matching import Step, Verdict
from longmark.core.matching.trails import REASONS, SOURCES
from longmark.core.matching.verdicts import Reason
from longmark.core.versions import BEGINNING, END
from longmark.sboms import queries as sboms
from longmark.web import names
from longmark.web.charts import Mark
from longmark.web.words import CONFIDENCE as CONFIDENCE_WORDS
from longmark.web.words import PROVENANCE

if TYPE_CHECKING:
    from longmark.catalog.models import Release
    from longmark.findings.queries.findings import MatchedComponent

MARKS_LIMIT: Final = 9
RELEASES_SHOWN: Final = 2
NAMES_SHOWN: Final = 4
TONES: Final = {
    Verdict.AFFECTED: "attn",
    Verdict.UNDER_INVESTIGATION: "unknown",
    Verdict.UNKNOWN: "unknown",
}


@dataclass(frozen=True)
class SourceRow:
    """What one source says, how it was read, and what follows."""

    source: str
    record: str
    pointer: str
    says: str
    reading: str
    verdict: Verdict


@dataclass(frozen=True)
class Explained:
    """One package that matches, in all versions of it that are shipped."""

    names: tuple[str, ...]
    lead: str
    text: str
    qualifications: tuple[str, ...]
    marks: tuple[Mark, ...]
    stretches: tuple[tuple[int, int], ...]
    line_sentence: str
    rows: tuple[SourceRow, ...]
    doubt_href: str


@dataclass(frozen=True)
class Carriers:
    """The releases that contain each component, and how many units have each release."""

    releases: Mapping[UUID, Sequence["Release"]]
    unit_counts: Mapping[int, int]


def explained(matched: Collection["MatchedComponent"], carriers: Carriers) -> list[Explained]:
    """Return why, by package, affected ones first. No query."""
    groups: dict[str, list[MatchedComponent]] = defaultdict(list)
    for one in matched:
        groups[one.explanation.steps[0].package].append(one)
    return [_explained(group, carriers) for group in groups.values()]


def _explained(group: Sequence["MatchedComponent"], carriers: Carriers) -> Explained:
    gravest = group[0].explanation
    points, stretches = _points(group, carriers)
    texts = [point.text for point in points]
    said = _("Versions in order: %(versions)s. %(text)s")
    return Explained(
        names=tuple(str(one.component) for one in group),
        lead=_lead(group, carriers),
        text=gravest.text,
        qualifications=gravest.qualifications,
        marks=points,
        stretches=stretches,
        line_sentence=said % {"versions": ", ".join(texts), "text": gravest.text},
        rows=tuple(_row(step) for step in gravest.steps),
        doubt_href=names.doubt_href(
            sboms.stated_names_of(group[0].component)[0], gravest.steps[0].package
        ),
    )


def _lead(group: Sequence["MatchedComponent"], carriers: Carriers) -> str:
    """Return which releases contain what: *Seven releases contain Treck TCP/IP 6.0.1.41.*"""
    releases = {each.pk for one in group for each in carriers.releases.get(one.component.pk, ())}
    every = list(dict.fromkeys(str(one.component) for one in group))
    names = every[:NAMES_SHOWN]
    if len(every) > NAMES_SHOWN:
        names.append(_("%(count)s more") % {"count": len(every) - NAMES_SHOWN})
    said = ngettext(
        "%(count)s release contains %(names)s.",
        "%(count)s releases contain %(names)s.",
        len(releases),
    )
    return said % {"count": len(releases), "names": ", ".join(names)}


def _row(step: Step) -> SourceRow:
    doubts = [str(_(REASONS[Reason(code)])) for code in step.reasons]
    how = _("%(package)s, %(provenance)s; compared as %(scheme)s; %(confidence)s") % {
        "package": step.package,
        "provenance": PROVENANCE.get(step.provenance, step.provenance),
        "scheme": step.scheme,
        "confidence": CONFIDENCE_WORDS.get(step.confidence, step.confidence),
    }
    return SourceRow(
        source=SOURCES.get(Source(step.source), step.source),
        record=step.record,
        pointer=step.pointer,
        says=f"{step.wording} {step.interval}".strip(),
        reading=". ".join([how, *doubts]),
        verdict=step.verdict,
    )


def _points(
    group: Sequence["MatchedComponent"], carriers: Carriers
) -> tuple[tuple[Mark, ...], tuple[tuple[int, int], ...]]:
    """Return versions and bounds in the order of their keys, and the affected stretches."""
    deciding = [(one, one.explanation.steps[0]) for one in group]
    spans = {(step.low, step.high) for _, step in deciding if step.verdict is Verdict.AFFECTED}
    points = _bounds([step for _, step in deciding])
    points |= _marks(deciding, carriers)
    if not points or len(points) > MARKS_LIMIT or not spans:
        return (), ()
    keys = sorted(points)
    stretches = sorted({(_place(low, keys), _place(high, keys)) for low, high in spans})
    return tuple(points[key] for key in keys), tuple(stretches)


def _bounds(steps: Sequence[Step]) -> dict[str, Mark]:
    """Return the ends of the affected intervals, as the sources write them."""
    found = {}
    for step in steps:
        if step.verdict is not Verdict.AFFECTED:
            continue
        for key, text in ((step.low, step.low_text), (step.high, step.high_text)):
            if key not in (BEGINNING, END) and text:
                found[key] = Mark(text, "attn", is_bound=True)
    return found


def _marks(
    deciding: Sequence[tuple["MatchedComponent", Step]], carriers: Carriers
) -> dict[str, Mark]:
    """Return one mark for each version, whatever names its components go by."""
    by_key: dict[str, list[tuple[MatchedComponent, Step]]] = defaultdict(list)
    for one, step in deciding:
        if step.key:
            by_key[step.key].append((one, step))
    return {key: _mark(same, carriers) for key, same in by_key.items()}


def _mark(same: Sequence[tuple["MatchedComponent", Step]], carriers: Carriers) -> Mark:
    one, step = same[0]
    known = [carriers.releases.get(each.component.pk, ()) for each, _step in same]
    releases = list({release.pk: release for some in known for release in some}.values())
    note = ", ".join(str(release) for release in releases)
    if len(releases) > RELEASES_SHOWN:
        note = _("%(count)s releases") % {"count": len(releases)}
    units = sum(carriers.unit_counts.get(release.pk, 0) for release in releases)
    count = ngettext("%(count)s unit", "%(count)s units", units) % {"count": f"{units:,}"}
    return Mark(step.version, TONES.get(Verdict(one.match.verdict), "ink"), note, count)


def _place(key: str, keys: Sequence[str]) -> int:
    if key == BEGINNING:
        return -1
    return keys.index(key) if key in keys else len(keys)
