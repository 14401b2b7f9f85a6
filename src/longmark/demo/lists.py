"""Facts as the lists that clerks drop: the works in English, the service in German."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from longmark.core.life.events import Evidence, Kind
from longmark.demo.lives import Desk, Fact
from longmark.demo.stage import Stage

FIRST_COLUMNS = ("item", "serial", "event", "date", "evidence", "source")


@dataclass(frozen=True, slots=True)
class Manner:
    """How a desk writes: its headers and words, where they differ, dates and delimiter."""

    delimiter: str
    date: str
    encoding: str
    headers: Mapping[str, str]
    events: Mapping[Kind, str]
    levels: Mapping[Evidence, str]


ENGLISH = Manner(",", "%Y-%m-%d", "utf-8", {}, {}, {})
GERMAN = Manner(
    ";",
    "%d.%m.%Y",
    "utf-8-sig",
    {
        "item": "Artikel",
        "serial": "Seriennummer",
        "event": "Ereignis",
        "date": "Datum",
        "evidence": "Nachweis",
        "source": "Beleg",
        "customer": "Kunde",
        "site": "Standort",
        "country": "Land",
        "distributor": "Händler",
        "RMA number": "RMA-Nummer",
    },
    {
        Kind.SOFTWARE_CHANGED: "aktualisiert",
        Kind.PARAMETERS_CHANGED: "umparametriert",
        Kind.RETURNED: "Retoure",
        Kind.REPAIRED: "Reparatur",
        Kind.RMA_CLOSED: "RMA abgeschlossen",
        Kind.SWAPPED: "getauscht",
        Kind.SHIPPED: "ausgeliefert",
        Kind.SCRAPPED: "verschrottet",
    },
    {
        Evidence.ASSUMED: "angenommen",
        Evidence.DECLARED: "angegeben",
        Evidence.REPORTED: "gemeldet",
        Evidence.CONFIRMED: "bestätigt",
        Evidence.VERIFIED: "geprüft",
    },
)
MANNERS = {Desk.WORKS: ENGLISH, Desk.SERVICE: GERMAN, Desk.LATE: GERMAN}


def written(facts: Iterable[Fact], stage: Stage, manner: Manner) -> bytes:
    """Return a list of facts, earliest first, as its desk writes it."""
    rows = sorted(facts, key=lambda fact: -fact.age)
    columns = _columns(rows)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=manner.delimiter, lineterminator="\r\n")
    writer.writerow([manner.headers.get(column, column) for column in (*FIRST_COLUMNS, *columns)])
    for fact in rows:
        stated = _first_cells(fact, stage, manner)
        writer.writerow([*stated, *(fact.cells.get(column, "") for column in columns)])
    return out.getvalue().encode(manner.encoding)


def _columns(rows: Sequence[Fact]) -> list[str]:
    return sorted({column for fact in rows for column in fact.cells})


def _first_cells(fact: Fact, stage: Stage, manner: Manner) -> tuple[str, ...]:
    return (
        fact.item,
        fact.serial,
        manner.events.get(fact.kind, fact.kind.value),
        f"{stage.day(fact.age):{manner.date}}",
        manner.levels.get(fact.evidence, fact.evidence.word),
        fact.source,
    )
