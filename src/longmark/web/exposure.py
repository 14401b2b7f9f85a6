"""What a unit is open to: the findings of the releases inside it, told once per vulnerability."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from longmark.core.matching import Verdict

if TYPE_CHECKING:
    from longmark.findings.models import Finding
    from longmark.intel.models import Vulnerability


@dataclass(frozen=True)
class ExposureRow:
    """A vulnerability and the releases through which it reaches the unit."""

    vulnerability: "Vulnerability"
    verdict: str
    releases: tuple[str, ...]

    @property
    def component(self) -> str:
        return ", ".join(self.releases)


def exposure_rows(findings: "Iterable[Finding]") -> list[ExposureRow]:
    """Return one row for each vulnerability, in the order given."""
    grouped: dict[int, list[Finding]] = {}
    for finding in findings:
        grouped.setdefault(finding.vulnerability_id, []).append(finding)
    return [
        ExposureRow(
            group[0].vulnerability,
            group[0].verdict,
            tuple(str(finding.release) for finding in group),
        )
        for group in grouped.values()
    ]


def exploited_in(findings: "Iterable[Finding]") -> set[int]:
    """Return the releases that an exploited vulnerability is known to affect."""
    return {
        finding.release_id
        for finding in findings
        if finding.vulnerability.exploited_on and finding.verdict == Verdict.AFFECTED
    }
