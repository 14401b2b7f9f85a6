"""Lists: a stored file of units, read in chunks and told to workspaces, chunk by chunk."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain, islice, zip_longest
from uuid import UUID

from longmark.core.actors import Actor
from longmark.core.errors import LongmarkError
from longmark.core.formats.epcis.sheets import KIND as EPCIS
from longmark.core.formats.sheets.cells import text_of
from longmark.core.formats.sheets.headers import Column, Header, headers
from longmark.core.formats.sheets.mapping import guessed_map, mapped
from longmark.core.formats.sheets.reading import open_sheet
from longmark.core.formats.sheets.tables import Row, Sheet
from longmark.core.life.outcomes import CHANGED, CONTESTED, CREATED, REFUSED, UNCHANGED, Outcome
from longmark.fleet.queries import units as queries
from longmark.fleet.services.catalogue import Catalogue
from longmark.fleet.services.conflicts import ContestedRow, new_claims
from longmark.fleet.services.earlier import EarlierUnits
from longmark.fleet.services.keepers import KeeperBook
from longmark.fleet.services.naming import NameGuard
from longmark.fleet.services.placing import HostBook
from longmark.fleet.services.plans import RECOGNISE, Plan, recognised, zone_of
from longmark.fleet.services.rows import REQUIRED, Reading, RowReader
from longmark.fleet.services.rules import Contradicted, RowRefused, refusal
from longmark.fleet.services.statements import Statement, Told, tell_all
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
    contested: list[ContestedRow] = field(default_factory=list)
    known_claims: list[ContestedRow] = field(default_factory=list)
    dossiers: Mapping[UUID, Dossier] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        unsettled = len(self.contested) + len(self.known_claims)
        return len(self.told) + len(self.refused) + unsettled

    def counts(self, *, now: datetime) -> Counter[str]:
        """Return the columns of an import that count rows and events."""
        counted: Counter[str] = Counter(
            row_count=self.rows,
            refused_count=len(self.refused),
            contested_count=len(self.contested),
            unchanged_count=len(self.known_claims),
        )
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

    def outcomes(self) -> list[Outcome]:
        """Return what became of each row, in the order of the file."""
        found = [
            Outcome(reading.number, _became(told), told.dossier.id, told.events)
            for reading, told in self.told
        ]
        found += [Outcome(row.number, REFUSED) for row in self.refused]
        found += [Outcome(row.number, CONTESTED, row.unit) for row in self.contested]
        found += [Outcome(row.number, UNCHANGED, row.unit) for row in self.known_claims]
        return sorted(found, key=lambda outcome: outcome.row)

    def manifest(self, before: str) -> str:
        """Return the digest of what was taken, chained to the chunk before."""
        digest = hashlib.sha256(before.encode())
        for reading, told in self.told:
            line = f"{reading.number} {told.dossier.id.hex} {told.is_new:d} {told.event_count}\n"
            digest.update(line.encode())
        for row in self.refused:
            digest.update(f"{row.number} refused\n".encode())
        for claim in self.contested:
            digest.update(f"{claim.number} contested\n".encode())
        return digest.hexdigest()


def _contest(heard: Heard, workspace: Workspace, number: int, error: Contradicted) -> None:
    """Keep a claim about a unit that is known, if all that it names is known as well."""
    dossier = error.dossier
    if dossier.is_new or any(
        seat and seat.child and seat.child not in workspace.dossiers
        for seat in error.draft.slots.values()
    ):
        heard.refused.append(RefusedRow(number, dossier.serial, error))
        return
    heard.contested.append(ContestedRow(number, dossier.id, dossier.serial, error))


def _became(told: Told) -> str:
    if told.is_new:
        return CREATED
    return CHANGED if told.event_count else UNCHANGED


class UnitList:
    """An open file of units: its sheet, the meaning of its columns, and who hears its rows."""

    def __init__(self, sheet: Sheet, catalogue: Catalogue, plan: Plan = RECOGNISE) -> None:
        self.sheet = sheet
        is_epcis = sheet.kind == EPCIS  # its columns are ours, and mean what they say
        self.column_map, self.profile = recognised(sheet.header, plan)
        if is_epcis:
            self.column_map, self.profile = guessed_map(sheet.header), ""
        is_guess = is_epcis or (plan.column_map is None and not self.profile)
        understood = sheet if is_guess else mapped(sheet, self.column_map)
        self._rows = understood.rows
        self.headers = _as_stated(headers(understood.header, required=REQUIRED), sheet.header)
        self._catalogue = catalogue
        zone = zone_of(self.column_map)
        self._reader = RowReader(self.headers, catalogue, lru_cache(queries.serial_shapes), zone)
        self._keepers = KeeperBook()
        self._hosts = HostBook(catalogue)
        self._serial = next(
            (n for n, each in enumerate(self.headers) if each.column is Column.SERIAL), 0
        )

    def chunks(self, *, behind: int = 0) -> Iterator[list[Row]]:
        """Yield the rows behind a row number, some thousand at a time."""
        rows = (row for row in self._rows if row.number > behind)
        while chunk := self._chunk(rows):
            yield chunk

    def _chunk(self, rows: Iterator[Row]) -> list[Row]:
        with bulk.collector_paused():
            return list(islice(rows, CHUNK_ROWS))

    def look_at(self, rows: Sequence[Row], earlier: EarlierUnits, *, now: datetime) -> Heard:
        """Hear rows without a trace; ``earlier`` are units that earlier chunks would have made."""
        readings, refused = self._read(rows)
        self._keepers.look_up(reading.keepers for reading in readings)
        hosts = self._hosts.look_up(readings)
        made = earlier.among(
            unit.id for unit in (*(reading.statement.unit for reading in readings), *hosts)
        )
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
        hosts = self._hosts.look_up(readings)
        named = (
            unit for each in readings for said in each.statements for unit in said.identities()
        )
        workspace.open(chain(named, hosts))
        heard = Heard(refused=refused, dossiers=workspace.dossiers)
        names = NameGuard(readings)
        for unit in hosts:
            if unit.id in earlier and workspace.dossier(unit) is None:
                workspace.register(unit)
        for reading in self._hosts.in_turn(readings) if hosts else readings:
            unit = reading.statement.unit
            if unit.id in earlier and workspace.dossier(unit) is None:
                workspace.register(unit)
            try:
                names.check(reading, workspace.id_of(unit))
                said = self._hosts.statements(reading.placing, reading.statements[-1], workspace)
                told = tell_all(workspace, [*self._complete(reading), *said])
                heard.told.append((reading, told))
                names.note(reading, workspace.id_of(unit))
            except Contradicted as error:
                _contest(heard, workspace, reading.number, error)
            except LongmarkError as error:
                row = RefusedRow(reading.number, unit.serial, refusal(error))
                heard.refused.append(row)
        heard.refused.sort(key=lambda row: row.number)
        heard.contested, heard.known_claims = new_claims(heard.contested)
        return workspace, heard

    def _complete(self, reading: Reading) -> Sequence[Statement]:
        custody = self._keepers.custody(reading.keepers)
        if not custody:
            return reading.statements
        told = list(reading.statements)
        told[reading.keeping] = told[reading.keeping].kept_by(custody)
        return told


def _as_stated(found: Sequence[Header], texts: Sequence[str]) -> tuple[Header, ...]:
    """Let columns bear the names that they have in the file, for who reads of a refusal."""
    stated = zip_longest(found, texts)
    return tuple(Header(each.column, each.name, text or each.stated) for each, text in stated)


@contextmanager
def opened(digest: str, catalogue: Catalogue, plan: Plan = RECOGNISE) -> Iterator[UnitList]:
    """Open a list that is kept as a blob, to be understood by a plan.

    Raises:
        NotFound: the blob is gone.
        Invalid: it is no list of units; the message says why and what to do.
    """
    with ledger.open_blob(digest) as file:
        yield UnitList(open_sheet(file, plan.how), catalogue, plan)
