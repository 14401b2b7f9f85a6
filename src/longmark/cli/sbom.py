"""``longmark sbom``: add an SBOM to a release, check one without storing it, look at one."""

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

from longmark.cli import difference, export, hardware, output, quality
from longmark.cli.client import Client
from longmark.cli.handing_in import awaited, handed_in

LEVELS = ("low", "medium", "high", "critical")
OVER_THE_BAR = 1


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    sbom = verbs.add_parser("sbom", help="SBOMs: add, check, show, compare, export")
    acts = sbom.add_subparsers(dest="act_name", metavar="ACT", required=True)
    add = acts.add_parser("add", help="add a document to a release and see its findings")
    add.add_argument("file", metavar="FILE", type=Path)
    add.add_argument("--item", required=True, help="name or number, as in tg200-fw")
    add.add_argument("--version", required=True, dest="release", help="as in 2.3.1")
    add.add_argument("--create-release", action="store_true", help="register it if it is new")
    _add_bar(add)
    add.set_defaults(act=add_document, is_server_verb=False)
    check = acts.add_parser(
        "check", help="what is known to be wrong with these components; stores nothing"
    )
    check.add_argument("file", metavar="FILE", type=Path)
    check.add_argument(
        "--facts",
        metavar="FACTS",
        type=Path,
        nargs="+",
        default=[],
        help="files of facts of the build: cve-check, VEX, .config, compiled files",
    )
    _add_bar(check)
    check.set_defaults(act=check_document, is_server_verb=False)
    show = acts.add_parser("show", help="documents and components of a release")
    show.add_argument("item")
    show.add_argument("release", metavar="version")
    show.add_argument("--limit", type=int, default=200)
    show.set_defaults(act=show_release, is_server_verb=False)
    quality.add_to(acts)
    difference.add_to(acts)
    export.add_to(acts)
    hardware.add_to(acts)


def _add_bar(parser: Any) -> None:
    parser.add_argument(
        "--fail-on",
        choices=[*LEVELS, "exploited", "never"],
        default="never",
        help="exit with 1 if a finding is at least this bad (exploited always counts)",
    )
    parser.add_argument(
        "--fail-on-partial",
        action="store_true",
        help="exit with 1 also if a source that matters here is absent, stale or incomplete",
    )


def add_document(client: Client, arguments: argparse.Namespace) -> int:
    """Add a document to a release, and print the findings of the release."""
    must_be_a_file(arguments.file)
    release = named_release(client, arguments)
    document = handed_in(client, f"/releases/{release['id']}/sboms", arguments.file)
    findings = list(client.pages(f"/releases/{release['id']}/findings", limit=5000))
    covered = client.get(f"/releases/{release['id']}/coverage")
    if arguments.json:
        shown = {"release": release, "document": document, "findings": findings}
        output.as_json(shown | covered)
    else:
        output.line(
            f"{arguments.item} {arguments.release}: {document['component_count']} components from"
            f" {arguments.file.name} ({document['format']} {document['spec_version']})"
        )
        _print_findings(findings)
        output.gaps(covered)
    return _over_the_bar(findings, covered, arguments)


def check_document(client: Client, arguments: argparse.Namespace) -> int:
    """Print what is known to be wrong with a document's components."""
    must_be_a_file(arguments.file)
    for file in arguments.facts:
        must_be_a_file(file)
    files = [("file", arguments.file), *(("facts", file) for file in arguments.facts)]
    checked = client.send_files("/check", files)
    if "job_id" in checked:
        job = awaited(client, checked, arguments.file.name)
        checked = client.get(f"/checks/{job['id']}")
    if arguments.json:
        output.as_json(checked)
    else:
        output.line(f"{arguments.file.name}: {checked['component_count']} components")
        _print_findings(checked["findings"])
        _print_settled(checked["settled"])
        _print_coverage(checked)
        _print_lifespans(checked)
        if checked["undecided_count"]:
            output.line(
                f"{checked['undecided_count']} cannot be judged: no version, or no range stated."
            )
        output.gaps(checked)
        if not checked["advisory_count"]:
            output.hint("No advisories here yet: longmark feed import FILE")
    return _over_the_bar(checked["findings"], checked, arguments)


