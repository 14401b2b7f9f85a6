"""The one door to files of parameters: bytes in, values by name or a refusal out.

The format is told by the content alone. Text is UTF-8, UTF-16 with a mark, or Windows-1252.
"""

import codecs
import re

from longmark.core.formats.parameters.columns import meant
from longmark.core.formats.parameters.elements import read_xml
from longmark.core.formats.parameters.lines import read_lines
from longmark.core.formats.parameters.objects import read_json
from longmark.core.formats.parameters.records import (
    LIMIT_BYTES,
    ParameterFile,
    ParametersInvalid,
)
from longmark.core.formats.parameters.tables import read_table
from longmark.core.formats.sheets.delimited import DELIMITERS

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PACKED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ", b"BZh", b"\xd0\xcf\x11\xe0", b"%PDF")
_ZIP = b"PK\x03\x04"
_PROBED_LINES = 40


def read_parameters(content: bytes) -> ParameterFile:
    """Return the parameters that a file holds, whatever its format.

    Raises:
        ParametersInvalid: it cannot be read, holds no parameters, or more than are read.
    """
    if len(content) > LIMIT_BYTES:
        raise ParametersInvalid("The file is larger than {limit} MB.", limit=LIMIT_BYTES // 10**6)
    if not content.strip():
        raise ParametersInvalid("The file is empty.")
    if content.startswith(_PACKED):
        raise ParametersInvalid("The file is packed or locked; unpack it first.")
    if content.startswith(_ZIP):
        return read_table(content)
    text = _decoded(content)
    begin = text.lstrip()[:1]
    if begin in ("{", "["):
        return _bracketed(text)
    if begin == "<":
        return read_xml(_without_declaration(text).encode())
    return read_lines(text) if _is_lines(text) else read_table(content)


def _bracketed(text: str) -> ParameterFile:
    """Read JSON, or lines that begin with a group: ``[P10]``."""
    first = text.lstrip().splitlines()[0].strip()
    is_group = re.fullmatch(r"\[[^\[\]{}\",]+\]", first) and "\n" in text.strip()
    return read_lines(text) if is_group else read_json(text)


def _decoded(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _as(content, encoding)
    if b"\0" in content:
        raise ParametersInvalid("The file holds NUL characters: it is no text.")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return _as(content, "cp1252")


def _as(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise ParametersInvalid(
            "Byte {position} is neither UTF-8, UTF-16 nor Windows-1252: save the file as UTF-8.",
            position=f"{error.start:,}",
        ) from None
    if "\0" in text:
        raise ParametersInvalid("The file holds NUL characters: it is no text.")
    return text


def _without_declaration(text: str) -> str:
    """Take off the declaration, which names the encoding that was."""
    return re.sub(r"\A\s*<\?xml[^>]*\?>", "", text)


def _is_lines(text: str) -> bool:
    """Tell lines with equals signs from a table: most of the first lines are such."""
    lines = [each for each in text.splitlines()[:_PROBED_LINES] if each.strip()]
    told = [each for each in lines if not each.lstrip().startswith(("#", ";", "//", "!"))]
    if not told or _is_head(told[0]):
        return False
    said = [each for each in told if "=" in each or each.strip().startswith("[")]
    colons = [each for each in told if ":" in each and not set(each) & set(DELIMITERS + "=")]
    return 2 * (len(said) + len(colons)) > len(told)


def _is_head(line: str) -> bool:
    """Tell whether a line names the columns of a table."""
    cells = [{meant(cell.strip('" ')) for cell in line.split(each)} for each in DELIMITERS]
    return line.lower().startswith("sep=") or any({"name", "value"} <= each for each in cells)
