"""Why a component matches: the stored trail as people read it, in their language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from longmark.core.identity import Provenance
from longmark.core.matching import Step, Trail, Verdict, clauses, sentence

if TYPE_CHECKING:
    from longmark.findings.models import Match
    from longmark.sboms.models import Coordinate

_TRUST: Final[Mapping[str, int]] = {each.value: rank for rank, each in enumerate(Provenance)}


@dataclass(frozen=True)
class Explanation:
    """A trail in words: what decides, what qualifies it, and what every source says."""

    verdict: Verdict
    text: str
    qualifications: tuple[str, ...]
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return self.text


def explanation(match: "Match") -> Explanation:
    """Return why a component matches, in words. No query if its evidence is at hand."""
    component = match.component
    weakest_first = sorted(component.coordinates.all(), key=_trust, reverse=True)
    places = {one.package: (one.version, one.key) for one in weakest_first}
    subject = component.purl or component.cpe or str(component)
    return told(Trail.from_json(match.evidence.trail, subject=subject, places=places))


def _trust(coordinate: "Coordinate") -> int:
    return _TRUST[coordinate.provenance]


def told(trail: Trail) -> Explanation:
    """Return a trail in words. No query."""
    said = sentence(trail)
    return Explanation(
        verdict=trail.steps[0].verdict,
        text=_(said.template).format(**said.values),
        qualifications=tuple(_(clause) for clause in clauses(trail)),
        steps=trail.steps,
    )
