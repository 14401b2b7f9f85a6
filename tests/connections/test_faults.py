"""What systems, and what lies between, can do wrong: the same end, nothing lost, a clear word."""

from datetime import timedelta

import pytest

from longmark.connections.models import Connection, Pull, PulledPage
from longmark.connections.services import pulls
from longmark.core.actors import SYSTEM
from longmark.core.errors import Refused
from longmark.core.formats.connectors import asking, erpnext, inventree, odoo
from longmark.fleet.models import Event, Unit
from longmark.jobs.models import Job
from tests.connections.conftest import connected, pull
from tests.connections.conftest import erpnext as an_erpnext
from tests.connections.conftest import odoo as an_odoo
from tests.connections.players import (
    ERPNextPlayer,
    InvenTreePlayer,
    OdooPlayer,
    Player,
    earlier,
    empty,
    page_for_people,
    played,
    saying,
    shuffled,
    status,
    torn,
)
from tests.connections.test_pulls import LIFE, told
from tests.world import NINE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalog")]

LISTS = {
    InvenTreePlayer: ("/api/stock/track/", "/api/stock/"),
    ERPNextPlayer: ("/api/resource/Serial and Batch Bundle", "/api/resource/Serial No"),
    OdooPlayer: ("/jsonrpc", "/jsonrpc"),
}


