"""The one door to SBOMs: bytes in, a neutral document or a refusal out.

Format and encoding are told by the content alone; names of files lie. What is recognised
and not read (SPDX in YAML or RDF, archives, spreadsheets) is refused by its own name.
"""

import codecs
import io
import re
from collections.abc import Collection
from dataclasses import replace
from typing import BinaryIO

from longmark.core.formats.long_texts import LongTexts, has_long_text
from longmark.core.formats.sboms import (
    cyclonedx_json,
    cyclonedx_large,
    cyclonedx_xml,
    spdx2,
    spdx2_tags,
    spdx3,
)
from longmark.core.formats.sboms.document import Encoding, Problem, SbomDocument, SbomInvalid
from longmark.core.formats.sboms.json_pieces import Members, apart, members_of, parsed, written
from longmark.core.formats.sboms.json_text import parse_json, refuse_escaped_nul
from longmark.core.formats.sboms.limits import (
    CUT_IN_BYTES,
    LARGE_BYTES,
    LONG_TEXT_BYTES,
    no_such_encoding,
    refuse_file_size,
    refuse_nul,
    refuse_size,
)
from longmark.core.formats.sboms.xml_pieces import pieces_of
from longmark.core.formats.sboms.xml_text import parse_xml

# The longer mark first: that of UTF-32 begins with that of UTF-16.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PACKED = (
    (b"\x1f\x8b", "a gzip file"),
    (b"PK\x03\x04", "a ZIP archive or spreadsheet"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file"),
    (b"P*M\x18", "a Zstandard file"),  # a skippable frame comes first
    (b"\xfd7zXZ", "an xz file"),
    (b"BZh", "a bzip2 file"),
    (b"%PDF", "a PDF"),
)
_OTHER_JSON = (
    ("vulnerabilities", "statements of vulnerability, but no components"),
    ("payloadType", "a signed envelope; take the SBOM out of it"),
    ("predicate", "an attestation; take the SBOM out of it"),
    ("artifacts", "a Syft report; export CycloneDX or SPDX instead"),
    ("document", "a CSAF advisory"),
)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
HEAD = 4096


def read_sbom(content: bytes, *, filename: str = "") -> SbomDocument:
    """Return what an SBOM says, whatever its format.

    ``filename`` only helps to word a refusal. Text is UTF-8, or UTF-16/32 with a byte order
    mark; XML may declare any encoding of its own.

    Raises:
        SbomInvalid: it is no SBOM that can be read, or breaks its format; ``problems``
            names the places.
    """
    refuse_size(len(content))
    content = as_utf8(content)
    head = content[:HEAD].lstrip()
    if head[:1] in (b"{", b"["):
        return _read_json(content)
    if head[:1] == b"<":
        return _read_xml(content)
    if b"SPDXVersion:" in head:
        refuse_nul(content.find(0) if 0 in content else None)
        return _read_tags(content)
    raise SbomInvalid(
        "{filename} is no SBOM that can be read: it is {guess}. CycloneDX (JSON, XML) and SPDX "
        "(JSON, tag-value, JSON-LD) are read.",
        filename=filename or "The document",
        guess=_guess(head),
    )


def read_sbom_file(file: BinaryIO, *, filename: str = "") -> SbomDocument:
    """Return what an SBOM in a file says; see ``read_sbom``.

    Texts of more than 64 kB in JSON of more than 16 MB are cut, and a defect says so: none of
    what is read from an SBOM is that long.

    Raises:
        SbomInvalid: it is no SBOM that can be read, or breaks its format.
    """
    content, cut = content_of(file)
    document = read_sbom(content, filename=filename)
    return replace(document, defects=(*document.defects, *cut)) if cut else document


def content_of(file: BinaryIO) -> tuple[bytes, list[Problem]]:
    """Return the bytes of a document without its overlong texts, and a defect if there are any.

    Raises:
        SbomInvalid: it is larger than is read.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    refuse_file_size(size)
    head = file.read(HEAD).removeprefix(codecs.BOM_UTF8).lstrip()
    is_cut = size > CUT_IN_BYTES and head[:1] in (b"{", b"[")
    if not is_cut or not has_long_text(file, longest=LONG_TEXT_BYTES):
        file.seek(0)
        return file.read(), []
    texts = LongTexts(file, longest=LONG_TEXT_BYTES)
    content = b"".join(texts)
    if not texts.sizes:
        return content, []
    message = (
        f"{len(texts.sizes):,} text(s) longer than {LONG_TEXT_BYTES >> 10} kB are read by their"
        f" beginning only; the longest has {max(texts.sizes):,} bytes. The original is kept whole."
    )
    return content, [Problem("", message)]


def as_utf8(content: bytes) -> bytes:
    """Return the content as UTF-8 without mark, where a byte order mark names its encoding.

    The declaration of an XML document goes too: it would still name the encoding that was.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _XML_DECLARATION.sub("", _decoded(content, encoding)).encode()
    return content


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise no_such_encoding(encoding, error.start) from None


