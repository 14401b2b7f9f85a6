"""What components are called, as files: rules, maps, and what is not identified."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from longmark.names import queries
from longmark.sboms import queries as sboms
from longmark.sboms.queries import unidentified
from longmark.web import words
from longmark.web.doors import PageRequest
from longmark.web.files.sboms import component_columns
from longmark.web.files.tables import ROWS_AT_ONCE, Column, Table, batches, every
from longmark.web.filters import wanted
from longmark.web.views import names

if TYPE_CHECKING:
    from longmark.names.models import NameMap, NameMapRow, NameRule
    from longmark.sboms.models import Component
    from longmark.sboms.queries.unidentified import Unidentified


@dataclass(frozen=True)
class _Rule:
    rule: "NameRule"
    components: int


def _rules(request: PageRequest) -> Iterator[_Rule]:
    for found in batches(lambda after: names.found_rules(request, after=after, limit=ROWS_AT_ONCE)):
        counts = sboms.called_counts(one.stated for one in found)
        for one in found:
            yield _Rule(one, counts.get(one.stated, 0))


def _called(_request: PageRequest, pk: int) -> "Iterator[Component]":
    stated = queries.rule(pk).stated
    return every(
        lambda after: sboms.components_called_page(stated, after=after, limit=ROWS_AT_ONCE)
    )


def _maps(_request: PageRequest) -> "Iterator[NameMap]":
    return every(lambda after: queries.maps_page(after=after, limit=ROWS_AT_ONCE))


def _map_rows(request: PageRequest, pk: int) -> "Iterator[NameMapRow]":
    one, text = queries.name_map(pk), wanted(request, "q")
    return every(
        lambda after: queries.map_rows_page(one, text=text, after=after, limit=ROWS_AT_ONCE)
    )


def _unidentified(request: PageRequest) -> "Iterator[Unidentified]":
    text = wanted(request, "q")
    return every(
        lambda after: unidentified.unidentified_page(text=text, after=after, limit=ROWS_AT_ONCE)
    )


def _suggested(row: "Unidentified") -> str:
    return "; ".join(
        guess.target or guess.purl or ", ".join(guess.cpes) for guess in row.suggestions
    )


TABLES = (
    Table(
        "names",
        "names",
        (
            Column("number", _("Rule"), lambda row: row.rule.pk),
            Column("stated", _("What SBOMs say"), lambda row: row.rule.stated),
            Column("kind", _("Kind"), lambda row: row.rule.kind, words=words.NAME_KINDS),
            Column("target", _("Name"), lambda row: row.rule.target),
            Column("versions", _("Versions"), lambda row: row.rule.versions),
            Column("purl", "purl", lambda row: row.rule.purl),
            Column("cpes", "CPE", lambda row: "; ".join(row.rule.cpes)),
            Column("components", _("Components")),
            Column("reason", _("Why"), lambda row: row.rule.reason),
            Column("source", _("Source"), lambda row: row.rule.source),
            Column("by", _("Said by"), lambda row: row.rule.author_name),
            Column("at", _("When"), lambda row: row.rule.recorded_at),
            Column("withdrawn_at", _("Withdrawn"), lambda row: row.rule.withdrawn_at),
        ),
        _rules,
    ),
    Table(
        "name",
        "names/<int:pk>/components",
        component_columns(),
        _called,
        filename="name-rule-{pk}-components",
    ),
    Table(
        "unidentified",
        "names/unidentified",
        (
            Column("name", _("Name")),
            Column("stated", _("What SBOMs say")),
            Column("components", _("Components"), lambda row: row.component_count),
            Column("suggestions", _("What it may be"), _suggested),
        ),
        _unidentified,
    ),
    Table(
        "name-maps",
        "names/maps",
        (
            Column("name", _("Map")),
            Column("edition", _("Edition")),
            Column("filename", _("File")),
            Column("source", _("Source")),
            Column("rows", _("Rows"), lambda row: row.row_count),
            Column("used", _("Used"), lambda row: row.used_count),
            Column("refused", _("Refused"), lambda row: row.refused_count),
            Column("by", _("By"), lambda row: row.author_name),
            Column("at", _("When"), lambda row: row.recorded_at),
            Column("withdrawn_at", _("Withdrawn")),
            Column("sha256", "SHA-256", lambda row: row.digest),
        ),
        _maps,
    ),
    Table(
        "name-map",
        "names/maps/<int:pk>",
        (
            Column("stated", _("What SBOMs say")),
            Column("package", _("Looked up as")),
            Column("is_used", _("Used")),
        ),
        _map_rows,
        filename="name-map-{pk}",
    ),
)
