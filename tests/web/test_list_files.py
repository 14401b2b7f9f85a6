"""Lists as files: every list of the pages, with its filters, all rows, in three kinds."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from django.apps import apps
from django.template import Context
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from longmark.connections.models import Connection
from longmark.connections.services import connections
from longmark.connections.services.connections import Settings
from longmark.core.actors import SYSTEM, Action
from longmark.core.vocabulary import ConnectedSystem
from longmark.foundation.pages import Page
from longmark.intel.queries import intakes
from longmark.web.files import BY_NAME, TABLES, tables
from longmark.web.files.tables import Table
from tests.fleet.world import staged
from tests.names.world import a_map
from tests.sboms.lifespans import a_list_of_lifespans
from tests.web.test_pages import DETAILS, LISTS
from tests.web.world import World, costs, dearer
from tests.world import NINE, a_party

TEMPLATES = Path(apps.get_app_config("web").path) / "templates"
REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "list-files.md"
OFFERED = re.compile(r'{% take_as_file "([a-z-]+)"')
SHOWN_ELSEWHERE = {
    "components/parameter_rows.html": "web/unit_parameters.html",
    "web/gallery.html": "web/units.html",
}
"""Parts of pages; the pages offer the file."""

NAMED: dict[str, Callable[[World], dict[str, object]]] = {
    "mismatches-accepted": lambda world: {},
    "release-components": lambda world: {"pk": world.drives.fw_23.pk},
    "release-sboms": lambda world: {"pk": world.drives.fw_23.pk},
    "component-places": lambda world: {"pk": DETAILS["component"](world)[0]},
    "unit-contents": lambda world: {"pk": world.affected.pk},
    "unit-names": lambda world: {"pk": world.affected.pk},
    "import": lambda world: {"pk": staged(REFUSED).pk},
    "intake": lambda world: {"pk": intakes.intakes_page().items[0].pk},
    "lifespan-list": lambda world: {"pk": a_list_of_lifespans().pk},
    "name-map": lambda world: {"pk": a_map().pk},
    "document-difference": lambda world: {"pk": world.document.pk, "against": world.document.pk},
    "feed": lambda world: {"name": "kev"},
    "vulnerability": lambda world: {"name": DETAILS["vulnerability"](world)[0]},
    "customers-reached": lambda world: {"name": DETAILS["vulnerability"](world)[0]},
    "connection": lambda world: {"name": a_connection()},
    "connection-gone": lambda world: {"name": a_connection()},
    "connection-notes": lambda world: {"name": a_connection()},
}
REFUSED = "item;serial;date\nTG-999;1;2026-01-05\nTG-200;;2026-01-05\n"
"""A list of which both rows are refused."""

ASKED = {"holdings": "?of={item}", "licence": "?licence=MIT"}
FILLED = {
    "customers-reached",
    "items", "releases", "release", "release-components", "release-sboms", "parties", "party",
    "units", "vulnerability", "vulnerabilities", "component", "component-places", "unit",
    "unit-contents", "ledger", "people", "precision", "feeds",
    "feeds-sources", "feeds-files", "name", "name-map", "lifespan-list", "import",
    "sbom-quality", "holdings",
}  # fmt: skip
"""Lists that have rows in the world of these tests."""


STATEMENTS_LIMIT = 40


@pytest.fixture
def world(kept_world: World) -> World:
    return kept_world


def a_connection() -> str:
    if not Connection.objects.exists():
        system, settings = ConnectedSystem.INVENTREE, Settings("https://stock.example", "secret")
        connections.make_connection("stock", system, settings, actor=SYSTEM, now=NINE)
    return "stock"


def address(table: Table, world: World, ending: str = "csv") -> str:
    if table.name in NAMED:
        named = NAMED[table.name](world)
    else:
        named = {"pk": DETAILS[table.name](world)[0]} if table.name in DETAILS else {}
    path = reverse(f"web:{table.name}-file", kwargs={**named, "ending": ending})
    return path + ASKED.get(table.name, "").format(item=world.drives.fw_23.item_id)


def rows_of(client: Client, path: str) -> list[dict[str, str]]:
    text = client.get(path).getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def reader(table: Table, as_admin: Client, signed_in: Client) -> Client:
    return as_admin if table.action == Action.MANAGE_ACCOUNTS else signed_in


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_list_is_taken_whole_as_csv_xlsx_and_json(
    table: Table, world: World, as_admin: Client, signed_in: Client
) -> None:
    client = reader(table, as_admin, signed_in)
    path = address(table, world)

    lines = list(csv.reader(io.StringIO(client.get(path).getvalue().decode("utf-8-sig"))))
    sheet = client.get(path.replace(".csv", ".xlsx")).getvalue()
    listed = orjson.loads(client.get(path.replace(".csv", ".json")).getvalue())

    assert lines[0] == table.titles
    book = load_workbook(io.BytesIO(sheet)).worksheets[0]
    assert [cell.value for cell in book[1]] == table.titles
    assert book.max_row == len(lines) == len(listed) + 1
    assert all(list(each) == table.names for each in listed)
    assert bool(listed) or table.name not in FILLED


def test_files_cost_the_same_for_few_rows_and_for_many(
    world: World, as_admin: Client, signed_in: Client, tmp_path: Path
) -> None:
    asked = {
        table.name: (reader(table, as_admin, signed_in), address(table, world)) for table in TABLES
    }

    counted = costs(asked, tmp_path, world)

    assert dearer(counted) == {}
    assert max(few for few, _many in counted.values()) <= STATEMENTS_LIMIT


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_outsider_takes_no_file(table: Table, world: World, as_otto: Client) -> None:
    assert as_otto.get(address(table, world)).status_code == 403


@pytest.mark.parametrize("name", [*LISTS, *DETAILS])
def test_page_that_shows_a_list_offers_it_as_a_file(
    name: str, world: World, signed_in: Client
) -> None:
    path = reverse(f"web:{name}", args=DETAILS[name](world) if name in DETAILS else [])
    response = signed_in.get(path, {"q": "1001"} if name == "search" else {})

    shown = [
        value
        for context in response.context or ()
        for value in _values(context)
        if isinstance(value, Page) and value.items
    ]
    assert not shown or ".json" in response.content.decode()


def _values(context: Context) -> list[object]:
    return [value for part in context for value in part.values()]


def test_every_template_with_a_pager_offers_a_file() -> None:
    paged = {
        str(path.relative_to(TEMPLATES)): path.read_text(encoding="utf-8")
        for path in TEMPLATES.rglob("*.html")
        if "components/pager.html" in path.read_text(encoding="utf-8")
    }

    without = {name for name, text in paged.items() if not OFFERED.search(text)}

    assert without - SHOWN_ELSEWHERE.keys() == set()
    assert all(OFFERED.search((TEMPLATES / name).read_text()) for name in SHOWN_ELSEWHERE.values())


def test_every_file_is_offered_on_a_page_and_every_offer_is_one() -> None:
    offered = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in OFFERED.findall(path.read_text(encoding="utf-8"))
    }

    assert offered == set(BY_NAME)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_columns_have_names_of_their_own(table: Table) -> None:
    assert len(set(table.names)) == len(table.columns) == len(set(table.titles))


def test_file_reads_page_after_page(
    world: World, signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        a_party(f"Number {number}")
    monkeypatch.setattr("longmark.web.files.parties.ROWS_AT_ONCE", 2)

    assert len(rows_of(signed_in, "/parties.csv?q=number")) == 5


def test_nothing_is_read_before_it_is_sent(world: World, signed_in: Client) -> None:
    pages: list[str | None] = []

    def page_after(after: str | None) -> Page[int]:
        pages.append(after)
        return Page([1, 2], "next" if len(pages) < 100 else None)

    rows = tables.every(page_after)
    next(rows)

    assert pages == [None]


def test_question_that_cannot_be_answered_is_a_page_and_no_file(
    world: World, signed_in: Client
) -> None:
    unasked = signed_in.get("/units/holding.csv")
    no_day = signed_in.get(f"/units/holding.xlsx?of={world.drives.fw_23.item_id}&on=2026-02-30")
    nobody = signed_in.get("/parties/999/sites.json")

    assert [unasked.status_code, no_day.status_code, nobody.status_code] == [422, 422, 404]
    assert "Say what the units hold" in unasked.content.decode()


def test_unknown_kind_of_file_is_no_page(signed_in: Client) -> None:
    assert signed_in.get("/parties.pdf").status_code == 404


def test_unknown_is_said_in_sheets_and_null_in_json(world: World, signed_in: Client) -> None:
    (row,) = rows_of(signed_in, "/units.csv?q=1003")
    (listed,) = orjson.loads(signed_in.get("/units.json?q=1003").getvalue())

    assert (row["customer"], row["country"], row["state"]) == ("unknown", "unknown", "Built")
    assert (listed["customer"], listed["country"]) == (None, None)


def test_contents_are_told_level_by_level_on_the_day_of_the_page(
    world: World, signed_in: Client
) -> None:
    path = f"/units/{world.affected.pk}/contents.csv"

    held = {row["Where"]: row["Version"] for row in rows_of(signed_in, path)}
    before = rows_of(signed_in, f"{path}?on=2001-01-01")

    assert held["control-board/main-firmware"] == "2.3.1"
    assert {row["Version"] for row in before} <= {"unknown"}


def test_vulnerabilities_of_a_filter_are_in_its_file(world: World, signed_in: Client) -> None:
    (row,) = orjson.loads(signed_in.get("/vulnerabilities.json?only=affected").getvalue())

    assert (row["state"], row["units"], row["customers"]) == ("affected", 2, 1)
    assert orjson.loads(signed_in.get("/vulnerabilities.json?only=exploited").getvalue()) == []


def test_rows_of_a_refused_list_are_taken_with_reason_and_mend(
    world: World, signed_in: Client
) -> None:
    one = staged(REFUSED)

    rows = rows_of(signed_in, f"/imports/{one.pk}/refusals.csv")

    assert len(rows) == one.refused_count


def test_every_file_is_in_the_reference() -> None:
    text = REFERENCE.read_text(encoding="utf-8")

    missing = [
        table.name
        for table in TABLES
        if f"| `{table.name}` |" not in text
        or ", ".join(f"`{name}`" for name in table.names) not in text
    ]
    assert missing == []
