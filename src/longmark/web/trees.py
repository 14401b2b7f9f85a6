"""The components of a release as a tree of two levels: places, and what sits there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _

from longmark.web.charts import Part

if TYPE_CHECKING:
    from longmark.sboms.models import Component, Document, Lifespan
    from longmark.sboms.queries import Branch, Quality, Tree

OPEN_BRANCHES = 3
"""So many places are shown open; the others at a click."""


@dataclass(frozen=True)
class Leaf:
    """A component at its place."""

    component: "Component"
    finding_count: int
    lifespan: "Lifespan | None"

    @property
    def identity(self) -> str:
        return self.component.purl or self.component.cpe


@dataclass(frozen=True)
class Group:
    """A place with its components."""

    name: str
    count: int
    leaves: tuple[Leaf, ...]
    unlisted_count: int
    is_open: bool

    @property
    def finding_count(self) -> int:
        return sum(leaf.finding_count for leaf in self.leaves)


def groups_of(
    tree: "Tree", counts: Mapping[UUID, int], lifespans: "Mapping[UUID, Lifespan]"
) -> list[Group]:
    """Return the places of an SBOM tree, the first ones open."""
    names = {document.pk: _document_name(document) for document in tree.documents}
    has_many = len(tree.documents) > 1
    return [
        Group(
            name=_name(branch, names[branch.document_id], has_many),
            count=branch.count,
            leaves=tuple(
                Leaf(
                    each.component,
                    counts.get(each.component.pk, 0),
                    lifespans.get(each.component.pk),
                )
                for each in branch.occurrences
            ),
            unlisted_count=branch.unlisted_count,
            is_open=number < OPEN_BRANCHES,
        )
        for number, branch in enumerate(tree.branches)
    ]


def _name(branch: "Branch", document: str, has_many: bool) -> str:
    return " / ".join((document, *branch.steps) if has_many or not branch.steps else branch.steps)


def _document_name(document: "Document") -> str:
    return document.label or document.name or document.filename or _("SBOM")


@dataclass(frozen=True)
class QualityRow:
    """How many components say one thing that a reader needs."""

    name: str
    good: int
    total: int

    @property
    def parts(self) -> list[Part]:
        return [
            Part(self.good, "accent", _("stated")),
            Part(self.total - self.good, "track", _("not stated")),
        ]


def quality_rows(quality: "Quality") -> list[QualityRow]:
    """Return how well the SBOMs of a release describe its components."""
    counts = (
        (_("Version known"), quality.version_known_count),
        (_("Unique identity"), quality.identity_count),
        (_("Supplier named"), quality.supplier_count),
        (_("Licence"), quality.licence_count),
        (_("Hash of the file"), quality.hash_count),
    )
    return [QualityRow(name, count, quality.component_count) for name, count in counts]
