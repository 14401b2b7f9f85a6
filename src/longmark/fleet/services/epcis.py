"""EPCIS in: what other systems capture is staged and taken as a list of units is."""

from datetime import datetime
from typing import BinaryIO

from longmark.core.actors import Actor
from longmark.core.errors import Invalid
from longmark.core.formats.epcis.sheets import PROBE_BYTES, is_epcis
from longmark.fleet.models import Import
from longmark.fleet.queries import imports as queries
from longmark.fleet.services import imports


def capture(
    file: BinaryIO, *, filename: str, is_all_or_nothing: bool, actor: Actor, now: datetime
) -> Import:
    """Keep a document and look at it, to be taken; one that is to be taken whole and cannot be is
    thrown away, with its reasons.

    Raises:
        Invalid: it is no EPCIS document.
    """
    start = file.read(PROBE_BYTES)
    file.seek(0)
    if not is_epcis(start):
        raise Invalid("This is no EPCIS 2.0 document in JSON.", field="file")
    staged = imports.stage_import(
        file, filename=filename, is_all_or_nothing=is_all_or_nothing, actor=actor, now=now
    )
    if is_all_or_nothing and staged.refused_count:
        imports.discard_import(staged, actor=actor, now=now)
    return queries.import_(staged.pk)
