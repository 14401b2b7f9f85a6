"""OpenVEX 0.2.0, and the shapes before it in which products and vulnerabilities were texts.

A statement without time of its own has that of the document. ``not_affected`` needs a
justification or an impact statement; without both it is read as under investigation.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from longmark.core.formats.facts.records import (
    MAX_ASSERTIONS,
    Asserted,
    Assertion,
    Basis,
    FactKind,
    Facts,
    Named,
    reasoned,
    refuse_many,
    shortened,
)
from longmark.core.formats.sboms.gathering import instant
from longmark.core.formats.sboms.json_text import Json, JsonObject, member, members, text

CONTEXT: Final = "openvex.dev/ns"
_CPES: Final = ("cpe23", "cpe22")


def read(tree: JsonObject) -> Facts:
    """Return the assertions of a document, one for each vulnerability and component.

    Raises:
        FactsInvalid: it makes more assertions than are read.
    """
    made_at = instant(text(tree, "last_updated")) or instant(text(tree, "timestamp"))
    assertions: list[Assertion] = []
    defects = []
    for number, statement in enumerate(members(tree, "statements")):
        found = list(_of_statement(statement, f"statements[{number}]", made_at))
        assertions += found
        refuse_many(len(assertions), MAX_ASSERTIONS, "statements")
        if not found:
            defects.append(f"statements[{number}]: names no vulnerability or no known status.")
    return Facts(
        FactKind.OPENVEX,
        tool=shortened(text(tree, "author") or ""),
        made_at=made_at,
        assertions=tuple(assertions),
        defects=tuple(defects),
    )


def _of_statement(statement: Json, place: str, made_at: datetime | None) -> Iterator[Assertion]:
    status = text(statement, "status") or ""
    vulnerability = _vulnerability(member(statement, "vulnerability"))
    if status not in set(Asserted) or not vulnerability:
        return
    note = text(statement, "justification") or ""
    detail = text(statement, "impact_statement") or text(statement, "action_statement") or ""
    at = instant(text(statement, "last_updated")) or instant(text(statement, "timestamp"))
    for product, component in _concerned(statement):
        yield Assertion(
            vulnerability=vulnerability,
            status=reasoned(Asserted(status), note, text(statement, "impact_statement") or ""),
            basis=Basis.VEX,
            pointer=place,
            product=product,
            component=component,
            note=note,
            detail=shortened(detail or text(statement, "status_notes") or ""),
            at=at or made_at,
        )


def _vulnerability(node: Json) -> str:
    if isinstance(node, str):
        return node.strip()
    named = text(node, "name") or text(node, "@id") or ""
    return named.rstrip("/").rpartition("/")[2]


def _concerned(statement: Json) -> Iterator[tuple[Named | None, Named | None]]:
    """Yield product and component; a statement may name none, when it is handed over for one."""
    products = members(statement, "products")
    below: list[Named | None] = [_named(each) for each in members(statement, "subcomponents")]
    if not products:
        yield from ((None, each) for each in below or [None])
    for node in products:
        inner: list[Named | None] = [_named(each) for each in members(node, "subcomponents")]
        yield from ((_named(node), each) for each in inner or below or [None])


def _named(node: Json) -> Named:
    if isinstance(node, str):
        return _of_id(node)
    identifiers = member(node, "identifiers")
    stated = _of_id(text(node, "@id") or "")
    cpes = tuple(filter(None, (text(identifiers, name) for name in _CPES)))
    purl = text(identifiers, "purl") or stated.purl
    return Named(stated.names, purl=purl, cpes=cpes or stated.cpes)


def _of_id(text: str) -> Named:
    if text.startswith("pkg:"):
        return Named(purl=text)
    if text.startswith("cpe:"):
        return Named(cpes=(text,))
    return Named(names=(text,) if text else ())
