"""How far a vulnerability reaches, as its page shows it: releases, units, customers, countries."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext as _

from longmark.web.charts import Part
from longmark.web.countries import MEMBER_STATES
from longmark.web.filters import UNKNOWN
from longmark.web.words import UNIT_STATES, evidence_code

if TYPE_CHECKING:
    from longmark.catalog.models import Release
    from longmark.fleet.queries.holding import Answer
    from longmark.fleet.queries.reach import CountryReached, PartyReached
    from longmark.impact.queries.reaching import Impact, ReleaseReached
    from longmark.parties.models import Party

PARTIES_SHOWN = 12


@dataclass(frozen=True)
class ReleaseRow:
    """A release with its units by evidence."""

    release: "Release"
    components: tuple[str, ...]
    state: str
    confidence: str
    by_evidence: Mapping[str, int]

    @property
    def filters(self) -> Mapping[str, str]:
        """Return what narrows a list of units to these."""
        return {"release": str(self.release.pk)}

    @property
    def unit_count(self) -> int:
        return sum(self.by_evidence.values())


@dataclass(frozen=True)
class PartyRow:
    """Who has units: an operator, a distributor who may know the operator, or nobody known."""

    party: "Party | None"
    is_distributor: bool
    unit_count: int
    unknown_count: int

    @property
    def filters(self) -> Mapping[str, str]:
        """Return what narrows a list of units to these."""
        if self.party is None:
            return {"keeper": UNKNOWN}
        if self.is_distributor:
            return {"distributor": str(self.party.pk), "keeper": "distributor"}
        return {"customer": str(self.party.pk)}

    @property
    def parts(self) -> list[Part]:
        """The bar: units that are affected, and those that may be."""
        tone = "ev-2" if self.is_distributor or self.party is None else "accent"
        return _parts(self.unit_count, self.unknown_count, tone)


@dataclass(frozen=True)
class CountryRow:
    """Where units are."""

    code: str
    unit_count: int
    unknown_count: int

    @property
    def filters(self) -> Mapping[str, str]:
        """Return what narrows a list of units to these."""
        return {"country": self.code or UNKNOWN}

    @property
    def parts(self) -> list[Part]:
        """The bar: units that are affected, and those that may be."""
        return _parts(self.unit_count, self.unknown_count, "accent")


def _parts(affected: int, unknown: int, tone: str) -> list[Part]:
    return [Part(affected, tone, _("affected")), Part(unknown, "unknown", _("unknown"))]


@dataclass(frozen=True)
class Reach:
    """All that the page of a vulnerability counts: an impact, with scales for its bars.

    What some versions of an item reach is counted alike, without reasons.
    """

    impact: "Impact | Answer"
    filters: ClassVar[Mapping[str, str]] = {}

    @property
    def releases(self) -> list[ReleaseRow]:
        return [_release_row(each) for each in self.reached]

    @property
    def release_count(self) -> int:
        return sum(1 for each in self.reached if each.concerned.is_affected)

    @property
    def unknown_release_count(self) -> int:
        return len(self.reached) - self.release_count

    @property
    def reached(self) -> "tuple[ReleaseReached, ...]":
        """The releases with their reasons, if there are any."""
        return getattr(self.impact, "releases", ())

    @property
    def unit_count(self) -> int:
        return self.impact.unit_count

    @property
    def unknown_count(self) -> int:
        return self.impact.unknown_unit_count

    @property
    def apart_count(self) -> int:
        """How many units are out of use, and in no other count."""
        return self.impact.apart_count

    @property
    def apart_said(self) -> str:
        """Why they are out of use: *2 lost, 1 replaced*."""
        return ", ".join(
            f"{count} {str(UNIT_STATES[state]).lower()}"
            for state, count in sorted(self.impact.apart.items())
        )

    @property
    def customer_count(self) -> int:
        return self.impact.customer_count

    @property
    def distributor_count(self) -> int:
        return self.impact.distributor_count

    @property
    def country_count(self) -> int:
        return self.impact.country_count

    @property
    def member_states(self) -> list[str]:
        """The Member States concerned, for an early warning: CRA Article 14(2)(a)."""
        return sorted(row.country for row in self.impact.countries if row.country in MEMBER_STATES)

    @property
    def parties(self) -> list[PartyRow]:
        return [party_row(row) for row in self.impact.parties[:PARTIES_SHOWN]]

    @property
    def more_parties(self) -> int:
        return max(self.impact.whose.row_count - PARTIES_SHOWN, 0)

    @property
    def more_party_units(self) -> int:
        shown = self.impact.parties[:PARTIES_SHOWN]
        return self.impact.whose.unit_count - sum(row.unit_count for row in shown)

    @property
    def countries(self) -> list[CountryRow]:
        return [_country_row(row) for row in self.impact.countries]

    @property
    def scale(self) -> int:
        """The longest bar of the releases."""
        counts = [row.unit_count for row in self.reached]
        return max([*counts, self.unknown_count], default=0)

    @cached_property
    def party_scale(self) -> int:
        return max((_both(row) for row in self.impact.parties), default=0)

    @cached_property
    def country_scale(self) -> int:
        return max((_both(row) for row in self.impact.countries), default=0)


def _both(row: "PartyReached | CountryReached") -> int:
    return row.unit_count + row.unknown_unit_count


def _release_row(reached: "ReleaseReached") -> ReleaseRow:
    concerned = reached.concerned
    by_evidence = {evidence_code(level): n for level, n in reached.by_evidence.items()}
    names = tuple(sorted({str(one) for one in concerned.components}))
    return ReleaseRow(
        concerned.release, names, concerned.verdict, concerned.confidence, by_evidence
    )


def party_row(row: "PartyReached") -> PartyRow:
    """Return who has units as a row of a page shows it."""
    known = row.party or row.distributor
    is_distributor = row.party is None and row.distributor is not None
    return PartyRow(known, is_distributor, row.unit_count, row.unknown_unit_count)


def _country_row(row: "CountryReached") -> CountryRow:
    return CountryRow(row.country, row.unit_count, row.unknown_unit_count)
