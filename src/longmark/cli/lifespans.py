"""``longmark lifespans``: components past their end or near it, and what is said of lifespans."""

import argparse
from pathlib import Path
from typing import Any

from longmark.cli import output
from longmark.cli.client import Client

VIEWS = ("past", "support", "soon", "known", "unknown")
STANDINGS = {
    "ended": "past its end",
    "security-only": "security fixes only",
    "supported": "supported",
    "unannounced": "no end announced",
    "unknown": "not known",
}


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    lifespans = verbs.add_parser(
        "lifespans", help="components whose support has ended or ends, and who says so"
    )
    lifespans.set_defaults(
        act=show_due, is_server_verb=False, view="past", within=365, item="", release="", limit=100
    )
    acts = lifespans.add_subparsers(dest="act_name", metavar="ACT")
    due = acts.add_parser("due", help="components of current SBOMs by their end (the default)")
    due.add_argument("view", nargs="?", choices=VIEWS, default="past")
    due.add_argument("--within", type=int, default=365, metavar="DAYS", help="what soon means")
    due.add_argument("--item", default="", help="a product: only what it may be made of")
    due.add_argument("--version", dest="release", default="", help="a release of the item only")
    due.add_argument("--limit", type=int, default=100)
    due.set_defaults(act=show_due, is_server_verb=False)
    listed = acts.add_parser("list", help="what is said of lifespans")
    listed.add_argument("text", nargs="?", default="", help="only what holds this text")
    listed.add_argument("--origin", choices=("stated", "imported", "shipped"), default="")
    listed.add_argument("--all", action="store_true", help="withdrawn ones too")
    listed.add_argument("--limit", type=int, default=500)
    listed.set_defaults(act=show, is_server_verb=False)
    _add_changes(acts)


def _add_changes(acts: Any) -> None:
    add = acts.add_parser("add", help="state when a line of versions ends")
    add.add_argument(
        "product", help="as in openssl, debian, pkg:npm/nx, cpe:vendor:product, a repository"
    )
    add.add_argument("versions", nargs="?", default="", help="as in 1.1.1 or '>= 1.0 < 2.0'")
    add.add_argument("--ends", metavar="DAY", help="last day on which anybody mends it")
    add.add_argument("--support", metavar="DAY", help="last day of its makers' support")
    add.add_argument("--by", required=True, help="who says so")
    add.add_argument("--source", default="", help="where that can be read")
    add.add_argument("--note", default="")
    add.set_defaults(act=add_lifespan, is_server_verb=False)
    withdraw = acts.add_parser("withdraw", help="let a statement no longer hold")
    withdraw.add_argument("lifespan", type=int, metavar="NUMBER")
    withdraw.add_argument("--reason", required=True)
    withdraw.set_defaults(act=withdraw_lifespan, is_server_verb=False)
    taken = acts.add_parser("import", help="take in a list: product, cycle, eol, support")
    taken.add_argument("file", metavar="FILE", type=Path, help="CSV, XLSX or JSON")
    taken.add_argument("--product", default="", help="of rows that name none")
    taken.add_argument("--by", default="", help="who says so, where a row does not tell")
    taken.set_defaults(act=import_lifespans, is_server_verb=False)


def show_due(client: Client, arguments: argparse.Namespace) -> int:
    """List components by their end."""
    asked: dict[str, object] = {"view": arguments.view, "days": arguments.within}
    if arguments.release and not arguments.item:
        output.complain("Name the item of the release too: --item.")
        return 2
    if arguments.release:
        named = {"item": arguments.item, "version": arguments.release}
        asked["release"] = client.get("/releases/named", **named)["id"]
    elif arguments.item:
        asked["item"] = client.get("/items/named", name=arguments.item)["id"]
    rows = list(client.pages("/lifespans/components", limit=arguments.limit, **asked))
    if arguments.json:
        output.as_json(rows)
        return 0
    output.table(
        ["Component", "Version", "Ends", "Standing", "#Releases", "Who says so"], due(rows)
    )
    if len(rows) == arguments.limit:
        output.hint(f"The first {output.count(len(rows))}; --limit shows more.")
    return 0


def due(rows: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    """Return components as rows of a table."""
    return [
        (
            row["component"],
            row["version"] or "unknown",
            row["ends_on"] or "not known",
            _standing(row),
            len(row["release_ids"]),
            row["lifespan"]["said_by"] if row["lifespan"] else "nobody here",
        )
        for row in rows
    ]


def _standing(row: dict[str, Any]) -> str:
    said = STANDINGS[row["standing"]]
    if row["standing"] != "ended" and row["ends_before_support"]:
        supported = row["supported"]
        return f"{said}; {supported['item']} is supported until {supported['ends_on']}"
    return said


def show(client: Client, arguments: argparse.Namespace) -> int:
    """List what is said of lifespans."""
    found = client.pages(
        "/lifespans",
        limit=arguments.limit,
        text=arguments.text,
        origin=arguments.origin,
        with_withdrawn="true" if arguments.all else "",
    )
    rows = list(found)
    if arguments.json:
        output.as_json(rows)
        return 0
    output.table(
        ["#No", "Product", "Versions", "Support ends", "Life ends", "Standing", "Who says so", ""],
        [
            (
                row["id"],
                row["product"],
                row["versions"] or "all",
                row["support_ends_on"],
                row["end_of_life_on"],
                STANDINGS[row["standing"]],
                row["said_by"],
                "withdrawn" if row["withdrawn_at"] else row["origin"],
            )
            for row in rows
        ],
    )
    return 0


def add_lifespan(client: Client, arguments: argparse.Namespace) -> int:
    """State a lifespan."""
    said = {
        "product": arguments.product,
        "versions": arguments.versions,
        "support_ends_on": arguments.support,
        "end_of_life_on": arguments.ends,
        "said_by": arguments.by,
        "source": arguments.source,
        "note": arguments.note,
    }
    row = client.post("/lifespans", said)
    if arguments.json:
        output.as_json(row)
        return 0
    output.line(f"Lifespan {row['id']}: {_sentence(row)}.")
    return 0


def withdraw_lifespan(client: Client, arguments: argparse.Namespace) -> int:
    """Withdraw a statement."""
    reason = {"reason": arguments.reason}
    row = client.post(f"/lifespans/{arguments.lifespan}/withdrawal", reason)
    if arguments.json:
        output.as_json(row)
        return 0
    output.line(f"Lifespan {row['id']} no longer holds: {_sentence(row)}.")
    return 0


def _sentence(row: dict[str, Any]) -> str:
    line = f"{row['product']} {row['versions'] or '(all versions)'}"
    until = f"until {row['ends_on']}" if row["ends_on"] else "with no announced end"
    return f"{line} is mended {until}, says {row['said_by']}"


def import_lifespans(client: Client, arguments: argparse.Namespace) -> int:
    """Take in a list, and hand back what was refused of it."""
    if not arguments.file.is_file():
        output.complain(f"{arguments.file} is not a file.")
        return 2
    taken = client.send_file(
        "/lifespans/lists", arguments.file, product=arguments.product, by=arguments.by
    )
    if arguments.json:
        output.as_json(taken)
        return 0
    output.line(
        f"{taken['filename']}: {output.count(taken['row_count'])} rows,"
        f" {output.count(taken['added_count'])} new or changed,"
        f" {output.count(taken['refused_count'])} refused."
    )
    for refusal in taken["refusals"]:
        output.hint(f"  {refusal['place']}: {refusal['reason']}")
    return 0
