"""``longmark parameters``: what the parameters of a set are, and the values of its releases."""

import argparse
from pathlib import Path
from typing import Any, Final

from longmark.cli import output
from longmark.cli.client import Client
from longmark.cli.sbom import must_be_a_file, named_release

FORMATS: Final = ("csv", "json", "xml", "key=value")
MANY: Final = 20_000
SHOWN_WIDTH: Final = 60


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    parameters = verbs.add_parser("parameters", help="parameter sets: define, release, compare")
    acts = parameters.add_subparsers(dest="act_name", metavar="ACT", required=True)
    define = acts.add_parser("define", help="take a table (CSV, XLSX) of what parameters are")
    define.add_argument("file", metavar="FILE", type=Path)
    _add_item(define)
    define.add_argument("--since", metavar="V", help="from this release on (from the first)")
    define.add_argument(
        "--whole", action="store_true", help="parameters that the table lacks are gone"
    )
    define.set_defaults(act=define_parameters, is_server_verb=False)
    listing = acts.add_parser("list", help="what the parameters of a set are")
    _add_item(listing)
    listing.add_argument("--version", dest="release", help="as they hold for this release")
    listing.add_argument("--text", default="", help="in name or meaning")
    listing.add_argument("--csv", action="store_true", help="as a table to edit and send again")
    listing.set_defaults(act=list_parameters, is_server_verb=False)
    release = acts.add_parser("release", help="hand over the values of a release")
    release.add_argument("file", metavar="FILE", type=Path)
    _add_release(release)
    release.set_defaults(act=release_values, is_server_verb=False)
    show = acts.add_parser("show", help="the values of a release")
    _add_release(show)
    show.add_argument("--format", choices=FORMATS, help="print them as a file")
    show.set_defaults(act=show_values, is_server_verb=False)
    diff = acts.add_parser("diff", help="what differs between two releases of a set")
    _add_item(diff)
    diff.add_argument("before", metavar="V1")
    diff.add_argument("after", metavar="V2")
    diff.set_defaults(act=show_difference, is_server_verb=False)


def _add_item(parser: Any) -> None:
    parser.add_argument("--item", required=True, help="name or number, as in tg-params")


def _add_release(parser: Any) -> None:
    _add_item(parser)
    parser.add_argument("--version", required=True, dest="release", help="as in v7")
    parser.set_defaults(create_release=False)


def define_parameters(client: Client, arguments: argparse.Namespace) -> int:
    """Take a table of definitions, and print what it did."""
    must_be_a_file(arguments.file)
    item = client.get("/items/named", name=arguments.item)
    since = _release_id(client, arguments.item, arguments.since)
    done = client.send_file(
        f"/items/{item['id']}/parameters/table",
        arguments.file,
        since_release_id=since,
        is_whole=arguments.whole or None,
    )
    if arguments.json:
        output.as_json(done)
        return 0
    told = {word: len(done[word]) for word in ("added", "changed", "dropped")}
    told["unchanged"] = done["unchanged_count"]
    output.line(", ".join(f"{output.count(count)} {word}" for word, count in told.items()) + ".")
    return 0


def list_parameters(client: Client, arguments: argparse.Namespace) -> int:
    """Print what the parameters of a set are."""
    item = client.get("/items/named", name=arguments.item)
    release = _release_id(client, arguments.item, arguments.release)
    if arguments.csv:
        path = f"/items/{item['id']}/parameters.csv"
        output.text(client.text(path, release_id=release))
        return 0
    path = f"/items/{item['id']}/parameters"
    rows = list(client.pages(path, limit=MANY, release_id=release, text=arguments.text))
    if arguments.json:
        output.as_json(rows)
        return 0
    output.table(
        ["Parameter", "Type", "Meaning", "Unit", "Range", "Default", "", "Since"],
        [
            (
                row["name"],
                row["type"],
                row["title"],
                row["measured_in"],
                _range(row),
                "secret" if row["is_secret"] else row["default"],
                _marks(row),
                row["since"] or "",
            )
            for row in rows
        ],
    )
    return 0


def release_values(client: Client, arguments: argparse.Namespace) -> int:
    """Hand over the values of a release."""
    must_be_a_file(arguments.file)
    release = named_release(client, arguments)
    known = client.send_file(f"/releases/{release['id']}/parameters", arguments.file)
    if arguments.json:
        output.as_json(known)
        return 0
    output.line(
        f"{arguments.item} {arguments.release}: {output.count(known['count'])} values,"
        f" {known['format']}, content {known['digest'][:12]}."
    )
    told_of_secrets(known)
    return 0


def told_of_secrets(known: dict[str, Any]) -> None:
    """Say that a file was not kept as it came, and why."""
    if known["is_rewritten"]:
        names = ", ".join(known["secrets"])
        output.hint(f"Secrets are kept as digests, and the file without them: {names}.")


def show_values(client: Client, arguments: argparse.Namespace) -> int:
    """Print the values of a release."""
    release = named_release(client, arguments)
    path = f"/releases/{release['id']}/parameters"
    if arguments.format:
        output.text(client.text(f"{path}/file", format=arguments.format))
        return 0
    known = client.get(path)
    if arguments.json:
        output.as_json(known)
        return 0
    output.table(
        ["Parameter", "Value", "Unit", "Meaning", ""],
        [
            (
                row["name"],
                value_text(row["value"]),
                row["measured_in"],
                row["title"],
                row["misfit"] or "",
            )
            for row in known["values"]
        ],
    )
    return 0


def show_difference(client: Client, arguments: argparse.Namespace) -> int:
    """Print what differs between two releases."""
    before = _release_id(client, arguments.item, arguments.before)
    after = _release_id(client, arguments.item, arguments.after)
    rows = client.get(f"/releases/{after}/parameters/difference", against=before)
    if arguments.json:
        output.as_json(rows)
    else:
        difference_table(rows, arguments.before, arguments.after)
    return 0


def difference_table(rows: list[dict[str, Any]], before: str, after: str) -> None:
    """Print differences with the two sides named."""
    if not rows:
        output.line("Nothing differs.")
        return
    output.table(
        ["Parameter", "", before, after, "Unit", "Meaning"],
        [
            (
                row["name"],
                row["change"],
                value_text(row["before"]),
                value_text(row["after"]),
                row["measured_in"],
                row["title"],
            )
            for row in rows
        ],
    )


def value_text(value: str | None) -> str | None:
    """Return a value as it stands in a table; of a secret that it is one."""
    if value is None:
        return None
    if value.startswith("digest:") and len(value) == 71:
        return f"secret ({value[7:15]})"
    line = " ".join(value.split())
    return line if len(line) <= SHOWN_WIDTH else f"{line[: SHOWN_WIDTH - 1]}…"


def _release_id(client: Client, item: str, version: str | None) -> int | None:
    if version is None:
        return None
    release = client.get("/releases/named", item=item, version=version)
    return int(release["id"])


def _range(row: dict[str, Any]) -> str:
    if row["options"]:
        return ", ".join(f"{code} {label}".strip() for code, label in row["options"])
    if row["minimum"] or row["maximum"]:
        return f"{row['minimum'] or '…'} to {row['maximum'] or '…'}"
    return ""


def _marks(row: dict[str, Any]) -> str:
    marks = ("is_secret", "secret"), ("is_counter", "counter"), ("is_individual", "individual")
    return ", ".join(word for name, word in marks if row[name])
