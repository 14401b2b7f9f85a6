"""CycloneDX in XML, brought to the shape of its JSON as far as quality rules read it."""

from collections.abc import Callable

from lxml import etree

from longmark.core.formats.sboms.json_text import Json, JsonObject
from longmark.core.formats.sboms.xml_text import local_name, namespace

# Elements that hold a list of elements; in JSON the list has the name of the outer one.
LISTS = frozenset(
    {
        "assemblies",
        "commits",
        "components",
        "compositions",
        "dependencies",
        "externalReferences",
        "hashes",
        "lifecycles",
        "properties",
        "services",
        "vulnerabilities",
    }
)
REPEATED = frozenset({"contact", "url"})
"""In JSON these are lists without an outer element, where an organisation holds them."""

ORGANISATIONS = frozenset({"manufacturer", "manufacture", "supplier", "provider"})

SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"


def as_json(root: etree._Element) -> JsonObject:
    """Return a document in the shape of JSON, without what other namespaces add to it.

    Recursion ends where XML was cut off, at 200.
    """
    is_signed = root.find(SIGNATURE) is not None
    own = f"{{{namespace(root)}}}"
    for element in [each for each in root.iter() if not str(each.tag).startswith(own)]:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    tree = _object(root)
    if is_signed:
        tree["signature"] = {}
    return tree


def _object(element: etree._Element) -> JsonObject:
    node: JsonObject = {str(name): str(value) for name, value in element.attrib.items()}
    is_organisation = local_name(element) in ORGANISATIONS
    for child in element:
        name = local_name(child)
        if is_organisation and name in REPEATED:
            held = node.setdefault(name, [])
            if isinstance(held, list):
                held.append(_value(child))
        else:
            node[name] = _SPECIAL.get(name, _value)(child)
    return node


def _value(element: etree._Element) -> Json:
    name = local_name(element)
    if name in LISTS:
        return [_value(child) for child in element]
    if len(element) or element.attrib:
        node = _object(element)
        text = (element.text or "").strip()
        if text:
            node["content"] = text
        return node
    return (element.text or "").strip()


def _licences(element: etree._Element) -> Json:
    choices: list[Json] = []
    for child in element:
        value = _value(child)
        if local_name(child) == "license":
            choices.append({"license": value})
        elif isinstance(value, dict):
            choices.append({**value, "expression": value.get("content", "")})
        else:
            choices.append({"expression": value})
    return choices


def _authors(element: etree._Element) -> Json:
    if len(element):
        return [_value(child) for child in element]
    return (element.text or "").strip()


def _dependencies(element: etree._Element) -> Json:
    """Return dependencies; in a composition they are references only."""
    return [
        {
            "ref": child.get("ref", ""),
            "dependsOn": [each.get("ref", "") for each in child if local_name(each) != "provides"],
        }
        for child in element
    ]


def _tools(element: etree._Element) -> Json:
    if any(local_name(child) in {"components", "services"} for child in element):
        return _object(element)
    return [_value(child) for child in element]


_SPECIAL: dict[str, Callable[[etree._Element], Json]] = {
    "licenses": _licences,
    "authors": _authors,
    "dependencies": _dependencies,
    "tools": _tools,
}
