"""Large SBOMs in outline: what of them is looked at for facts, and nothing else.

The tree of a large document takes six times what its text does; facts are read from few of its
members. Entries keep their numbers: what is of no interest is left empty.
"""

from collections.abc import Callable, Iterable
from typing import Final

from longmark.core.formats.sboms.json_pieces import apart, members_of, parsed, written
from longmark.core.formats.sboms.json_text import Json, JsonObject, text

_COMPONENT: Final = frozenset(("bom-ref", "name", "version", "purl", "cpe"))
_VULNERABILITY: Final = frozenset(("id", "analysis", "affects", "updated"))
_PACKAGE: Final = frozenset(("SPDXID", "name", "versionInfo", "sourceInfo"))
_ELEMENT: Final = frozenset(
    (
        "type",
        "@type",
        "spdxId",
        "@id",
        "name",
        "externalIdentifier",
        "software_packageVersion",
        "software_packageUrl",
    )
)
_TIES: Final = frozenset(("Relationship", "LifecycleScopedRelationship"))
_ASSESSMENT: Final = "security_"


def outline(content: bytes) -> JsonObject:
    """Return the tree of an SBOM in JSON without what no reader of facts looks at.

    Raises:
        SbomInvalid: it is no object, or what stands beside its long lists is too large.
    """
    rest, lists = apart(members_of(content), (*_READERS, *_PASSED_OVER))
    tree = parsed(written(rest), [])
    for name, read in _READERS.items():
        if name in lists:
            tree[name] = [read(node) for node in lists[name]]
    return tree


def _only(wanted: Iterable[str]) -> Callable[[Json], Json]:
    names = frozenset(wanted)

    def read(node: Json) -> Json:
        if not isinstance(node, dict):
            return None
        return {name: value for name, value in node.items() if name in names}

    return read


def _component(node: Json) -> Json:
    if not isinstance(node, dict):
        return None
    kept: JsonObject = {name: value for name, value in node.items() if name in _COMPONENT}
    nested = node.get("components")
    if isinstance(nested, list) and nested:
        kept["components"] = [_component(each) for each in nested]
    return kept


def _element(node: Json) -> Json:
    kind = text(node, "type") or text(node, "@type") or ""
    if not isinstance(node, dict) or kind in _TIES:
        return None
    return node if kind.startswith(_ASSESSMENT) else _named(node)


_named: Final = _only(_ELEMENT)
_READERS: Final[dict[str, Callable[[Json], Json]]] = {
    "components": _component,
    "vulnerabilities": _only(_VULNERABILITY),
    "packages": _only(_PACKAGE),
    "@graph": _element,
}
_PASSED_OVER: Final = ("dependencies", "relationships", "files", "snippets")
