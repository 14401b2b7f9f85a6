"""SPDX 3.0.1 in JSON-LD: one flat graph, written element by element."""

from collections.abc import Iterator, Sequence
from typing import Final

import orjson

from longmark import __version__
from longmark.core.formats.sboms.document import ComponentEntry
from longmark.core.formats.sboms.json_text import Json, JsonObject
from longmark.core.formats.sboms.writing import spdx_shape as shape
from longmark.core.formats.sboms.writing.cyclonedx_fields import TOOL, instant_text, writable
from longmark.core.formats.sboms.writing.licences import references_in
from longmark.core.formats.sboms.writing.release import (
    RELEASE,
    Piece,
    ReleaseBom,
    pieces_of,
)
from longmark.core.formats.sboms.writing.spdx2_shape import NOASSERTION, containers
from longmark.core.formats.sboms.writing.vocabulary import (
    CPE_23,
    is_absolute_address,
    is_cpe,
    is_stated,
    spdx3_algorithm,
    spdx3_purpose,
)

CONTEXT: Final = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
CREATION: Final = "_:creation"
_LINK_KINDS: Final = {
    "advisories": "securityAdvisory",
    "bom": "other",
    "build-meta": "buildMeta",
    "build-system": "buildSystem",
    "chat": "chat",
    "documentation": "documentation",
    "issue-tracker": "issueTracker",
    "license": "license",
    "mailing-list": "mailingList",
    "release-notes": "releaseNotes",
    "social": "socialMedia",
    "support": "support",
    "vcs": "vcs",
    "website": "altWebPage",
}
_COMPLETENESS: Final = {"complete": "complete", "unknown": "noAssertion"}


def write(bom: ReleaseBom) -> Iterator[bytes]:
    """Yield the document in pieces: one element on a line."""
    yield b'{"@context":"' + CONTEXT.encode() + b'","@graph":[\n'
    is_first = True
    for element in _Graph(bom).elements():
        yield (b"" if is_first else b",\n") + orjson.dumps(element)
        is_first = False
    yield b"\n]}\n"


