"""What both versions of SPDX need: ids, namespaces, licences, and lines of comment.

What SPDX has no field for (a group, a scope, a second way to name a licence) stands in the
comment of the package, one fact on a line, from where it is read back.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import orjson

from longmark.core.formats.sboms.document import ComponentEntry, Hash
from longmark.core.formats.sboms.gathering import OWN_PROPERTIES
from longmark.core.formats.sboms.writing.cyclonedx_fields import writable
from longmark.core.formats.sboms.writing.licences import (
    own_reference,
    references_in,
    spdx_expression,
)
from longmark.core.formats.sboms.writing.release import Piece, ReleaseBom, pieces_of
from longmark.core.formats.sboms.writing.vocabulary import is_cpe, is_stated

NAMESPACE: Final = "https://spdx.org/spdxdocs/"
"""The name space that SPDX 2.3 clause 6.5 offers to makers without one of their own."""

UNKNOWN_TEXT: Final = "The document that names this licence does not give its text."
NOT_SHIPPED: Final = "Named by its SBOM as not shipped."
_FORBIDDEN: Final = re.compile(r"[^A-Za-z0-9.\-]+")


def namespace(bom: ReleaseBom) -> str:
    """Return the name space of an export: no other has it."""
    name = _FORBIDDEN.sub("-", f"{bom.about.name}-{bom.about.version}").strip("-")
    return f"{NAMESPACE}{quote(name)}-{bom.serial}"


def document_name(bom: ReleaseBom) -> str:
    """Return what the document is called."""
    return f"{bom.about.name} {bom.about.version}".strip()


def sources_comment(bom: ReleaseBom) -> str:
    """Return from which documents the export was made."""
    lines = [f"sha256:{each.digest} {each.format} {each.name} {each.link}" for each in bom.sources]
    return "\n".join(["Merged from:", *(line.strip() for line in lines)]) if lines else ""


def identifiers(bom: ReleaseBom) -> dict[int, str]:
    """Return an id for each piece, made of its reference; no two are alike."""
    taken: set[str] = {"DOCUMENT"}
    ids: dict[int, str] = {}
    for piece in pieces_of(bom):
        stem = _FORBIDDEN.sub("-", piece.ref.removeprefix("SPDXRef-")).strip("-")[:200]
        name = stem or f"component-{piece.number}"
        if name in taken:
            name = f"{name}-{piece.number}"
        while name in taken:
            name += "-x"
        taken.add(name)
        ids[piece.number] = f"SPDXRef-{name}"
    return ids


@dataclass(frozen=True, slots=True)
class Licence:
    """The expression under which a component stands, and whether it says all."""

    expression: str
    is_exact: bool


class Licences:
    """The licences of an export: what is declared, and what the document must define."""

    def __init__(self, bom: ReleaseBom) -> None:
        self.texts = bom.licence_texts
        self.defined: dict[str, tuple[str, str]] = {}

    def of(self, entry: ComponentEntry) -> Licence | None:
        """Return the expression for a component's licences, noting what it names."""
        licences = tuple(dict.fromkeys(entry.licences))
        if not licences:
            return None
        own = tuple(own_reference(each) if "DocumentRef-" in each else each for each in licences)
        expression, named = spdx_expression(own)
        for reference in references_in(expression):
            self._define(reference, named)
        for licence, reference in zip(licences, own, strict=True):
            if licence != reference:
                self.defined[reference] = (licence, licence)
        return Licence(expression, licences == (expression,))

    def _define(self, reference: str, named: Mapping[str, str]) -> None:
        known = self.texts.get(reference)
        if reference in named:
            self.defined[reference] = (named[reference], named[reference])
        elif known:
            self.defined[reference] = (known.name, known.text or UNKNOWN_TEXT)
        else:
            self.defined.setdefault(reference, (reference, UNKNOWN_TEXT))


def comment(
    piece: Piece, licence: Licence | None, unfit: list[Hash], bom: ReleaseBom, *, with_patches: bool
) -> str:
    """Return what is said of a piece in its comment, empty if everything has a field."""
    facts = _facts(piece, licence, unfit, bom)
    lines = [f"{OWN_PROPERTIES}{name}={_text(value)}" for name, value in facts]
    if with_patches:
        for patch in piece.entry.patches:
            said = " ".join([patch.kind or "unofficial", *patch.resolves])
            lines.append(f"{OWN_PROPERTIES}patch={_text(said)}")
    return "\n".join(lines)


def _facts(
    piece: Piece, licence: Licence | None, unfit: list[Hash], bom: ReleaseBom
) -> Iterator[tuple[str, str]]:
    entry = piece.entry
    if entry.group:
        yield "group", entry.group
    if entry.scope:
        yield "scope", entry.scope
    if entry.version and not is_stated(entry.version):
        yield "version", entry.version
    yield from (("cpe", each) for each in entry.cpes if not is_cpe(each))
    yield from (("hash", f"{each.algorithm}:{each.digest}") for each in unfit)
    if licence and not licence.is_exact:
        yield from (("licence", each) for each in dict.fromkeys(entry.licences))
    for what, values in piece.said_elsewhere.items():
        yield from ((f"{what}-elsewhere", value) for value in values)
    yield from ((name.removeprefix(OWN_PROPERTIES), value) for name, value in piece.properties)
    if len(bom.sources) > 1:
        for number in sorted({place.source for place in piece.places}):
            yield "document", f"sha256:{bom.sources[number].digest}"


def _text(value: str) -> str:
    """Return a value that stays on its line."""
    return orjson.dumps(writable(value)).decode()
