"""Rows of a list of vulnerabilities: each with how far it reaches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from longmark.fleet.queries.reach import Asked
from longmark.fleet.queries.tallies import Tally, tallies
from longmark.web.charts import Part

if TYPE_CHECKING:
    from longmark.findings.queries.listing import Concern
    from longmark.intel.models import Vulnerability

NICE = (1, 2, 5)
"""A scale ends at one of these times a power of ten."""


@dataclass(frozen=True)
class ConcernRow:
    """A vulnerability with its reach."""

    concern: "Concern"
    tally: Tally

    @property
    def vulnerability(self) -> "Vulnerability":
        return self.concern.vulnerability

    @property
    def parts(self) -> list[Part]:
        """The bar: units that are affected, and those that may be."""
        return [
            Part(self.tally.unit_count, "attn", _("affected")),
            Part(self.tally.unknown_unit_count, "unknown", _("unknown")),
        ]


def rows_of(concerns: Sequence["Concern"], *, operator_id: int | None = None) -> list[ConcernRow]:
    """Return vulnerabilities with their reach, at one operator if named. Two queries."""
    asked = {concern.vulnerability.pk: Asked(*concern.asked) for concern in concerns}
    counted = tallies(asked, operator_id=operator_id)
    return [ConcernRow(concern, counted[concern.vulnerability.pk]) for concern in concerns]


def weighed(rows: Sequence[ConcernRow]) -> list[ConcernRow]:
    """Return rows by weight: exploited first, then units × severity, as far as both are known."""
    return sorted(rows, key=_weight, reverse=True)


def _weight(row: ConcernRow) -> tuple[bool, float, float]:
    known = row.vulnerability
    units = row.tally.unit_count + row.tally.unknown_unit_count
    score = known.severity_score or 0.0
    return known.exploited_on is not None, units * score, score


def scale_of(rows: Sequence[ConcernRow]) -> int:
    """Return where the bars of a list end: a round number that no row exceeds."""
    longest = max((sum(part.count for part in row.parts) for row in rows), default=0)
    power = 1
    while longest > NICE[-1] * power * 2:
        power *= 10
    return next((nice * power for nice in (*NICE, 10) if nice * power >= longest), longest)
