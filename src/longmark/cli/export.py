"""``longmark sbom export``: a release as one document, in the format that is asked for."""

import argparse
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from longmark.cli import output
from longmark.cli.client import Client
from longmark.cli.handing_in import awaited
from longmark.core.formats.sboms.writing.formats import WRITINGS, ExportFormat
from longmark.core.formats.sboms.writing.release import Variant

STANDARD_OUTPUT: Final = "-"


def add_to(acts: Any) -> None:
    """Add the act to the verb's parser."""
    export = acts.add_parser(
        "export", help="a release as one document: all its SBOMs merged, CycloneDX or SPDX"
    )
    export.add_argument("item", help="name or number, as in tg200-fw")
    export.add_argument("release", metavar="version", help="as in 2.3.1")
    export.add_argument(
        "--format",
        choices=[each.value for each in ExportFormat],
        default=ExportFormat.CYCLONEDX_1_6_JSON.value,
        help="cyclonedx-1.6-json if none is said",
    )
    export.add_argument(
        "--variant",
        choices=[each.value for each in Variant],
        default=Variant.INVENTORY.value,
        help="with what is known to be wrong, or without (CycloneDX only)",
    )
    export.add_argument(
        "-o", "--output", default="", metavar="FILE", help="the file to write; - prints it"
    )
    export.set_defaults(act=export_release, is_server_verb=False)


def export_release(client: Client, arguments: argparse.Namespace) -> int:
    """Write a release into a file, and say which."""
    release = client.get("/releases/named", item=arguments.item, version=arguments.release)
    path, wanted = f"/releases/{release['id']}/sbom", vars(arguments)
    asked = {"format": wanted["format"], "variant": wanted["variant"]}
    if arguments.output == STANDARD_OUTPUT:
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / _filename(arguments)
            _download(client, path, target, asked)
            sys.stdout.write(target.read_text())
        return 0
    target = Path(arguments.output or _filename(arguments))
    _download(client, path, target, asked)
    if arguments.json:
        output.as_json({"file": str(target), "bytes": target.stat().st_size, **asked})
    else:
        output.line(f"{target}: {output.count(target.stat().st_size)} bytes, {asked['format']}")
    return 0


def _download(client: Client, path: str, target: Path, asked: Mapping[str, object]) -> None:
    """Write the file, having waited for the job that makes it where it is large."""
    job_id = client.download(path, target, **asked)
    if job_id is not None:
        awaited(client, {"job_id": job_id}, target.name)
        client.download(path, target, **asked)


def _filename(arguments: argparse.Namespace) -> str:
    stem = f"{arguments.item}-{arguments.release}".replace("/", "-").replace("\\", "-")
    return f"{stem}.{WRITINGS[ExportFormat(arguments.format)].suffix}"
