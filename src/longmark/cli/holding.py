"""``longmark holding``: which units run some versions of an item, on any day, as known on any."""

import argparse
from typing import Any

from longmark.cli import output
from longmark.cli.client import Client

SHOWN_PARTIES = 12


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    holding = verbs.add_parser(
        "holding",
        help="units that hold some versions of an item, now or on a past day",
        description="Which units run firmware below 2.4, whose they are and where: "
        "longmark holding tg200-fw '<2.4' --on 2026-03-01 --known-on 2026-03-03",
    )
    holding.add_argument("item", metavar="ITEM", help="name or number, as in tg200-fw")
    holding.add_argument("versions", metavar="RANGE", nargs="?", default="", help="as in '<2.4'")
    holding.add_argument("--on", metavar="DAY", help="as it was on a past day, as 2026-03-01")
    holding.add_argument("--known-on", metavar="DAY", help="as we knew it on that day")
    holding.add_argument("--units", type=int, default=10, help="how many units to list (10)")
    holding.set_defaults(act=show, is_server_verb=False)


def show(client: Client, arguments: argparse.Namespace) -> int:
    """Print how many units, whose, where, and the first of them."""
    wanted = {
        "item": arguments.item,
        "versions": arguments.versions,
        "on": arguments.on,
        "known_on": arguments.known_on,
    }
    found = client.get("/holding", **wanted)
    found["party_list"] = list(client.pages("/holding/parties", limit=1000, **wanted))
    found["unit_list"] = list(client.pages("/holding/units", limit=arguments.units, **wanted))
    if arguments.json:
        output.as_json(found)
        return 0
    _print_counts(found, output.day_asked(arguments))
    _print_lists(found)
    if more := found["units"] + found["unknown_units"] - len(found["unit_list"]):
        output.line(f"… and {output.count(more)} more; --units {len(found['unit_list']) + more}")
    return 0


def _print_counts(found: dict[str, Any], day: str) -> None:
    output.line(f"{found['item']} {found['versions'] or 'any version'}", style="bold")
    if day:
        output.line(day)
    told = [output.counted(found["units"], "unit")]
    if found["unknown_units"]:
        told.append(f"{output.count(found['unknown_units'])} more that nobody can rule out")
    countries = sum(1 for row in found["countries"] if row["country"])
    told.append(output.counted(found["customers"], "customer"))
    told.append(output.counted(countries, "country", "countries"))
    apart = [f"{output.count(n)} {state}" for state, n in sorted(found["apart_units"].items())]
    if apart:
        told.append(f"out of use and counted apart: {', '.join(apart)}")
    output.line("; ".join(told))
    output.line()
    output.table(
        ["Version", "#Units"], [(row["version"], row["units"]) for row in found["releases"]]
    )


def _print_lists(found: dict[str, Any]) -> None:
    output.line()
    shown = found["party_list"][:SHOWN_PARTIES]
    output.table(
        ["Customer", "Country", "#Units", "#Unknown"],
        [(row["name"], row["country"], row["units"], row["unknown_units"]) for row in shown],
    )
    if more := len(found["party_list"]) - len(shown):
        output.line(f"… and {more} more; --json lists all")
    output.line()
    output.table(
        ["Country", "#Units", "#Unknown"],
        [
            (row["country"] or "unknown", row["units"], row["unknown_units"])
            for row in found["countries"]
        ],
    )
    output.line()
    output.table(
        ["Serial number", "Item", "Holds", "In", "Known by", "Customer", "Country"],
        [_unit(row) for row in found["unit_list"]],
    )


def _unit(row: dict[str, Any]) -> tuple[Any, ...]:
    first = row["places"][0] if row["places"] else {"release": None, "path": "", "evidence": ""}
    return (
        row["serial"],
        row["item"],
        "unknown" if row["is_unknown"] else first["release"] or "unknown",
        first["path"],
        first["evidence"],
        row["customer"] or row["distributor"],
        row["country"],
    )
