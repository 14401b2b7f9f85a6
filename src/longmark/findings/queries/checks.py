"""What would match, without storing anything: for an SBOM before it is added to a release."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from longmark.core.formats.advisories.records import Confidence
from longmark.core.identity import stated_names
from longmark.core.matching import TO_DO, UNDECIDED, Decision, Subject, Trail, Verdict, decide
from longmark.core.versions import is_unstated
from longmark.findings.queries.candidates import candidates_of_subjects
from longmark.findings.queries.reasons import Explanation, told
from longmark.intel.queries.vulnerabilities import vulnerability_ids_by_name
from longmark.names import queries as names

if TYPE_CHECKING:
    from longmark.core.formats.sboms import ComponentEntry


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


def check_components(entries: "Sequence[ComponentEntry]") -> list[Checked]:
    """Return what matches the components of a document, by their place in it. Seven queries.

    Names that were curated here count, as they will when the document is added.

    What a patch resolves, as the document declares, is left out.
    """
    found = check_subjects(subjects_of(entries))
    patched = _patched(entries)
    return [one for one in found if one.vulnerability_id not in patched.get(one.place, ())]


def subjects_of(entries: "Sequence[ComponentEntry]") -> list[Subject]:
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


def _patched(entries: "Sequence[ComponentEntry]") -> dict[int, set[int]]:
    """Return the vulnerabilities that patches declare to resolve, by the component's place."""
    named = {
        place: {name for patch in entry.patches for name in patch.resolves}
        for place, entry in enumerate(entries)
        if entry.patches
    }
    known = vulnerability_ids_by_name(set().union(*named.values())) if named else {}
    return {
        place: {known[name] for name in names if name in known} for place, names in named.items()
    }


@dataclass(frozen=True)
class Coverage:
    """How many components could not be compared, or only as far as nobody states a version."""

    unidentified_count: int
    unversioned_count: int


def coverage_of(entries: "Sequence[ComponentEntry]") -> Coverage:
    """Return what of a document cannot be compared: no query.

    Without purl and CPE a component meets no advisory. That is not to be clean.
    """
    identified = [entry for entry in entries if entry.purl or entry.cpes]
    unversioned = sum(is_unstated(entry.version) for entry in identified)
    return Coverage(len(entries) - len(identified), unversioned)


def check_subjects(subjects: Iterable[Subject]) -> list[Checked]:
    """Return what matches components that are not stored, affected ones first. Four queries."""
    numbered = dict(enumerate(subjects))
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
