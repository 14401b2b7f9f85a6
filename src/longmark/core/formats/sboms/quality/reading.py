"""The one door to quality: the bytes of an SBOM in, what it says field by field out."""

from longmark.core.formats.sboms.document import Encoding, Format, SbomDocument
from longmark.core.formats.sboms.json_text import JsonObject, parse_json
from longmark.core.formats.sboms.quality import cyclonedx_facts, spdx2_facts, spdx3_facts
from longmark.core.formats.sboms.quality.cyclonedx_elements import as_json
from longmark.core.formats.sboms.quality.facts import DocumentFacts
from longmark.core.formats.sboms.reading import as_utf8, read_sbom
from longmark.core.formats.sboms.spdx2_tags import parse_tags
from longmark.core.formats.sboms.xml_text import parse_xml


def read_facts(content: bytes, *, filename: str = "") -> tuple[SbomDocument, DocumentFacts]:
    """Return a document as it is read elsewhere, and what it says field by field.

    Raises:
        SbomInvalid: it is no SBOM that can be read, or breaks its format.
    """
    document = read_sbom(content, filename=filename)
    return document, facts_of(content, document)


def facts_of(content: bytes, document: SbomDocument) -> DocumentFacts:
    """Return what the bytes of a document that was read say field by field."""
    content = as_utf8(content)
    version, encoding = document.spec_version, document.encoding
    if encoding is Encoding.XML:
        tree = as_json(parse_xml(content))
        return cyclonedx_facts.facts(tree, spec_version=version, encoding=encoding)
    if encoding is Encoding.TAG_VALUE:
        head, lists = parse_tags(content)
        whole: JsonObject = {**head, **{name: [*each] for name, each in lists.items()}}
        return spdx2_facts.facts(whole, encoding=encoding)
    tree = _unwrapped(parse_json(content)[0])
    if document.format is Format.CYCLONEDX:
        return cyclonedx_facts.facts(tree, spec_version=version, encoding=encoding)
    if encoding is Encoding.JSON_LD:
        return spdx3_facts.facts(tree)
    return spdx2_facts.facts(tree, encoding=encoding)


def _unwrapped(tree: JsonObject) -> JsonObject:
    """Return the document itself, out of the wrapping in which code hosts export it."""
    inner = tree.get("sbom")
    is_wrapped = isinstance(inner, dict) and "spdxVersion" not in tree and "bomFormat" not in tree
    return inner if is_wrapped and isinstance(inner, dict) else tree
