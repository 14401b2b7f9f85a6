"""Recording what SBOMs name: each distinct component once, with its coordinates, and its places."""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

import msgspec
import orjson

from longmark.core.formats.sboms import ComponentEntry, SbomDocument
from longmark.core.identity import Coordinate as Place
from longmark.core.identity import canonical_purl, coordinates, rules_of, stated_names
from longmark.core.identity.rules import Rulebook
from longmark.core.licences import combined
from longmark.core.versions import is_unstated
from longmark.foundation.bulk import insert_missing_rows, insert_rows
from longmark.names import queries as names
from longmark.sboms import queries
from longmark.sboms.models import (
    STEP,
    Component,
    Coordinate,
    Document,
    Occurrence,
    StatedName,
)
from longmark.sboms.services.ends import record_ends
from longmark.sboms.services.hardware import numbered, record_parts
from longmark.sboms.services.licences import tally_licences

COMPONENT_NAMESPACE = uuid.UUID("5b1f1a0e-6a41-5d0c-9d0e-2f6f0f6b7c11")
"""The id of every component derives from it: it must never change."""


def component_id(entry: ComponentEntry) -> uuid.UUID:
    """Return the id of the component that an entry names, the same in every SBOM.

    What decides matching decides identity: purl, CPEs and version, and the name only where
    there is neither purl nor CPE, for tools name one package in many ways.
    """
    purl = _canonical(entry.purl)
    is_identified = bool(purl or entry.cpes)
    named = ["", ""] if is_identified else [entry.group or "", entry.name.casefold()]
    identity = [purl, sorted(set(entry.cpes)), entry.version or "", *named]
    return uuid.uuid5(COMPONENT_NAMESPACE, orjson.dumps(identity).decode())


@dataclass(frozen=True, slots=True)
class Named:
    """What SBOMs say of a component that decides under what it is matched."""

    id: uuid.UUID
    purl: str | None
    cpes: tuple[str, ...]
    group: str
    name: str
    version: str | None

    @staticmethod
    def of(pk: uuid.UUID, said: "_Stated") -> "Named":
        """Return what a document says of its component, as it is stored."""
        purl, cpes = _canonical(said.purl) or None, tuple(said.cpes)
        return Named(pk, purl, cpes, said.group or "", said.name, said.version or None)

    @property
    def stated_names(self) -> tuple[str, ...]:
        """What it is called, without its version."""
        return stated_names(purl=self.purl, cpes=self.cpes, group=self.group, name=self.name)

    def coordinates_by(self, rulebook: Rulebook) -> tuple[Place, ...]:
        """Return under what it is matched, most trusted first."""
        rules = rules_of(
            rulebook,
            purl=self.purl,
            cpes=self.cpes,
            group=self.group,
            name=self.name,
            version=self.version,
        )
        return coordinates(
            purl=self.purl, cpes=self.cpes, name=self.name, version=self.version, rules=rules
        )


def record_components(document: Document, sbom: SbomDocument) -> int:
    """Record components, coordinates and occurrences; return how many were never seen.

    Components go in by rising id, so that two writers never wait for each other in a ring.
    """
    ids = [component_id(entry) for _, entry in numbered(sbom)]
    unseen = set(ids) - queries.known_component_ids(set(ids))
    _record_unseen(_packed(sbom, ids, unseen))
    insert_rows(
        Occurrence,
        OCCURRENCE_COLUMNS,
        (
            (document.pk, pk, number, *_occurrence_values(entry))
            for pk, (number, entry) in zip(ids, numbered(sbom), strict=True)
        ),
    )
    record_parts(document, sbom)
    tally_licences(document, (combined(each.licences) for each in sbom.components))
    return len(unseen)


