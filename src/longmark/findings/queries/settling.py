"""What the facts of releases make of each place at which a vulnerability meets a component.

Everything that is asked for is read at once, for all releases and vulnerabilities of a refresh;
releases without facts cost one query more than nothing.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from longmark.core.facts import Part, Rule, Settlement
from longmark.core.facts.gathering import KERNEL
from longmark.core.facts.kernels import Kernel
from longmark.core.facts.naming import serial_of
from longmark.core.formats.advisories.records import Confidence
from longmark.core.matching import Subject, Verdict
from longmark.findings.models import Match
from longmark.findings.queries.candidates import stored_subjects
from longmark.findings.queries.facts import facts_in_effect
from longmark.findings.queries.platforms import Platforms
from longmark.intel.queries import vulnerabilities as intel
from longmark.sboms import queries as sboms

_NOT_SETTLED: Final = (Verdict.AFFECTED, Verdict.UNKNOWN, Verdict.UNDER_INVESTIGATION)


class Place(NamedTuple):
    """A component at one place of a release, and a vulnerability that meets it."""

    release_id: int
    vulnerability_id: int
    component_id: UUID
    verdict: Verdict
    confidence: Confidence
    patches: Sequence[Mapping[str, Any]]
    document_id: int
    ref: str


class Settling:
    """The facts of some releases, ready to be asked about places in them."""

    def __init__(self, places: Sequence[Place], release_ids: Collection[int]) -> None:
        """Read what the places need. Two queries without facts, ten with them at most; six more
        where matches hang on what surrounds the component."""
        self.facts = facts_in_effect(release_ids)
        self.resolved = vulnerabilities_resolved(one.patches for one in places if one.patches)
        concerned = [one for one in places if one.release_id in self.facts]
        self.subjects = self._subjects(concerned)
        self.names = _names(concerned)
        self.serials = _serials(concerned)
        self.kernels = self._kernels()
        self.files = self._files(concerned)
        self.platforms = Platforms(places)

    def settlement(self, place: Place) -> Settlement | None:
        """Return what is said of a place, settling or not; ``None`` if nothing is. No query."""
        if place.verdict not in _NOT_SETTLED:
            return None
        said = self._by_facts(place)
        if said and (said.rule.is_settling or said.rule is Rule.VEX_AFFECTED):
            return said
        return self.platforms.settlement(place) or said

    def _by_facts(self, place: Place) -> Settlement | None:
        patch = self._patch(place)
        facts = self.facts.get(place.release_id)
        if facts is None:
            return patch
        part = self._part(place)
        return facts.settlement(
            part,
            self.names.get(place.vulnerability_id, ()),
            patch=patch,
            kernel=self._kernel(place.release_id, part),
            files=self.files.get(place.vulnerability_id, ()),
        )

    def _patch(self, place: Place) -> Settlement | None:
        if place.vulnerability_id not in named_by(place.patches, self.resolved):
            return None
        return Settlement(Rule.PATCH_DECLARED, sbom=place.document_id, pointer=place.ref)

    def _part(self, place: Place) -> Part:
        subject = self.subjects[place.component_id]
        ref = (self.serials.get(place.document_id, ""), place.ref)
        return Part(
            subject.name,
            subject.version or "",
            subject.purl or "",
            subject.cpes,
            frozenset(subject.by_package),
            frozenset((ref,)) if place.ref else frozenset(),
        )

    def _subjects(self, places: Iterable[Place]) -> dict[UUID, Subject]:
        ids = {one.component_id for one in places}
        found = stored_subjects(ids) if ids else {}
        return {who: subject for who, subject in found.items() if isinstance(who, UUID)}

    def _kernels(self) -> dict[tuple[int, str], Kernel]:
        """Return what is known of each kernel of a release, by release and version. One query."""
        built = [pk for pk, facts in self.facts.items() if facts.knows_builds]
        versions = sboms.versions_in(built, KERNEL) if built else {}
        return {
            (pk, version): self.facts[pk].kernel(version, is_only=len(found) == 1)
            for pk, found in versions.items()
            for version in found
        }

    def _kernel(self, release_id: int, part: Part) -> Kernel | None:
        return self.kernels.get((release_id, part.version)) if KERNEL in part.packages else None

    def _files(self, places: Iterable[Place]) -> dict[int, set[str]]:
        kernels = {who for who, one in self.subjects.items() if KERNEL in one.by_package}
        built = {release_id for release_id, _version in self.kernels}
        ids = {
            one.vulnerability_id
            for one in places
            if one.component_id in kernels and one.release_id in built
        }
        return intel.files_by_vulnerability(KERNEL, ids) if ids else {}


def _names(places: Iterable[Place]) -> dict[int, list[str]]:
    ids = {one.vulnerability_id for one in places}
    return intel.names_by_id(ids) if ids else {}


def _serials(places: Iterable[Place]) -> dict[int, str]:
    release_ids = {one.release_id for one in places}
    documents = sboms.documents_by_release(release_ids) if release_ids else {}
    return {each.pk: serial_of(each.serial) for found in documents.values() for each in found}


def vulnerabilities_resolved(
    declared: Iterable[Sequence[Mapping[str, Any]]],
) -> Mapping[str, int]:
    """Return the vulnerabilities that patches name, by any of their ids. One query, or none."""
    named = {each for patches in declared for patch in patches for each in patch["resolves"]}
    if not named:
        return {}
    known = Match.objects.filter(vulnerability__aliases__identifier__in=named)
    pairs = known.values_list("vulnerability__aliases__identifier", "vulnerability_id").distinct()
    return {identifier: vulnerability for identifier, vulnerability in pairs if identifier in named}


def named_by(patches: Iterable[Mapping[str, Any]], resolved: Mapping[str, int]) -> set[int | None]:
    """Return the vulnerabilities that patches of one component name."""
    return {resolved.get(each) for patch in patches for each in patch["resolves"]}
