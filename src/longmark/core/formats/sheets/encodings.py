"""Encodings: the one in which the whole of a text file can be read.

A mark at the beginning decides, then UTF-8, else Windows-1252; UTF-16 without a mark is told by
its zero bytes. Others cannot be told apart: a person says which it is. Nothing is decoded with
replacements: a byte that has no meaning is an error with its line.
"""

import codecs
from typing import BinaryIO

from longmark.core.errors import Invalid

ENCODINGS = (
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "iso8859-15", "cp850",
    "cp437", "cp1250", "iso8859-2", "cp1251", "cp1253", "cp1254", "cp1257", "mac-roman", "cp932",
    "gb18030", "big5", "euc-kr",
)  # fmt: skip
LINE_LIMIT_BYTES = 4_000_000
UNDECODABLE = (
    "Line {line} holds bytes that are neither UTF-8, UTF-16 nor Windows-1252: save the file as "
    '"CSV UTF-8", or say which encoding it is in.'
)
_UNDECODABLE_AS = "Line {line} holds bytes that have no meaning in {encoding}: say another one."
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(file: BinaryIO, start: bytes, stated: str = "") -> str:
    """Return the encoding in which the whole file can be read; ``start`` are its first bytes.

    Raises:
        Invalid: there is none, or the stated one is not it; the line is in the message.
    """
    if stated:
        return _checked(file, stated)
    marked = [encoding for mark, encoding in _BYTE_ORDER_MARKS if start.startswith(mark)]
    if not marked and b"\0" in start:
        marked = [_utf16_without_mark(start)]
    line = None
    for encoding in marked or ["utf-8", "cp1252"]:
        line = _line_not_in(file, encoding)
        if line is None:
            return encoding
    raise Invalid(UNDECODABLE, line=line)


def _checked(file: BinaryIO, stated: str) -> str:
    if stated not in ENCODINGS:
        raise Invalid(
            '"{stated}" is no encoding that is known here. Say one of: {known}.',
            field="encoding",
            stated=stated,
            known=", ".join(ENCODINGS),
        )
    line = _line_not_in(file, stated)
    if line is not None:
        raise Invalid(_UNDECODABLE_AS, line=line, encoding=stated, field="encoding")
    return stated


def _utf16_without_mark(start: bytes) -> str:
    """Tell UTF-16 from something that is no text: every other byte of Latin text is zero."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if max(even, odd) * 4 < len(start):
        raise Invalid("This is not a table: neither CSV, XLSX, ODS nor JSON lines.")
    return "utf-16-be" if even > odd else "utf-16-le"


def _line_not_in(file: BinaryIO, encoding: str) -> int | None:
    """Return the number of the first line that is not in this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    number = 0
    try:
        while line := file.readline(LINE_LIMIT_BYTES):
            number += 1
            if len(line) == LINE_LIMIT_BYTES:
                raise Invalid("Line {line} is too long for a table.", line=number)
            decoder.decode(line)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return number
    finally:
        file.seek(0)
    return None
