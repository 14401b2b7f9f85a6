"""XML as hostile input: no entities, no network, no document type, no huge trees."""

import re
from typing import Final, TypedDict

from lxml import etree

from longmark.core.formats.sboms.document import SbomInvalid
from longmark.core.formats.sboms.limits import DEPTH, refuse_depth

HEAD = 4_096
_DOCTYPE = re.compile(rb"(?:\s|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.IGNORECASE | re.DOTALL)
_TOO_DEEP = etree.XPath("boolean(" + "/*" * (DEPTH + 1) + ")")


def parse_xml(content: bytes) -> etree._Element:
    """Return the root element of ``content``, in the encoding that it declares.

    Raises:
        SbomInvalid: it is not well-formed, has a document type declaration (the door of
            entity attacks, which no SBOM needs), or nests deeper than 200 levels.
    """
    refuse_doctype(content)
    try:
        root = etree.fromstring(content, etree.XMLParser(**SAFE))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise refusal_of(error) from None
    refuse_doctype_of(root)
    refuse_depth_of(root)
    return root


def refuse_doctype(content: bytes) -> None:
    """Refuse a document that begins with a document type declaration, before it is parsed.

    Raises:
        SbomInvalid: it does.
    """
    if _DOCTYPE.match(content, 0, HEAD):
        raise _with_doctype()


def refuse_doctype_of(root: etree._Element) -> None:
    """Refuse the tree of a document that had one, in an encoding of its own.

    Raises:
        SbomInvalid: it had.
    """
    if root.getroottree().docinfo.internalDTD is not None:
        raise _with_doctype()


def refuse_depth_of(root: etree._Element) -> None:
    """Refuse a tree that nests deeper than is read.

    Raises:
        SbomInvalid: it does.
    """
    if _TOO_DEEP(root):
        refuse_depth(DEPTH + 1)


def _with_doctype() -> SbomInvalid:
    return SbomInvalid("The document has a document type declaration (DOCTYPE); remove it.")


def refusal_of(error: Exception) -> SbomInvalid:
    """Return the refusal of what the parser objected to."""
    reason = str(error)
    if reason.startswith("Excessive depth"):
        return SbomInvalid("The document nests deeper than {limit} levels.", limit=DEPTH)
    reason = reason.removesuffix(".").partition(" (<string>")[0]
    return SbomInvalid("The document is not well-formed XML: {reason}.", reason=reason[:300])


class _Options(TypedDict):
    resolve_entities: bool
    no_network: bool
    load_dtd: bool
    dtd_validation: bool
    huge_tree: bool
    remove_comments: bool
    remove_pis: bool


SAFE: Final[_Options] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
"""What every parser is told: no entities, no network, no document type, no huge trees."""


def local_name(element: etree._Element) -> str:
    """Return the name of an element without its namespace.

    >>> local_name(etree.fromstring('<a:bom xmlns:a="urn:x"/>'))
    'bom'
    """
    return str(element.tag).rpartition("}")[2]


def namespace(element: etree._Element) -> str:
    """Return the namespace of an element, empty if it has none."""
    return str(element.tag).rpartition("}")[0][1:]
