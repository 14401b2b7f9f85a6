"""Rows of a list of vulnerabilities: each with how far it reaches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from longmark.impact.queries.desk import weigh
from longmark.web.charts import Part

if TYPE_CHECKING:
    from longmark.findings.queries.listing import Concern
    from longmark.fleet.queries.tallies import Tally
    from longmark.impact.queries.desk import Worst
    from longmark.intel.models import Vulnerability

NICE = (1, 2, 5)
"""A scale ends at one of these times a power of ten."""


@dataclass(frozen=True)
class ConcernRow:
    """A vulnerability with its reach."""

    concern: "Concern"
    tally: "Tally"

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
    """Return vulnerabilities with their reach, at one operator if named. Four queries."""
    counted = weigh(concerns, operator_id=operator_id)
    return [ConcernRow(concern, counted[concern.vulnerability.pk]) for concern in concerns]


def worst_rows(worst: Sequence["Worst"]) -> list[ConcernRow]:
    """Return what was weighed to be ranked as rows."""
    return [ConcernRow(one.concern, one.tally) for one in worst]


def scale_of(rows: Sequence[ConcernRow]) -> int:
    """Return where the bars of a list end: a round number that no row exceeds."""
    longest = max((sum(part.count for part in row.parts) for row in rows), default=0)
    power = 1
    while longest > NICE[-1] * power * 2:
        power *= 10
    return next((nice * power for nice in (*NICE, 10) if nice * power >= longest), longest)
