"""What is known to be wrong with a release, as its export says it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from longmark.core.formats.sboms.writing.release import (
    Affect,
    Rating,
    ReleaseBom,
    Vulnerability,
)
from longmark.core.matching import Verdict
from longmark.findings.models import Finding
from longmark.findings.queries.findings import MatchedComponent, ReleaseAffected, explained
from longmark.intel.queries import vulnerabilities
from longmark.sboms import queries as sboms

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from longmark.catalog.models import Release
    from longmark.sboms.models import Document

_SAID: Final = (
    Verdict.AFFECTED,
    Verdict.UNKNOWN,
    Verdict.UNDER_INVESTIGATION,
    Verdict.FIXED,
)
"""What is exported; that a release is not affected is a matter of VEX."""

STATES: Final[Mapping[str, str]] = {
    Verdict.UNKNOWN: "in_triage",
    Verdict.UNDER_INVESTIGATION: "in_triage",
    Verdict.FIXED: "resolved",
    Verdict.NOT_AFFECTED: "not_affected",
}
"""CycloneDX's word of the analysis. A match alone is none: somebody has to decide."""

_STATUSES: Final[Mapping[str, str]] = {
    Verdict.AFFECTED: "affected",
    Verdict.FIXED: "unaffected",
    Verdict.NOT_AFFECTED: "unaffected",
}


def standing(release: "Release") -> Iterator[tuple[int, datetime, datetime]]:
    """Yield each finding that is exported: its id, when it and its vulnerability changed."""
    rows = _findings(release).order_by("pk")
    yield from rows.values_list("pk", "changed_at", "vulnerability__modified_at")


def vulnerabilities_in(
    bom: ReleaseBom, release: "Release", documents: Sequence["Document"]
) -> list[Vulnerability]:
    """Return the vulnerabilities of a release by name, on the pieces of ``bom``. Five queries."""
    affected = explained(_findings(release).select_related("vulnerability"))
    aliases = vulnerabilities.aliases_by_vulnerability(
        each.finding.vulnerability_id for each in affected
    )
    components = {one.component.pk for each in affected for one in each.components}
    pieces = _pieces_of(bom, documents, components)
    said = [_said(each, aliases[each.finding.vulnerability_id], bom, pieces) for each in affected]
    return sorted(said, key=lambda each: each.name)


def _findings(release: "Release") -> "QuerySet[Finding]":
    rows = Finding.objects.filter(release=release, verdict__in=_SAID)
    return rows.exclude(component_count=0)


def _pieces_of(
    bom: ReleaseBom, documents: Sequence["Document"], component_ids: Iterable[UUID]
) -> dict[UUID, list[int]]:
    """Return the pieces in which each component is found, by its places in the documents."""
    at = {
        (place.source, place.entry): piece.number for piece in bom.pieces for place in piece.places
    }
    numbers = {document.pk: number for number, document in enumerate(documents)}
    found: dict[UUID, dict[int, None]] = defaultdict(dict)
    for document_id, entry, component_id in sboms.places_in(documents, component_ids):
        piece = at.get((numbers[document_id], entry))
        if piece is not None:
            found[component_id][piece] = None
    return {component_id: sorted(numbers) for component_id, numbers in found.items()}


def _said(
    affected: ReleaseAffected,
    aliases: Sequence[str],
    bom: ReleaseBom,
    pieces: Mapping[UUID, Sequence[int]],
) -> Vulnerability:
    finding, known = affected.finding, affected.finding.vulnerability
    is_patched = any(one.is_patched for one in affected.components)
    state = STATES.get(finding.verdict, "")
    exploited = known.exploited_on.isoformat() if known.exploited_on else ""
    properties = (
        ("longmark:verdict", finding.verdict),
        ("longmark:confidence", finding.confidence),
        ("longmark:exploited-on", exploited),
    )
    return Vulnerability(
        name=known.name,
        aliases=tuple(each for each in aliases if each != known.name),
        description=known.description or known.title,
        rating=Rating(
            severity=known.severity_rating or "unknown",
            score=known.severity_score,
            vector=known.severity_vector,
            source=known.severity_source,
        ),
        weaknesses=tuple(cwe_numbers(known.weaknesses)),
        published_at=known.published_at,
        modified_at=known.modified_at,
        state="resolved_with_pedigree" if state == "resolved" and is_patched else state,
        detail=affected.sentence,
        affects=tuple(_affects(affected.components, [known.name, *aliases], bom, pieces)),
        properties=tuple((name, value) for name, value in properties if value),
    )


def _affects(
    components: Iterable[MatchedComponent],
    names: Sequence[str],
    bom: ReleaseBom,
    pieces: Mapping[UUID, Sequence[int]],
) -> Iterator[Affect]:
    """Yield the pieces that are met; one that its document declares patched is unaffected."""
    for one in components:
        for number in pieces.get(one.component.pk, ()):
            resolved = {
                name for patch in bom.pieces[number].entry.patches for name in patch.resolves
            }
            is_patched = not resolved.isdisjoint(names)
            status = _STATUSES.get(one.match.verdict, "unknown")
            yield Affect(piece=number, status="unaffected" if is_patched else status)


def cwe_numbers(weaknesses: Iterable[str]) -> Iterator[int]:
    """Yield the numbers of CWE ids; what is none is passed over.

    >>> list(cwe_numbers(["CWE-79", "NVD-CWE-noinfo"]))
    [79]
    """
    for each in weaknesses:
        number = each.removeprefix("CWE-")
        if number.isdecimal() and int(number) > 0:
            yield int(number)
