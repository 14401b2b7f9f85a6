"""Large CycloneDX in JSON, read a thousand entries at a time.

The tree of a document of 90 MB takes half a gigabyte. Here the long lists of the document are
cut into their entries first, which is quick and takes little; each batch of them is then a small
document of its own, which is checked against the schema and read as any other. What the schema
says of a list as a whole (no entry twice) is checked on the text of the entries.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
import orjson

from longmark.core.formats.sboms import cyclonedx_json
from longmark.core.formats.sboms.cyclonedx_schema import json_problems
from longmark.core.formats.sboms.document import Problem, SbomDocument, SbomInvalid
from longmark.core.formats.sboms.gathering import Gathering
from longmark.core.formats.sboms.json_text import JsonObject, parse_json
from longmark.core.formats.sboms.limits import (
    DEPENDENCIES,
    PIECE_BYTES,
    refuse_count,
    refuse_problems,
)

BATCH_ENTRIES: Final = 1_000
BATCH_BYTES: Final = 4 << 20
LISTS: Final = ("components", "dependencies", "vulnerabilities")
"""The members that grow with the product."""

_HEAD: Final = ("$schema", "bomFormat", "specVersion", "serialNumber", "version")
_PLACE: Final = re.compile(r"^(\w+)\[(\d+)\]")

Members = dict[str, msgspec.Raw]


def members_of(content: bytes) -> Members | None:
    """Return the members of a CycloneDX document, none of them decoded; ``None`` if it is none.

    What is no JSON is none either: the reader of small documents says best why.
    """
    try:
        members = msgspec.json.decode(content, type=Members)
    except msgspec.DecodeError:
        return None
    return members if "bomFormat" in members or "specVersion" in members else None


def read(members: Members) -> SbomDocument:
    """Return the document that has these members.

    Raises:
        SbomInvalid: its version is not known, it breaks the schema of that version, or what is
            within one entry is too large.
    """
    defects: list[Problem] = []
    skeleton = _parsed(
        _written({name: raw for name, raw in members.items() if name not in LISTS}), defects
    )
    spec_version = cyclonedx_json.version_of(skeleton)
    gathered, dependencies = Gathering(defects=defects), list[tuple[str, str]]()
    cyclonedx_json.refuse_against_schema(skeleton, spec_version, defects)
    about = cyclonedx_json.gather_subject(skeleton, gathered)
    for name in (each for each in LISTS if each in members):
        for start, batch in _batches(name, members, defects):
            _refuse_batch(batch, spec_version, name, start, defects)
            if name == "components":
                cyclonedx_json.gather_components(batch, gathered, start=start)
            elif name == "dependencies":
                dependencies += cyclonedx_json.dependencies_of(batch)
    return cyclonedx_json.document_of(skeleton, about, gathered, tuple(dependencies), spec_version)


def _batches(
    name: str, members: Members, defects: list[Problem]
) -> Iterator[tuple[int, JsonObject]]:
    """Yield a list of the document in small documents, each with the number of its first entry."""
    try:
        entries = msgspec.json.decode(members[name], type=list[msgspec.Raw])
    except msgspec.ValidationError:  # no list: the schema says so
        yield 0, _parsed(_written(_head(members) | {name: members[name]}), defects)
        return
    refuse_count(len(entries)) if name == "components" else _refuse_ties(len(entries))
    refuse_problems(_repeated(name, entries))
    start, batch, size = 0, list[msgspec.Raw](), 0
    for number, entry in enumerate(entries):
        batch.append(entry)
        size += len(bytes(entry))
        if len(batch) == BATCH_ENTRIES or size > BATCH_BYTES or number == len(entries) - 1:
            yield start, _parsed(_document(name, members, batch), defects)
            start, size = number + 1, 0
            batch.clear()


def _refuse_ties(count: int) -> None:
    if count > DEPENDENCIES:
        raise SbomInvalid(
            "A list of the document has more than {limit} entries.", limit=f"{DEPENDENCIES:,}"
        )


def _repeated(name: str, entries: Sequence[msgspec.Raw]) -> Iterator[Problem]:
    if len({hash(bytes(entry)) for entry in entries}) < len(entries):
        yield Problem(name, "The same entry is listed twice.")


def _head(members: Members) -> Members:
    return {name: members[name] for name in _HEAD if name in members}


def _document(name: str, members: Members, batch: Sequence[msgspec.Raw]) -> bytes:
    listed = b"[" + b",".join(bytes(entry) for entry in batch) + b"]"
    return _written(_head(members) | {name: msgspec.Raw(listed)})


def _written(members: Members) -> bytes:
    pairs = (orjson.dumps(name) + b":" + bytes(raw) for name, raw in members.items())
    return b"{" + b",".join(pairs) + b"}"


def _parsed(content: bytes, defects: list[Problem]) -> JsonObject:
    if len(content) > PIECE_BYTES:
        raise SbomInvalid(
            "What is nested in one entry has {size} MB; at most {limit} MB are read in one piece."
            " Split it by product part.",
            size=len(content) >> 20,
            limit=PIECE_BYTES >> 20,
        )
    tree, found = parse_json(content)
    defects += found
    return tree


def _refuse_batch(
    batch: JsonObject, spec_version: str, name: str, start: int, defects: list[Problem]
) -> None:
    noted: list[Problem] = []
    refuse_problems(_moved(json_problems(batch, spec_version, noted), name, start))
    defects += _moved(noted, name, start)


def _moved(problems: Iterator[Problem] | list[Problem], name: str, start: int) -> Iterator[Problem]:
    """Yield problems at the places that they have in the whole list."""
    for each in problems:
        found = _PLACE.match(each.path)
        if found and found[1] == name:
            place = f"{name}[{int(found[2]) + start}]{each.path[found.end() :]}"
            yield Problem(place, each.message)
        else:
            yield each
