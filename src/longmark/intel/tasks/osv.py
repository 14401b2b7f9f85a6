"""OSV's bucket: an archive per ecosystem, single records, and lists of what changed when.

`modified_id.csv` names every record of an ecosystem with the instant of its last change. It is
compared with what is here: what is newer, and what is missing for whatever reason, is fetched;
one by one if it is little, else the whole archive. So a mirror that was left half done mends
itself, and how complete it is, is counted, not assumed. An ecosystem that fails does not stop
the others.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from longmark.core.errors import Invalid, LongmarkError
from longmark.core.formats.advisories.detection import Format
from longmark.core.formats.advisories.reading import RecordInvalid, checked_id, instant
from longmark.core.formats.advisories.records import Source
from longmark.intel.queries import intakes
from longmark.intel.tasks import packets
from longmark.intel.tasks.errands import Errand

ARCHIVE_FROM: Final = 500  # records; as many single requests would take longer
CHUNK_RECORDS: Final = 200
COMPARED_TOGETHER: Final = 1_000
GIVEN_UP_LIMIT: Final = 2_000

Change = tuple[datetime, str]


@dataclass
class _Comparison:
    """The list of upstream against what is here."""

    upstream_count: int = 0
    known_count: int = 0
    newest: datetime | None = None
    changed: list[Change] = field(default_factory=list)
    missing: list[Change] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    """All that are not here, those included that cannot be had."""


def follow(errand: Errand) -> None:
    """Bring every chosen ecosystem up to date."""
    ecosystems = errand.option("ecosystems")
    if not ecosystems:
        raise Invalid("No ecosystem is chosen: name at least one.", field="ecosystems")
    for ecosystem in ecosystems:
        try:
            _follow(errand, ecosystem)
        except LongmarkError as error:
            errand.remark(str(error))
            errand.problems.append(f"{ecosystem}: {error}")
    states = [errand.marks[name] for name in ecosystems if name in errand.marks]
    errand.feed.upstream_count = sum(one["upstream"] for one in states)
    errand.feed.known_count = sum(one["known"] for one in states)
    errand.feed.is_whole = len(states) == len(ecosystems)


def _follow(errand: Errand, ecosystem: str) -> None:
    folder = f"{errand.feed.address}/{quote(ecosystem)}"
    url = f"{folder}/modified_id.csv"
    errand.step("look", ecosystem)
    fetched = errand.fetch(url, f"{ecosystem}-modified_id.csv")
    if fetched is None:
        errand.remark("unchanged")
        return
    state = dict(errand.marks.get(ecosystem) or {})
    found = _compared(fetched.path, state)
    if "at" not in state or len(found.changed) + len(found.missing) > ARCHIVE_FROM:
        _take_archive(errand, ecosystem, folder, state, found)
        found = _compared(fetched.path, state)
    wanted = sorted({*found.changed, *found.missing[:GIVEN_UP_LIMIT]})
    _take_records(errand, ecosystem, folder, state, wanted)
    found = _compared(fetched.path, state)
    state |= _state(found, given_up=found.absent)
    errand.marks[ecosystem] = state
    errand.feed.validators[url] = list(fetched.validator)
    errand.remark(f"{found.known_count} of {found.upstream_count} records are here")
    fetched.path.unlink()


def _state(found: _Comparison, given_up: list[str]) -> dict[str, Any]:
    return {
        "at": found.newest.isoformat() if found.newest else "",
        "upstream": found.upstream_count,
        "known": found.known_count,
        "given_up": given_up[:GIVEN_UP_LIMIT],
    }


def _take_archive(
    errand: Errand, ecosystem: str, folder: str, state: dict[str, Any], found: _Comparison
) -> None:
    """Take in all of an ecosystem at once."""
    errand.step("fetch", f"{ecosystem}/all.zip")
    url = f"{folder}/all.zip"
    archive = errand.client.fetch(url, errand.path(f"{ecosystem}-all.zip"))
    assert archive is not None, "it was asked for without a condition"
    errand.step("take", f"{ecosystem}/all.zip")
    # The list is older than the archive: what changed in between comes with the next run.
    state |= _state(found, given_up=[])
    errand.take(
        archive.path,
        filename=f"osv-{ecosystem}-all.zip",
        expected=Format.OSV,
        marks={ecosystem: state},
    )


def _take_records(
    errand: Errand, ecosystem: str, folder: str, state: dict[str, Any], wanted: list[Change]
) -> None:
    """Take in single records, the oldest change first, so that the mark may follow."""
    rest = iter(wanted)
    while chunk := list(islice(rest, CHUNK_RECORDS)):
        errand.step("fetch", f"{ecosystem}: {len(chunk)} records")
        packet = packets.Packet(errand, f"{ecosystem}-records.zip")
        for _, identifier in chunk:
            packet.add(f"{identifier}.json", f"{folder}/{quote(identifier)}.json")
        state["at"] = max(state["at"], chunk[-1][0].isoformat())
        packet.take(f"osv-{ecosystem}-changed.zip", Format.OSV, marks={ecosystem: state})


def _compared(path: Path, state: dict[str, Any]) -> _Comparison:
    """Compare a list with the database, a thousand lines at a time."""
    found = _Comparison()
    mark = instant(state.get("at", ""))
    given_up = frozenset(state.get("given_up", ()))
    lines = _lines(path)
    while chunk := list(islice(lines, COMPARED_TOGETHER)):
        known = intakes.known_records(Source.OSV, (identifier for _, identifier in chunk))
        found.upstream_count += len(chunk)
        found.known_count += len(known)
        newest = max(at for at, _ in chunk)
        found.newest = max(found.newest or newest, newest)
        for at, identifier in chunk:
            if identifier not in known:
                found.absent.append(identifier)
                if identifier not in given_up or (mark and at > mark):
                    found.missing.append((at, identifier))
            elif mark and at >= mark and known[identifier] < at:
                found.changed.append((at, identifier))
    return found


def _lines(path: Path) -> Iterator[Change]:
    """Yield what a list names; it is bounded by what a request may bring."""
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, start=1):
            at, _, name = line.strip().partition(",")
            moment = instant(at)
            if not name and not at:
                continue
            try:
                identifier = checked_id(name)
            except RecordInvalid:
                identifier = ""
            if moment is None or not identifier or "/" in identifier:
                raise Invalid(
                    "Line {number} of modified_id.csv is no instant and id: {line}",
                    number=number,
                    line=repr(line[:80]),
                )
            yield moment, identifier
