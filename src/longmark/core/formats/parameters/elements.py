"""Parameters in XML: ``<parameter name="P10.07" value="1"/>`` and its many cousins.

An element with a name (``name``, ``id``, ``number`` …) has its value in an attribute, in an element
``value``, or as its text. One without a name is called like itself. No entities, no document type,
no network.
"""

from lxml import etree

from longmark.core.formats.parameters.columns import meant
from longmark.core.formats.parameters.records import (
    LIMIT_DEPTH,
    Entry,
    FileFormat,
    Gathering,
    ParameterFile,
    ParametersInvalid,
    joined,
)


def read_xml(content: bytes) -> ParameterFile:
    """Return the parameters in an XML document.

    Raises:
        ParametersInvalid: it is not well-formed, has a document type, or nests too deep.
    """
    try:
        root = etree.fromstring(content, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ParametersInvalid(
            "It is not well-formed XML: {reason}.", reason=str(error)[:300]
        ) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise ParametersInvalid("The file has a document type (DOCTYPE); remove it.")
    gathering = Gathering()
    for child in root:
        _take(child, "", gathering, 1)
    return gathering.file(FileFormat.XML)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _take(element: etree._Element, group: str, gathering: Gathering, depth: int) -> None:
    if depth > LIMIT_DEPTH:
        raise ParametersInvalid("The elements nest deeper than {limit} levels.", limit=LIMIT_DEPTH)
    place = f"line {element.sourceline}"
    if not isinstance(element.tag, str):
        gathering.refuse(place, "It refers to an entity: write what it stands for.")
        return
    stated = _stated(element)
    own = stated.get("name", "")
    name = joined(group, own or _local(element))
    if "value" in stated:
        gathering.add(Entry(place, name, stated["value"], stated.get("title", "")))
    elif len(element) == 0:
        gathering.add(Entry(place, name, element.text or "", stated.get("title", "")))
    else:
        for child in element:
            _take(child, name if own or depth > 1 else own, gathering, depth + 1)


def _stated(element: etree._Element) -> dict[str, str]:
    """Return what attributes and children say of a parameter: its name, value and title."""
    found: dict[str, str] = {}
    for key, text in element.attrib.items():
        if meaning := meant(str(key).rpartition("}")[2]):
            found.setdefault(meaning, str(text))
    for child in element:
        meaning = meant(_local(child)) if isinstance(child.tag, str) and len(child) == 0 else ""
        if meaning and not child.attrib:
            found.setdefault(meaning, child.text or "")
    if "name" not in found:
        found.pop("value", None)
    return found


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
