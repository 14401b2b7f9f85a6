"""Parameters as files: what they are, what a release sets, what was found and what held when."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from longmark.catalog import queries as catalog
from longmark.catalog.queries import parameters as definitions
from longmark.core.parameters.secrets import is_digest
from longmark.fleet.queries import snapshots
from longmark.fleet.queries import units as fleet
from longmark.web import words
from longmark.web.doors import PageRequest
from longmark.web.files.tables import ROWS_AT_ONCE, Column, Table, every
from longmark.web.filters import wanted
from longmark.web.parameters import ValueRow, speaks_of, value_rows
from longmark.web.views import parameters, unit_parameters
from longmark.web.words import evidence_code

if TYPE_CHECKING:
    from longmark.catalog.models import ParameterDefinition
    from longmark.core.parameters.definitions import Definition
    from longmark.core.parameters.histories import Held
    from longmark.fleet.queries.snapshots import ValueNow


def _defined(request: PageRequest, pk: int) -> "Iterator[ParameterDefinition]":
    item = catalog.item(pk)
    return every(
        lambda after: parameters.found_definitions(request, item, after=after, limit=ROWS_AT_ONCE)
    )


def _released(request: PageRequest, pk: int) -> Iterator[ValueRow]:
    release, text = catalog.release(pk), wanted(request, "q")
    known = definitions.released_parameters(release)
    if known is None:
        return
    rows = value_rows(known.values, definitions.definitions_at(release.item, release))
    yield from (row for row in rows if speaks_of(row.name, row.definition, text))


@dataclass(frozen=True)
class _Now:
    where: str
    serial: str
    row: "ValueNow"


def _found(request: PageRequest, pk: UUID) -> Iterator[_Now]:
    now = timezone.now()
    for place in snapshots.places_now(fleet.unit(pk)):
        for row in unit_parameters.narrowed(request, snapshots.values_now(place.record, now)):
            yield _Now(place.path, place.carrier.serial, row)


@dataclass(frozen=True)
class _Held:
    name: str
    definition: "Definition | None"
    held: "Held"


def _histories(request: PageRequest, pk: UUID) -> Iterator[_Held]:
    slot = wanted(request, "slot") or snapshots.PARAMETERS
    for name, definition, told in unit_parameters.histories(request, fleet.unit(pk), slot):
        yield from (_Held(name, definition, held) for held in told)


def _plain(value: str | None) -> str | None:
    """Return a value as one reads it; of a secret that it is one."""
    return "***" if value and is_digest(value) else value


_MEANING = (
    Column("title", _("What it is"), lambda row: row.definition.title if row.definition else ""),
    Column("unit", _("Unit"), lambda row: row.definition.measured_in if row.definition else ""),
)

TABLES = (
    Table(
        "parameters",
        "items/<int:pk>/parameters/list",
        (
            Column("name", _("Parameter")),
            Column("title", _("What it is")),
            Column("type", _("Type"), words=words.PARAMETER_TYPES),
            Column("unit", _("Unit"), lambda row: row.measured_in),
            Column("minimum", _("Minimum")),
            Column("maximum", _("Maximum")),
            Column("default", _("Default"), lambda row: _plain(row.default)),
            Column(
                "from",
                _("From release"),
                lambda row: str(row.release.version) if row.release else "",
            ),
            Column("is_secret", _("Secret")),
            Column("is_counter", _("Counts changes")),
            Column("is_individual", _("Of each unit its own")),
        ),
        _defined,
        filename="item-{pk}-parameters",
    ),
    Table(
        "released-parameters",
        "releases/<int:pk>/parameters/list",
        (
            Column("name", _("Parameter")),
            Column("value", _("Value"), lambda row: _plain(row.value)),
            *_MEANING,
            Column("misfit", _("What does not fit")),
        ),
        _released,
        filename="release-{pk}-parameters",
    ),
    Table(
        "unit-parameters",
        "units/<uuid:pk>/parameters/list",
        (
            Column("where", _("Where")),
            Column("serial", _("Serial number")),
            Column("name", _("Parameter"), lambda row: row.row.name),
            Column("found", _("Found"), lambda row: _plain(row.row.found)),
            Column(
                "expected",
                _("Expected"),
                lambda row: _plain(row.row.expected.value) if row.row.expected else None,
            ),
            Column(
                "expected_by",
                _("Expected by"),
                lambda row: row.row.expected.basis.value if row.row.expected else "",
                words=words.EXPECTED_BY,
            ),
            Column("deviates", _("Changed, and not booked"), lambda row: row.row.deviates),
            Column(
                "found_at",
                _("Found on"),
                lambda row: row.row.standing.begins if row.row.standing else None,
            ),
        ),
        _found,
        filename="unit-parameters",
    ),
    Table(
        "unit-history",
        "units/<uuid:pk>/parameters/history",
        (
            Column("name", _("Parameter")),
            *_MEANING,
            Column("value", _("Value"), lambda row: _plain(row.held.value)),
            Column("held_from", _("From"), lambda row: row.held.held_from),
            Column("held_to", _("Until"), lambda row: row.held.held_to),
            Column(
                "said_by", _("Said by"), lambda row: row.held.said_by.value, words=words.SAID_BY
            ),
            Column(
                "evidence",
                _("Evidence"),
                lambda row: evidence_code(row.held.evidence),
                words=words.EVIDENCE,
            ),
        ),
        _histories,
        filename="unit-parameter-history",
    ),
)
