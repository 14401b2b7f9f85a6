"""JSON as hostile input: decoded once, walked level by level, never by recursion."""

import json
import re
from collections import Counter
from typing import TypeAlias

import orjson

from longmark.core.formats.sboms.document import Problem, SbomInvalid
from longmark.core.formats.sboms.limits import no_such_encoding, refuse_depth, refuse_nul

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
JsonObject: TypeAlias = "dict[str, Json]"

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_KEY_END = re.compile(rb'"\s*:')


def parse_json(content: bytes) -> tuple[JsonObject, list[Problem]]:
    """Return the object that ``content`` (UTF-8) holds, and a defect per repeated key.

    Raises:
        SbomInvalid: it is no JSON, no object, holds a NUL, or nests deeper than 200 levels.
    """
    tree, keys = _parsed(content)
    if not isinstance(tree, dict):
        raise SbomInvalid("The document is JSON, but not an object.")
    if keys == sum(1 for _ in _KEY_END.finditer(content)):
        return tree, []
    return tree, _repeated_keys(content)


def parse_any(content: bytes) -> Json:
    """Return the value that ``content`` (UTF-8) holds, whatever it is.

    Raises:
        SbomInvalid: it is no JSON, holds a NUL, or nests deeper than 200 levels.
    """
    return _parsed(content)[0]


def _parsed(content: bytes) -> tuple[Json, int]:
    """Return the value, and how many keys all objects in it have."""
    try:
        tree: Json = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise _refusal_of_text(content) or _refusal(error) from None
    refuse_escaped_nul(content)
    return tree, _measured_keys(tree)


def refuse_escaped_nul(content: bytes) -> None:
    """Refuse JSON with a NUL in a text.

    Raises:
        SbomInvalid: there is one.
    """
    if b"u0000" in content and (nul := _NUL.search(content)):
        refuse_nul(nul.start())


def _refusal_of_text(content: bytes) -> SbomInvalid | None:
    """Return the refusal of what is no UTF-8; only asked when it is no JSON."""
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return no_such_encoding("utf-8", error.start)
    return None


def _refusal(error: orjson.JSONDecodeError) -> SbomInvalid:
    if "depth" in error.msg or "recursion" in error.msg.lower():
        return SbomInvalid("The document nests deeper than is read.")
    return SbomInvalid(
        "The document is not valid JSON, at line {line}, column {column}: {reason}.",
        line=error.lineno,
        column=error.colno,
        reason=error.msg,
    )


def _measured_keys(tree: Json) -> int:
    """Return the number of keys, having refused a tree that nests too deep."""
    level, depth, keys = [tree], 0, 0
    while level:
        depth += 1
        refuse_depth(depth)
        below: list[Json] = []
        for node in level:
            if type(node) is dict:
                keys += len(node)
                below += [child for child in node.values() if type(child) in _CONTAINERS]
            elif type(node) is list:
                below += [child for child in node if type(child) in _CONTAINERS]
        level = below
    return keys


_CONTAINERS = (dict, list)


def _repeated_keys(content: bytes) -> list[Problem]:
    """Return which keys occur twice in one object: parsers disagree on what they mean.

    Slow, and only called when the count of keys in the text and in the tree differ; they
    also differ for a text value that starts with a colon or quotes JSON.
    """
    repeated: Counter[str] = Counter()

    def note(pairs: list[tuple[str, Json]]) -> None:
        counts = Counter(key for key, _ in pairs)
        repeated.update(key for key, count in counts.items() if count > 1)

    try:
        json.loads(content, object_pairs_hook=note)
    except ValueError:  # integers of more than 4,300 digits, which the first reader rounds
        return []
    return [
        Problem("", f'The key "{key}" occurs twice in {count:,} object(s); the last value is read.')
        for key, count in sorted(repeated.items())
    ]


def member(node: Json, key: str) -> Json:
    """Return a member of an object, ``None`` if it is absent or ``node`` is no object."""
    return node.get(key) if isinstance(node, dict) else None


def members(node: Json, key: str) -> list[Json]:
    """Return a member that is a list, the empty list if it is anything else."""
    value = member(node, key)
    return value if isinstance(value, list) else []


def text(node: Json, key: str) -> str | None:
    """Return a member that is text with something in it, else ``None``."""
    value = member(node, key)
    return value.strip() or None if isinstance(value, str) else None