def _read_json(content: bytes) -> SbomDocument:
    if len(content) > LARGE_BYTES:
        return _read_large(content)
    tree, defects = parse_json(content)
    if is_cyclonedx(tree):
        return cyclonedx_json.read(tree, defects)
    if is_spdx2(tree):
        return spdx2.read(tree, defects, encoding=Encoding.JSON)
    if is_spdx3(tree, str(tree.get("@context"))):
        return spdx3.read(tree, defects)
    wrapped = tree.get("sbom")
    if isinstance(wrapped, dict) and "spdxVersion" in wrapped:  # as code hosts export it
        return spdx2.read(wrapped, defects, encoding=Encoding.JSON)
    raise _no_sbom(tree)


def _read_large(content: bytes) -> SbomDocument:
    """Read a document whose tree would take too much memory."""
    refuse_escaped_nul(content)
    members = members_of(content)
    if is_cyclonedx(members):
        return cyclonedx_large.read(members)
    if is_spdx2(members):
        return _read_large_spdx2(members)
    if is_spdx3(members, str(bytes(members.get("@context", b""))[:HEAD])):
        rest, lists = apart(members, ["@graph"])
        defects = [each for one in lists.values() for each in one.repeated_keys()]
        return spdx3.read(parsed(written(rest), defects), defects, graph=lists.get("@graph"))
    if "sbom" in members and is_spdx2(wrapped := members_of(members["sbom"])):
        return _read_large_spdx2(wrapped)
    raise _no_sbom(members)


def _read_tags(content: bytes) -> SbomDocument:
    tree, lists = spdx2_tags.parse_tags(content)
    is_large = len(content) > LARGE_BYTES
    read = spdx2.read_large if is_large else spdx2.read
    return read(tree, [], encoding=Encoding.TAG_VALUE, lists=lists)


def _read_large_spdx2(members: Members) -> SbomDocument:
    rest, lists = apart(members, spdx2.LISTS)
    defects = [each for one in lists.values() for each in one.repeated_keys()]
    tree = parsed(written(rest), defects)
    return spdx2.read_large(tree, defects, encoding=Encoding.JSON, lists=lists)


def is_cyclonedx(members: Collection[str]) -> bool:
    """Tell whether a JSON object of these members is CycloneDX."""
    return "bomFormat" in members or "specVersion" in members


def is_spdx2(members: Collection[str]) -> bool:
    """Tell whether a JSON object of these members is SPDX 2."""
    return "spdxVersion" in members or "SPDXID" in members


def is_spdx3(members: Collection[str], context: str) -> bool:
    """Tell whether a JSON object of these members, and this context as text, is SPDX 3."""
    return "@context" in members and "spdx" in context[:HEAD]


def _no_sbom(members: Collection[str]) -> SbomInvalid:
    return SbomInvalid(
        "The document is JSON, but no SBOM: it is {guess}.", guess=_guess_json(members)
    )


def _guess_json(members: Collection[str]) -> str:
    guesses = (guess for key, guess in _OTHER_JSON if key in members)
    return next(guesses, "neither CycloneDX (bomFormat) nor SPDX (spdxVersion)")


def _read_xml(content: bytes) -> SbomDocument:
    if len(content) > LARGE_BYTES:
        pieces = pieces_of(content, cyclonedx_xml.LISTS, cyclonedx_xml.ENTRIES)
        return cyclonedx_xml.read_large(pieces)
    return cyclonedx_xml.read(parse_xml(content))


def _guess(head: bytes) -> str:
    if not head:
        return "empty"
    packed = (guess for magic, guess in _PACKED if head.startswith(magic))
    if guess := next(packed, None):
        return f"{guess}; unpack it first"
    if b"spdxVersion:" in head or b"SPDXID:" in head:
        return "SPDX in YAML; export it as JSON"
    if b"spec_version:" in head or b"bom_ref:" in head:
        return "CycloneDX in protobuf text; export it as JSON"
    return "of no known format"
