"""``longmark sbom diff``: what changed between two SBOM files, or two releases.

Of two files it works offline.
"""

import argparse
from pathlib import Path
from typing import Any

from longmark.cli import output
from longmark.cli.client import Client, Problem
from longmark.core.errors import LongmarkError
from longmark.core.formats.sboms import SbomDocument, read_sbom
from longmark.core.formats.sboms.difference import (
    Aspect,
    Kind,
    difference,
    pieces_of,
    plain_difference,
)

WRONG_USE, UNREADABLE = 2, 422


def add_to(acts: Any) -> None:
    """Add the act to the parser of ``longmark sbom``."""
    diff = acts.add_parser("diff", help="what changed between two files (offline) or two releases")
    diff.add_argument("before", metavar="A", help="a file, or ITEM@VERSION")
    diff.add_argument("after", metavar="B", help="a file, or ITEM@VERSION")
    diff.add_argument("--only", choices=[*Kind, *Aspect], default="", help="only these changes")
    diff.add_argument("--text", default="", help="only components with this in name or purl")
    diff.set_defaults(act=of_releases, offline=of_files, is_server_verb=False)


def of_files(arguments: argparse.Namespace) -> int | None:
    """Compare two files; ``None`` if two releases are meant."""
    before, after = Path(arguments.before), Path(arguments.after)
    if before.is_file() and after.is_file():
        found = difference(pieces_of(_read(before)), pieces_of(_read(after)))
        return _told(
            plain_difference(found, found.narrowed(arguments.only, arguments.text)), arguments
        )
    for each in (arguments.before, arguments.after):
        if "@" not in each:
            output.complain(f"{each} is neither a file nor ITEM@VERSION.")
            raise SystemExit(WRONG_USE)
    return None


def of_releases(client: Client, arguments: argparse.Namespace) -> int:
    """Compare two releases of the installation, findings included."""
    before, after = (_release(client, each) for each in (arguments.before, arguments.after))
    path = f"/releases/{after['id']}/difference"
    asked = {"against": before["id"], "only": arguments.only, "text": arguments.text}
    return _told(client.get(path, **asked), arguments)


def _release(client: Client, named: str) -> dict[str, Any]:
    item, _, version = named.rpartition("@")
    release: dict[str, Any] = client.get("/releases/named", item=item, version=version)
    return release


def _read(file: Path) -> SbomDocument:
    try:
        return read_sbom(file.read_bytes(), filename=file.name)
    except LongmarkError as error:
        problems = [{"field": "", "message": str(each)} for each in getattr(error, "problems", ())]
        raise Problem(UNREADABLE, f"{file.name}: {error}", problems) from None


def _told(found: dict[str, Any], arguments: argparse.Namespace) -> int:
    if arguments.json:
        output.as_json(found)
        return 0
    counts = found["counts"]
    said = ", ".join(f"{output.count(counts[kind])} {kind}" for kind in ("added", "removed"))
    output.line(
        f"{said}, {output.count(counts['changed'])} changed,"
        f" {output.count(found['same_count'])} the same"
    )
    output.table(
        ["Component", "", "Before", "After", "Changed in"],
        [_row(change) for change in found["changes"]],
    )
    for key, word in (("findings_come", "came"), ("findings_gone", "went")):
        if rows := found.get(key):
            output.line(f"\nFindings that {word}: {output.count(found[f'{key}_count'])}")
            output.line(", ".join(row["vulnerability"] for row in rows))
    return 0


def _row(change: dict[str, Any]) -> tuple[object, ...]:
    before, after = change["before"] or {}, change["after"] or {}
    aspects = ", ".join(
        f"licence {before.get('licence') or '–'} → {after.get('licence') or '–'}"
        if each == "licence"
        else each
        for each in change["aspects"]
    )
    return (
        (after or before)["name"],
        change["kind"],
        before.get("version", "–") or "unknown",
        after.get("version", "–") or "unknown",
        aspects,
    )
