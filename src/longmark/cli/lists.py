"""``longmark lists``: any list of the API as a file, all rows: CSV for spreadsheets, or JSON.

Which lists there are, what narrows them, and which columns they have, the server's own description
of its interface tells.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from longmark.cli import output
from longmark.cli.client import BASE_PATH, Client
from longmark.core.formats.sheets.csv_writing import csv_lines

ALL = 1_000_000_000
WRONG_USE = 2
DEPTH_LIMIT = 3
ENDINGS = (".csv", ".json")
PAGING = frozenset({"after", "limit"})
_Schema = Mapping[str, Any]


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    lists = verbs.add_parser(
        "lists", help="any list as CSV or JSON; without a name, which there are"
    )
    lists.add_argument("name", nargs="?", help="as in units, or releases/36/components")
    lists.add_argument("filters", nargs="*", metavar="NAME=VALUE", help="as in state=shipped")
    lists.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help=f"the file to write: {' or '.join(ENDINGS)}",
    )
    lists.set_defaults(act=write_list, is_server_verb=False)


def write_list(client: Client, arguments: argparse.Namespace) -> int:
    """Write a list as a file or to standard output; without a name, say which lists there are."""
    described: _Schema = client.get("/openapi.json")
    known = dict(_lists(described))
    if not arguments.name:
        _tell(known, is_json=arguments.json)
        return 0
    path = f"/{arguments.name.strip('/')}"
    found = next((each for each in known if _pattern(each).fullmatch(path)), None)
    if found is None:
        output.complain(f"There is no list {arguments.name}. longmark lists says which there are.")
        return WRONG_USE
    filters = _filters(arguments.filters, known[found])
    if arguments.output and arguments.output.suffix.lower() not in ENDINGS:
        output.complain(f"{arguments.output} must end in {' or '.join(ENDINGS)}")
        return WRONG_USE
    rows = client.pages(path, limit=ALL, **filters)
    is_json = arguments.json or (arguments.output and arguments.output.suffix.lower() == ".json")
    with _opened(arguments.output) as file:
        if is_json:
            file.writelines(_json_lines(rows))
        else:
            columns = _columns(_row_schema(known[found], described), described)
            file.writelines(
                csv_lines(columns, ([_cell(row, each) for each in columns] for row in rows))
            )
    if arguments.output:
        output.line(f"{arguments.output} is written.")
    return 0


def _lists(described: _Schema) -> Iterator[tuple[str, _Schema]]:
    """Yield the addresses that answer in pages, without what all begin with."""
    for path, acts in described["paths"].items():
        act = acts.get("get", {})
        content = act.get("responses", {}).get("200", {}).get("content", {})
        name = content.get("application/json", {}).get("schema", {}).get("$ref", "")
        if "/PageOut_" in name:
            yield path.removeprefix(BASE_PATH), {**act, "shape": name}


def _tell(known: Mapping[str, _Schema], *, is_json: bool) -> None:
    rows = [(path.strip("/"), ", ".join(_narrows(act))) for path, act in sorted(known.items())]
    if is_json:
        output.as_json([{"name": name, "filters": said.split(", ")} for name, said in rows])
    else:
        output.table(["List", "Narrowed by"], rows)


def _narrows(act: _Schema) -> list[str]:
    asked = act.get("parameters", [])
    return [each["name"] for each in asked if each["in"] == "query" and each["name"] not in PAGING]


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))


def _filters(stated: Sequence[str], act: _Schema) -> dict[str, object]:
    found: dict[str, object] = {}
    for each in stated:
        name, _, value = each.partition("=")
        if name not in _narrows(act) or not value:
            known = ", ".join(_narrows(act)) or "nothing"
            output.complain(f"This list is not narrowed by {each}, but by: {known}.")
            raise SystemExit(WRONG_USE)
        found[name] = value
    return found


def _row_schema(act: _Schema, described: _Schema) -> _Schema:
    page = _resolved({"$ref": act["shape"]}, described)
    row: _Schema = page["properties"]["items"]["items"]
    return row


def _resolved(schema: _Schema, described: _Schema) -> _Schema:
    """Return what a schema says, behind references and where it may be null."""
    for each in schema.get("anyOf", ()):
        if each.get("type") != "null":
            return _resolved(each, described)
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        found: _Schema = described["components"]["schemas"][name]
        return found
    return schema


def _columns(schema: _Schema, described: _Schema, depth: int = 0) -> list[str]:
    """Return the members of a row; those of a member with members behind a dot."""
    found: list[str] = []
    for name, member in _resolved(schema, described).get("properties", {}).items():
        inner = _columns(member, described, depth + 1) if depth < DEPTH_LIMIT else []
        found += [f"{name}.{each}" for each in inner] or [name]
    return found


def _cell(row: Mapping[str, Any], column: str) -> str:
    value: Any = row
    for part in column.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "; ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _json_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    begin = "["
    for row in rows:
        yield f"{begin}\n{json.dumps(row, ensure_ascii=False)}"
        begin = ","
    yield "[]\n" if begin == "[" else "\n]\n"


@contextmanager
def _opened(target: Path | None) -> Iterator[TextIO]:
    """Open a file that is there whole in the end, or not at all; without one, what is printed."""
    if target is None:
        yield sys.stdout
        return
    part = target.with_name(f"{target.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
