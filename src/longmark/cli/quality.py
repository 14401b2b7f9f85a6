"""``longmark sbom quality``: judge an SBOM by the rules of law, authorities and matching.

Of a file it works offline: no server, no data folder, nothing is stored.
"""

import argparse
import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from longmark.cli import output
from longmark.cli.client import Client, Problem
from longmark.cli.handing_in import awaited
from longmark.core.errors import LongmarkError
from longmark.core.formats.sboms.quality import (
    LANGUAGES,
    PROFILES,
    Original,
    Parties,
    QualityReport,
    judged,
    letter,
    markdown,
    plain,
    plain_letter,
    read_facts,
)

BELOW_THE_BAR, WRONG_USE = 1, 2
UNREADABLE = 422
LEVELS = {"must": "MUST", "should": "SHOULD", "if-any": "MUST if it exists", "may": "MAY"}


def add_to(acts: Any) -> None:
    """Add the act to the parser of ``longmark sbom``."""
    quality = acts.add_parser(
        "quality", help="what an SBOM lacks, by BSI, CISA, CRA and for matching; works offline"
    )
    quality.add_argument("file", metavar="FILE", type=Path, nargs="?")
    quality.add_argument("--id", type=int, help="an SBOM of the installation instead of a file")
    quality.add_argument("--profile", choices=PROFILES, help="only this list (all)")
    quality.add_argument("--rule", help="show every place that lacks this rule, as in tr2.c.hash")
    quality.add_argument(
        "--min-score", type=int, metavar="N", help="exit with 1 if a score is below N (0 to 100)"
    )
    quality.set_defaults(act=of_stored, offline=of_file, is_server_verb=False)
    _add_request_to(acts)


def _add_request_to(acts: Any) -> None:
    request = acts.add_parser(
        "request", help="the letter that asks a supplier to complete an SBOM; works offline"
    )
    request.add_argument("file", metavar="FILE", type=Path)
    request.add_argument("--supplier", required=True, help="whom to ask")
    request.add_argument("--contact", default="", help="who is told there")
    request.add_argument("--sender", default="", help="who signs")
    request.add_argument("--due-on", type=date.fromisoformat, metavar="DAY", help="as 2026-12-31")
    request.add_argument("--language", choices=LANGUAGES, default="en")
    request.add_argument("--profile", choices=PROFILES, default="project-recommended")
    request.set_defaults(act=write_request, is_offline=True, is_server_verb=False)


def write_request(arguments: argparse.Namespace) -> int:
    """Print the request that a file gives rise to."""
    report = _judged(arguments.file, (arguments.profile,))
    content = arguments.file.read_bytes()
    original = Original(arguments.file.name, hashlib.sha256(content).hexdigest())
    parties = Parties(
        number=f"SBOM-{original.digest[:8]}",
        sender=arguments.sender,
        supplier=arguments.supplier,
        contact=arguments.contact,
        due_on=arguments.due_on,
        language=arguments.language,
    )
    if arguments.json:
        output.as_json(plain_letter(report, report.profiles[0], original, parties))
    else:
        output.text(markdown(letter(report, report.profiles[0], original, parties)))
    return 0


def of_file(arguments: argparse.Namespace) -> int | None:
    """Judge a file; ``None`` if a document of the installation is asked for."""
    if (arguments.file is None) == (arguments.id is None):
        output.complain("Name a file, or an SBOM of the installation with --id.")
        raise SystemExit(WRONG_USE)
    if arguments.file is None:
        return None
    report = _judged(arguments.file, _profiles(arguments))
    limit = len(report.components) + 1 if arguments.rule else 20
    return _told(plain(report, lack_limit=limit), arguments)


def _judged(file: Path, profiles: tuple[str, ...]) -> QualityReport:
    if not file.is_file():
        output.complain(f"There is no file {file}.")
        raise SystemExit(WRONG_USE)
    try:
        document, facts = read_facts(file.read_bytes(), filename=file.name)
    except LongmarkError as error:
        problems = [{"field": "", "message": str(each)} for each in getattr(error, "problems", ())]
        raise Problem(UNREADABLE, str(error), problems) from None
    return judged(document, facts, profiles)


