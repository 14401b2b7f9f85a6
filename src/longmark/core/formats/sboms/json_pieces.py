"""Large JSON, cut into its members and the entries of its lists before anything is decoded.

The tree of a document of 90 MB takes half a gigabyte. To cut it is quick and takes little; the
entries are then decoded a thousand at a time.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

import msgspec
import orjson

from longmark.core.formats.sboms.document import Problem, SbomInvalid
from longmark.core.formats.sboms.json_text import Json, JsonObject, parse_any, parse_json
from longmark.core.formats.sboms.limits import PIECE_BYTES

BATCH_ENTRIES: Final = 1_000
BATCH_BYTES: Final = 4 << 20

_BYTE: Final = re.compile(r" \(byte (\d+)\)$")

Members = dict[str, msgspec.Raw]


def members_of(content: bytes) -> Members:
    """Return the members of the object that ``content`` (UTF-8) holds, none of them decoded.

    Raises:
        SbomInvalid: it is no JSON, or no object.
    """
    try:
        return msgspec.json.decode(content, type=Members)
    except msgspec.ValidationError:
        raise SbomInvalid("The document is JSON, but not an object.") from None
    except msgspec.DecodeError as error:
        raise _refusal(content, str(error)) from None


def _refusal(content: bytes, message: str) -> SbomInvalid:
    found = _BYTE.search(message)
    position = int(found[1]) if found else len(content)
    line = content.count(b"\n", 0, position) + 1
    reason = _BYTE.sub("", message).removeprefix("JSON is malformed: ")
    reason = "unexpected end of data" if "truncated" in reason else reason
    return SbomInvalid(
        "The document is not valid JSON, at line {line}, column {column}: {reason}.",
        line=line,
        column=position - content.rfind(b"\n", 0, position),
        reason=reason,
    )


def entries_of(raw: msgspec.Raw) -> Sequence[msgspec.Raw] | None:
    """Return the entries of a member that is a list, none of them decoded; else ``None``."""
    try:
        return msgspec.json.decode(raw, type=list[msgspec.Raw])
    except msgspec.ValidationError:
        return None


def batches(entries: Sequence[msgspec.Raw]) -> Iterator[tuple[int, bytes]]:
    """Yield lists of entries as text, each with the number of its first."""
    start, batch, size = 0, list[bytes](), 0
    for number, entry in enumerate(entries, start=1):
        batch.append(bytes(entry))
        size += len(batch[-1])
        if len(batch) == BATCH_ENTRIES or size > BATCH_BYTES or number == len(entries):
            yield start, b"[" + b",".join(batch) + b"]"
            start, batch, size = number, [], 0


def written(members: Members) -> bytes:
    """Return the object of these members as text."""
    pairs = (orjson.dumps(name) + b":" + bytes(raw) for name, raw in members.items())
    return b"{" + b",".join(pairs) + b"}"


def parsed(content: bytes, defects: list[Problem]) -> JsonObject:
    """Return an object that is a part of a large document; repeated keys are defects.

    Raises:
        SbomInvalid: the part is too large to be read in one piece.
    """
    _refuse_piece(content)
    tree, found = parse_json(content)
    defects += found
    return tree


def _refuse_piece(content: bytes) -> None:
    if len(content) > PIECE_BYTES:
        raise SbomInvalid(
            "What is nested in one entry has {size} MB; at most {limit} MB are read in one piece."
            " Split it by product part.",
            size=len(content) >> 20,
            limit=PIECE_BYTES >> 20,
        )


class Entries(Collection[Json]):
    """The entries of a list, decoded each time that they are gone through."""

    def __init__(self, raws: Sequence[msgspec.Raw]) -> None:
        self._raws = raws

    def __len__(self) -> int:
        return len(self._raws)

    def __iter__(self) -> Iterator[Json]:
        for _start, text in batches(self._raws):
            _refuse_piece(text)
            decoded = parse_any(text)
            assert isinstance(decoded, list), "a list was written"
            yield from decoded

    def __contains__(self, entry: object) -> bool:
        return any(each == entry for each in self)

    def repeated_keys(self) -> list[Problem]:
        """Return which keys occur twice in one object."""
        found: list[Problem] = []
        for _start, text in batches(self._raws):
            parsed(b'{"":' + text + b"}", found)
        return found


def apart(members: Members, names: Collection[str]) -> tuple[Members, dict[str, Entries]]:
    """Return a document's members without those of these names that are lists, and these."""
    rest, lists = dict(members), dict[str, Entries]()
    for name in names:
        raws = entries_of(members[name]) if name in members else None
        if raws is not None:
            lists[name] = Entries(raws)
            del rest[name]
    return rest, lists
