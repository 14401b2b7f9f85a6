"""``longmark feed bundle``: carry advisories to and from sites without network."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from longmark.cli import output
from longmark.cli.client import Client

REFUSED = 3


def add_to(acts: Any) -> None:
    """Add the act to the parser of feeds."""
    bundle = acts.add_parser("bundle", help="carry advisories to and from sites without network")
    verbs = bundle.add_subparsers(dest="bundle_act", metavar="DO", required=True)
    out = verbs.add_parser(
        "export", help="pack what is known here into one signed file; its key beside it"
    )
    out.add_argument("file", metavar="FILE", type=Path)
    out.add_argument(
        "--since", metavar="DATE", help="only what is newer, as 2026-11-01 or an instant"
    )
    out.set_defaults(act=export, is_server_verb=False)
    back = verbs.add_parser("import", help="take in such a file, if the key signed it")
    back.add_argument("file", metavar="FILE", type=Path)
    back.add_argument(
        "--key", metavar="PUBLIC", type=Path, required=True, help="the public key, got another way"
    )
    back.set_defaults(act=take_in, is_server_verb=False)
    listed = verbs.add_parser("list", help="bundles that were made and taken in here")
    listed.add_argument("--limit", type=int, default=20)
    listed.set_defaults(act=show, is_server_verb=False)


def export(client: Client, arguments: argparse.Namespace) -> int:
    """Have a bundle made, and fetch it with the public key."""
    target = arguments.file
    if target.is_dir() or not target.absolute().parent.is_dir():
        return _wrong(f"{target} is no file in a folder that is there.")
    body = {"since": _instant(arguments.since)} if arguments.since else {}
    started = client.post("/feed-bundles", body)
    if not _watched(client, started, "packing"):
        return REFUSED
    place = f"/feed-bundles/{started['bundle_id']}"
    client.download(f"{place}/file", target)
    key = target.with_name(f"{target.name}.key.asc")
    key.write_text(client.get(f"{place}/key")["key"], encoding="ascii")
    made = client.get(place)
    if arguments.json:
        output.as_json(made | {"file": str(target), "key": str(key)})
        return 0
    output.line(f"{target}: {output.count(made['record_count'])} records, {_size(made)}")
    output.line(f"{key}: the public key {made['signer']}")
    if made["left_out_count"]:
        output.line(f"{output.count(made['left_out_count'])} are marked TLP:RED and left out.")
    _print_sources(made)
    output.hint(
        "Carry the key once, and another way than the file: whoever has both could swap both."
    )
    return 0


def take_in(client: Client, arguments: argparse.Namespace) -> int:
    """Hand a bundle in, and wait until it is taken in."""
    for file in (arguments.file, arguments.key):
        if not file.is_file():
            return _wrong(f"{file} is not a file.")
    parts = [("file", arguments.file), ("key", arguments.key)]
    started = client.send_files("/feed-bundles/import", parts)
    is_taken = _watched(client, started, arguments.file.name)
    brought = client.get(f"/feed-bundles/{started['bundle_id']}")
    if arguments.json:
        output.as_json(brought)
    elif is_taken:
        output.line(f"made {output.moment(brought['made_at'])}, signed by {brought['signer']}")
        _print_sources(brought)
    return 0 if is_taken else REFUSED


def show(client: Client, arguments: argparse.Namespace) -> int:
    """List the bundles."""
    rows = list(client.pages("/feed-bundles", limit=arguments.limit))
    if arguments.json:
        output.as_json(rows)
        return 0
    output.table(
        ["Bundle", "", "State", "Made", "Since", "#Records", "Signed by", "Why not"],
        [
            (
                row["filename"] or row["id"],
                row["direction"],
                row["state"],
                output.moment(row["made_at"]),
                output.moment(row["since"]),
                row["record_count"],
                row["signer"][-16:],
                row["note"],
            )
            for row in rows
        ],
    )
    return 0


def _watched(client: Client, started: dict[str, Any], title: str) -> bool:
    with output.job_progress(title) as report:
        ended = client.watch_job(started["job_id"], report)
    is_done: bool = ended["state"] == "done"
    (output.hint if is_done else output.complain)(ended["outcome"])
    return is_done


def _print_sources(bundle: dict[str, Any]) -> None:
    output.table(
        ["Source", "As of", "Whole"],
        [
            (
                row["name"],
                output.moment(row["as_of"]),
                "yes" if row["is_whole"] else "not known to be",
            )
            for row in bundle["sources"]
        ],
    )


def _instant(text: str) -> str:
    """Return a day or an instant as the API takes it; a day begins at midnight, UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SystemExit(_wrong(f"--since {text} is no date, as in 2026-11-01.")) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


def _size(bundle: dict[str, Any]) -> str:
    return f"{bundle['size_bytes'] / 1e6:,.1f} MB"


def _wrong(text: str) -> int:
    output.complain(text)
    return 2
