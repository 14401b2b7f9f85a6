"""What facts settle, for people to read: how much of a release, by which rule, and in words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from longmark.core.facts import Rule, Settlement
from longmark.core.facts.settlements import RANKS, sentence
from longmark.findings.models import FactDocument, Finding
from longmark.findings.queries.facts import fact_documents_by_id
from longmark.foundation.pages import Page, keyset_page
from longmark.sboms import queries as sboms

if TYPE_CHECKING:
    from longmark.catalog.models import Release
    from longmark.intel.models import Vulnerability
    from longmark.sboms.models import Document


@dataclass(frozen=True)
class RuleCount:
    """How many findings of a release one rule settles; ``exploited`` is a part of ``count``."""

    rule: Rule
    count: int
    exploited: int


@dataclass(frozen=True)
class SettledCounts:
    """How much of a release is settled by facts. ``total`` counts what is open, too."""

    total: int
    by_rule: tuple[RuleCount, ...] = ()

    @property
    def settled(self) -> int:
        """How many findings facts settle."""
        return sum(each.count for each in self.by_rule)

    @property
    def open(self) -> int:
        """How many findings are open."""
        return self.total - self.settled

    @property
    def exploited(self) -> int:
        """How many of those are known to be exploited."""
        return sum(each.exploited for each in self.by_rule)


@dataclass(frozen=True)
class Said:
    """What facts say of one component, with the document that says it, in words."""

    component_id: UUID
    settlement: Settlement
    document: FactDocument | None
    sbom: "Document | None"
    text: str

    @property
    def rule(self) -> Rule:
        """By which rule."""
        return self.settlement.rule

    @property
    def place(self) -> str:
        """Where in the document it stands."""
        return self.settlement.pointer


def settled_counts(release: "Release") -> SettledCounts:
    """Return how many findings of a release are open or settled by facts. One query."""
    rows = Finding.objects.filter(Q(closed_at=None) | ~Q(rule=""), release=release)
    counted = rows.values("rule").annotate(
        count=Count("id"),
        exploited=Count("id", filter=Q(vulnerability__exploited_on__isnull=False)),
    )
    found = {row["rule"]: row for row in counted.order_by("rule")}
    by_rule = (
        RuleCount(Rule(rule), row["count"], row["exploited"]) for rule, row in found.items() if rule
    )
    return SettledCounts(
        sum(row["count"] for row in found.values()),
        tuple(sorted(by_rule, key=lambda each: RANKS[each.rule])),
    )


def findings_settled(
    vulnerability: "Vulnerability", *, after: str | None = None, limit: int = 50
) -> Page[Finding]:
    """Return the findings of a vulnerability that facts settle, by release. One query."""
    rows = Finding.objects.filter(vulnerability=vulnerability).exclude(rule="")
    related = rows.select_related("release__item", "vulnerability")
    return keyset_page(related, order=("release_id", "id"), after=after, limit=limit)


def said_of(findings: Collection[Finding]) -> dict[int, list[Said]]:
    """Return what facts say of findings, by finding. Two queries at most."""
    stated = {
        one.pk: [(UUID(who), Settlement.from_json(rest)) for who, *rest in one.settlements or ()]
        for one in findings
    }
    flat = [settlement for each in stated.values() for _who, settlement in each]
    documents = fact_documents_by_id(each.document for each in flat if each.document)
    lists = sboms.documents_by_id(each.sbom for each in flat if each.sbom)
    return {
        pk: [_said(who, one, documents.get(one.document), lists.get(one.sbom)) for who, one in each]
        for pk, each in stated.items()
    }


def _said(
    who: UUID, settlement: Settlement, document: FactDocument | None, sbom: "Document | None"
) -> Said:
    return Said(who, settlement, document, sbom, in_words(settlement, document or sbom))


def in_words(settlement: Settlement, document: object) -> str:
    """Return what a settlement says; ``document`` is what it rests on. No query."""
    said = sentence(settlement, str(document or _("A document")))
    return _(said.template).format(**said.values)


def leading(said: Sequence[Said], rule: str) -> Said | None:
    """Return the one that names the reason of a finding, the gravest remark if none settles it."""
    if rule:
        return next((each for each in said if each.rule == rule), None)
    return min(said, key=lambda each: RANKS[each.rule], default=None)
