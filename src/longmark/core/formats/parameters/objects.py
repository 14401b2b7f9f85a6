"""Parameters in JSON: an object from names to values, or a list of objects with both.

Groups may nest: ``{"P10": {"07": 1}}`` is ``P10.07``. Numbers are taken as they are written, so
that 1.10 does not become 1.1.
"""

import json
from typing import Any, NoReturn

from longmark.core.formats.parameters.columns import meant
from longmark.core.formats.parameters.records import (
    LIMIT_DEPTH,
    Entry,
    FileFormat,
    Gathering,
    ParameterFile,
    ParametersInvalid,
    joined,
)

_BODIES = ("parameters", "values", "settings", "params", "parameterset")


class _Members(list[tuple[str, Any]]):
    """The members of an object as they stand, twins included."""


def read_json(text: str) -> ParameterFile:
    """Return the parameters in a JSON document.

    Raises:
        ParametersInvalid: it is no JSON, or nothing in it looks like parameters.
    """
    try:
        tree = json.loads(
            text,
            object_pairs_hook=_Members,
            parse_int=str,
            parse_float=str,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        raise ParametersInvalid(
            "It is no JSON, at line {line}, column {column}: {reason}.",
            line=error.lineno,
            column=error.colno,
            reason=error.msg,
        ) from None
    except RecursionError:
        _refuse_depth()
    gathering = Gathering()
    body, place = _body(tree)
    if isinstance(body, _Members):
        _take_object(body, "", place, gathering, 1)
    elif isinstance(body, list):
        _take_list(body, place, gathering)
    else:
        raise ParametersInvalid("It is JSON, but neither an object nor a list of parameters.")
    return gathering.file(FileFormat.JSON)


def _refuse_constant(word: str) -> NoReturn:
    raise ParametersInvalid("{word} is no value in JSON: write it as a text.", word=word)


def _refuse_depth() -> NoReturn:
    raise ParametersInvalid("The groups nest deeper than {limit} levels.", limit=LIMIT_DEPTH)


def _body(tree: Any) -> tuple[Any, str]:
    """Return what holds the parameters: the document, or the member that is called so."""
    if isinstance(tree, _Members):
        for name, value in tree:
            if name.casefold() in _BODIES and isinstance(value, list):
                return value, f"/{name}"
    return tree, ""


def _take_list(rows: list[Any], place: str, gathering: Gathering) -> None:
    for number, row in enumerate(rows):
        here = f"{place}/{number}"
        found = _named(row) if isinstance(row, _Members) else {}
        if "name" not in found or "value" not in found:
            gathering.refuse(here, 'It is no object with the members "name" and "value".')
            continue
        if _is_scalar(found["name"]) and _is_scalar(found["value"]):
            title = found.get("title", "")
            told = title if isinstance(title, str) else ""
            gathering.add(Entry(here, _text(found["name"]), _text(found["value"]), told))
        else:
            gathering.refuse(here, "Name and value are a text, a number, true or false.")


def _take_object(
    members: _Members, group: str, place: str, gathering: Gathering, depth: int
) -> None:
    if depth > LIMIT_DEPTH:
        _refuse_depth()
    for key, value in members:
        here, name = f"{place}/{key[:80]}", joined(group, key)
        if _is_scalar(value):
            gathering.add(Entry(here, name, _text(value)))
        elif not isinstance(value, _Members):
            gathering.refuse(here, "It holds a list; a parameter has one value.")
        elif "value" in (found := _named(value)) and _is_scalar(found["value"]):
            title = found.get("title", "")
            told = title if isinstance(title, str) else ""
            gathering.add(Entry(here, name, _text(found["value"]), told))
        else:
            _take_object(value, name, here, gathering, depth + 1)


def _named(members: _Members) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in members:
        if meaning := meant(key):
            found.setdefault(meaning, value)
    return found


def _is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, str | bool)  # numbers came as text


def _text(value: str | bool | None) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value).lower()
