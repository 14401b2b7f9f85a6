"""The one door to facts: bytes in, neutral facts or a refusal out.

The kind is told by the content alone. What is an SBOM is no file of facts, but may hold some:
`facts_in_sbom` finds those.
"""

from typing import BinaryIO

import msgspec

from longmark.core.formats.facts import (
    buildroot,
    compiled,
    cyclonedx_vex,
    kbuild,
    kconfig,
    openvex,
    spdx_vex,
    yocto,
)
from longmark.core.formats.facts.outlines import outline
from longmark.core.formats.facts.records import MAX_BYTES, Facts, FactsInvalid
from longmark.core.formats.sboms.document import SbomInvalid
from longmark.core.formats.sboms.json_text import JsonObject, parse_any, parse_json
from longmark.core.formats.sboms.limits import LARGE_BYTES
from longmark.core.formats.sboms.reading import content_of

HEAD_BYTES = 65_536
_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ", b"BZh")
_IN_SBOM = (b'"analysis"', b"security_Vex", b"CVEs fixed:")
_KNOWN = (
    "cve-check or VEX of Yocto, Buildroot's show-info, pkg-stats or recipes, OpenVEX, VEX in "
    "CycloneDX or SPDX 3, a kernel's .config, lists of compiled files and Kbuild maps"
)


def read_facts_file(file: BinaryIO, *, filename: str = "") -> Facts:
    """Return the facts that a file holds; see ``read_facts``. Overlong texts of JSON are cut.

    Raises:
        FactsInvalid: it holds no facts that can be read, or more than are read.
    """
    try:
        content, cut = content_of(file)
    except SbomInvalid as error:
        raise FactsInvalid("{problem}", problem=str(error)) from None
    facts = read_facts(content, filename=filename)
    if not cut:
        return facts
    return msgspec.structs.replace(facts, defects=(*map(str, cut), *facts.defects))


def read_facts(content: bytes, *, filename: str = "") -> Facts:
    """Return the facts that a file holds, whatever its format.

    ``filename`` only helps to word a refusal.

    Raises:
        FactsInvalid: it holds no facts that can be read, or more than are read.
    """
    name = filename or "The file"
    if len(content) > MAX_BYTES:
        raise FactsInvalid("{name} is larger than {limit} MB.", name=name, limit=MAX_BYTES >> 20)
    if content.startswith(_PACKED):
        raise FactsInvalid("{name} is packed; unpack it first.", name=name)
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        content.decode()
    except UnicodeDecodeError as error:
        raise FactsInvalid(
            "{name} is not UTF-8: byte {position} does not belong to it.",
            name=name,
            position=f"{error.start:,}",
        ) from None
    if b"\0" in content:
        raise FactsInvalid("{name} holds a NUL character.", name=name)
    facts = _read(content)
    if facts is None:
        raise FactsInvalid("{name} holds no facts of a build. Read are: {known}.", name=name,
                           known=_KNOWN)  # fmt: skip
    return facts


def _read(content: bytes) -> Facts | None:
    head = content[:HEAD_BYTES].lstrip()
    if head.startswith(b"{"):
        return _read_object(_parsed(content))
    if head.startswith(b"["):
        return _read_array(content)
    if kconfig.HEAD.search(head) or kconfig.LINE.search(head):
        return kconfig.read(content.decode())
    if buildroot.RECIPE.search(content):
        return buildroot.read_recipes(content.decode())
    if compiled.is_list(content.decode()):
        return compiled.read_list(content.decode())
    return None


def _parsed(content: bytes) -> JsonObject:
    try:
        tree, _ = parse_json(content)
    except SbomInvalid as error:
        raise FactsInvalid("{problem}", problem=str(error)) from None
    return tree


def _read_object(tree: JsonObject) -> Facts | None:
    if kbuild.is_map(tree):
        return kbuild.read(tree)
    if openvex.CONTEXT in str(tree.get("@context"))[:200]:
        return openvex.read(tree)
    if yocto.is_report(tree):
        return yocto.read(tree)
    found = _assertions_in(tree)
    if found is not None or "bomFormat" in tree or "spdxVersion" in tree or "@graph" in tree:
        return found
    if buildroot.is_report(tree):
        return buildroot.read(tree)
    return compiled.read_debug_sources(tree) if compiled.is_debug_sources(tree) else None


def _assertions_in(tree: JsonObject) -> Facts | None:
    if cyclonedx_vex.has_analyses(tree):
        return cyclonedx_vex.read(tree)
    if spdx_vex.has_assessments(tree):
        return spdx_vex.read(tree)
    return spdx_vex.read_fixes(tree) if spdx_vex.has_fixes(tree) else None


def _read_array(content: bytes) -> Facts | None:
    try:
        tree = parse_any(content)
    except SbomInvalid as error:
        raise FactsInvalid("{problem}", problem=str(error)) from None
    if compiled.is_commands(tree):
        return compiled.read_commands(tree)
    return compiled.read_debug_sources(tree) if compiled.is_debug_sources(tree) else None


def is_facts_alone(content: bytes) -> bool:
    """Tell whether a file that may be an SBOM or facts is facts, and no SBOM that holds some.

    What is neither is no facts: the reader of SBOMs says best what it lacks.
    """
    head = content[:HEAD_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"<") or b"SPDXVersion:" in head or b'"spdxVersion"' in content:
        return False
    if b'"bomFormat"' in content:
        return b'"components"' not in content and b'"analysis"' in content
    if b"spdx-context" in head:
        return b"software_Package" not in content
    try:
        return read_facts(content).count > 0
    except FactsInvalid:
        return False


def facts_in_sbom(content: bytes) -> Facts | None:
    """Return the facts that an SBOM holds beside its components, ``None`` if it holds none.

    Only JSON is looked into. What the SBOM reader took is never refused here.
    """
    if not any(mark in content for mark in _IN_SBOM):
        return None
    bare = content.removeprefix(b"\xef\xbb\xbf")
    try:
        found = _assertions_in(outline(bare) if len(bare) > LARGE_BYTES else _parsed(bare))
    except (FactsInvalid, SbomInvalid):
        return None
    return found if found and found.assertions else None
