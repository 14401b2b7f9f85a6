"""A manufacturer with one item in its catalog, and each system with the same three units."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime

import pytest

from longmark.connections.models import Pull
from longmark.connections.queries import connections as queries
from longmark.connections.services import connections, pulls
from longmark.connections.services.connections import Settings
from longmark.connections.tasks import pulling
from longmark.core.actors import SYSTEM, Actor
from longmark.core.errors import Refused
from longmark.core.vocabulary import ConnectedSystem
from longmark.foundation.client import Client
from tests.connections.players import (
    ERPNextPlayer,
    InvenTreePlayer,
    OdooPlayer,
    Player,
    played,
)
from tests.world import NINE, a_product

SYSTEMS = ("inventree", "erpnext", "odoo")


class Reporting:
    """Progress of a pull that nobody watches; `stop_after` ends it there, as a kill would."""

    def __init__(self, now: datetime = NINE, stop_after: int | None = None) -> None:
        self.now = now
        self.actor: Actor = SYSTEM
        self.steps = 0
        self.stop_after = stop_after

    def advance(self, done: int, total: int | None = None, note: str = "") -> None:
        self.steps += 1
        if self.steps == self.stop_after:
            raise KeyboardInterrupt


def inventree() -> InvenTreePlayer:
    player = InvenTreePlayer()
    player.company("Wasserverband Nordheide")
    player.company("Schraubenhandel", is_customer=False)
    part = player.part("TG-200")
    first, second, third = (player.item(part, f"SN-{n}") for n in (1, 2, 3))
    buyer = player.company("Stadtwerke Elz")
    for item in (first, second):
        player.happened(item, 55, "2026-11-01 08:00", buildorder=4)
        player.happened(
            item,
            60,
            "2026-11-10 15:30",
            customer=buyer["pk"],
            customer_name=buyer["name"],
            customer_detail={"pk": buyer["pk"], "name": buyer["name"]},
            salesorder=3,
            salesorder_detail={"pk": 3, "reference": "SO-0003"},
        )
    player.happened(
        second, 80, "2026-11-19 09:00", returnorder=2, returnorder_detail={"reference": "RMA-0002"}
    )
    player.item(part, None)  # ten of them in a box
    assert third["tracking_items"] == 0
    return player


def erpnext() -> ERPNextPlayer:
    player = ERPNextPlayer()
    for name in ("Wasserverband Nordheide", "Stadtwerke Elz"):
        player.doc("Customer", name, customer_name=name)
    for n in (1, 2):
        player.doc("Serial No", f"SN-{n}", serial_no=f"SN-{n}", item_code="TG-200",
                   posting_date="2026-11-01", reference_name="MAT-STE-1")  # fmt: skip
    player.doc("Serial No", "SN-3", serial_no="SN-3", item_code="TG-200")
    player.delivery("DN-3", "TG-200", "SN-1", "SN-2", customer="Stadtwerke Elz", on="2026-11-10")
    player.delivery(
        "DN-RET-2", "TG-200", "SN-2", customer="Stadtwerke Elz", on="2026-11-19", is_return=True
    )
    return player


def odoo() -> OdooPlayer:
    player = OdooPlayer()
    germany = player.row("res.country", code="DE", name="Germany")
    land = [germany["id"], "Germany"]
    for name in ("Wasserverband Nordheide", "Stadtwerke Elz"):
        player.row(
            "res.partner", name=name, customer_rank=1, is_company=True, country_id=land,
            commercial_partner_id=[len(player.models["res.partner"]) + 1, name],
        )  # fmt: skip
    player.row("res.partner", name="Erika Musterfrau", customer_rank=0, is_company=False,
               commercial_partner_id=[2, "Stadtwerke Elz"])  # fmt: skip
    product = [9, "[TG-200] Drive 4 kW"]
    lots = [
        player.row("stock.lot", name=f"SN-{n}", product_id=product,
                   create_date="2026-10-31 22:30:00")
        for n in (1, 2, 3)
    ]  # fmt: skip
    shipment = player.row("stock.picking", partner_id=[3, "Stadtwerke Elz, Erika Musterfrau"])
    moves = [
        (lots[0], "production", "internal", "2026-11-01 09:00:00", "WH/MO/1", None),
        (lots[1], "production", "internal", "2026-11-01 09:00:00", "WH/MO/1", None),
        (lots[0], "internal", "customer", "2026-11-09 23:30:00", "WH/OUT/3", shipment),
        (lots[1], "internal", "customer", "2026-11-09 23:30:00", "WH/OUT/3", shipment),
        (lots[1], "customer", "internal", "2026-11-19 10:00:00", "WH/RET/2", None),
        (lots[2], "internal", "internal", "2026-11-19 10:00:00", "WH/INT/9", None),
    ]
    for lot, source, target, date, reference, picking in moves:
        player.row(
            "stock.move.line",
            state="done",
            lot_id=[lot["id"], lot["name"]],
            product_id=product,
            date=date,
            reference=reference,
            picking_id=[picking["id"], reference] if picking else False,
            location_usage=source,
            location_dest_usage=target,
        )
    return player


MAKERS: dict[str, Callable[[], Player]] = {
    "inventree": inventree,
    "erpnext": erpnext,
    "odoo": odoo,
}


@pytest.fixture(params=SYSTEMS)
def player(request: pytest.FixtureRequest) -> Iterator[Player]:
    """Each of the three systems."""
    with played(MAKERS[request.param]()) as one:
        yield one


@pytest.fixture
def stock() -> Iterator[InvenTreePlayer]:
    """InvenTree alone."""
    with played(inventree()) as one:
        yield one  # type: ignore[misc]


def system_of(player: Player) -> ConnectedSystem:
    kinds = {
        InvenTreePlayer: ConnectedSystem.INVENTREE,
        ERPNextPlayer: ConnectedSystem.ERPNEXT,
        OdooPlayer: ConnectedSystem.ODOO,
    }
    return kinds[type(player)]


def account_of(player: Player) -> dict[str, str]:
    if isinstance(player, ERPNextPlayer):
        return {"user": player.key}
    if isinstance(player, OdooPlayer):
        return {"user": player.login, "database": player.database, "zone": "Europe/Berlin"}
    return {}


def connected(player: Player, name: str = "works", **stated: object) -> str:
    """Connect to a system that is played, and return the name of the connection."""
    said = {"address": player.url, "secret": player.secret, **account_of(player), **stated}
    return connected_as(system_of(player), name, **said)


def connected_as(system: ConnectedSystem, name: str = "works", **said: object) -> str:
    """Connect to a system, and return the name of the connection."""
    connections.make_connection(
        name,
        system,
        Settings(**said),  # type: ignore[arg-type]
        actor=SYSTEM,
        now=NINE,
    )
    return name


def pull(
    name: str = "works",
    *,
    is_whole: bool = False,
    now: datetime = NINE,
    stop_after: int | None = None,
) -> Pull:
    """Pull a connection to its end, however it ends; without waiting between attempts."""
    asked = queries.open_pull(name) or pulls.ask_for_pull(
        name, is_whole=is_whole, actor=SYSTEM, now=now
    )
    asked = queries.open_pull(name) or asked
    client = Client(pause=lambda seconds: None)
    with suppress(Refused):
        pulling.work_through(asked, Reporting(now, stop_after), client)
    return Pull.objects.select_related("connection", "source").get(pk=asked.pk)


@pytest.fixture
def catalog(db: None) -> None:
    """The item that the three systems know units of."""
    a_product("TG-200")