class _Graph:
    """The elements of one document, and the ids that they have in it."""

    def __init__(self, bom: ReleaseBom) -> None:
        self.bom = bom
        self.namespace = shape.namespace(bom)
        self.ids = {number: self._id(name) for number, name in shape.identifiers(bom).items()}
        self.licences = shape.Licences(bom)
        self.suppliers: dict[str, str] = {}
        self.expressions: dict[str, str] = {}
        self.declared: dict[str, list[str]] = {}
        self.tie_count = 0

    def _id(self, name: str) -> str:
        return f"{self.namespace}#{name}"

    def elements(self) -> Iterator[JsonObject]:
        """Yield every element; what others refer to is known when it is written."""
        yield from self._head()
        for piece in pieces_of(self.bom):
            yield self._package(piece)
            yield from self._patches(piece)
        yield from self._parties()
        yield from self._licences()
        yield from self._structure()

    def _element(self, kind: str, identifier: str, **said: Json) -> JsonObject:
        stated = {key: value for key, value in said.items() if value not in ("", None, [])}
        return {"type": kind, "spdxId": identifier, "creationInfo": CREATION, **stated}

    def _head(self) -> Iterator[JsonObject]:
        maker = self._supplier(self.bom.about.supplier) or self._id("Agent")
        creation: JsonObject = {
            "type": "CreationInfo",
            "@id": CREATION,
            "specVersion": "3.0.1",
            "created": instant_text(self.bom.created_at),
            "createdBy": [maker],
            "createdUsing": [self._id("Tool")],
        }
        yield creation
        yield self._element("Tool", self._id("Tool"), name=f"{TOOL} {__version__}")
        if not self.bom.about.supplier:
            yield self._element("SoftwareAgent", self._id("Agent"), name=TOOL)
        yield self._element(
            "SpdxDocument",
            self._id("SPDXRef-DOCUMENT"),
            name=writable(shape.document_name(self.bom)),
            comment=shape.sources_comment(self.bom),
            profileConformance=["core", "software", "simpleLicensing"],
            rootElement=[self._id("Sbom")],
        )
        yield self._element(
            "software_Sbom",
            self._id("Sbom"),
            profileConformance=["core", "software", "simpleLicensing"],
            rootElement=[self.ids[RELEASE]],
        )

    def _supplier(self, name: str | None) -> str:
        """Return the id of an organisation, which is written later; empty without a name."""
        if not name or not is_stated(name):
            return ""
        return self.suppliers.setdefault(name, self._id(f"supplier-{len(self.suppliers) + 1}"))

    def _package(self, piece: Piece) -> JsonObject:
        entry = piece.entry
        licence = self.licences.of(entry)
        if licence:
            number = len(self.expressions) + 1
            expression = self.expressions.setdefault(
                licence.expression, self._id(f"licence-{number}")
            )
            self.declared.setdefault(expression, []).append(self.ids[piece.number])
        unfit = [each for each in entry.hashes if spdx3_algorithm(each) is None]
        version = entry.version if entry.version and is_stated(entry.version) else ""
        return self._element(
            "software_Package",
            self.ids[piece.number],
            name=writable(entry.name) or NOASSERTION,
            description=writable(entry.remarks.description),
            comment=shape.comment(piece, licence, unfit, self.bom, with_patches=True),
            software_packageVersion=writable(version),
            software_packageUrl=entry.purl or "",
            software_primaryPurpose=spdx3_purpose(entry.kind),
            software_copyrightText=writable(entry.remarks.copyright),
            software_homePage=_address(entry, "website"),
            software_downloadLocation=_address(entry, "distribution"),
            suppliedBy=self._supplier(entry.supplier),
            externalIdentifier=[
                {
                    "type": "ExternalIdentifier",
                    "externalIdentifierType": "cpe23" if CPE_23.fullmatch(each) else "cpe22",
                    "identifier": each,
                }
                for each in entry.cpes
                if is_cpe(each)
            ],
            externalRef=list(_references(entry)),
            verifiedUsing=[
                {"type": "Hash", "algorithm": word, "hashValue": each.digest}
                for each in entry.hashes
                if (word := spdx3_algorithm(each))
            ],
        )

    def _patches(self, piece: Piece) -> Iterator[JsonObject]:
        """Yield the patches of a piece as files that are named after what they resolve."""
        files = []
        for number, patch in enumerate(piece.entry.patches, start=1):
            name = f"{patch.kind or 'unofficial'} patch {' '.join(patch.resolves)}".strip()
            files.append(f"{self.ids[piece.number]}-patch-{number}")
            yield self._element(
                "software_File", files[-1], name=writable(name), software_primaryPurpose="patch"
            )
        if files:
            yield self._tie(self.ids[piece.number], "patchedBy", files)

    def _parties(self) -> Iterator[JsonObject]:
        for name, identifier in self.suppliers.items():
            yield self._element("Organization", identifier, name=writable(name))

    def _licences(self) -> Iterator[JsonObject]:
        """Yield the expressions, the licences that they define, and who declares which."""
        for expression, identifier in self.expressions.items():
            own = dict.fromkeys(references_in(expression))
            yield self._element(
                "simplelicensing_LicenseExpression",
                identifier,
                simplelicensing_licenseExpression=expression,
                simplelicensing_customIdToUri=[
                    {"type": "DictionaryEntry", "key": each, "value": self._id(each)}
                    for each in own
                ],
            )
            yield self._tie(self.declared[identifier][0], "hasDeclaredLicense", [identifier])
            for declaring in self.declared[identifier][1:]:
                yield self._tie(declaring, "hasDeclaredLicense", [identifier])
        for reference, (name, text) in sorted(self.licences.defined.items()):
            yield self._element(
                "simplelicensing_SimpleLicensingText",
                self._id(reference),
                name=writable(name),
                simplelicensing_licenseText=writable(text),
            )

    def _structure(self) -> Iterator[JsonObject]:
        """Yield what sits in what, what needs what, and how complete that is said to be."""
        parts, needs = self._claims()
        contents: dict[tuple[int, str], list[str]] = {}
        for piece in pieces_of(self.bom):
            if piece.number != RELEASE:
                word = _HELD.get(piece.entry.scope, "contains")
                for container in containers(piece):
                    contents.setdefault((container, word), []).append(self.ids[piece.number])
        for (container, word), held in contents.items():
            said = parts.get(container, "") if word == "contains" else ""
            note = shape.NOT_SHIPPED if word == "other" else ""
            yield self._tie(self.ids[container], word, held, completeness=said, comment=note)
        for one, others in self.bom.needs.items():
            yield from self._needs(one, others, needs.get(one, ""))

    def _needs(self, one: int, others: Sequence[int], said: str) -> Iterator[JsonObject]:
        optional = [each for each in others if self.bom.pieces[each].entry.scope == "optional"]
        firm = [each for each in others if each not in set(optional)]
        for word, needed in (("dependsOn", firm), ("hasOptionalDependency", optional)):
            if needed:
                ids = [self.ids[each] for each in needed]
                claim = said if word == "dependsOn" else ""
                yield self._tie(self.ids[one], word, ids, completeness=claim)

    def _claims(self) -> tuple[dict[int, str], dict[int, str]]:
        """Return how complete parts and needs are said to be; the rest is left open."""
        parts: dict[int, str] = {}
        needs: dict[int, str] = {}
        for each in self.bom.completeness:
            word = _COMPLETENESS.get(each.aggregate, "incomplete")
            parts |= dict.fromkeys(each.assemblies, word)
            needs |= dict.fromkeys(each.dependencies, word)
        return parts, needs

    def _tie(self, one: str, word: str, others: Sequence[str], **said: str) -> JsonObject:
        self.tie_count += 1
        return self._element(
            "Relationship",
            self._id(f"relationship-{self.tie_count}"),
            **{"from": one},
            to=list(others),
            relationshipType=word,
            **said,
        )


_HELD: Final = {"optional": "hasOptionalComponent", "excluded": "other"}


def _address(entry: ComponentEntry, kind: str) -> str:
    links = (each.url for each in entry.remarks.links if each.kind == kind)
    return next((each for each in links if is_absolute_address(each)), "")


def _references(entry: ComponentEntry) -> Iterator[Json]:
    shown = {_address(entry, "website"), _address(entry, "distribution")}
    for each in dict.fromkeys(entry.remarks.links):
        if is_absolute_address(each.url) and each.url not in shown:
            kind = _LINK_KINDS.get(each.kind, "other")
            yield {"type": "ExternalRef", "externalRefType": kind, "locator": [each.url]}