def _packed(
    sbom: SbomDocument, ids: Sequence[uuid.UUID], unseen: Collection[uuid.UUID]
) -> dict[uuid.UUID, bytes]:
    """Return, packed, what is said of unseen components where they are named first.

    They are needed by rising id, and in the document in any order: unpacked, those of a large one
    would take most of the memory there is.
    """
    first: dict[uuid.UUID, bytes] = {}
    for pk, (_, entry) in zip(ids, numbered(sbom), strict=True):
        if pk in unseen and pk not in first:
            first[pk] = _ENCODER.encode(_Stated.of(entry))
    return first


class _Stated(msgspec.Struct, array_like=True):
    """What a document says of a component wherever it names it."""

    name: str
    version: str | None
    group: str | None
    supplier: str | None
    purl: str | None
    cpes: tuple[str, ...]

    @staticmethod
    def of(entry: ComponentEntry) -> "_Stated":
        return _Stated(
            entry.name, entry.version, entry.group, entry.supplier, entry.purl, entry.cpes
        )


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(_Stated)


def _record_unseen(packed: Mapping[uuid.UUID, bytes]) -> None:
    ordered = sorted(packed)
    for start in range(0, len(ordered), CHUNK_COMPONENTS):
        wanted = ordered[start : start + CHUNK_COMPONENTS]
        chunk = {pk: _DECODER.decode(packed[pk]) for pk in wanted}
        insert_missing_rows(Component, COMPONENT_COLUMNS, _component_rows(chunk))
        _record_names([Named.of(pk, stated) for pk, stated in chunk.items()])


CHUNK_COMPONENTS = 5_000
"""So many are derived at once: what they become takes far more memory than they do."""

COMPONENT_COLUMNS = (
    "id",
    "name",
    "folded_name",
    "version",
    "is_version_known",
    "group",
    "supplier",
    "purl",
    "cpes",
)
STATED_COLUMNS = ("component_id", "name")
COORDINATE_COLUMNS = ("component_id", "package", "scheme", "version", "key", "provenance")
OCCURRENCE_COLUMNS = (
    "document_id",
    "component_id",
    "number",
    "ref",
    "path",
    "kind",
    "scope",
    "supplier",
    "licences",
    "licence",
    "hashes",
    "patches",
)
Row = tuple[object, ...]


def _component_rows(components: Mapping[uuid.UUID, "_Stated"]) -> Iterator[Row]:
    for pk, said in components.items():
        yield (
            pk,
            said.name,
            said.name.casefold(),
            said.version or "",
            not is_unstated(said.version),
            said.group or "",
            said.supplier or "",
            _canonical(said.purl),
            said.cpes,
        )


def _record_names(components: Sequence[Named]) -> None:
    """Record what components are called, and under what they are matched by the rules that hold."""
    names.hold_rules_still()
    stated = [(each, each.stated_names) for each in components]
    rulebook = names.rulebook(name for _, found in stated for name in found)
    rows = ((each.id, name) for each, found in stated for name in found)
    insert_missing_rows(StatedName, STATED_COLUMNS, rows)
    placed = [(each.id, each.coordinates_by(rulebook)) for each in components]
    insert_missing_rows(
        Coordinate,
        COORDINATE_COLUMNS,
        (row for pk, found in placed for row in coordinate_rows(pk, found)),
    )
    record_ends(placed)


def coordinate_rows(pk: uuid.UUID, found: Sequence[Place]) -> Iterator[Row]:
    """Yield coordinates of a component as they are stored."""
    for each in found:
        yield pk, each.package, each.scheme, each.version, each.key, each.provenance


def _occurrence_values(entry: ComponentEntry) -> Row:
    return (
        entry.ref,
        STEP.join(step.replace(STEP, " ") for step in entry.path),
        entry.kind,
        entry.scope,
        entry.supplier or "",
        "\n".join(entry.licences),
        combined(entry.licences).expression,
        "\n".join(f"{each.algorithm}:{each.digest}" for each in entry.hashes),
        [asdict(patch) for patch in entry.patches],
    )


def _canonical(purl: str | None) -> str:
    """Return a purl in canonical spelling, as it is if it is none, or empty."""
    return canonical_purl(purl) or purl if purl else ""
