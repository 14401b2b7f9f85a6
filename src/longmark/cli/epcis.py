"""``longmark epcis``: events of EPCIS 2.0 in and out."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from longmark.cli import output, units
from longmark.cli.client import Client
from longmark.cli.one_unit import unit_named
from longmark.core.formats.epcis.writing import document

STANDARD_OUTPUT: Final = "-"
PER_PAGE: Final = 200


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    epcis = verbs.add_parser("epcis", help="what happened to units, as EPCIS 2.0 events")
    acts = epcis.add_subparsers(dest="act_name", metavar="ACT", required=True)
    add = acts.add_parser(
        "import", help="import a document (JSON-LD); shows what it would do, does it with --take"
    )
    units.add_import_arguments(add)
    export = acts.add_parser("export", help="what happened to all units, or to one")
    export.add_argument("serial", nargs="?", help="one unit only")
    export.add_argument("--item", help="if two items have this serial number")
    export.add_argument("--since", metavar="INSTANT", help="what happened then or later")
    export.add_argument("--before", metavar="INSTANT", help="what happened earlier")
    export.add_argument("--recorded-since", metavar="INSTANT", help="what was told then or later")
    export.add_argument(
        "-o", "--output", default=STANDARD_OUTPUT, metavar="FILE", help="the file; - prints it"
    )
    export.set_defaults(act=export_events, is_server_verb=False)


def export_events(client: Client, arguments: argparse.Namespace) -> int:
    """Write events into a document, page by page; the file is there whole or not at all."""
    head = json.dumps(document([], now=datetime.now(UTC)))
    begin, end = head[:-3], head[-3:]  # the list of events is empty, and comes last
    events = _events(client, arguments)
    first = next(events, None)  # so that what is wrong is told before anything is written
    target = Path(arguments.output)
    part = target.with_name(f"{target.name}.part")
    count = 0
    with ExitStack() as opened:
        is_printed = arguments.output == STANDARD_OUTPUT
        file = sys.stdout if is_printed else opened.enter_context(part.open("w", encoding="utf-8"))
        opened.callback(part.unlink, missing_ok=True)
        file.write(begin)
        while first is not None:
            file.write(("," if count else "") + "\n" + json.dumps(first))
            count += 1
            first = next(events, None)
        file.write(f"\n{end}\n")
        if not is_printed:
            file.flush()
            part.replace(target)
    if not is_printed:
        output.line(f"{target}: {output.count(count)} events")
    return 0


def _events(client: Client, arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    path = "/epcis/events"
    if arguments.serial:
        path = f"/units/{unit_named(client, arguments)['id']}/epcis"
    asked = {
        "GE_eventTime": arguments.since,
        "LT_eventTime": arguments.before,
        "GE_recordTime": arguments.recorded_since,
    }
    for page in client.linked(path, perPage=PER_PAGE, **asked):
        yield from page["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
