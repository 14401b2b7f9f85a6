"""Reads of vulnerabilities, their advisories and what these state."""

import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import msgspec
from django.db.models import Q, QuerySet

from longmark.core.errors import NotFound
from longmark.core.formats.advisories import csaf, cve5, euvd, nvd, osv
from longmark.core.formats.advisories.reading import RecordInvalid
from longmark.core.formats.advisories.records import (
    Alternatives,
    Condition,
    Reference,
    Severity,
    Source,
    State,
    Surroundings,
)
from longmark.foundation.bulk import Among
from longmark.foundation.pages import Page, keyset_page
from longmark.intel.models import (
    Advisory,
    AffectedRange,
    Alias,
    EpssScore,
    EuvdId,
    Parcel,
    Signal,
    Statement,
    Subject,
    Vulnerability,
)

FOUND_LIMIT_ROWS = 20
AMONG = f"vulnerability_id__{Among.lookup_name}"
_AMONG_ADVISORIES = f"advisory_id__{Among.lookup_name}"
"""How a query asks for rows of many vulnerabilities, or advisories, by one parameter."""

RANGES_LIMIT_ROWS = 500

_LINKS = {
    Source.OSV: osv.references,
    Source.NVD: nvd.references,
    Source.CVE: cve5.references,
    Source.CSAF: csaf.references,
    Source.EUVD: euvd.references,
}


@dataclass(frozen=True)
class VulnerabilityFilters:
    """What a list of vulnerabilities may be narrowed to; empty fields do not narrow."""

    text: str = ""
    rating: str = ""
    is_exploited: bool | None = None
    minimum_epss: float | None = None
    modified_since: datetime | None = None
    package: str = ""


@dataclass(frozen=True)
class EpssDay:
    """An EPSS value and the day since which it holds."""

    scored_on: date
    model: str
    epss: float
    percentile: float


def vulnerability(name: str) -> Vulnerability:
    """Return the vulnerability known under a name or alias, wherever it was merged to. One query.

    Raises:
        NotFound: no advisory with this id was taken in.
    """
    spelled = {name.strip(), name.strip().upper()}
    row = _alias_among(spelled)
    if row is None and any(one.startswith("EUVD-") for one in spelled):
        mapped = EuvdId.objects.filter(euvd__in=spelled).values_list("identifier", flat=True)
        row = _alias_among(set(mapped))
    if row is None:
        raise NotFound(
            "No advisory {name} is known here. It may be in a source that was not imported.",
            name=name,
        )
    return row.vulnerability


def _alias_among(identifiers: set[str]) -> Alias | None:
    rows = Alias.objects.filter(identifier__in=identifiers).select_related("vulnerability")
    return rows.order_by("identifier").first()


def vulnerability_by_id(pk: int) -> Vulnerability:
    """Return one vulnerability, followed to where it was merged. At most two queries.

    Raises:
        NotFound: there is none with this number.
    """
    row = Vulnerability.objects.select_related("merged_into").filter(pk=pk).first()
    if row is None:
        raise NotFound("There is no vulnerability {pk}.", pk=pk)
    return row.merged_into or row


def vulnerabilities_by_id(ids: Iterable[int]) -> dict[int, Vulnerability]:
    """Return vulnerabilities by their ids, as they are. One query."""
    return Vulnerability.objects.in_bulk(list(ids))


def vulnerability_ids_by_name(names: Iterable[str]) -> dict[str, int]:
    """Return the ids of vulnerabilities by any of their names, for those known. One query."""
    rows = Alias.objects.filter(identifier__in=list(names))
    return dict(rows.values_list("identifier", "vulnerability_id"))


