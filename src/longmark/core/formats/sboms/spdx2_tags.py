"""SPDX 2.2 and 2.3 in tag-value lines, brought to the shape of the JSON encoding.

A line is ``Tag: value``; a value may run over lines within ``<text>…</text>``; ``#``
starts a comment line. ``PackageName``, ``FileName``, ``SnippetSPDXID`` and ``LicenseID``
each start an element, and the tags after it speak of that.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from longmark.core.formats.sboms.document import Problem, SbomInvalid
from longmark.core.formats.sboms.json_text import Json, JsonObject
from longmark.core.formats.sboms.limits import (
    LARGE_BYTES,
    PROBLEMS_LISTED,
    no_such_encoding,
    refuse_problems,
)
from longmark.core.formats.sboms.packed import Packed

OPENING, CLOSING = "<text>", "</text>"
BLOCK_BYTES = 1 << 20

_Entries: TypeAlias = "list[JsonObject] | Packed[JsonObject]"


@dataclass
class _Sections:
    """The document as it grows, and the element that the next tag speaks of."""

    new_list: Callable[[], _Entries]
    tree: JsonObject = field(default_factory=dict)
    lists: dict[str, _Entries] = field(default_factory=dict)
    current: JsonObject = field(default_factory=dict)
    plural: str = ""
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.current = self.tree

    def begin(self, plural: str, key: str, value: str) -> None:
        """Start an element of the list ``plural``."""
        self.end()
        self.current, self.plural = {key: value}, plural

    def end(self) -> None:
        """Put the element that was begun last into its list."""
        if self.plural:
            self.add(self.plural, self.current)

    def add(self, plural: str, element: JsonObject) -> None:
        """Put an element into a list."""
        if plural not in self.lists:
            self.lists[plural] = self.new_list()
        self.lists[plural].append(element)


def parse_tags(content: bytes) -> tuple[JsonObject, dict[str, _Entries]]:
    """Return the document in the shape that SPDX's JSON has, and its lists by themselves.

    Raises:
        SbomInvalid: a line is no UTF-8 or no tag, a text is not closed, or a value has not its
            parts.
    """
    is_large = len(content) > LARGE_BYTES
    sections = _Sections((lambda: Packed(dict)) if is_large else list)
    for number, tag, value in _tagged(_lines(content), sections.problems):
        note = _TAGS.get(tag)
        complaint = note(sections, value) if note else None
        if complaint:
            sections.problems.append(Problem(f"line {number}", f"{tag}: {complaint}"))
        if len(sections.problems) >= PROBLEMS_LISTED:
            break
    refuse_problems(sections.problems)
    sections.end()
    return sections.tree, sections.lists


def _lines(content: bytes) -> Iterator[str]:
    """Yield the lines of UTF-8, having decoded a megabyte at a time."""
    start = 0
    while start < len(content):
        end = content.find(b"\n", start + BLOCK_BYTES) + 1 or len(content)
        try:
            yield from content[start:end].decode().splitlines()
        except UnicodeDecodeError as error:
            raise no_such_encoding("utf-8", start + error.start) from None
        start = end


def _tagged(lines: Iterable[str], problems: list[Problem]) -> Iterator[tuple[int, str, str]]:
    """Yield the number of the line, the tag and the value."""
    numbered = enumerate(lines, start=1)
    for number, line in numbered:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        tag, colon, value = line.partition(":")
        if not colon:
            problems.append(Problem(f"line {number}", f'"{line.strip()[:40]}" is no tag.'))
            continue
        if OPENING in value and CLOSING not in value:
            value = _rest_of_text(value, numbered, number)
        yield number, tag.strip(), value.replace(OPENING, "").replace(CLOSING, "").strip()


def _rest_of_text(value: str, lines: Iterator[tuple[int, str]], start: int) -> str:
    collected = [value]
    for _, line in lines:
        collected.append(line)
        if CLOSING in line:
            return "\n".join(collected)
    raise SbomInvalid(
        "The text that starts in line {line} is not closed: {closing} is missing.",
        line=start,
        closing=CLOSING,
    )


Noting = Callable[[_Sections, str], str | None]


def _field(key: str) -> Noting:
    def note(sections: _Sections, value: str) -> None:
        sections.current.setdefault(key, value)

    return note


def _start(plural: str, key: str) -> Noting:
    def note(sections: _Sections, value: str) -> None:
        sections.begin(plural, key, value)

    return note


def _identify(sections: _Sections, value: str) -> None:
    """Take an id: of the element last begun, or of the document if that has none yet."""
    sections.current.setdefault("SPDXID", value)


def _parts(plural: str, keys: tuple[str, ...], separator: str | None) -> Noting:
    def note(sections: _Sections, value: str) -> str | None:
        parts = [each.strip() for each in value.split(separator, len(keys) - 1)]
        if len(parts) < len(keys):
            return f'"{value[:60]}" needs {len(keys)} parts.'
        named: JsonObject = dict(zip(keys, parts, strict=True))
        _append(sections.current, plural, named)
        return None

    return note


def _relate(sections: _Sections, value: str) -> str | None:
    parts = value.split()
    if len(parts) < 3:
        return f'"{value[:60]}" needs two ids and a word between them.'
    named: JsonObject = dict(zip(_RELATIONSHIP, parts, strict=False))
    sections.add("relationships", named)
    return None


_RELATIONSHIP = ("spdxElementId", "relationshipType", "relatedSpdxElement")


def _create(key: str) -> Noting:
    def note(sections: _Sections, value: str) -> None:
        creation = sections.tree.setdefault("creationInfo", {})
        if isinstance(creation, dict) and key == "creators":
            _append(creation, key, value)
        elif isinstance(creation, dict):
            creation[key] = value

    return note


def _append(owner: JsonObject, plural: str, value: Json) -> None:
    entries = owner.setdefault(plural, [])
    if isinstance(entries, list):
        entries.append(value)


_TAGS: dict[str, Noting] = {
    "SPDXVersion": _field("spdxVersion"),
    "DataLicense": _field("dataLicense"),
    "SPDXID": _identify,
    "DocumentName": _field("name"),
    "DocumentNamespace": _field("documentNamespace"),
    "Creator": _create("creators"),
    "Created": _create("created"),
    "CreatorComment": _create("comment"),
    "PackageName": _start("packages", "name"),
    "PackageVersion": _field("versionInfo"),
    "PackageSupplier": _field("supplier"),
    "PackageOriginator": _field("originator"),
    "PackageLicenseDeclared": _field("licenseDeclared"),
    "PackageLicenseConcluded": _field("licenseConcluded"),
    "PackageDownloadLocation": _field("downloadLocation"),
    "PackageHomePage": _field("homepage"),
    "PackageCopyrightText": _field("copyrightText"),
    "PackageComment": _field("comment"),
    "PackageDescription": _field("description"),
    "PackageSummary": _field("summary"),
    "PackageFileName": _field("packageFileName"),
    "PackageSourceInfo": _field("sourceInfo"),
    "PrimaryPackagePurpose": _field("primaryPackagePurpose"),
    "ValidUntilDate": _field("validUntilDate"),
    "PackageChecksum": _parts("checksums", ("algorithm", "checksumValue"), ":"),
    "ExternalRef": _parts(
        "externalRefs", ("referenceCategory", "referenceType", "referenceLocator"), None
    ),
    "FileName": _start("files", "fileName"),
    "SnippetSPDXID": _start("snippets", "SPDXID"),
    "LicenseID": _start("hasExtractedLicensingInfos", "licenseId"),
    "LicenseName": _field("name"),
    "ExtractedText": _field("extractedText"),
    "Relationship": _relate,
}
