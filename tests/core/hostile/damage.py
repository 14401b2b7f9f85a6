"""What goes wrong with documents on their way, and what people do to them on purpose.

Every change is drawn from one seed, so that a failure is told by its seed and repeats.
"""

import codecs
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

TOKENS = (
    b"\0", b"\xff", b"\xc3", b"\xef\xbb\xbf", b"\r", b"\n", b'"', b"\\", b"{", b"}", b"[", b"]",
    b",", b":", b"<", b"&x;", b"]]>", b"<!--", b"<![CDATA[", b"\\u0000", b"\\ud800",
    b"\xed\xa0\x80",
    b"1e999", b"-0", b"NaN", b"9" * 400, b"\xe2\x80\xae", b"%00", b"%", b"../", b"'", b"=",
    b"[" * 300, b'{"a":' * 300, b"<a>" * 300, b"(" * 300, b"vers:", b"pkg:", b"cpe:2.3:", b"|",
)  # fmt: skip
TEXTS = (
    "", " ", "\0", "\ud800", "a\0b", "\u202ezlib", "NOASSERTION", "NONE", "*", "-", "../../etc/x",
    "9" * 400, "1." * 5_000, "(" * 400, "x" * 10_000, "pkg:", "pkg:npm/%00@1", "pkg:a/b@%ff",
    "cpe:2.3:", "cpe:/a:%", "cpe:2.3:a:\\:\\:\\", "vers:npm/", "vers:deb/>=%", "urn:uuid:", "%s",
    "{0}", "{filename}", "0000-00-00T99:99:99Z", "9999-12-31T23:59:59-23:59", "1e400", "True",
    "CVE-2026-1", "CVE-" + "9" * 30, "http://[", "//[::1", "SPDXRef-DOCUMENT", "C:\\", "²", "٣",
    "https://a b", "(MIT", "MIT AND", "+", "≠", "é" * 300, "\n", "\x85", "-----BEGIN",
)  # fmt: skip
NUMBERS = (0, -1, 1, 2**31, 2**63, 2**64, -(2**70), 10**400, 0.5, -0.0, 1e308, 1e-320)
ENCODINGS = (
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "utf-7",
    "latin-1",
    "cp1252",
    "utf-8-sig",
)
DEPTHS = (3, 30, 150, 220, 900)

ByteChange = Callable[[bytes, random.Random], bytes]


def damaged(content: bytes, seed: int, steps: int) -> bytes:
    """Return the document after some changes, of its structure first and of its bytes then."""
    draw = random.Random(seed)  # noqa: S311  # repeatable, not secret
    if draw.random() < 0.6:
        content = restructured(content, draw, steps)
    if draw.random() < 0.5:
        for _ in range(draw.randint(1, steps)):
            content = draw.choice(BYTE_CHANGES)(content, draw)
    return content


def restructured(content: bytes, draw: random.Random, steps: int) -> bytes:
    """Change the tree of a JSON document, or the lines of any other."""
    try:
        tree = json.loads(content)
    except ValueError:
        return _lines_changed(content, draw, steps)
    try:
        for _ in range(draw.randint(1, steps)):
            tree = _tree_changed(tree, draw)
        changed = json.dumps(tree, ensure_ascii=draw.random() < 0.7)
    except RecursionError:  # wrapped twice, deeper than can be written down here
        return b"[" * 2_000 + content + b"]" * 2_000
    return changed.encode("utf-8", "surrogatepass")


def _lines_changed(content: bytes, draw: random.Random, steps: int) -> bytes:
    lines = content.splitlines(keepends=True) or [content]
    for _ in range(draw.randint(1, steps)):
        line = draw.choice(lines)
        change = draw.randrange(4)
        if change and len(lines) > 1:
            lines.remove(line)
        if change != 1:
            many = 20 if change == 3 and len(line) < 2_000 else 1
            lines.insert(draw.randint(0, len(lines)), line * many)
    return b"".join(lines)