def names_by_id(ids: Iterable[int]) -> dict[int, list[str]]:
    """Return every name of each vulnerability, in order. One query."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = Alias.objects.filter(**{AMONG: list(ids)}).order_by("identifier")
    for vulnerability_id, identifier in rows.values_list("vulnerability_id", "identifier"):
        found[vulnerability_id].append(identifier)
    return found


def files_by_vulnerability(package: str, ids: Iterable[int]) -> dict[int, set[str]]:
    """Return the source files of a package in which each vulnerability lies, as far as advisories
    name any. Two queries."""
    speaking = _advisories_on(ids)
    rows = Statement.objects.filter(
        **{_AMONG_ADVISORIES: list(speaking)}, package=package, files__isnull=False
    )
    found: dict[int, set[str]] = defaultdict(set)
    for advisory_id, files in rows.values_list("advisory_id", "files"):
        for vulnerability_id, _source, _record in speaking[advisory_id]:
            found[vulnerability_id].update(files or ())
    return found


def conditions_by_vulnerability(
    packages: Iterable[str], ids: Iterable[int]
) -> dict[int, dict[tuple[str, str, str, str], list[Condition | None]]]:
    """Return what statements on these packages ask for besides, ``None`` for nothing, by
    vulnerability and by source, record, pointer and package. Two queries."""
    speaking, wanted = _advisories_on(ids), set(packages)
    rows = Statement.objects.filter(**{_AMONG_ADVISORIES: list(speaking)}).order_by("id")
    found: dict[int, dict[tuple[str, str, str, str], list[Condition | None]]] = {}
    for advisory_id, package, pointer, text, kind, needs in rows.values_list(
        "advisory_id", "package", "pointer", "condition", "condition_kind", "needs"
    ):
        if package not in wanted:
            continue
        condition = _condition(text, kind, needs) if text else None
        for vulnerability_id, source, record in speaking[advisory_id]:
            stated = found.setdefault(vulnerability_id, {})
            stated.setdefault((source, record, pointer, package), []).append(condition)
    return found


def _advisories_on(ids: Iterable[int]) -> dict[int, list[tuple[int, str, str]]]:
    """Return the advisories that speak of vulnerabilities, each with these, its source and its id.

    Asked apart: a planner that sees the package starts from it, and reads a hundred times as much.
    """
    rows = Subject.objects.filter(**{AMONG: list(ids)}, advisory__state=State.PUBLISHED)
    found: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
    columns = ("advisory_id", "vulnerability_id", "advisory__source", "advisory__record_id")
    for advisory_id, vulnerability_id, source, record in rows.values_list(*columns):
        found[advisory_id].append((vulnerability_id, source, record))
    return found


def _condition(text: str, kind: str, needs: object) -> Condition:
    return Condition(text, Surroundings(kind), msgspec.convert(needs, tuple[Alternatives, ...]))


def vulnerabilities_page(
    filters: VulnerabilityFilters = VulnerabilityFilters(),
    *,
    after: str | None = None,
    limit: int = 50,
) -> Page[Vulnerability]:
    """Return vulnerabilities, the newest change first. One query; texts are not loaded."""
    rows = _narrowed(_live(), filters).defer("description")
    return keyset_page(rows, order=("-modified_at", "-id"), after=after, limit=limit)


def find_vulnerabilities(text: str) -> list[Vulnerability]:
    """Return up to twenty vulnerabilities for the search box: by id, else by title. Two queries."""
    wanted = text.strip()
    if not wanted:
        return []
    upper = wanted.upper()
    named = Alias.objects.filter(identifier__gte=upper, identifier__lt=f"{upper}\x7f")
    rows = named.select_related("vulnerability").order_by("identifier")[:FOUND_LIMIT_ROWS]
    found = {row.vulnerability_id: row.vulnerability for row in rows}
    if not found:  # titles have no index: they are read only if no id begins like this
        titled = _live().filter(title__icontains=wanted).defer("description")
        for row in titled.order_by("-modified_at", "-id")[:FOUND_LIMIT_ROWS]:
            found.setdefault(row.pk, row)
    return list(found.values())[:FOUND_LIMIT_ROWS]


def aliases_of(vulnerability: Vulnerability) -> list[str]:
    """Return every id of a vulnerability, its name and EUVD ids included, sorted. Two queries."""
    rows = Alias.objects.filter(vulnerability=vulnerability).values_list("identifier", flat=True)
    identifiers = set(rows)
    mapped = EuvdId.objects.filter(identifier__in=identifiers).values_list("euvd", flat=True)
    return sorted({*identifiers, *mapped})


def aliases_by_vulnerability(ids: Iterable[int]) -> dict[int, list[str]]:
    """Return every id of several vulnerabilities, their names included, sorted. One query."""
    wanted = set(ids)
    found: dict[int, list[str]] = {pk: [] for pk in wanted}
    rows = Alias.objects.filter(vulnerability_id__in=wanted).order_by("identifier")
    for pk, identifier in rows.values_list("vulnerability_id", "identifier"):
        found[pk].append(identifier)
    return found


def advisories_of(vulnerability: Vulnerability) -> list[Advisory]:
    """Return the advisories that speak of a vulnerability, by source and id. One query."""
    rows = Advisory.objects.filter(subjects__vulnerability=vulnerability)
    return list(rows.order_by("source", "record_id"))


def severities_of(advisory: Advisory) -> list[Severity]:
    """Return every rating that an advisory gives. No query."""
    return [msgspec.convert(each, Severity) for each in advisory.severities]


def ranges_of(
    vulnerability: Vulnerability, packages: Iterable[str] | None = None
) -> list[AffectedRange]:
    """Return the ranges of the given packages, or of all, with statement and advisory. One query.

    At most 500, ordered by tier, package and lower bound.
    """
    own = Alias.objects.filter(vulnerability=vulnerability).values("identifier")
    rows = AffectedRange.objects.filter(
        Q(statement__subject="") | Q(statement__subject__in=own),
        advisory__subjects__vulnerability=vulnerability,
    )
    if packages is not None:
        rows = rows.filter(package__in=list(packages))
    ordered = rows.select_related("statement", "advisory")
    return list(ordered.order_by("statement__tier", "package", "low", "id")[:RANGES_LIMIT_ROWS])


def record_of(advisory: Advisory) -> bytes:
    """Return an advisory's record byte for byte as it was received. One query at most."""
    return unpacked(advisory.parcel)[advisory.place]


