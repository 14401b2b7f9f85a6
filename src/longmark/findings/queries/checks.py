"""What would match, without storing anything: for an SBOM before it is added to a release."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

from longmark.core.facts import Part, ReleaseFacts, Rule, Settlement, Sheet
from longmark.core.facts.gathering import KERNEL
from longmark.core.facts.kernels import Kernel
from longmark.core.facts.naming import serial_of
from longmark.core.formats.advisories.records import Confidence
from longmark.core.formats.facts import Facts
from longmark.core.identity import stated_names
from longmark.core.identity.kinds import kind_of
from longmark.core.matching import TO_DO, UNDECIDED, Decision, Subject, Trail, Verdict, decide
from longmark.core.versions import is_unstated
from longmark.findings.queries.candidates import candidates_of_subjects
from longmark.findings.queries.reasons import Explanation, told
from longmark.intel.queries import vulnerabilities as intel
from longmark.names import queries as names

if TYPE_CHECKING:
    from longmark.core.formats.sboms import ComponentEntry, SbomDocument


CHUNK_COMPONENTS: Final = 5_000


@dataclass(frozen=True)
class Checked:
    """A component of a document and a vulnerability that an advisory joins."""

    place: int
    subject: Subject
    vulnerability_id: int
    decision: Decision

    @property
    def verdict(self) -> Verdict:
        """What is known of the two."""
        return self.decision.verdict

    @property
    def confidence(self) -> Confidence:
        """How far that can be trusted."""
        return self.decision.confidence

    @property
    def explanation(self) -> Explanation:
        """Why, in words."""
        return told(Trail.of(self.subject, self.decision))


@dataclass(frozen=True)
class Judged:
    """What a check found, and what facts make of it."""

    checked: Checked
    settlement: Settlement | None

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do about it."""
        return self.settlement is not None and self.settlement.rule.is_settling

    @property
    def verdict(self) -> Verdict:
        """What is known of the two, facts included."""
        settled = self.settlement.rule.verdict if self.settlement else None
        return settled or self.checked.verdict

    @property
    def confidence(self) -> Confidence:
        """How far that can be trusted."""
        if self.settlement and self.is_settled:
            return self.settlement.rule.confidence
        return self.checked.confidence


@dataclass
class Look:
    """What was met while the components of a document were gone through."""

    found: list[Checked] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    kernels: set[str] = field(default_factory=set)

    def take(self, start: int, subjects: Sequence[Subject]) -> None:
        """Go through the components from the one of this number. Four queries."""
        self.found += check_subjects(subjects, start=start)
        self.kinds |= kinds_of(subjects)
        self.kernels |= {one.version or "" for one in subjects if _is_kernel(one)}


def look_at(
    document: "SbomDocument", *, beside: Callable[[Sequence[Subject]], object] | None = None
) -> Look:
    """Return what matches the components of a document: six queries for each 5,000 of them.

    Names that were curated here count, as they will when the document is added. ``beside`` is
    called with all components, so many at a time.
    """
    look = Look()
    entries, start = iter(document.components), 0
    while chunk := list(islice(entries, CHUNK_COMPONENTS)):
        subjects = subjects_of(chunk)
        look.take(start, subjects)
        if beside:
            beside(subjects)
        start += len(chunk)
    look.found.sort(key=lambda one: (one.verdict in UNDECIDED, one.place))
    return look


def check_document(
    document: "SbomDocument", sheets: Sequence[Sheet] = (), *, look: Look | None = None
) -> list[Judged]:
    """Return what matches the components of a document, and what facts settle.

    ``look`` is what was met in it, if it was gone through already. Patches that the document
    declares are facts, too. A sheet is told by its number.
    """
    look = look_at(document) if look is None else look
    places = {one.place for one in look.found}
    entries = {place: entry for place, entry in enumerate(document.components) if place in places}
    facts = ReleaseFacts(sheets, [_part_of(document.subject, document)] if document.subject else ())
    kernels = _kernels(facts, look.kernels)
    ids = {one.vulnerability_id for one in look.found}
    named = intel.names_by_id(ids) if ids else {}
    files = intel.files_by_vulnerability(KERNEL, ids) if kernels and ids else {}
    judged = []
    for one in look.found:
        entry, names = entries[one.place], named.get(one.vulnerability_id, [])
        settlement = facts.settlement(
            _part_of(entry, document, one.subject),
            names,
            patch=_patch(entry, names),
            kernel=kernels.get(one.subject.version or "") if _is_kernel(one.subject) else None,
            files=files.get(one.vulnerability_id, ()),
        )
        judged.append(Judged(one, settlement))
    return judged


