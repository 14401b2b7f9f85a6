"""``longmark facts``: what a build says of itself, handed over for a release."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from longmark.cli import output
from longmark.cli.client import Client
from longmark.cli.handing_in import handed_in
from longmark.cli.sbom import must_be_a_file, named_release
from longmark.core.formats.facts.kbuild import SUFFIXES, Tree, written

WRONG_USE: Final = 2
MAKEFILES: Final = ("Makefile", "Kbuild")
_VERSION_PARTS: Final = ("VERSION", "PATCHLEVEL", "SUBLEVEL")


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    facts = verbs.add_parser("facts", help="facts of a build: add, list, withdraw")
    acts = facts.add_subparsers(dest="act_name", metavar="ACT", required=True)
    add = acts.add_parser("add", help="add files of facts to a release; see what they settle")
    add.add_argument("files", metavar="FILE", type=Path, nargs="+")
    _add_release(add)
    add.set_defaults(act=add_facts, is_server_verb=False)
    listing = acts.add_parser("list", help="the files of facts of a release, and what they settle")
    _add_release(listing)
    listing.set_defaults(act=list_facts, is_server_verb=False)
    withdraw = acts.add_parser("withdraw", help="let a file no longer count; findings open again")
    withdraw.add_argument("id", type=int, help="its number, as listed")
    withdraw.add_argument("--reason", required=True)
    withdraw.set_defaults(act=withdraw_facts, is_server_verb=False)
    kbuild = acts.add_parser(
        "kbuild-map",
        help="which options each file of a Linux tree needs; needs no data folder",
        description="Reads the Makefiles of a kernel source tree, of the very version that is"
        " built, and writes a map to hand over with the .config.",
    )
    kbuild.add_argument("source", metavar="SRC", type=Path, help="the root of the source tree")
    kbuild.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    kbuild.set_defaults(act=map_kbuild, is_server_verb=False, is_offline=True)


def _add_release(parser: Any) -> None:
    parser.add_argument("--item", required=True, help="name or number, as in tg700-fw")
    parser.add_argument("--version", required=True, dest="release", help="as in 4.2")
    parser.set_defaults(create_release=False)


def add_facts(client: Client, arguments: argparse.Namespace) -> int:
    """Add files to a release, and print what its facts settle."""
    for file in arguments.files:
        must_be_a_file(file)
    release = named_release(client, arguments)
    path = f"/releases/{release['id']}/facts"
    added = [handed_in(client, path, file) for file in arguments.files]
    settled = client.get(f"/releases/{release['id']}/settled")
    if arguments.json:
        output.as_json({"release": release, "facts": added, "settled": settled})
        return 0
    for document in added:
        output.line(f"{document['filename']}: {_described(document)}")
        for defect in document["defects"][:5]:
            output.hint(f"  {defect}")
    _print_settled(settled)
    return 0


def list_facts(client: Client, arguments: argparse.Namespace) -> int:
    """Print the files of facts of a release, and what they settle."""
    release = named_release(client, arguments)
    documents = list(client.pages(f"/releases/{release['id']}/facts", limit=1_000))
    settled = client.get(f"/releases/{release['id']}/settled")
    if arguments.json:
        output.as_json({"release": release, "facts": documents, "settled": settled})
        return 0
    output.table(
        ["#Number", "File", "Kind", "#Facts", "", "Since"],
        [
            (
                row["id"],
                row["filename"] or row["digest"][:12],
                row["kind"] + (" in an SBOM" if row["sbom_id"] else ""),
                row["fact_count"],
                "counts" if row["is_current"] else "history",
                output.moment(row["recorded_at"]),
            )
            for row in documents
        ],
    )
    output.line()
    _print_settled(settled)
    return 0


def withdraw_facts(client: Client, arguments: argparse.Namespace) -> int:
    """Let a file of facts no longer count."""
    document = client.post(f"/facts/{arguments.id}/withdrawal", {"reason": arguments.reason})
    if arguments.json:
        output.as_json(document)
    else:
        output.line(f"{document['filename'] or document['id']} no longer counts.")
    return 0


def _described(document: dict[str, Any]) -> str:
    tool = f", {document['tool']}" if document["tool"] else ""
    return f"{document['kind']}{tool}, {output.count(document['fact_count'])} facts"


def _print_settled(settled: dict[str, Any]) -> None:
    total, count = output.count(settled["total"]), output.count(settled["settled"])
    output.line(f"{total} findings, {count} settled by facts.")
    if settled["exploited"]:
        output.line(
            f"{output.count(settled['exploited'])} of those are known to be exploited:"
            " look at each.",
            style="yellow",
        )
    if settled["by_rule"]:
        rows = [(row["rule"], row["count"]) for row in settled["by_rule"]]
        output.table(["Rule", "#Findings"], rows)


def map_kbuild(arguments: argparse.Namespace) -> int:
    """Write the map of a kernel source tree."""
    source: Path = arguments.source
    if not (source / "init" / "main.c").is_file() or not (source / "Makefile").is_file():
        output.complain(f"{source} is not the root of a Linux source tree: it has no init/main.c.")
        return WRONG_USE
    tree = _tree(source)
    document = written(tree)
    try:
        arguments.output.write_text(json.dumps(document, separators=(",", ":")), encoding="utf-8")
    except OSError as error:
        output.complain(f"{arguments.output} cannot be written: {error.strerror}")
        return WRONG_USE
    files: Any = document["files"]
    ruled = sum(bool(chains) for chains in files.values())
    if arguments.json:
        output.as_json({"version": tree.version, "files": len(files), "with_rule": ruled})
    else:
        output.line(
            f"Linux {tree.version}: {output.count(len(files))} source files,"
            f" {output.count(ruled)} with a known rule, in {arguments.output}"
        )
    return 0


def _tree(source: Path) -> Tree:
    tree = Tree(version=_version(source))
    for path in _files(source):
        name = path.relative_to(source).as_posix()
        folder = path.parent.relative_to(source).as_posix()
        if path.name in MAKEFILES:
            key = "" if folder == "." else folder
            content = path.read_text(encoding="utf-8", errors="replace")
            tree.makefiles[key] = tree.makefiles.get(key, "") + "\n" + content
        else:
            tree.add_source(name, path.read_bytes())
    return tree


def _files(source: Path) -> Iterator[Path]:
    """Yield Makefiles and sources, never by a link."""
    for path in sorted(source.rglob("*")):
        is_wanted = path.name in MAKEFILES or path.suffix in SUFFIXES
        if is_wanted and not path.is_symlink() and path.is_file():
            yield path


def _version(source: Path) -> str:
    lines = (source / "Makefile").read_text(encoding="utf-8", errors="replace").splitlines()[:20]
    stated = dict(line.replace(" ", "").partition("=")[::2] for line in lines if "=" in line)
    return ".".join(stated.get(part, "") or "0" for part in _VERSION_PARTS)