def unpacked(parcel: Parcel) -> list[bytes]:
    """Return the records of a parcel as they were received. No query."""
    packed = zlib.decompress(bytes(parcel.content))
    return msgspec.msgpack.decode(packed, type=list[bytes])


def references_of(advisory: Advisory) -> tuple[Reference, ...]:
    """Return the links that an advisory gives, read from its record. One query at most."""
    try:
        return _LINKS[Source(advisory.source)](record_of(advisory))
    except RecordInvalid:
        return ()


def exploitation_of(vulnerability: Vulnerability) -> list[Signal]:
    """Return what catalogues say, and said, of a vulnerability's exploitation. One query."""
    identifiers = Alias.objects.filter(vulnerability=vulnerability).values("identifier")
    return list(Signal.objects.filter(identifier__in=identifiers).order_by("noted_on", "id"))


def epss_history(vulnerability: Vulnerability) -> list[EpssDay]:
    """Return each EPSS value from the day on which it began to hold, oldest first. One query."""
    identifiers = Alias.objects.filter(vulnerability=vulnerability).values("identifier")
    rows = EpssScore.objects.filter(identifier__in=identifiers).order_by("scored_on", "id")
    return [EpssDay(*row) for row in rows.values_list("scored_on", "model", "epss", "percentile")]


def _live() -> QuerySet[Vulnerability]:
    return Vulnerability.objects.filter(merged_into=None)


def _narrowed(
    rows: QuerySet[Vulnerability], filters: VulnerabilityFilters
) -> QuerySet[Vulnerability]:
    if filters.text:
        upper = filters.text.strip().upper()
        named = Alias.objects.filter(identifier__gte=upper, identifier__lt=f"{upper}\x7f")
        titled = Q(title__icontains=filters.text.strip())
        rows = rows.filter(titled | Q(pk__in=named.values("vulnerability_id")))
    if filters.rating:
        rows = rows.filter(severity_rating=filters.rating)
    if filters.is_exploited is not None:
        rows = rows.filter(exploited_on__isnull=not filters.is_exploited)
    if filters.minimum_epss is not None:
        rows = rows.filter(epss__gte=filters.minimum_epss)
    if filters.modified_since:
        rows = rows.filter(modified_at__gte=filters.modified_since)
    if filters.package:
        stated = Statement.objects.filter(package=filters.package).values("advisory_id")
        spoken_of = Subject.objects.filter(advisory__in=stated)
        rows = rows.filter(pk__in=spoken_of.values("vulnerability_id"))
    return rows
