"""XML as hostile input: no entities, no network, no document type, no huge trees."""

from lxml import etree

from longmark.core.formats.sboms.document import SbomInvalid
from longmark.core.formats.sboms.limits import DEPTH, refuse_depth

_TOO_DEEP = etree.XPath("boolean(" + "/*" * (DEPTH + 1) + ")")


def parse_xml(content: bytes) -> etree._Element:
    """Return the root element of ``content``, in the encoding that it declares.

    Raises:
        SbomInvalid: it is not well-formed, has a document type declaration (the door of
            entity attacks, which no SBOM needs), or nests deeper than 200 levels.
    """
    try:
        root = etree.fromstring(content, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SbomInvalid(
            "The document is not well-formed XML: {reason}.", reason=str(error)[:300]
        ) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise SbomInvalid("The document has a document type declaration (DOCTYPE); remove it.")
    if _TOO_DEEP(root):
        refuse_depth(DEPTH + 1)
    return root


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
