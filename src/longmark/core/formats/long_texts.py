"""JSON whose long texts are cut out while it is read, so that they are never held in memory.

Only the bounds of texts are looked for: a quote begins one, the next quote without a backslash
before it ends it. Whether the rest is JSON is for its reader to say; what is none stays none.
"""

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

import orjson

PIECE_BYTES: Final = 1 << 20
KEPT_BYTES: Final = 50_000
"""Of a text that is cut; the rest is dropped. More than any reader takes, so that a name that was
cut is still refused for its length."""

_MARK: Final = re.compile(rb'["\\]')
_LONGEST_TORN: Final = 12  # bytes of a pair of surrogates, \ud83d\ude00


class LongTexts:
    """The pieces of a JSON file, texts of more than ``longest`` bytes cut; iterate once.

    With ``put`` a text is handed over piece by piece, with its number, as it stands in the
    file, escapes included; its place is taken by ``named(number)``. Without, its
    beginning stays. ``sizes`` then says how long each of them was.
    """

    def __init__(
        self,
        file: BinaryIO,
        *,
        longest: int,
        put: Callable[[int, bytes], object] | None = None,
    ) -> None:
        self.file = file
        self.longest = longest
        self.put = put
        self.sizes: list[int] = []
        self._text = bytearray()
        self._size = 0
        self._is_escaped = False

    @staticmethod
    def named(number: int) -> str:
        """Return what stands in the place of a text that was handed over."""
        return f"longmark:text:{number}"

    def __iter__(self) -> Iterator[bytes]:
        is_inside, out = False, bytearray()
        while piece := self.file.read(PIECE_BYTES):
            place = 0
            while place < len(piece):
                if is_inside:
                    place, is_inside = self._follow(piece, place)
                    if not is_inside:
                        out += self._closed()
                        out += b'"'
                    continue
                quote = piece.find(b'"', place)
                end = quote + 1 if quote >= 0 else len(piece)
                out += piece[place:end]
                place, is_inside = end, quote >= 0
            if len(out) >= PIECE_BYTES:
                yield bytes(out)
                out.clear()
        if is_inside:  # torn off in a text
            out += self._closed()
        yield bytes(out)

    def _follow(self, piece: bytes, start: int) -> tuple[int, bool]:
        """Take what the piece holds of a text; return where that ends, and whether it goes on."""
        place = start + self._is_escaped
        self._is_escaped = False
        while found := _MARK.search(piece, place):
            if found[0] == b'"':
                self._take(piece[start : found.start()])
                return found.end(), False
            place = found.end() + 1
        self._is_escaped = place > len(piece)
        self._take(piece[start:])
        return len(piece), True

    def _take(self, part: bytes) -> None:
        was_long = self._size > self.longest
        self._size += len(part)
        if not was_long:
            self._text += part
        if self._size <= self.longest:
            return
        if self.put:
            self.put(len(self.sizes), part if was_long else bytes(self._text))
        if not was_long:
            del self._text[KEPT_BYTES:]

    def _closed(self) -> bytes:
        """Return what is written of the text that has ended."""
        text, size = bytes(self._text), self._size
        self._text.clear()
        self._size = 0
        if size <= self.longest:
            return text
        self.sizes.append(size)
        return self.named(len(self.sizes) - 1).encode() if self.put else _whole_characters(text)


def _whole_characters(text: bytes) -> bytes:
    """Return the text without an escape or a character that was cut in two.

    What is wrong further in front is left as it is, for the reader to refuse.
    """
    for end in range(len(text), len(text) - _LONGEST_TORN, -1):
        try:
            orjson.loads(b'"%s"' % text[:end])
        except orjson.JSONDecodeError:
            continue
        return text[:end]
    return text


def has_long_text(file: BinaryIO, *, longest: int) -> bool:
    """Tell whether a file may have texts of more than ``longest`` bytes; from its beginning.

    Such a text covers a whole window of half its length without a quote that ends it. Far
    faster than looking for the bounds of all texts; a false alarm costs time alone.
    """
    file.seek(0)
    width, before, found = longest // 2, b"", False
    while (window := file.read(width)) and not found:
        quotes = window.count(b'"')
        escaped = window.count(b'\\"') + (before.endswith(b"\\") and window.startswith(b'"'))
        found = len(window) == width and quotes <= escaped
        before = window
    file.seek(0)
    return found
