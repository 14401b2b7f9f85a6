"""Lists under a key, in the small part of YAML 1.2 in which maps are written.

One key per document, below it one plain or quoted text an item; blank lines and comments may stand
anywhere. Anything else (anchors, tags, nesting, flow, block texts) is refused with its line: a full
reader of YAML builds what a document asks for, and none of that belongs into a list of names.
"""

import re
from typing import Final

from longmark.core.errors import Invalid

LIMIT_ITEMS: Final = 100_000
LIMIT_TEXT: Final = 2_048

_KEY: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*):\s*(\[\s*\])?\s*(?:#.*)?")
_QUOTED: Final = re.compile(
    r"-\s+(?:\"((?:[^\"\\]|\\[\"\\/]|\\u[0-9A-Fa-f]{4})*)\"|'((?:[^']|'')*)')(?:\s+#.*)?"
)
_PLAIN: Final = re.compile(r"-\s+([^\s\"'&*!|>%@`{}\[\],#?-].*)")
_COMMENT: Final = re.compile(r"\s#")
_SKIPPED: Final = re.compile(r"(?:#.*)?|---|\.\.\.")
_ESCAPED: Final = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|(["\\/]))')


class ListInvalid(Invalid):
    """The document is not a list under one key."""


def read_list(content: bytes, *, key: str) -> list[str]:
    """Return the texts that stand under ``key``.

    >>> read_list(b"purls:\\n  - pkg:npm/nx  # a tool\\n  - 'pkg:npm/%40nx/nx'\\n", key="purls")
    ['pkg:npm/nx', 'pkg:npm/%40nx/nx']

    Raises:
        ListInvalid: it is not UTF-8, or a line is none that such a list has.
    """
    try:
        lines = content.decode().lstrip("\ufeff").splitlines()
    except UnicodeDecodeError:
        raise ListInvalid("It is not UTF-8.") from None
    found: list[str] = []
    is_open = False
    for number, line in enumerate(lines, start=1):
        stripped = line.strip()
        if len(stripped) > LIMIT_TEXT:
            raise ListInvalid("Line {number} is too long.", number=number)
        item = _item(stripped) if is_open else None
        if item is not None and _is_text(item):
            found.append(item)
        elif not _SKIPPED.fullmatch(stripped):
            _open(line, number, key, is_open=is_open)
            is_open = True
        if len(found) > LIMIT_ITEMS:
            raise ListInvalid("More than {limit} items.", limit=LIMIT_ITEMS)
    if not is_open:
        raise ListInvalid('There is no list under "{key}".', key=key)
    return found


def _is_text(item: str) -> bool:
    """Tell whether nothing is spelt out in it that no text holds: NUL, half a character."""
    return "\0" not in item and not any("\ud800" <= each <= "\udfff" for each in item)


def _open(line: str, number: int, key: str, *, is_open: bool) -> None:
    heading = _KEY.fullmatch(line.rstrip())
    if heading is None or heading.group(1) != key or is_open:
        raise ListInvalid(
            'Line {number} is neither "{key}:" nor an item of its list.', number=number, key=key
        )


def _item(line: str) -> str | None:
    plain = _PLAIN.fullmatch(line)
    if plain:
        text = _COMMENT.split(plain.group(1), maxsplit=1)[0].rstrip()
        return None if ": " in text or text.endswith(":") else text  # a mapping, not a text
    quoted = _QUOTED.fullmatch(line)
    if quoted is None:
        return None
    double, single = quoted.groups()
    return _ESCAPED.sub(_unescaped, double) if double is not None else single.replace("''", "'")


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found.group(1), 16)) if found.group(1) else found.group(2)
