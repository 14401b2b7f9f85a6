"""Parameters in lines: ``P10.07 = 1``. Every device can write this.

``#``, ``;`` and ``//`` begin a comment line. ``[P10]`` begins a group: ``07 = 1`` below it is
``P10.07``. A line without an equals sign may have a colon instead. A value may stand in double
quotes, with the escapes of JSON.
"""

import json

from longmark.core.formats.parameters.records import (
    Entry,
    FileFormat,
    Gathering,
    ParameterFile,
    joined,
)

_COMMENTS = ("#", ";", "//", "!")


def read_lines(text: str) -> ParameterFile:
    """Return the parameters in lines.

    Raises:
        ParametersInvalid: a line is none.
    """
    gathering, group = Gathering(), ""
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith(_COMMENTS):
            continue
        if stripped.startswith("[") and stripped.endswith("]"):
            group = stripped[1:-1].strip()
            continue
        name, mark, value = stripped.partition("=")
        if not mark:
            name, mark, value = stripped.partition(":")
        place = f"line {number}"
        if not mark:
            gathering.refuse(place, 'It has no equals sign: write "name = value".')
            continue
        gathering.add(Entry(place, joined(group, name.strip()), unquoted(value.strip())))
    return gathering.file(FileFormat.LINES)


def unquoted(value: str) -> str:
    """Return a value without the quotes around it."""
    if len(value) < 2 or value[0] != '"' or value[-1] != '"':
        return value
    try:
        return str(json.loads(value))
    except ValueError:
        return value[1:-1]
