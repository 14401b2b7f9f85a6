"""Why a component matches: the stored trail as people read it, in their language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from longmark.core.matching import Step, Trail, Verdict, clauses, sentence


@dataclass(frozen=True)
class Explanation:
    """A trail in words: what decides, what qualifies it, and what every source says."""

    verdict: Verdict
    text: str
    qualifications: tuple[str, ...]
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return self.text


def explanation(evidence: Mapping[str, Any]) -> Explanation:
    """Return stored evidence in words. No query."""
    trail = Trail.from_json(evidence)
    said = sentence(trail)
    return Explanation(
        verdict=trail.steps[0].verdict,
        text=_(said.template).format(**said.values),
        qualifications=tuple(_(clause) for clause in clauses(trail)),
        steps=trail.steps,
    )