def of_stored(client: Client, arguments: argparse.Namespace) -> int:
    """Judge a document of the installation."""
    path = f"/sboms/{arguments.id}/quality"
    answer = client.get(path, profile=arguments.profile)
    if "job_id" in answer:
        awaited(client, answer, f"SBOM {arguments.id}")
        answer = client.get(path, profile=arguments.profile)
    return _told(answer, arguments)


def _profiles(arguments: argparse.Namespace) -> tuple[str, ...]:
    return (arguments.profile,) if arguments.profile else PROFILES


def _told(report: Mapping[str, Any], arguments: argparse.Namespace) -> int:
    if arguments.json:
        output.as_json(report)
    elif arguments.rule:
        _print_rule(report, arguments.rule)
    else:
        _print_report(report, one=bool(arguments.profile))
    return _over_the_bar(report, arguments.min_score)


def _over_the_bar(report: Mapping[str, Any], bar: int | None) -> int:
    if bar is None:
        return 0
    below = [each for each in report["profiles"] if each["score"] < bar]
    for each in below:
        output.hint(f"{each['id']}: {each['score']} is below {bar}.")
    return BELOW_THE_BAR if below else 0


def _print_report(report: Mapping[str, Any], *, one: bool) -> None:
    output.line(
        f"{report['subject'] or 'An SBOM'}: {output.count(report['component_count'])} components,"
        f" {report['format']} {report['spec_version']} {report['encoding']}"
        f"{', made by ' + report['tool'] if report['tool'] else ''}"
    )
    output.table(
        ["Profile", "", "#Score", "MUST met", "By"],
        [
            (
                each["id"],
                "passes" if each["passes"] else "fails",
                each["score"],
                f"{each['must_met_count']} of {each['must_count']}",
                each["source"],
            )
            for each in report["profiles"]
        ],
    )
    output.hint(report["formula"])
    shown = report["profiles"] if one else report["profiles"][:1]
    for profile in shown:
        _print_lacks(profile)
    if not one:
        output.hint("More of one list: --profile NAME · every place of a rule: --rule ID")


def _print_lacks(profile: Mapping[str, Any]) -> None:
    lacking = [rule for rule in profile["rules"] if rule["lack_count"]]
    if not lacking:
        output.line(f"\n{profile['title']}: nothing is missing.")
        return
    output.line()
    output.table(
        ["Rule", "", "#Lack it", "#of", "What is missing", "How to mend", "First"],
        [
            (
                rule["id"],
                LEVELS[rule["level"]],
                rule["lack_count"],
                rule["owed_count"],
                rule["missing"],
                _mend(rule),
                _place(rule["lacks"][0]),
            )
            for rule in lacking
        ],
        title=profile["title"],
    )


def _print_rule(report: Mapping[str, Any], wanted: str) -> None:
    rules = [rule for each in report["profiles"] for rule in each["rules"] if rule["id"] == wanted]
    if not rules:
        known = sorted({rule["id"] for each in report["profiles"] for rule in each["rules"]})
        raise Problem(UNREADABLE, f"There is no rule {wanted}; there are {', '.join(known)}.", [])
    rule = rules[0]
    output.line(f"{rule['title']} ({LEVELS[rule['level']]}, {rule['section']})")
    output.line(f"{rule['missing']} {_mend(rule)}".strip())
    output.table(
        ["Where", "Component", "Version", "State"],
        [(lack["path"], lack["name"], lack["version"], lack["state"]) for lack in rule["lacks"]],
    )
    if rule["lack_count"] > len(rule["lacks"]):
        output.hint(f"{output.count(rule['lack_count'] - len(rule['lacks']))} more.")


def _mend(rule: Mapping[str, Any]) -> str:
    if not rule["member"]:
        return f"Move to {rule['moves_to']}." if rule["moves_to"] else ""
    moved = f"Move to {rule['moves_to']}; " if rule["moves_to"] else ""
    example = f", as in {rule['example']}" if rule["example"] else ""
    return f"{moved}{'w' if moved else 'W'}rite {rule['member']}{example}"


def _place(lack: Mapping[str, Any]) -> str:
    name = f" ({lack['name']})" if lack["name"] else ""
    return f"{lack['path']}{name}"
