"""OSV records (schema 1.7.5).

Each `affected` entry is a union of ranges and enumerated versions; entries of one package
are one statement, their gaps kept. Events that alternate are paired in file order, others
are sorted, closing before opening. Enumerated versions inside a range are left out. GIT
ranges have no order: their tags become exact versions of the repository.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from longmark.core import identity
from longmark.core.formats.advisories import identifiers, severities
from longmark.core.formats.advisories.intervals import (
    FROM_BEGINNING,
    WITHOUT_END,
    Bound,
    EmptyInterval,
    at_least,
    below,
    between,
    everything,
    exactly,
    normal_form,
    status_at,
    up_to,
)
from longmark.core.formats.advisories.reading import (
    UNDATED,
    RecordInvalid,
    checked_extent,
    checked_id,
    decoded,
    instant,
    shortened,
)
from longmark.core.formats.advisories.records import (
    AdvisoryRecord,
    Confidence,
    Defect,
    ExactVersion,
    Origin,
    Reference,
    Severity,
    Source,
    State,
    StatedRange,
    Statement,
    Status,
    Tier,
)
from longmark.core.versions import Scheme, Unkeyable, key

_SCORED: Final = ("CVSS_V2", "CVSS_V3", "CVSS_V4")
COMMIT_LENGTH: Final = 40
MAX_COMMITS: Final = 200  # events of one range; the longest genuine list has about 60
_DISTRIBUTED: Final = ("deb:", "rpm:", "apk:")


class _Severity(msgspec.Struct):
    score: str
    type: str = ""


class _Range(msgspec.Struct):
    events: list[dict[str, str | int | float]] = []
    type: str = "ECOSYSTEM"
    repo: str = ""


class _Package(msgspec.Struct):
    name: str = ""
    ecosystem: str = ""
    purl: str = ""


class _Affected(msgspec.Struct):
    package: _Package | None = None
    ranges: list[_Range] | None = None
    versions: list[str | int | float] | None = None
    severity: list[_Severity] | None = None
    ecosystem_specific: dict[str, Any] | None = None


class _Record(msgspec.Struct):
    id: str
    modified: str
    published: str = ""
    withdrawn: str | None = None
    aliases: list[str] | None = None
    related: list[str] | None = None
    upstream: list[str] | None = None
    summary: str | None = None
    details: str | None = None
    severity: list[_Severity] | None = None
    affected: list[_Affected] | None = None
    database_specific: dict[str, Any] | None = None


class _Link(msgspec.Struct):
    url: str
    type: str = ""


class _Links(msgspec.Struct):
    references: list[_Link] | None = None


_decoder: Final = msgspec.json.Decoder(_Record)
_links: Final = msgspec.json.Decoder(_Links)


def read(content: bytes) -> AdvisoryRecord:
    """Return the record, normalised.

    Raises:
        RecordInvalid: it is not an OSV record, or exceeds a limit.
    """
    document = decoded(_decoder, content)
    identifier = checked_id(document.id)
    aliases, subjects = identifiers.links(
        identifier, document.aliases or (), document.upstream or (), document.related or ()
    )
    withdrawn_at = instant(document.withdrawn) if document.withdrawn else None
    reader = _Entries(document.affected or [])
    modified = instant(document.modified) or instant(document.published)
    if modified is None:
        reader.defects.append(Defect("/modified", f"'{document.modified[:40]}' is not an instant."))
    return AdvisoryRecord(
        source=Source.OSV,
        id=identifier,
        modified=modified or UNDATED,
        published=instant(document.published),
        withdrawn_at=withdrawn_at,
        aliases=aliases,
        subjects=subjects,
        state=State.WITHDRAWN if withdrawn_at else State.PUBLISHED,
        title=shortened(document.summary or "")[:500],
        description=shortened(document.details or ""),
        severities=_severities(document),
        weaknesses=_weaknesses(document.database_specific or {}),
        statements=() if withdrawn_at else checked_extent(reader.statements()),
        defects=tuple(reader.defects),
    )


def references(content: bytes) -> tuple[Reference, ...]:
    """Return the links of a record."""
    return tuple(
        Reference(link.url, link.type.lower()) for link in decoded(_links, content).references or ()
    )


def spans_of_events(
    events: Sequence[Mapping[str, str | int | float]], scheme: Scheme
) -> tuple[list[StatedRange], list[str]]:
    """Return the affected intervals of an event list, and what could not be used of it.

    A pair with a bound that has no key makes everything on its open side unknown.
    """
    steps = [(kind, str(version)) for event in events for kind, version in event.items()]
    marks = [_Mark(kind, text, scheme) for kind, text in steps if kind != "limit"]
    if any(mark.opens != (place % 2 == 0) for place, mark in enumerate(marks)):
        marks.sort(key=lambda mark: (mark.bound or WITHOUT_END, mark.opens))
    limit = _limit((text for kind, text in steps if kind == "limit"), scheme)
    spans: list[StatedRange] = []
    reasons: list[str] = []
    opened: _Mark | None = None
    for mark in marks:
        if mark.opens:
            opened = opened or mark
        elif opened:
            _close(opened, mark.bound, mark.text, spans, reasons)
            opened = None
    if opened:
        _close(opened, limit, "limit", spans, reasons)
    return spans, reasons


class _Mark:
    """One event: its bound, None where the version has no key."""

    __slots__ = ("bound", "opens", "text")

    def __init__(self, kind: str, text: str, scheme: Scheme) -> None:
        self.opens = kind == "introduced"
        self.text = text
        self.bound: Bound | None = _bound(kind, text, scheme)


def _bound(kind: str, text: str, scheme: Scheme) -> Bound | None:
    if kind == "introduced" and text == "0":
        return FROM_BEGINNING
    try:
        version_key = key(scheme, text)
    except Unkeyable:
        return None
    if kind == "introduced":
        return at_least(version_key, text)
    return up_to(version_key, text) if kind == "last_affected" else below(version_key, text)


def _limit(texts: Iterable[str], scheme: Scheme) -> Bound | None:
    bounds = [WITHOUT_END if text == "*" else _bound("limit", text, scheme) for text in texts]
    if not bounds:
        return WITHOUT_END
    return None if None in bounds else max(bound for bound in bounds if bound)


def _close(
    opened: _Mark, high: Bound | None, text: str, spans: list[StatedRange], reasons: list[str]
) -> None:
    low = opened.bound
    if low is None or high is None:
        unordered = opened.text if low is None else text
        reasons.append(f"'{unordered}' cannot be ordered as a version of this package.")
        spans.append(between(low or FROM_BEGINNING, high or WITHOUT_END, Status.UNKNOWN))
        return
    try:
        spans.append(between(low, high))
    except EmptyInterval as empty:
        reasons.append(str(empty))


class _Entries:
    """The affected entries of one record on their way to statements."""

    def __init__(self, entries: Sequence[_Affected]) -> None:
        self.entries = entries
        self.defects: list[Defect] = []
        self._gathered: dict[str, _Gathered] = {}

    def statements(self) -> list[Statement]:
        """Return one statement per package that the record names."""
        for number, entry in enumerate(self.entries):
            pointer = f"/affected/{number}"
            if entry.package and entry.package.ecosystem != "OSS-Fuzz":
                self._add_package(entry, entry.package, pointer)
            self._add_repositories(entry, pointer)
        return [gathered.statement() for gathered in self._gathered.values()]

    def _add_package(self, entry: _Affected, package: _Package, pointer: str) -> None:
        name, scheme = _identified(package)
        wording = f"{package.ecosystem}: {package.name}" if package.name else package.purl[:300]
        gathered = self._gathered.setdefault(name, _Gathered(name, scheme, pointer, wording))
        spans: list[StatedRange] = []
        for events in _ordered_ranges(entry):
            found, reasons = spans_of_events(events, scheme)
            spans += found
            self.defects += (Defect(f"{pointer}/ranges", reason) for reason in reasons)
        if entry.versions:
            spans = [span for span in spans if span.status is Status.AFFECTED]
            gathered.add_versions(spans, entry.versions)
        elif not spans:
            spans = [everything(Status.UNKNOWN)]
            self.defects.append(Defect(pointer, "The entry states no usable versions."))
        gathered.spans += spans

    def _add_repositories(self, entry: _Affected, pointer: str) -> None:
        for repo in {span.repo for span in entry.ranges or () if span.type == "GIT"}:
            package = identity.package_of_repository(repo)
            if package is None:
                self.defects.append(
                    Defect(f"{pointer}/ranges", f"'{repo[:200]}' is no repository.")
                )
                continue
            gathered = self._gathered.setdefault(
                package, _Gathered(package, identity.package_scheme(package), pointer, repo)
            )
            is_tagged = entry.package is None or entry.package.ecosystem == "OSS-Fuzz"
            tags = [str(tag) for tag in entry.versions or ()] if is_tagged else []
            gathered.add_commits(entry, repo)
            if tags:
                gathered.add_versions([], [identity.tag_version(package, tag) for tag in tags])
            else:
                gathered.spans.append(everything(Status.UNKNOWN))


class _Gathered:
    """What is said of one package so far."""

    def __init__(self, package: str, scheme: Scheme, pointer: str, wording: str) -> None:
        self.package = package
        self.scheme = scheme
        self.pointer = pointer
        self.wording = wording
        self.spans: list[StatedRange] = []
        self.exact: dict[str, ExactVersion] = {}

    def add_commits(self, entry: _Affected, repo: str) -> None:
        """Add the commits at which the bug came and went; what lies between takes the history."""
        for span in entry.ranges or ():
            for event in (
                span.events[:MAX_COMMITS] if span.type == "GIT" and span.repo == repo else ()
            ):
                for kind, commit in event.items():
                    if kind != "limit" and len(str(commit)) == COMMIT_LENGTH:
                        status = Status.NOT_AFFECTED if kind == "fixed" else Status.AFFECTED
                        self.exact[str(commit)] = ExactVersion(str(commit), status)

    def add_versions(
        self, spans: Sequence[StatedRange], versions: Iterable[str | int | float]
    ) -> None:
        """Add enumerated versions that no interval of their entry holds."""
        held = normal_form(spans)
        for version in map(str, versions):
            try:
                version_key = key(self.scheme, version)
            except Unkeyable:
                self.exact[version] = ExactVersion(version, Status.AFFECTED)
                continue
            if status_at(held, version_key) is not Status.AFFECTED:
                self.spans.append(exactly(version_key, version))

    def statement(self) -> Statement:
        """Return the statement in normal form."""
        return Statement(
            package=self.package,
            scheme=self.scheme,
            pointer=self.pointer,
            wording=self.wording,
            ranges=normal_form(self.spans),
            exact=tuple(self.exact.values()),
            tier=_tier(self.package),
            cap=Confidence.EXACT,
        )


def _identified(package: _Package) -> tuple[str, Scheme]:
    """Return the key of a package, by its purl if the record gives nothing else.

    Raises:
        RecordInvalid: it names nothing.
    """
    if package.name and package.ecosystem:
        return identity.package_of_osv(package.ecosystem, package.name)
    purl = identity.parse_purl(package.purl)
    if purl is None:
        raise RecordInvalid("An affected package has no name.")
    name = identity.package_of_purl(purl)
    return name, identity.package_scheme(name)


def _tier(package: str) -> Tier:
    if package.startswith(_DISTRIBUTED):
        return Tier.DISTRIBUTOR
    return Tier.REPOSITORY if package.startswith("git:") else Tier.ECOSYSTEM


def _ordered_ranges(entry: _Affected) -> list[list[dict[str, str | int | float]]]:
    """Return the event lists that have an order; Go's own ranges replace a bare ``0``."""
    plain = [span.events for span in entry.ranges or () if span.type != "GIT" and span.events]
    custom = (entry.ecosystem_specific or {}).get("custom_ranges")
    if plain == [[{"introduced": "0"}]] and isinstance(custom, list) and custom:
        return [span.events for span in msgspec.convert(custom, list[_Range])]
    return plain


def _severities(document: _Record) -> tuple[Severity, ...]:
    stated = list(document.severity or ())
    for entry in document.affected or ():
        stated += entry.severity or ()
    found: dict[str, Severity] = {}
    for one in stated:
        if one.type in _SCORED:
            severity = severities.from_vector(one.score, origin=Origin.CNA, provider="osv")
        else:
            severity = severities.from_word(one.score, origin=Origin.CNA, provider=one.type)
        if severity:
            found[severity.vector or severity.word] = severity
    word = (document.database_specific or {}).get("severity")
    if not found and isinstance(word, str) and word:
        return (severities.from_word(word, origin=Origin.CNA, provider="osv"),)
    return tuple(found.values())


def _weaknesses(extras: Mapping[str, Any]) -> tuple[str, ...]:
    stated = extras.get("cwe_ids")
    if not isinstance(stated, list):
        return ()
    return tuple(dict.fromkeys(str(one) for one in stated if str(one).startswith("CWE-")))
