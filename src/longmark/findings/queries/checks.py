"""What would match, without storing anything: for an SBOM before it is added to a release."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from longmark.core.formats.advisories.records import Confidence
from longmark.core.matching import Decision, Subject, Trail, Verdict, decide
from longmark.findings.queries.candidates import candidates_of_subjects
from longmark.findings.queries.reasons import Explanation, explanation

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
        return explanation(Trail.of(self.subject, self.decision).as_json())


def check_components(entries: "Sequence[ComponentEntry]") -> list[Checked]:
    """Return what matches the components of a document, by their place in it. Four queries.

    Patches that the document declares are not looked at: they speak of vulnerabilities by name.
    """
    return check_subjects(
        Subject.of(purl=entry.purl, cpes=entry.cpes, name=entry.name, version=entry.version)
        for entry in entries
    )


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
            if decision and decision.verdict is not Verdict.NOT_AFFECTED:
                found.append(Checked(who, numbered[who], vulnerability_id, decision))
    return sorted(found, key=lambda one: (one.verdict is Verdict.UNKNOWN, one.place))
