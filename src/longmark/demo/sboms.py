"""The bills of materials of the demo company, added on the day of each release."""

from datetime import datetime
from functools import partial

from longmark.demo import documents
from longmark.demo.parts import Bill, Firmware, firmware
from longmark.demo.stage import Stage
from longmark.sboms.services import documents as sboms

SUPPLIER = "Fieldlink Systems Oy"
IN_XML = ("tg700-fw", "3.0", "root-file-system")
IN_SPDX = ("tg700-fw", "4.2", "kernel")


def plan(stage: Stage) -> None:
    """Plan the documents of each release for the noon of its day."""
    for made in firmware().values():
        for release, bills in made.bills.items():
            for bill in bills:
                at = stage.instant(made.ages[release], 12)
                stage.plan(at, partial(_add, stage, made, bill))


def _add(stage: Stage, made: Firmware, bill: Bill, at: datetime) -> None:
    filename, content = written(bill, at)
    sboms.add_document(
        stage.releases[bill.item, bill.release],
        content,
        filename=filename,
        label=bill.label if len(made.bills[bill.release]) > 1 else "",
        actor=stage.actor("finn"),
        now=at,
    )


def written(bill: Bill, at: datetime) -> tuple[str, bytes]:
    """Return the document of a bill with its file name, in the format of whoever wrote it."""
    stem = "-".join((bill.item, bill.release, bill.label)).replace(" ", "-").lower()
    place = (bill.item, bill.release, bill.label)
    if bill.item == "tgmb-fw" and bill.release != "1.4":
        return f"{stem}.spdx", documents.spdx_tags(bill, at, creator=SUPPLIER)
    if place == IN_XML:
        return f"{stem}.cdx.xml", documents.cyclonedx_xml(bill, at)
    if place == IN_SPDX:
        return f"{stem}.spdx.json", documents.spdx_json(bill, at)
    return f"{stem}.cdx.json", documents.cyclonedx_json(bill, at)
