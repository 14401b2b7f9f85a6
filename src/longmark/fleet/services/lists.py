"""Lists: a stored file of units, read in chunks and told to workspaces, chunk by chunk."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice
from uuid import UUID

from longmark.core.actors import Actor
from longmark.core.errors import LongmarkError
from longmark.core.formats.sheets.cells import text_of
from longmark.core.formats.sheets.headers import Column, Header, headers
from longmark.core.formats.sheets.reading import open_sheet
from longmark.core.formats.sheets.tables import Row, Sheet
from longmark.fleet.queries import units as queries
from longmark.fleet.services.catalogue import Catalogue
from longmark.fleet.services.earlier import EarlierUnits
from longmark.fleet.services.keepers import KeeperBook
from longmark.fleet.services.rows import REQUIRED, Reading, RowReader
from longmark.fleet.services.rules import RowRefused, refusal
from longmark.fleet.services.statements import Statement, Told, tell
from longmark.fleet.services.workspace import Dossier, Workspace
from longmark.foundation import bulk
from longmark.ledger import queries as ledger

CHUNK_ROWS = 5_000
LATE_AFTER = timedelta(days=7)


@dataclass(frozen=True)
class RefusedRow:
    """A row that cannot be taken."""

    number: int
    serial: str
    error: RowRefused


@dataclass
class Heard:
    """What the rows of a chunk did to a workspace."""

    told: list[tuple[Reading, Told]] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    dossiers: Mapping[UUID, Dossier] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return len(self.told) + len(self.refused)

    def counts(self, *, now: datetime) -> Counter[str]:
        """Return the columns of an import that count rows and events."""
        counted: Counter[str] = Counter(row_count=self.rows, refused_count=len(self.refused))
        for reading, told in self.told:
            counted["event_count"] += told.event_count
            if told.is_new:
                counted["created_count"] += 1
            elif told.event_count:
                counted["changed_count"] += 1
                counted["late_count"] += now - reading.statement.occurred_at > LATE_AFTER
            else:
                counted["unchanged_count"] += 1
        return counted

    def manifest(self, before: str) -> str:
        """Return the digest of what was taken, chained to the chunk before."""
        digest = hashlib.sha256(before.encode())
        for reading, told in self.told:
            line = f"{reading.number} {told.dossier.id.hex} {told.is_new:d} {told.event_count}\n"
            digest.update(line.encode())
        for row in self.refused:
            digest.update(f"{row.number} refused\n".encode())
        return digest.hexdigest()


class UnitList:
    """An open file of units: its sheet, the meaning of its columns, and who hears its rows."""

    def __init__(self, sheet: Sheet, catalogue: Catalogue) -> None:
        self.sheet = sheet
        self.headers: tuple[Header, ...] = headers(sheet.header, required=REQUIRED)
        self._catalogue = catalogue
        self._reader = RowReader(self.headers, catalogue, lru_cache(queries.serial_shapes))
        self._keepers = KeeperBook()
        self._serial = next(
            (n for n, each in enumerate(self.headers) if each.column is Column.SERIAL), 0
        )

    def chunks(self, *, behind: int = 0) -> Iterator[list[Row]]:
        """Yield the rows behind a row number, some thousand at a time."""
        rows = (row for row in self.sheet.rows if row.number > behind)
        while chunk := self._chunk(rows):
            yield chunk

    def _chunk(self, rows: Iterator[Row]) -> list[Row]:
        with bulk.collector_paused():
            return list(islice(rows, CHUNK_ROWS))

    def look_at(self, rows: Sequence[Row], earlier: EarlierUnits, *, now: datetime) -> Heard:
        """Hear rows without a trace; ``earlier`` are units that earlier chunks would have made."""
        readings, refused = self._read(rows)
        self._keepers.look_up(reading.keepers for reading in readings)
        made = earlier.among(reading.statement.unit.id for reading in readings)
        _, heard = self._hear(readings, refused, made, now=now)
        earlier.add(told.dossier.id for _, told in heard.told if told.is_new)
        return heard

    def take(self, rows: Sequence[Row], *, actor: Actor, now: datetime) -> tuple[Workspace, Heard]:
        """Hear rows and register the parties they name; the caller settles the workspace."""
        readings, refused = self._read(rows)
        keepers = [reading.keepers for reading in readings]
        self._keepers.register(keepers, actor=actor, now=now)
        return self._hear(readings, refused, frozenset(), now=now)

    def _read(self, rows: Sequence[Row]) -> tuple[list[Reading], list[RefusedRow]]:
        readings, refused = [], []
        for row in rows:
            try:
                readings.append(self._reader.read(row))
            except LongmarkError as error:
                serial = text_of(row.cells[self._serial])
                refused.append(RefusedRow(row.number, serial, refusal(error)))
        return readings, refused

    def _hear(
        self,
        readings: Sequence[Reading],
        refused: list[RefusedRow],
        earlier: frozenset[UUID],
        *,
        now: datetime,
    ) -> tuple[Workspace, Heard]:
        workspace = Workspace(self._catalogue, now=now)
        workspace.open(unit for each in readings for unit in each.statement.identities())
        heard = Heard(refused=refused, dossiers=workspace.dossiers)
        for reading in readings:
            statement = self._complete(reading)
            if statement.unit.id in earlier and workspace.dossier(statement.unit) is None:
                workspace.register(statement.unit)
            try:
                heard.told.append((reading, tell(workspace, statement)))
            except LongmarkError as error:
                row = RefusedRow(reading.number, statement.unit.serial, refusal(error))
                heard.refused.append(row)
        heard.refused.sort(key=lambda row: row.number)
        return workspace, heard

    def _complete(self, reading: Reading) -> Statement:
        custody = self._keepers.custody(reading.keepers)
        return reading.statement.kept_by(custody) if custody else reading.statement


@contextmanager
def opened(digest: str, catalogue: Catalogue) -> Iterator[UnitList]:
    """Open a list that is kept as a blob.

    Raises:
        NotFound: the blob is gone.
        Invalid: it is no list of units; the message says why and what to do.
    """
    with ledger.open_blob(digest) as file:
        yield UnitList(open_sheet(file), catalogue)
