"""``longmark affected``: from a vulnerability or a component to the customers."""

import argparse
from typing import Any

from longmark.cli import output
from longmark.cli.client import Client

SHOWN_PARTIES = 12


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    affected = verbs.add_parser(
        "affected",
        help="releases, units, customers and countries that a weakness or a component reaches",
        description="What a vulnerability (CVE, GHSA, …) or a component (purl) reaches.",
    )
    affected.add_argument("subject", metavar="CVE|purl")
    affected.add_argument("--on", metavar="DAY", help="as it was on a past day, as 2026-03-01")
    affected.add_argument("--known-on", metavar="DAY", help="as we knew it on that day")
    affected.add_argument("--units", type=int, default=10, help="how many units to list (10)")
    affected.set_defaults(act=show, is_server_verb=False)


def show(client: Client, arguments: argparse.Namespace) -> int:
    """Print the answer to the first line of the drill."""
    wanted = {
        "subject": arguments.subject,
        "on": arguments.on,
        "known_on": arguments.known_on,
    }
    impact = client.get("/impact", **wanted)
    impact["unit_list"] = list(client.pages("/impact/units", limit=arguments.units, **wanted))
    impact["party_list"] = list(client.pages("/impact/parties", limit=500, **wanted))
    impact["country_list"] = client.get("/impact/countries", **wanted)
    if arguments.json:
        output.as_json(impact)
        return 0
    _print_head(impact, output.day_asked(arguments))
    output.gaps(impact)
    if impact["releases"]:
        _print_reach(impact)
    return 0


def _print_head(impact: dict[str, Any], day: str) -> None:
    output.line(f"{impact['name']}  {impact['title']}", style="bold")
    facts = [output.severity(impact["severity_score"], impact["severity_rating"])]
    if impact["exploited_on"]:
        facts.append(f"exploited, listed {impact['exploited_on']}")
    if impact["epss"] is not None:
        facts.append(f"EPSS {float(impact['epss']):.1%}")
    output.line(" · ".join(facts))
    if day:
        output.line(day)
    output.line()
    if not impact["releases"]:
        is_whole = impact["coverage"] == "complete"
        output.line(
            "No release is affected." if is_whole else "No release is known to be affected."
        )
        return
    affected = sum(1 for row in impact["releases"] if row["verdict"] == "affected")
    output.line(
        f"{output.counted(affected, 'release')}{_besides(len(impact['releases']) - affected)}, "
        f"{output.counted(impact['units'], 'unit')}{_besides(impact['unknown_units'])}, "
        f"{output.counted(impact['customers'], 'customer')}, "
        f"{output.counted(impact['distributors'], 'distributor')}, "
        f"{output.counted(impact['countries'], 'country', 'countries')}{_apart(impact)}"
    )


def _apart(impact: dict[str, Any]) -> str:
    told = [f"{output.count(n)} {state}" for state, n in sorted(impact["apart_units"].items())]
    return f"; out of use and counted apart: {', '.join(told)}" if told else ""


def _besides(unknown: int) -> str:
    return f" (and {output.count(unknown)} that nobody can rule out)" if unknown else ""


def _print_reach(impact: dict[str, Any]) -> None:
    output.line()
    output.table(
        ["Release", "#Units", "Verdict", "Why"],
        [
            (row["release"], row["units"], row["verdict"], row["sentence"])
            for row in impact["releases"]
        ],
    )
    output.line()
    shown = impact["party_list"][:SHOWN_PARTIES]
    output.table(
        ["Customer", "Country", "#Units"],
        [(row["name"], row["country"], row["units"]) for row in shown],
    )
    if more := len(impact["party_list"]) - len(shown):
        output.line(f"… and {more} more; --json lists all")
    output.line()
    output.table(
        ["Country", "#Units"],
        [(row["country"] or "unknown", row["units"]) for row in impact["country_list"]],
    )
    output.line()
    output.table(
        ["Serial number", "Item", "Release", "Known by", "Customer", "Site"],
        [
            (
                row["serial"],
                row["item"],
                row["release"] or "unknown",
                row["evidence"],
                row["customer"] or row["distributor"],
                row["site"],
            )
            for row in impact["unit_list"]
        ],
    )