def sheets_of(files: Iterable[tuple[str, Facts]], serial: str) -> list[Sheet]:
    """Return files of facts that are not stored, numbered from 1; ``serial`` is of the SBOM."""
    numbered = enumerate(files, start=1)
    within = serial_of(serial)
    return [Sheet(number, f"{number:08}", facts, within) for number, (_, facts) in numbered]


def _part_of(
    entry: "ComponentEntry", document: "SbomDocument", subject: Subject | None = None
) -> Part:
    ref = (serial_of(document.serial), entry.ref)
    return Part(
        entry.name,
        entry.version or "",
        entry.purl or "",
        entry.cpes,
        frozenset(subject.by_package) if subject else frozenset(),
        frozenset((ref,)) if entry.ref else frozenset(),
    )


def _is_kernel(subject: Subject) -> bool:
    return KERNEL in subject.by_package


def _kernels(facts: ReleaseFacts, versions: Collection[str]) -> dict[str, Kernel]:
    if not facts.knows_builds:
        return {}
    return {each: facts.kernel(each, is_only=len(versions) == 1) for each in versions}


def _patch(entry: "ComponentEntry", names: Collection[str]) -> Settlement | None:
    resolved = {name for patch in entry.patches for name in patch.resolves}
    if resolved.isdisjoint(names):
        return None
    return Settlement(Rule.PATCH_DECLARED, pointer=entry.ref)


def subjects_of(entries: "Collection[ComponentEntry]") -> list[Subject]:
    """Return the components of a document as the name rules that hold have them. Two queries."""
    rulebook = names.rulebook(
        name
        for entry in entries
        for name in stated_names(
            purl=entry.purl, cpes=entry.cpes, group=entry.group or "", name=entry.name
        )
    )
    return [
        Subject.of(
            purl=entry.purl,
            cpes=entry.cpes,
            group=entry.group or "",
            name=entry.name,
            version=entry.version,
            rulebook=rulebook,
        )
        for entry in entries
    ]


def kinds_of(subjects: Iterable[Subject]) -> set[str]:
    """Return the kinds of package under which components are looked up: no query."""
    return {kind_of(package) for subject in subjects for package in subject.by_package}


@dataclass(frozen=True)
class Comparable:
    """How many components could not be compared, or only as far as nobody states a version."""

    unidentified_count: int
    unversioned_count: int


def coverage_of(entries: "Collection[ComponentEntry]") -> Comparable:
    """Return what of a document cannot be compared: no query.

    Without purl and CPE a component meets no advisory. That is not to be clean.
    """
    identified_count = unversioned_count = 0
    for entry in entries:
        if entry.purl or entry.cpes:
            identified_count += 1
            unversioned_count += is_unstated(entry.version)
    return Comparable(len(entries) - identified_count, unversioned_count)


def check_subjects(subjects: Iterable[Subject], *, start: int = 0) -> list[Checked]:
    """Return what matches components that are not stored, affected ones first. Four queries.

    ``start`` is the place of the first of them in its document.
    """
    numbered = dict(enumerate(subjects, start))
    candidates = candidates_of_subjects(numbered)
    found = []
    for who, vulnerability_ids in candidates.pairs.items():
        assert isinstance(who, int), "components are told apart by their place"
        for vulnerability_id in sorted(vulnerability_ids):
            claims = candidates.claims.get(vulnerability_id, ())
            decision = decide(numbered[who], claims)
            if decision and decision.verdict in TO_DO:
                found.append(Checked(who, numbered[who], vulnerability_id, decision))
    return sorted(found, key=lambda one: (one.verdict in UNDECIDED, one.place))