def show_release(client: Client, arguments: argparse.Namespace) -> int:
    """Print a release's documents and components."""
    wanted = {"item": arguments.item, "version": arguments.release}
    release = client.get("/releases/named", **wanted)
    documents = list(client.pages(f"/releases/{release['id']}/sboms", limit=arguments.limit))
    path = f"/releases/{release['id']}/components"
    components = list(client.pages(path, limit=arguments.limit))
    if arguments.json:
        output.as_json({"release": release, "documents": documents, "components": components})
        return 0
    output.table(
        ["Document", "", "Format", "#Components", "SHA-256"],
        [
            (
                row["filename"],
                "current" if row["is_current"] else "history",
                f"{row['format']} {row['spec_version']}",
                row["component_count"],
                row["digest"][:12],
            )
            for row in documents
        ],
    )
    output.line()
    output.table(
        ["Component", "Version", "Identity"],
        [
            (row["name"], row["version"] or "unknown", _identity(row))
            for row in (occurrence["component"] for occurrence in components)
        ],
    )
    return 0


def _identity(component: dict[str, Any]) -> str:
    return component["purl"] or " ".join(component["cpes"]) or "none"


def must_be_a_file(file: Path) -> None:
    """Stop with wrong use if there is no such file."""
    if not file.is_file():
        output.complain(f"{file} is not a file.")
        raise SystemExit(2)


def named_release(client: Client, arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the release that the arguments name, made if they ask for that."""
    if not arguments.create_release:
        wanted = {"item": arguments.item, "version": arguments.release}
        found: dict[str, Any] = client.get("/releases/named", **wanted)
        return found
    item = client.get("/items/named", name=arguments.item)
    for each in client.pages(f"/items/{item['id']}/releases", limit=10_000):
        if each["version"] == arguments.release:
            return each
    made: dict[str, Any] = client.post(
        f"/items/{item['id']}/releases", {"version": arguments.release}
    )
    return made


def _print_findings(findings: list[dict[str, Any]]) -> None:
    if not findings:
        output.line("No advisory known here matches.")
        return
    output.table(
        ["Vulnerability", "Severity", "", "Verdict", "Why"],
        [
            (
                row["vulnerability"],
                output.severity(row["severity_score"], row["severity_rating"]),
                "exploited" if row["exploited_on"] else "",
                row["verdict"],
                row["sentence"],
            )
            for row in findings
        ],
    )


def _print_settled(settled: list[dict[str, Any]]) -> None:
    """Say how much facts settle, by rule, and name what is exploited among it."""
    if not settled:
        return
    output.line(f"{output.count(len(settled))} more are settled by facts:")
    rules = Counter(row["rule"] for row in settled)
    output.table(["Rule", "#Findings"], rules.most_common())
    for row in settled:
        if row["exploited_on"]:
            output.line(f"{row['vulnerability']} is exploited: {row['settled_by']}", style="yellow")


def _print_coverage(checked: dict[str, Any]) -> None:
    """Say what was not compared; silence would read as clean."""
    if unidentified := checked["unidentified_count"]:
        output.line(
            f"{output.count(unidentified)} have neither purl nor CPE and were not compared:"
            " they are not known to be clean.",
            style="yellow",
        )
    if unversioned := checked["unversioned_count"]:
        output.line(f"{output.count(unversioned)} state no version.", style="yellow")


def _print_lifespans(checked: dict[str, Any]) -> None:
    """Say which components nobody mends any more, and of how many no end is known."""
    known = checked["lifespans"]
    if ended := [row for row in known if row["standing"] == "ended"]:
        output.line(f"{output.count(len(ended))} are past the end of their life:", style="yellow")
        output.table(
            ["Component", "Version", "Ended", "Who says so"],
            [(row["component"], row["version"], row["ends_on"], row["said_by"]) for row in ended],
        )
    if unknown := checked["component_count"] - len(known):
        output.line(f"Of {output.count(unknown)} no end of life is known here.")


def _over_the_bar(
    findings: list[dict[str, Any]], covered: dict[str, Any], arguments: argparse.Namespace
) -> int:
    bar = arguments.fail_on
    over = [row for row in findings if row["verdict"] == "affected" and _is_over(row, bar)]
    if over:
        output.hint(f"{len(over)} at or over the bar ({bar}).")
    is_short = arguments.fail_on_partial and covered["coverage"] != "complete"
    if is_short:
        output.hint("Not every source is known in full (--fail-on-partial).")
    return OVER_THE_BAR if over or is_short else 0


def _is_over(finding: dict[str, Any], bar: str) -> bool:
    if bar == "never":
        return False
    if finding["exploited_on"]:
        return True
    rating = finding["severity_rating"]
    return bar in LEVELS and rating in LEVELS and LEVELS.index(rating) >= LEVELS.index(bar)
