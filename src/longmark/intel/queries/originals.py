"""Records as they were received, read anew: for those who ask why, and why not."""

from typing import Final

from longmark.core.errors import NotFound
from longmark.core.formats.advisories import partial
from longmark.core.formats.advisories.detection import Format
from longmark.core.formats.advisories.reading import RecordInvalid
from longmark.core.formats.advisories.records import AdvisoryRecord
from longmark.intel.models import Advisory, Vulnerability
from longmark.intel.queries.vulnerabilities import aliases_of, record_of, vulnerability

LIMIT_RECORDS: Final = 200
"""Records on one vulnerability that are read; the kernel's worst has about sixty."""


def records_on(name: str) -> tuple[list[AdvisoryRecord], frozenset[str]]:
    """Return the records on a vulnerability, or the one with this id, and the ids it goes by.

    Four queries at most; each record is decoded from its bytes.

    Raises:
        NotFound: nothing with this id was taken in.
    """
    try:
        found: Vulnerability | None = vulnerability(name)
    except NotFound:
        found = None
    rows = Advisory.objects.select_related("parcel").order_by("source", "record_id")
    if found:
        rows = rows.filter(subjects__vulnerability=found)
        identifiers = frozenset(aliases_of(found))
    else:
        rows = rows.filter(record_id__in={name.strip(), name.strip().upper()})
        identifiers = frozenset()
    records = [record for row in rows[:LIMIT_RECORDS] if (record := _read(row))]
    if not records and found is None:
        raise NotFound(
            "No advisory {name} is known here. It may be in a source that was not imported.",
            name=name,
        )
    return records, identifiers


def _read(row: Advisory) -> AdvisoryRecord | None:
    try:
        return partial.read(record_of(row), kind=Format(row.source))
    except RecordInvalid:
        return None
