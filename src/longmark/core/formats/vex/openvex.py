"""OpenVEX documents (0.2.0 and before), and single statements of that shape."""

from collections.abc import Iterator, Mapping
from typing import Any

from longmark.core.formats.vex.statements import (
    VexProduct,
    VexStatement,
    listed,
    mappings,
    moment_of,
    names_of,
    status_of,
    text_of,
    vulnerabilities_of,
)


def statements(document: Mapping[str, Any]) -> Iterator[VexStatement]:
    """Yield the statements; what a statement leaves out it takes from its document."""
    for number, stated in enumerate(mappings(document.get("statements"))):
        found = statement(stated, document, f"/statements/{number}")
        if found:
            yield found


def statement(
    stated: Mapping[str, Any], document: Mapping[str, Any], pointer: str = ""
) -> VexStatement | None:
    """Return one statement, None if it has no known status."""
    status = status_of(stated.get("status"))
    if status is None:
        return None
    return VexStatement(
        status=status,
        vulnerabilities=vulnerabilities_of(stated.get("vulnerability")),
        products=tuple(_products(stated)),
        justification=text_of(
            stated.get("justification"), stated.get("impact_statement"), stated.get("impact")
        ),
        stated_at=moment_of(
            stated.get("last_updated"),
            stated.get("timestamp"),
            document.get("last_updated"),
            document.get("timestamp"),
        ),
        author=text_of(stated.get("supplier"), document.get("author")),
        pointer=pointer,
    )


def _products(stated: Mapping[str, Any]) -> Iterator[VexProduct]:
    """Yield the products; parts may stand at each of them, or at the statement."""
    shared = [*listed(stated.get("subcomponents")), *listed(stated.get("subcomponent"))]
    for product in [*listed(stated.get("products")), *listed(stated.get("product"))]:
        own = listed(product.get("subcomponents")) if isinstance(product, Mapping) else []
        parts = tuple(filter(None, map(names_of, own or shared)))
        names = names_of(product)
        if names:
            yield VexProduct(names, parts)
    if shared and not (stated.get("products") or stated.get("product")):
        yield VexProduct((), tuple(filter(None, map(names_of, shared))))