@pytest.fixture(autouse=True)
def _short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages be so short that a handful of records fills several."""
    for module in (inventree, erpnext, odoo):
        monkeypatch.setattr(module, "PAGE_ROWS", 2)
    monkeypatch.setattr(inventree, "ANCHORS", 1)


def movements_of(player: Player) -> str:
    return LISTS[type(player)][0]


PASSING = {
    "429": status(429, Retry_After="3"),
    "500": status(500),
    "503": status(503, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"),
    "torn": torn,
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_passes_is_asked_again(player: Player, fault):
    connected(player)
    player.fail(movements_of(player), fault, fault)

    ended = pull()

    assert (ended.state, ended.error, told()) == ("done", "", LIFE)


def test_a_dropped_page_is_noticed(player: Player):
    if isinstance(player, OdooPlayer):
        pytest.skip("All that Odoo is asked goes to one address; see the next test.")
    connected(player)
    player.fail(movements_of(player), *[None, empty, None])

    ended = pull()

    assert (ended.error, told()) == ("", LIFE)


def test_rows_that_odoo_keeps_back_are_asked_for_again():
    player = an_odoo()
    kept_back = iter([False, False, True])

    def fault(asked, good):
        return _on_page(asked, good, lambda a, g: empty(a, g) if next(kept_back, False) else g)

    with played_with(player, fault):
        ended = pull(connected(player))
        assert (ended.error, told()) == ("", LIFE)


def test_stale_and_shuffled_pages_change_nothing(player: Player):
    connected(player)
    of_pages = movements_of(player)
    stale = earlier()
    if isinstance(player, OdooPlayer):
        player.faults[of_pages] = _always(lambda a, g: _on_page(a, g, stale))
    else:
        player.fail(of_pages, stale, stale)
    if isinstance(player, InvenTreePlayer):  # the names of the others only they can put in order
        player.fail(of_pages, shuffled)

    ended = pull()

    assert (ended.error, told()) == ("", LIFE)


def _on_page(asked, good, fault):
    """Spoil pages of movements alone, the second of them once."""
    said = asked.body["params"]["args"]
    is_page = said[3:5] == ["stock.move.line", "search_read"] and said[6]["order"] == "id asc"
    return fault(asked, good) if is_page else good


FAILING = {
    "401": (status(401, {"detail": "Invalid token."}), "does not let this account in (401: "),
    "403": (status(403, {"exc_type": "PermissionError"}), "does not let this account in (403: "),
    "people": (page_for_people, "a page for people (HTML)"),
    "redirect": (status(302, Location="https://sso.example.com/login"), "leads on to https://sso"),
    "list": (saying([1, 2]), "should be an object, and is a list"),
    "number": (saying(7), "should be an object, and is a number"),
    "null": (saying(None), "should be an object, and is nothing"),
    "gone wrong for good": (status(417, {"exception": "frappe.exceptions.DataError"}), "417"),
}


@pytest.mark.parametrize(("fault", "message"), FAILING.values(), ids=FAILING)
def test_what_does_not_pass_is_told_and_costs_no_other_stream(player: Player, fault, message):
    connected(player)
    waiting = _always(fault)
    player.faults[movements_of(player)] = waiting

    failed = pull()

    assert failed.state == "failed"
    assert message in failed.error and player.secret not in failed.error
    if not isinstance(player, OdooPlayer):  # of which every stream asks the same address
        assert Unit.objects.count() == 3
    connection = Connection.objects.get()
    assert connection.last_error == failed.error
    assert connection.due_at == NINE + pulls.RETRY_FIRST

    player.faults.clear()
    ended = pull(now=NINE + timedelta(minutes=5))

    assert (ended.error, told()) == ("", LIFE)
    assert Connection.objects.get().last_error == ""


def _always(fault):
    class Waiting(list):
        def pop(self, at=0):
            return fault

    return Waiting([fault])


WRONG = {
    "count": {"count": "many", "next": None, "previous": None, "results": []},
    "rows": {"count": 1, "next": None, "previous": None, "results": ["SN-1"]},
    "key": {"count": 1, "next": None, "previous": None, "results": [{"pk": "x", "date": 1}]},
    "text": {
        "count": 1, "next": None, "previous": None,
        "results": [{"pk": 1, "date": ["2026"], "tracking_type": 55, "item_detail": {}}],
    },
    "long": {
        "count": 1, "next": None, "previous": None,
        "results": [{"pk": 1, "date": "9" * 5_000}],
    },
}  # fmt: skip


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
def test_wrong_types_fail_the_stream_with_the_place(stock: InvenTreePlayer, body):
    connected(stock)
    stock.faults["/api/stock/track/"] = _always(saying(body))

    failed = pull()

    assert failed.state == "failed"
    assert failed.error.startswith("movements: ")
    assert Unit.objects.count() == 3


def test_odd_rows_are_refused_one_by_one(stock: InvenTreePlayer):
    part = stock.parts[1]
    for serial, date in (("SN-7", ""), ("SN-8", "2026-13-45 99:99"), ("S" * 70, "2026-11-02")):
        item = stock.item(part, serial)
        stock.happened(item, 55, date)
    nameless = stock.item(stock.part("", ""), "SN-9")
    stock.happened(nameless, 55, "2026-11-02 08:00")

    ended = pull(connected(stock))

    assert ended.state == "done" and ended.source is not None
    assert ended.source.refused_count == 6
    assert told() == LIFE


def test_a_huge_page_is_refused_by_its_size(stock: InvenTreePlayer):
    connected(stock)
    row = {"pk": 1, "date": ""}
    body = {"count": 9, "next": None, "previous": None, "results": [row] * 60_000}
    stock.faults["/api/stock/track/"] = _always(saying(body))

    assert "60000 records in one answer; 50000 is the most" in pull().error


def test_a_page_of_many_megabytes_is_not_read_to_its_end(stock: InvenTreePlayer):
    connected(stock)
    stock.faults["/api/stock/track/"] = _always(saying("x" * (33 << 20)))

    assert "is larger than 32 MB" in pull().error


def test_records_that_are_missing_at_the_end_fail_after_three_readings(stock: InvenTreePlayer):
    connected(stock)

    def fewer(asked, good):
        rows = [{**each, "pk": 1} if each["pk"] == 2 else each for each in good.body["results"]]
        return type(good)(200, {**good.body, "results": rows})

    stock.faults["/api/stock/"] = _only("/api/stock/", fewer)

    failed = pull()

    assert "says that it has 3 records, and sends fewer, each time" in failed.error
    stock.faults.clear()
    assert pull().state == "done"


def _only(path, fault):
    def at_path(asked, good):
        return fault(asked, good) if asked.path == path else good

    return _always(at_path)


def test_rows_that_are_deleted_while_pages_are_read_lose_no_other(stock: InvenTreePlayer):
    part = stock.parts[1]
    for number in range(10, 20):
        item = stock.item(part, f"SN-{number}")
        stock.happened(item, 55, f"2026-11-{number} 08:00")
    connected(stock)
    removed = []

    def remove(asked, good):
        if asked.query.get("offset") != "0" and not removed:
            removed.extend(each["pk"] for each in stock.track if each["date"] > "2026-11-17")
            stock.track = [each for each in stock.track if each["pk"] not in removed]
        return good

    stock.faults["/api/stock/track/"] = _always(remove)

    pull()

    wanted = {(f"SN-{n}", "built", f"2026-11-{n}") for n in range(10, 17)}
    assert wanted <= told()


def test_records_that_change_while_they_are_read_come_in_the_next_pull(player: Player):
    connected(player)
    done = []

    def change(asked, good):
        if not done:
            done.append(True)
            _happens_again(player)
        return good

    player.faults[movements_of(player)] = _always(change)
    pull()
    player.faults.clear()
    pull(now=NINE + timedelta(minutes=30))

    assert ("SN-3", "shipped", "2026-11-23") in told()


def _happens_again(player: Player) -> None:
    if isinstance(player, InvenTreePlayer):
        player.happened(player.items[2], 100, "2026-11-23 08:00", customer=1)
    elif isinstance(player, ERPNextPlayer):
        modified = "2026-11-23 08:00:00.000001"
        player.delivery("DN-9", "TG-200", "SN-3", customer="Stadtwerke Elz", on="2026-11-23",
                        modified=modified)  # fmt: skip
    elif isinstance(player, OdooPlayer):
        lot = player.models["stock.lot"][2]
        player.row(
            "stock.move.line", write_date="2026-11-23 08:00:00", state="done",
            lot_id=[lot["id"], lot["name"]], product_id=lot["product_id"],
            date="2026-11-23 08:00:00", reference="WH/OUT/9", picking_id=False,
            location_usage="internal", location_dest_usage="customer",
        )  # fmt: skip


def test_many_records_of_one_instant_are_read_to_the_last(player: Player):
    for number in range(10, 31):
        serial = f"SN-{number}"
        if isinstance(player, InvenTreePlayer):
            player.happened(player.item(player.parts[1], serial), 55, "2026-11-02 08:00")
        elif isinstance(player, ERPNextPlayer):
            player.doc("Serial No", serial, serial_no=serial, item_code="TG-200",
                       posting_date="2026-11-02")  # fmt: skip
        elif isinstance(player, OdooPlayer):
            lot = player.row("stock.lot", name=serial, product_id=[9, "[TG-200] Drive 4 kW"])
            player.row(
                "stock.move.line", state="done", lot_id=[lot["id"], serial],
                product_id=lot["product_id"], date="2026-11-02 08:00:00", reference="WH/MO/2",
                picking_id=False, location_usage="production", location_dest_usage="internal",
            )  # fmt: skip

    ended = pull(connected(player))

    assert ended.state == "done"
    assert {(f"SN-{n}", "built", "2026-11-02") for n in range(10, 31)} <= told()


def test_only_what_changed_since_is_asked_for(player: Player):
    connected(player)
    pull()
    asked_before = len(player.asked)
    _happens_again(player)

    ended = pull(now=NINE + timedelta(minutes=30))

    assert ended.state == "done"
    assert ("SN-3", "shipped", "2026-11-23") in told()
    asked = str([(each.query, each.body) for each in player.asked[asked_before:]])
    if not isinstance(player, InvenTreePlayer):  # whose history has no filter by day
        assert "2026-11-20 09:00:00" in asked


def test_everything_is_read_again_after_a_week(player: Player):
    connected(player)
    pull()

    assert not pull(now=NINE + timedelta(days=6)).is_whole
    assert pull(now=NINE + timedelta(days=8)).is_whole


def test_pages_of_a_pull_that_broke_down_are_taken_over(player: Player):
    connected(player)
    with pytest.raises(KeyboardInterrupt):
        pull(stop_after=3)
    Job.objects.update(state="failed", outcome="The machine burnt.")
    pulls.ask_for_pull("works", actor=SYSTEM, now=NINE + timedelta(hours=1))

    ended = pull(now=NINE + timedelta(hours=1))

    assert (ended.error, told()) == ("", LIFE)
    assert not PulledPage.objects.exists()
    assert Pull.objects.order_by("id").first().state == "failed"  # type: ignore[union-attr]


def test_two_do_not_pull_at_once(stock: InvenTreePlayer):
    connected(stock)
    pulls.ask_for_pull("works", actor=SYSTEM, now=NINE)

    with pytest.raises(Refused, match="is being pulled already"):
        pulls.ask_for_pull("works", actor=SYSTEM, now=NINE)


def test_due_connections_are_asked_for_by_themselves(stock: InvenTreePlayer):
    connected(stock)
    connected(stock, "other", is_enabled=False)

    assert [each.connection.name for each in pulls.ask_for_due(now=NINE)] == ["works"]
    assert pulls.ask_for_due(now=NINE) == []


def test_a_lost_key_is_told(stock: InvenTreePlayer, settings):
    connected(stock)
    for file in settings.CONNECTION_FOLDER.iterdir():
        file.unlink()

    assert "state it again" in pull().error
    assert Event.objects.count() == 0


def test_cancelled_deliveries_are_left_to_a_person():
    player = _erpnext_with_a_cancelled_delivery()

    with played_with(player):
        ended = pull(connected(player))

    (remark,) = ended.remarks
    assert "Delivery Note DN-9 is cancelled in ERPNext" in remark and "SN-3" in remark


def test_an_old_erpnext_tells_deliveries_by_serial_numbers():
    player = _old_erpnext()

    with played_with(player):
        ended = pull(connected(player))

    assert ended.state == "done"
    assert "came with version 15" in ended.remarks[0]
    assert ("SN-5", "shipped", "2026-11-12") in told()


def test_odoo_19_is_asked_by_json_2():
    player = an_odoo()

    with played_with(player):
        ended = pull(connected(player, user="", database=""))

    assert (ended.error, told()) == ("", LIFE)
    assert {each.path.split("/")[1] for each in player.asked} == {"json"}


def test_odoo_without_accounting_has_no_list_of_customers():
    player = an_odoo()
    player.has_accounting = False

    with played_with(player):
        ended = pull(connected(player))

    assert (ended.error, told()) == ("", LIFE)
    assert "accounting is not installed" in ended.remarks[0]


def test_what_odoo_refuses_is_told():
    player = an_odoo()

    with played_with(player):
        connected(player)
        player.secret = "another"
        ended = pull()

    assert "Odoo knows no user longmark@example.com with this key" in ended.error


def _erpnext_with_a_cancelled_delivery() -> ERPNextPlayer:
    player = an_erpnext()
    player.delivery("DN-9", "TG-200", "SN-3", customer="Stadtwerke Elz", on="2026-11-20",
                    is_cancelled=1, docstatus=2)  # fmt: skip
    return player


def _old_erpnext() -> ERPNextPlayer:
    player = an_erpnext()
    for doctype in ("Serial and Batch Bundle", "Serial and Batch Entry"):
        del player.docs[doctype]
    player.doc(
        "Serial No", "SN-5", serial_no="SN-5", item_code="TG-200", purchase_date="2026-11-02",
        delivery_date="2026-11-12", delivery_document_no="DN-4", customer="CUST-1",
        customer_name="Stadtwerke Elz",
    )  # fmt: skip
    return player


def played_with(player, fault=None):
    if fault:
        player.faults["/jsonrpc"] = _always(fault)
    return played(player)


def test_pages_are_as_short_as_they_are_said_to_be():
    assert (inventree.PAGE_ROWS, asking.PAGE_ROWS) == (2, 500)
