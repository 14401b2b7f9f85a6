"""SBOMs as files: what stands in them, how good they are, licences, ends of life, changes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from longmark.catalog import queries as catalog
from longmark.core.formats.sboms.quality import lacks
from longmark.sboms import queries
from longmark.sboms.queries import hardware, judging, licences, lifespans
from longmark.sboms.queries.differences import difference_of
from longmark.web import words
from longmark.web.doors import PageRequest
from longmark.web.files.tables import ROWS_AT_ONCE, Column, Table, batches, every
from longmark.web.filters import wanted
from longmark.web.views import differences, quality
from longmark.web.views import licences as licence_pages
from longmark.web.views import lifespans as lifespan_pages

if TYPE_CHECKING:
    from longmark.core.formats.sboms.difference import Change
    from longmark.core.formats.sboms.quality import Lack, RuleReport
    from longmark.sboms.models import Component, Document, Lifespan, Occurrence, SupplierRequest
    from longmark.sboms.queries.hardware import Part
    from longmark.sboms.queries.licences import LicenceUse
    from longmark.sboms.queries.lifespans import Due


def _components(_request: PageRequest, pk: int) -> "Iterator[Occurrence]":
    release = catalog.release(pk)
    return every(lambda after: queries.components_page(release, after=after, limit=ROWS_AT_ONCE))


def _documents(_request: PageRequest, pk: int) -> "Iterator[Document]":
    release = catalog.release(pk)
    return every(lambda after: queries.documents_page(release, after=after, limit=ROWS_AT_ONCE))


def _places(_request: PageRequest, pk: UUID) -> "Iterator[Occurrence]":
    component = queries.component(pk)
    return every(lambda after: queries.occurrences_of(component, after=after, limit=ROWS_AT_ONCE))


def _parts(_request: PageRequest, pk: int) -> "Iterator[Part]":
    release = catalog.release(pk)
    return every(lambda after: hardware.parts_page(release, after=after, limit=ROWS_AT_ONCE))


def _firmware(part: "Part") -> str:
    return "; ".join(str(each.component) for each in part.firmware)


def _licences(request: PageRequest) -> "Iterator[LicenceUse]":
    found = licences.licences_in_use(release=licence_pages.release_asked(request))
    yield from licence_pages.narrowed(request, found)


def _under(request: PageRequest) -> "Iterator[Occurrence]":
    release, name = licence_pages.release_asked(request), wanted(request, "licence")
    return every(
        lambda after: licences.occurrences_under(
            name, release=release, after=after, limit=ROWS_AT_ONCE
        )
    )


@dataclass(frozen=True)
class _Due:
    due: "Due"
    releases: str


def _ending(request: PageRequest) -> Iterator[_Due]:
    asked = lifespan_pages.asked_for(request, *lifespan_pages.narrowed_to(request))
    today = timezone.localdate()
    for found in batches(
        lambda after: lifespans.due_page(asked, today=today, after=after, limit=ROWS_AT_ONCE)
    ):
        named = catalog.releases_by_id({pk for one in found for pk in one.release_ids})
        for one in found:
            yield _Due(one, "; ".join(str(named[pk]) for pk in one.release_ids))


def _said(request: PageRequest) -> "Iterator[Lifespan]":
    edition = lifespan_pages.edition_asked(request)
    return every(
        lambda after: lifespan_pages.found_lifespans(
            request, edition, after=after, limit=ROWS_AT_ONCE
        )
    )


def _believing(_request: PageRequest, pk: int) -> "Iterator[Component]":
    one = lifespans.lifespan(pk)
    return every(lambda after: lifespans.components_believing(one, after=after, limit=ROWS_AT_ONCE))


def _refused(_request: PageRequest, pk: int) -> Iterator[dict[str, str]]:
    yield from lifespans.list_taken(pk).refusals


class _Lack(NamedTuple):
    rule: "RuleReport"
    lack: "Lack"


def _lacks(request: PageRequest, pk: int) -> Iterator[_Lack]:
    _document, judged, profile, rule = quality.asked_for(request, pk)
    for each in (rule,) if rule else profile.lacking_rules:
        yield from (_Lack(each, lack) for lack in lacks(judged, each))


def _asked(_request: PageRequest) -> "Iterator[SupplierRequest]":
    return every(lambda after: judging.requests_page(after=after, limit=ROWS_AT_ONCE))


def _changes(request: PageRequest, pk: int) -> "Iterator[Change]":
    after = catalog.release(pk)
    found = difference_of(differences.earlier(request, after), after)
    yield from differences.narrowed(request, found)


def _document_changes(request: PageRequest, pk: int, against: int) -> "Iterator[Change]":
    found = difference_of(queries.document(against), queries.document(pk))
    yield from differences.narrowed(request, found)


def component_columns(component: str = "") -> tuple[Column, ...]:
    """Return the columns that tell which component it is; ``component`` is where a row has it."""

    def of(row: Any) -> "Component":
        found: Component = getattr(row, component) if component else row
        return found

    return (
        Column("component", _("Component"), lambda row: of(row).name),
        Column(
            "version",
            _("Version"),
            lambda row: of(row).version if of(row).is_version_known else None,
            is_unknown_said=True,
        ),
        Column("purl", "purl", lambda row: of(row).purl),
    )


def _side(side: str, name: str) -> Callable[[Any], str]:
    """Return what reads a part of a component as it was before, or is after."""
    return lambda row: getattr(getattr(row, side), name, "")


_PLACE = (
    Column("release", _("Release"), lambda row: str(row.document.release)),
    Column("sits_in", _("Sits in"), lambda row: " / ".join(row.steps)),
)
_LICENCE = (
    Column("licence", _("Licence")),
    Column("as_stated", _("As stated"), lambda row: row.licences.replace("\n", "; ")),
)
_CHANGE = (
    Column("component", _("Component"), lambda row: row.piece.name),
    Column("purl", "purl", lambda row: row.piece.purl),
    Column("change", _("What became of it"), lambda row: row.kind.value),
    Column("changed_in", _("Changed in"), lambda row: ", ".join(row.aspects)),
    *(
        Column(f"{path}_{side}", title, _side(side, path))
        for path, side, title in (
            ("version", "before", _("Version before")),
            ("version", "after", _("Version after")),
            ("licence", "before", _("Licence before")),
            ("licence", "after", _("Licence after")),
            ("supplier", "before", _("Supplier before")),
            ("supplier", "after", _("Supplier after")),
        )
    ),
)

TABLES = (
    Table(
        "release-components",
        "releases/<int:pk>/components",
        (
            *component_columns("component"),
            Column("cpes", "CPE", lambda row: "; ".join(row.component.cpes)),
            Column("kind", _("Kind")),
            Column("supplier", _("Supplier")),
            *_LICENCE,
            *_PLACE[1:],
            Column("sbom", "SBOM", lambda row: str(row.document)),
        ),
        _components,
        filename="release-{pk}-components",
    ),
    Table(
        "release-sboms",
        "releases/<int:pk>/sboms",
        (
            Column("filename", _("File")),
            Column("format", _("Format"), words=words.FORMATS),
            Column("spec_version", _("Version")),
            Column("components", _("Components"), lambda row: row.component_count),
            Column("dependencies", _("Dependencies"), lambda row: row.dependency_count),
            Column("made_at", _("Made"), lambda row: row.created_at),
            Column("taken_at", _("Taken in"), lambda row: row.recorded_at),
            Column("is_current", _("Counts")),
            Column("size_bytes", _("Bytes")),
            Column("sha256", "SHA-256", lambda row: row.digest),
        ),
        _documents,
        filename="release-{pk}-sboms",
    ),
    Table(
        "component-places",
        "parts/<uuid:pk>/places",
        (*_PLACE, *_LICENCE, Column("supplier", _("Supplier"))),
        _places,
        filename="component-places",
    ),
    Table(
        "hardware",
        "releases/<int:pk>/hardware",
        (
            Column("part", _("Part"), lambda row: row.stated.name),
            Column("version", _("Version"), lambda row: row.occurrence.component.version),
            Column("manufacturer", _("Manufacturer"), lambda row: row.occurrence.supplier),
            Column("part_number", _("Part number")),
            Column("quantity", _("Quantity"), lambda row: row.stated.quantity),
            Column("description", _("Description"), lambda row: row.stated.description),
            Column("function", _("Function"), lambda row: row.stated.function),
            Column("location", _("Place"), lambda row: row.stated.location),
            Column("firmware", _("Firmware on it"), _firmware),
        ),
        _parts,
        filename="release-{pk}-hardware",
    ),
    Table(
        "licences",
        "licences",
        (
            Column("licence", _("Licence")),
            Column("category", _("Category"), words=words.LICENCE_CATEGORIES),
            Column("components", _("Components"), lambda row: row.occurrence_count),
            Column("releases", _("Releases"), lambda row: row.release_count),
        ),
        _licences,
    ),
    Table(
        "licence",
        "licences/components",
        (*component_columns("component"), *_LICENCE, *_PLACE),
        _under,
        filename="components-by-licence",
    ),
    Table(
        "lifespans",
        "lifespans",
        (
            Column("component", _("Component"), lambda row: row.due.component.name),
            Column("version", _("Version"), lambda row: row.due.component.version),
            Column("purl", "purl", lambda row: row.due.component.purl),
            Column("ends_on", _("Ends on"), lambda row: row.due.ends_on),
            Column(
                "standing",
                _("Standing"),
                lambda row: row.due.standing,
                words={code: stamp.word for code, stamp in words.STAMPS.items()},
            ),
            Column("said_by", _("Who says so"), lambda row: _stated(row, "said_by")),
            Column("source", _("Source"), lambda row: _stated(row, "source")),
            Column("releases", _("Releases")),
            Column(
                "product",
                _("Product"),
                lambda row: row.due.supported.item.name if row.due.supported else "",
            ),
            Column(
                "supported_until",
                _("Product is supported until"),
                lambda row: row.due.supported.ends_on if row.due.supported else None,
            ),
        ),
        _ending,
        filename="end-of-life",
    ),
    Table(
        "lifespans-said",
        "lifespans/said",
        (
            Column("package", _("Looked up as")),
            Column("versions", _("Versions")),
            Column("support_ends_on", _("Support ends")),
            Column("end_of_life_on", _("Life ends")),
            Column("said_by", _("Who says so")),
            Column("source", _("Source")),
            Column("origin", _("Origin"), words=words.LIFESPAN_ORIGINS),
            Column("noted_by", _("Noted by"), lambda row: row.author_name),
            Column("noted_at", _("When")),
            Column("withdrawn_at", _("Withdrawn")),
            Column("reason", _("Withdrawn because"), lambda row: row.withdrawal_reason),
        ),
        _said,
        filename="lifespans",
    ),
    Table(
        "lifespan",
        "lifespans/said/<int:pk>/components",
        component_columns(),
        _believing,
        filename="lifespan-{pk}-components",
    ),
    Table(
        "lifespan-list",
        "lifespans/lists/<int:pk>/refused",
        (
            Column("place", _("Place"), lambda row: row["place"]),
            Column("reason", _("Why it cannot be taken"), lambda row: row["reason"]),
        ),
        _refused,
        filename="lifespan-list-{pk}-refused",
    ),
    Table(
        "sbom-quality",
        "sboms/<int:pk>/quality",
        (
            Column("rule", _("Rule"), lambda row: row.rule.id),
            Column("level", _("Level"), lambda row: row.rule.level.value),
            Column("missing", _("What is missing"), lambda row: row.rule.missing),
            Column("place", _("Place"), lambda row: row.lack.path),
            Column("component", _("Component"), lambda row: row.lack.name),
            Column("version", _("Version"), lambda row: row.lack.version),
            Column("state", _("State"), lambda row: row.lack.state.value),
            Column("write", _("Write"), lambda row: row.rule.member),
            Column("move_to", _("Move to"), lambda row: row.rule.moves_to),
        ),
        _lacks,
        filename="sbom-{pk}-quality",
    ),
    Table(
        "supplier-requests",
        "requests",
        (
            Column("number", _("Request")),
            Column("supplier", _("Supplier")),
            Column("contact", _("Contact")),
            Column("release", _("Release"), lambda row: str(row.document.release)),
            Column("sbom", "SBOM", lambda row: str(row.document)),
            Column("demands", _("Demands"), lambda row: row.demand_count),
            Column("sent_at", _("Sent")),
            Column("due_on", _("Until")),
            Column(
                "is_answered",
                _("A newer SBOM came"),
                lambda row: row.document.superseded_by_id is not None,
            ),
        ),
        _asked,
        filename="supplier-requests",
    ),
    Table(
        "difference",
        "releases/<int:pk>/difference",
        _CHANGE,
        _changes,
        filename="release-{pk}-difference",
    ),
    Table(
        "document-difference",
        "sboms/<int:pk>/difference/<int:against>",
        _CHANGE,
        _document_changes,
        filename="sbom-{pk}-difference-{against}",
    ),
)


def _stated(row: _Due, name: str) -> str:
    return str(getattr(row.due.lifespan, name, ""))
