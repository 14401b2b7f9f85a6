"""What real servers answered, read again: see recorded/README.md for which, and how."""

from collections.abc import Iterator
from datetime import UTC, datetime
from types import ModuleType

import pytest

from longmark.connections.models import SourceUnit, UnitNote
from longmark.connections.queries import connections as queries
from longmark.connections.services import notes
from longmark.connections.tasks import noting
from longmark.connections.tasks.calling import Caller
from longmark.core.actors import SYSTEM
from longmark.core.errors import Refused
from longmark.core.formats.connectors import erpnext, inventree, odoo
from longmark.core.vocabulary import ConnectedSystem
from longmark.fleet.models import Event, Unit
from longmark.foundation.client import Client
from longmark.parties.models import Party
from tests.connections.conftest import Reporting, connected_as, pull
from tests.connections.players import played
from tests.connections.replay import Recorded
from tests.world import a_board, a_product

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("makers")]

AFTER = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
DAY = "2026-11-26"
OF_ODOO = {"database": "lm", "zone": "Europe/Berlin"}
SERVERS: dict[str, tuple[ConnectedSystem, ModuleType, dict[str, str]]] = {
    "inventree": (ConnectedSystem.INVENTREE, inventree, {}),
    "odoo": (ConnectedSystem.ODOO, odoo, {"user": "longmark@example.com", **OF_ODOO}),
    "odoo-json2": (ConnectedSystem.ODOO, odoo, OF_ODOO),
    "erpnext": (ConnectedSystem.ERPNEXT, erpnext, {"user": "0f1e2d3c4b5a697"}),
}
FIRST = {
    "inventree": {
        *(("1001", "built", DAY), ("1001", "shipped", DAY)),
        *(("1002", "built", DAY), ("1002", "shipped", DAY), ("1002", "returned", DAY)),
        *(("1003", "built", DAY), ("1003", "shipped", DAY)),
        *(("501", "", ""), ("502", "scrapped", DAY), ("9001", "shipped", DAY)),
    },
    "odoo": {
        *(("A-1001", "built", DAY), ("A-1001", "shipped", DAY)),
        *(("A-1002", "built", DAY), ("A-1002", "shipped", DAY), ("A-1002", "returned", DAY)),
        *(("A-1003", "built", DAY), ("A-1003", "shipped", DAY), ("A-1098", "", "")),
        *(("B-9001", "shipped", DAY), ("CB-501", "", ""), ("CB-502", "", "")),
    },
    "erpnext": {
        *(("TG00001", "shipped", "2026-11-15"), ("TG00002", "shipped", "2026-11-15")),
        *(("TG00002", "returned", "2026-11-20"), ("TG00003", "", ""), ("TG09998", "", "")),
        *(("TG00004", "built", "2026-11-18"), ("TG00005", "built", "2026-11-18")),
        *(("X/9 001", "shipped", "2026-11-16"),),
        *(("CB00001", "", ""), ("CB00002", "", ""), ("CB00003", "", "")),
    },
}
FIRST["odoo-json2"] = FIRST["odoo"] - {("A-1098", "", ""), ("CB-501", "", "")} | {
    ("CB-501", "shipped", DAY)
}
CHANGED = {
    "inventree": {("9001", "returned", DAY)},
    "odoo": {("CB-501", "shipped", DAY)},
    "erpnext": {("TG00004", "shipped", "2026-11-22")},
}
GONE = {"inventree": "502", "odoo": "A-1098", "erpnext": "TG09998"}
TOLD_OF = {"inventree": "1003", "odoo": "A-1001", "erpnext": "X/9 001"}


@pytest.fixture
def makers(db: None) -> None:
    """The items that the three worlds have units of."""
    a_product("TG-200")
    a_product("TG-300")
    a_board("CB-21")


@pytest.fixture(params=SERVERS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorded]:
    """A real server as it was recorded, connected to, with pages as short as they were then."""
    system, module, account = SERVERS[name]
    recorded = Recorded(name)
    monkeypatch.setattr(module, "PAGE_ROWS", recorded.page_rows)
    with played(recorded):
        connected_as(
            system, address=recorded.url, secret=recorded.secret, may_write=True, **account
        )
        yield recorded
    assert recorded.unknown == []


has_changes = pytest.mark.parametrize("name", sorted(CHANGED))


def told() -> set[tuple[str, str, str]]:
    """What happened to which unit on which day; of some it is only known that they are there."""
    rows = Event.objects.select_related("unit").exclude(kind="serial-assigned")
    happened = {(row.unit.serial, row.kind, f"{row.occurred_at:%Y-%m-%d}") for row in rows}
    quiet = Unit.objects.exclude(events__in=rows).values_list("serial", flat=True)
    return happened | {(serial, "", "") for serial in quiet}


def test_the_server_is_greeted(server: Recorded, name: str):
    server.phase = "greeting"
    caller = Caller(queries.connection("works"))
    try:
        said = caller.system.connector.greet(caller.send, caller.account)
    finally:
        caller.close()

    assert said.startswith(
        {"inventree": "InvenTree 0.18", "erpnext": "ERPNext, as"}.get(name, "Odoo")
    )


def test_what_happened_is_read_to_its_end(server: Recorded, name: str):
    server.phase = "first"

    ended = pull(now=AFTER)

    assert (ended.state, ended.error) == ("done", "")
    assert ended.source is not None
    assert ended.source.refused_count == 0
    assert told() == FIRST[name]
    assert {"Wasserverband Nordheide", "Stadtwerke Elz"} == {
        party.name for party in Party.objects.all()
    }


@has_changes
def test_what_changed_is_read_next_and_what_is_missing_is_seen_by_reading_all(
    server: Recorded, name: str
):
    server.phase = "first"
    pull(now=AFTER)
    server.phase = "changed"
    changed = pull(now=AFTER)

    assert (changed.state, changed.error, changed.is_whole) == ("done", "", False)
    assert told() == FIRST[name] - {(next(iter(CHANGED[name]))[0], "", "")} | CHANGED[name]

    server.phase = "whole"
    whole = pull(now=AFTER, is_whole=True)

    assert (whole.state, whole.error, whole.gone_count) == ("done", "", 1)
    assert SourceUnit.objects.get(gone_at__isnull=False).serial == GONE[name]
    assert Unit.objects.filter(serial=GONE[name]).exists()


@has_changes
def test_note_is_written_as_the_server_took_it(server: Recorded, name: str):
    server.phase = "first"
    pull(now=AFTER)
    server.phase = "note"
    notes.write_note(
        Unit.objects.select_related("item").get(serial=TOLD_OF[name]),
        "Fan replaced",
        actor=SYSTEM,
        now=AFTER,
    )

    noting.write_due(Reporting(AFTER), Client(pause=lambda seconds: None))

    assert UnitNote.objects.get().last_error == ""
    assert UnitNote.objects.get().state == "written"
    assert "Fan replaced" in str([each.body for each in server.asked])


def test_wrong_key_is_refused_in_words(name: str, monkeypatch: pytest.MonkeyPatch):
    system, _module, account = SERVERS[name]
    with played(Recorded(name)) as server:
        server.phase = "refused"  # type: ignore[attr-defined]
        connected_as(system, address=server.url, secret="nonsense", **account)
        caller = Caller(queries.connection("works"))
        with pytest.raises(Refused, match=r"with this key|does not let this account in"):
            caller.system.connector.greet(caller.send, caller.account)
        caller.close()
