"""Large CycloneDX in JSON, read a thousand entries at a time.

Each batch of the entries of its long lists is a small document of its own, which is checked against
the schema and read as any other. What the schema says of a list as a whole (no entry twice) is
checked on the text of the entries.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from longmark.core.formats.sboms import cyclonedx_json
from longmark.core.formats.sboms.cyclonedx_schema import json_problems
from longmark.core.formats.sboms.document import Problem, SbomDocument, SbomInvalid
from longmark.core.formats.sboms.gathering import Gathering
from longmark.core.formats.sboms.json_pieces import Members, batches, entries_of, parsed, written
from longmark.core.formats.sboms.json_text import JsonObject
from longmark.core.formats.sboms.limits import DEPENDENCIES, refuse_count, refuse_problems
from longmark.core.formats.sboms.packed import Packed

LISTS: Final = ("components", "dependencies", "vulnerabilities")
"""The members that grow with the product."""

_HEAD: Final = ("$schema", "bomFormat", "specVersion", "serialNumber", "version")
_PLACE: Final = re.compile(r"^(\w+)\[(\d+)\]")


def read(members: Members) -> SbomDocument:
    """Return the document that has these members.

    Raises:
        SbomInvalid: its version is not known, it breaks the schema of that version, or what is
            within one entry is too large.
    """
    defects: list[Problem] = []
    skeleton = parsed(
        written({name: raw for name, raw in members.items() if name not in LISTS}), defects
    )
    spec_version = cyclonedx_json.version_of(skeleton)
    gathered, dependencies = Gathering.of_many(defects), Packed(tuple[str, str])
    cyclonedx_json.refuse_against_schema(skeleton, spec_version, defects)
    about = cyclonedx_json.gather_subject(skeleton, gathered)
    for name in (each for each in LISTS if each in members):
        for start, batch in _batches(name, members, defects):
            _refuse_batch(batch, spec_version, name, start, defects)
            if name == "components":
                cyclonedx_json.gather_components(batch, gathered, start=start)
            elif name == "dependencies":
                dependencies.extend(cyclonedx_json.dependencies_of(batch))
    return cyclonedx_json.document_of(skeleton, about, gathered, dependencies, spec_version)


def _batches(
    name: str, members: Members, defects: list[Problem]
) -> Iterator[tuple[int, JsonObject]]:
    """Yield a list of the document in small documents, each with the number of its first entry."""
    entries = entries_of(members[name])
    if entries is None:  # the schema says so
        yield 0, parsed(written(_head(members) | {name: members[name]}), defects)
        return
    refuse_count(len(entries)) if name == "components" else _refuse_ties(len(entries))
    refuse_problems(_repeated(name, entries))
    for start, text in batches(entries):
        yield start, parsed(written(_head(members) | {name: msgspec.Raw(text)}), defects)


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