def _tree_changed(tree: Any, draw: random.Random) -> Any:
    places = list(places_in(tree))
    if not places:
        return _odd(tree, draw)
    owner, key = draw.choice(places)
    change = draw.randrange(6)
    if change == 0:
        del owner[key]
    elif change == 1 and isinstance(owner, list):
        owner.insert(draw.randint(0, len(owner)), _copied(owner[key]))
    elif change == 2:
        other, place = draw.choice(places)
        value = _copied(owner[key])
        other[place if isinstance(other, dict) else draw.randrange(len(other))] = value
    elif change == 3 and isinstance(owner, dict):
        owner[_another_name(places, draw)] = owner.pop(key)
    elif change == 4:
        owner[key] = _wrapped(owner[key], draw)
    else:
        owner[key] = _odd(owner[key], draw)
    return tree


def _copied(value: Any) -> Any:
    """Return a copy: one value placed twice could come to hold itself."""
    return json.loads(json.dumps(value))


def _another_name(places: list[tuple[Any, Any]], draw: random.Random) -> str:
    return draw.choice([key for owner, key in places if isinstance(owner, dict)] + [*TEXTS[:6]])


def _wrapped(value: Any, draw: random.Random) -> Any:
    wrap = draw.choice(["list", "components", "includes", "branches", "children", "a"])
    for _ in range(draw.choice(DEPTHS)):
        value = [value] if wrap == "list" else {wrap: [value] if wrap != "a" else value}
    return value


def _odd(value: Any, draw: random.Random) -> Any:
    if isinstance(value, str) and value and draw.random() < 0.4:
        at = draw.randrange(len(value))
        return value[:at] + draw.choice(TEXTS) + value[at:]
    other: list[Any] = [draw.choice(TEXTS), draw.choice(NUMBERS), None, True, [], {}, [value]]
    return draw.choice([*other, {"": value}, [draw.choice(TEXTS)] * 3, [None], [[]], [{}]])


def places_in(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every owner in a tree with each of its keys or numbers."""
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, dict | list):
            members = node.items() if isinstance(node, dict) else enumerate(node)
            for key, value in list(members):
                yield node, key
                pending.append(value)


def _flipped(content: bytes, draw: random.Random) -> bytes:
    if not content:
        return content
    at = draw.randrange(len(content))
    return content[:at] + bytes([content[at] ^ (1 << draw.randrange(8))]) + content[at + 1 :]


def _inserted(content: bytes, draw: random.Random) -> bytes:
    at = draw.randint(0, len(content))
    return content[:at] + draw.choice(TOKENS) + content[at:]


def _overwritten(content: bytes, draw: random.Random) -> bytes:
    at, token = draw.randint(0, len(content)), draw.choice(TOKENS)
    return content[:at] + token + content[at + len(token) :]


def _cut(content: bytes, draw: random.Random) -> bytes:
    start, end = _span(content, draw)
    return content[:start] + content[end:]


def _truncated(content: bytes, draw: random.Random) -> bytes:
    return content[: draw.randint(0, len(content))]


def _doubled(content: bytes, draw: random.Random) -> bytes:
    start, end = _span(content, draw)
    return content[:end] + content[start:end] * draw.choice([1, 1, 40]) + content[end:]


def _moved(content: bytes, draw: random.Random) -> bytes:
    start, end = _span(content, draw)
    rest = content[:start] + content[end:]
    at = draw.randint(0, len(rest))
    return rest[:at] + content[start:end] + rest[at:]


def _recoded(content: bytes, draw: random.Random) -> bytes:
    text = content.decode("utf-8", "replace")
    recoded = text.encode(draw.choice(ENCODINGS), "replace")
    if draw.random() < 0.3:  # half in one encoding, half in another
        half = len(content) // 2
        return content[:half] + recoded[len(recoded) // 2 :]
    return recoded


def _marked(content: bytes, draw: random.Random) -> bytes:
    marks = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE)
    return draw.choice(marks) + content


def _span(content: bytes, draw: random.Random) -> tuple[int, int]:
    start = draw.randint(0, len(content))
    return start, min(len(content), start + draw.choice([1, 4, 40, 400]))


BYTE_CHANGES: tuple[ByteChange, ...] = (
    _flipped, _flipped, _inserted, _inserted, _overwritten, _cut, _truncated, _doubled, _moved,
    _recoded, _marked,
)  # fmt: skip
