"""XML as hostile input: no entities, no network, no document type, no huge trees."""

import re

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
    if _DOCTYPE.match(content, 0, HEAD):
        raise _with_doctype()
    try:
        root = etree.fromstring(content, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _refusal(str(error)) from None
    if root.getroottree().docinfo.internalDTD is not None:  # in an encoding of its own
        raise _with_doctype()
    if _TOO_DEEP(root):
        refuse_depth(DEPTH + 1)
    return root


def _with_doctype() -> SbomInvalid:
    return SbomInvalid("The document has a document type declaration (DOCTYPE); remove it.")


def _refusal(reason: str) -> SbomInvalid:
    if reason.startswith("Excessive depth"):
        return SbomInvalid("The document nests deeper than {limit} levels.", limit=DEPTH)
    reason = reason.removesuffix(".").partition(" (<string>")[0]
    return SbomInvalid("The document is not well-formed XML: {reason}.", reason=reason[:300])


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


def local_name(element: etree._Element) -> str:
    """Return the name of an element without its namespace.

    >>> local_name(etree.fromstring('<a:bom xmlns:a="urn:x"/>'))
    'bom'
    """
    return str(element.tag).rpartition("}")[2]


def namespace(element: etree._Element) -> str:
    """Return the namespace of an element, empty if it has none."""
    return str(element.tag).rpartition("}")[0][1:]
