"""CISA's catalogue of known exploited vulnerabilities: a signal on a CVE, without versions."""

from datetime import date, datetime
from typing import Final

import msgspec

from longmark.core.formats.advisories.identifiers import is_cve
from longmark.core.formats.advisories.reading import RecordInvalid, instant, shortened, without_nul

MAX_BYTES: Final = 64 * 2**20


class KevEntry(msgspec.Struct, frozen=True):
    """One CVE of the catalogue."""

    identifier: str
    added_on: date
    due_on: date | None
    name: str
    action: str
    is_used_by_ransomware: bool
    notes: str


class KevCatalogue(msgspec.Struct, frozen=True):
    """One edition of the catalogue; `refusals` are entries that could not be read."""

    version: str
    released_at: datetime | None
    entries: tuple[KevEntry, ...]
    refusals: tuple[tuple[str, str], ...]


class _Entry(msgspec.Struct, rename="camel"):
    cve_id: str = msgspec.field(name="cveID")
    date_added: str
    due_date: str = ""
    vulnerability_name: str = ""
    required_action: str = ""
    known_ransomware_campaign_use: str = "Unknown"
    notes: str = ""


class _Catalogue(msgspec.Struct, rename="camel"):
    catalog_version: str
    vulnerabilities: list[msgspec.Raw]
    date_released: str = ""
    count: int | None = None


_decoder: Final = msgspec.json.Decoder(_Catalogue)
_entries: Final = msgspec.json.Decoder(_Entry)


def read(content: bytes) -> KevCatalogue:
    """Return the catalogue; an entry that cannot be read does not spoil the rest.

    Raises:
        RecordInvalid: it is not a KEV catalogue, or too large.
    """
    if len(content) > MAX_BYTES:
        raise RecordInvalid("The catalogue is larger than {limit} bytes.", limit=MAX_BYTES)
    try:
        catalogue = _decoder.decode(without_nul(content))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise RecordInvalid("This is no KEV catalogue: {reason}", reason=str(error)) from None
    entries, refusals = [], []
    for number, raw in enumerate(catalogue.vulnerabilities):
        try:
            entries.append(_entry(_entries.decode(raw)))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecordInvalid, RecursionError) as error:
            refusals.append((f"/vulnerabilities/{number}", str(error)))
    stated, found = catalogue.count, len(catalogue.vulnerabilities)
    if stated is not None and stated != found:
        refusals.append(("/count", f"The catalogue says {stated} entries and holds {found}."))
    return KevCatalogue(
        catalogue.catalog_version, instant(catalogue.date_released), tuple(entries), tuple(refusals)
    )


def _entry(entry: _Entry) -> KevEntry:
    added = instant(entry.date_added)
    due = instant(entry.due_date)
    if added is None or not is_cve(entry.cve_id):
        raise RecordInvalid("{identifier} has no CVE id or no day.", identifier=entry.cve_id[:40])
    return KevEntry(
        identifier=entry.cve_id,
        added_on=added.date(),
        due_on=due.date() if due else None,
        name=shortened(entry.vulnerability_name)[:500],
        action=shortened(entry.required_action),
        is_used_by_ransomware=entry.known_ransomware_campaign_use == "Known",
        notes=shortened(entry.notes),
    )
