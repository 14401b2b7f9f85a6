"""Pairs of a purl and a CPE name, from a tree of lists, a CSV table or a JSON document.

* ``<vendor>/<product>/purls.yml`` beside ``cpes.yml``, a folder for each product (as in purl2cpe).
  Every purl belongs to every CPE; of CPE names that differ in version only one is taken.
* CSV with the columns ``purl`` and ``cpe``.
* JSON: a list of objects with ``purl`` and ``cpe``, or an object from purls to lists of CPE names.

What cannot be read is refused by itself, with its place and the reason.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

import orjson

from longmark.core.errors import Invalid
from longmark.core.formats.advisories.archives import Member
from longmark.core.formats.name_maps.lists import read_list

ENDINGS: Final = (".yml", ".yaml", ".csv", ".json")
LIMIT_PAIRS: Final = 2_000_000
LIMIT_OF_ONE: Final = 10_000  # pairs of one product
_PARTS: Final = 5  # cpe, 2.3, part, vendor, product: the rest is version and below
_KINDS: Final = {"purls": 0, "cpes": 1}


@dataclass(frozen=True, slots=True)
class Pair:
    """A purl and a CPE name that a table joins, as it writes them."""

    place: str
    purl: str
    cpe: str


@dataclass(frozen=True, slots=True)
class Refused:
    """What could not be read, and why."""

    place: str
    reason: str


def pairs(members: Iterable[Member]) -> Iterator[Pair | Refused]:
    """Yield what the documents of a table say, in their order.

    Raises:
        Invalid: there is more of it than in any honest table.
    """
    for count, found in enumerate(_all(members), start=1):
        if count > LIMIT_PAIRS:
            raise Invalid("The table has more than {limit} pairs.", limit=LIMIT_PAIRS)
        yield found


def _all(members: Iterable[Member]) -> Iterator[Pair | Refused]:
    waiting: dict[str, list[list[str] | None]] = {}
    for member in members:
        path = PurePosixPath(member.name)
        try:
            if member.problem:
                yield Refused(member.name, member.problem)
            elif path.stem in _KINDS and path.suffix in (".yml", ".yaml"):
                yield from _product(path, member.content, waiting)
            else:
                yield from _table(member)
        except Invalid as invalid:
            yield Refused(member.name or "the file", str(invalid))
    for folder, lists in waiting.items():
        if lists[0] is None or lists[1] is None:
            missing = "cpes" if lists[1] is None else "purls"
            yield Refused(folder, f"There is no {missing}.yml beside that can be read.")


def _product(
    path: PurePosixPath, content: bytes, waiting: dict[str, list[list[str] | None]]
) -> Iterator[Pair | Refused]:
    """Keep a list until the one beside it comes; then yield every purl with every CPE."""
    folder = str(path.parent)
    lists = waiting.setdefault(folder, [None, None])
    lists[_KINDS[path.stem]] = read_list(content, key=path.stem)
    purls, cpes = lists
    if purls is None or cpes is None:
        return
    del waiting[folder]
    products = dict.fromkeys(map(_without_version, cpes))
    if len(purls) * len(products) > LIMIT_OF_ONE:
        raise Invalid("Its purls and CPE names make more than {limit} pairs.", limit=LIMIT_OF_ONE)
    for purl in dict.fromkeys(purls):
        for cpe in products:
            yield Pair(f"{folder}: {purl}", purl, cpe)


def _without_version(cpe: str) -> str:
    """Return the name up to its product, where that is plain to see."""
    return cpe if "\\" in cpe else ":".join(cpe.split(":", _PARTS)[:_PARTS])


def _table(member: Member) -> Iterator[Pair | Refused]:
    text = member.content.lstrip()
    name = member.name or "the file"
    if text[:1] in (b"[", b"{"):
        yield from _json(text, name)
    elif text[:6] in (b"purls:", b"cpes:\n"):
        raise Invalid("A list by itself joins nothing; give the folder, or an archive of it.")
    else:
        yield from _csv(member.content, name)


def _csv(content: bytes, name: str) -> Iterator[Pair | Refused]:
    try:
        rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        columns = {(column or "").strip().lower(): column for column in rows.fieldnames or ()}
        if not {"purl", "cpe"} <= columns.keys():
            raise Invalid('A table needs the columns "purl" and "cpe" in its first line.')
        for row in rows:
            purl, cpe = row[columns["purl"]] or "", row[columns["cpe"]] or ""
            yield Pair(f"{name}, line {rows.line_num}", purl.strip(), cpe.strip())
    except UnicodeDecodeError:
        raise Invalid("It is not UTF-8.") from None
    except csv.Error as error:
        raise Invalid("It is no CSV: {reason}.", reason=str(error)) from None


def _json(content: bytes, name: str) -> Iterator[Pair | Refused]:
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Invalid("It is no JSON: {reason}.", reason=str(error)) from None
    for place, purl, cpe in _said(document):
        if isinstance(purl, str) and isinstance(cpe, str):
            yield Pair(f"{name}{place}", purl, cpe)
        else:
            yield Refused(f"{name}{place}", 'Not an object with the texts "purl" and "cpe".')


def _said(document: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(document, dict):
        for purl, cpes in document.items():
            for cpe in cpes if isinstance(cpes, list) else [cpes]:
                yield f": {purl[:200]}", purl, cpe
        return
    for number, row in enumerate(document):
        is_row = isinstance(row, dict)
        yield f"/{number}", row.get("purl") if is_row else None, row.get("cpe") if is_row else None
