"""``longmark names``: what components are called, mended once."""

import argparse
from typing import Any

from longmark.cli import name_maps, output, unidentified
from longmark.cli.client import Client

SIGNS = {"known-as": "is also", "is-not": "is not", "corrected": "really is"}
SHOWN = 5


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    names = verbs.add_parser("names", help="mend what SBOMs call components, once and for all")
    acts = names.add_subparsers(dest="act_name", metavar="ACT", required=True)
    add = _rule_parser(acts, "add", "known-as", "say what a component is also known as")
    add.add_argument("target", metavar="NAME", help="a CPE name, purl, repository or product:ID")
    add.add_argument(
        "--declared", action="store_true", help="trust it as the SBOM's own word, not as curated"
    )
    exclude = _rule_parser(acts, "exclude", "is-not", "say what a component is not")
    exclude.add_argument("target", metavar="NAME", help="a CPE name, purl, repository, product:ID")
    correct = _rule_parser(acts, "correct", "corrected", "say what a component really is")
    correct.add_argument("--purl", default="")
    correct.add_argument("--cpe", action="append", default=[], help="may be given several times")
    listed = acts.add_parser("list", help="the rules that hold, newest first")
    listed.add_argument("text", nargs="?", default="", help="only what holds this text")
    listed.add_argument("--all", action="store_true", help="withdrawn ones too")
    listed.add_argument("--limit", type=int, default=100)
    listed.set_defaults(act=show, is_server_verb=False)
    withdraw = acts.add_parser("withdraw", help="let a rule no longer hold")
    withdraw.add_argument("rule", type=int, metavar="NUMBER")
    withdraw.add_argument("--reason", required=True)
    withdraw.set_defaults(act=withdraw_rule, is_server_verb=False)
    name_maps.add_to(acts)
    unidentified.add_to(acts)


def _rule_parser(acts: Any, name: str, kind: str, text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = acts.add_parser(name, help=text)
    parser.add_argument(
        "stated",
        metavar="STATED",
        help="what the SBOM says: pkg:…, cpe:…, a repository, or bare:GROUP:NAME",
    )
    parser.add_argument("--versions", default="", help="as in '= 2.1' or '>= 1.0 < 2.0'")
    parser.add_argument("--reason", default="", help="why; needed unless it is a preview")
    parser.add_argument("--source", default="", help="where that can be read")
    parser.add_argument("--preview", action="store_true", help="only say what it would do")
    parser.set_defaults(act=add_rule, kind=kind, is_server_verb=False, target="", declared=False)
    parser.set_defaults(purl="", cpe=[])
    return parser


def add_rule(client: Client, arguments: argparse.Namespace) -> int:
    """Show what a rule would do, or add it and say what it did."""
    said = {
        "stated": arguments.stated,
        "kind": arguments.kind,
        "target": arguments.target,
        "versions": arguments.versions,
        "is_declared": arguments.declared,
        "purl": arguments.purl,
        "cpes": arguments.cpe,
    }
    preview = client.post("/names/preview", said)
    if arguments.preview:
        _tell_preview(preview, arguments)
        return 0
    rule = client.post(
        "/names/rules", said | {"reason": arguments.reason, "source": arguments.source}
    )
    if arguments.json:
        output.as_json(rule | {"preview": preview})
        return 0
    output.line(f"Rule {rule['id']}: {_sentence(rule)}.")
    output.hint(_effect(preview))
    return 0


def _tell_preview(preview: dict[str, Any], arguments: argparse.Namespace) -> None:
    if arguments.json:
        output.as_json(preview)
        return
    output.line(_effect(preview))
    for one in preview["renamed"][:SHOWN]:
        gained = [f"+ {name}" for name in one["gained"]]
        lost = [f"- {name}" for name in one["lost"]]
        output.line(f"  {one['component']}: {', '.join([*gained, *lost]) or 'as before'}")


def _effect(preview: dict[str, Any]) -> str:
    parts = [
        f"{output.count(preview['component_count'])} components are called so",
        f"{output.count(preview['renamed_count'])} change",
        f"{output.count(preview['release_count'])} releases hold them",
        f"findings: {output.count(preview['opened_count'])} open,"
        f" {output.count(preview['closed_count'])} close",
    ]
    return "; ".join(parts) + "."


def _sentence(rule: dict[str, Any]) -> str:
    meant = rule["target"] or ", ".join(filter(None, [rule["purl"], *rule["cpes"]]))
    versions = f" ({rule['versions']})" if rule["versions"] else ""
    return f"{rule['stated']}{versions} {SIGNS[rule['kind']]} {meant}"


def show(client: Client, arguments: argparse.Namespace) -> int:
    """List rules."""
    found = client.pages(
        "/names/rules",
        limit=arguments.limit,
        text=arguments.text,
        with_withdrawn="true" if arguments.all else "",
    )
    rows = list(found)
    if arguments.json:
        output.as_json(rows)
        return 0
    output.table(
        ["#Rule", "Says", "By", "Since", "Withdrawn"],
        [
            (
                row["id"],
                _sentence(row),
                row["author_name"],
                output.moment(row["recorded_at"]),
                output.moment(row["withdrawn_at"]),
            )
            for row in rows
        ],
    )
    return 0


def withdraw_rule(client: Client, arguments: argparse.Namespace) -> int:
    """Withdraw a rule."""
    rule = client.post(f"/names/rules/{arguments.rule}/withdrawal", {"reason": arguments.reason})
    if arguments.json:
        output.as_json(rule)
        return 0
    output.line(f"Rule {rule['id']} no longer holds: {_sentence(rule)}.")
    return 0
