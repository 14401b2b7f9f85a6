"""Lists that contradict what is known, and corrections: what every real fleet is full of.

Three lists of others hold rows that cannot be taken; they stay visible with their reasons until
someone mends them. Three deliveries went to another site than the delivery note said.
"""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from msgspec import structs

from longmark.core.life.events import CustodyRole, Kind
from longmark.demo import company
from longmark.demo.lists import ENGLISH, GERMAN, written
from longmark.demo.lives import Desk, Drive, Fact, Works
from longmark.demo.parties import Customer
from longmark.demo.stage import Stage
from longmark.fleet.queries import units
from longmark.fleet.services import booking, imports
from longmark.parties import queries as parties

STOCKTAKING, STOCK, EXPORT = 33, 19, 8  # ages of the three lists
LISTED_COUNT = 9
CORRECTED_AGO = 15
SECURITY, CLERK = "petra", "lena"


def plan(stage: Stage, works: Works, customers: Sequence[Customer]) -> None:
    """Plan the three lists and the corrections."""
    quiet = [drive for drive in works.drives if drive.settled > 200 and not drive.is_busy]
    operated = [drive for drive in quiet if drive.board and "customer" in drive.keepers]
    hidden = [drive for drive in quiet if "customer" not in drive.keepers]
    stage.plan(stage.instant(STOCKTAKING, 15), partial(_stocktaking, stage, operated))
    stage.plan(stage.instant(STOCK, 15), partial(_stock_list, stage, hidden, customers))
    stage.plan(stage.instant(EXPORT, 15), partial(_export, stage, operated))
    corrected = _with_another_site(operated[20:], customers)
    stage.plan(stage.instant(CORRECTED_AGO, 11), partial(_correct, stage, corrected))


def _stocktaking(stage: Stage, drives: Sequence[Drive], at: datetime) -> None:
    """A customer counts: one board is said to sit in a drive other than the one we know."""
    listed = [drive for drive in drives if drive.item == "TG-200"][:LISTED_COUNT]
    boards = [drive.board for drive in listed]
    boards[0] = boards[1]
    facts = [
        _said(drive, STOCKTAKING, Kind.INSTALLED, "stocktaking", **{_BOARD_SERIAL: board})
        for drive, board in zip(listed, boards, strict=True)
    ]
    _drop(stage, written(facts, stage, GERMAN), "customer-stocktaking.csv", at)


def _stock_list(
    stage: Stage, drives: Sequence[Drive], customers: Sequence[Customer], at: datetime
) -> None:
    """A distributor names operators; some drives were running before they were built."""
    listed = drives[:LISTED_COUNT]
    facts = []
    for number, drive in enumerate(listed):
        buyer = customers[number * 7 % len(customers)]
        age = drive.built + 40 if number in {1, 4} else STOCK + 3
        named = {"customer": buyer.name, "site": buyer.sites[0].name}
        facts.append(_said(drive, age, Kind.COMMISSIONED, "distributor's list", **named))
    facts.append(replace(facts[0], item="TG-20O"))
    _drop(stage, written(facts, stage, ENGLISH), "distributor-operators.csv", at)


def _export(stage: Stage, drives: Sequence[Drive], at: datetime) -> None:
    """A spreadsheet went through many hands: numbers mangled, a unit twice, a day to come."""
    listed = drives[40 : 40 + LISTED_COUNT]
    facts = [
        _said(drive, EXPORT + 2, Kind.PARAMETERS_CHANGED, "service diary", **{"P12.03": "off"})
        for drive in listed
    ]
    facts += [
        replace(facts[2], serial="2.14E+10"),
        replace(facts[3], age=EXPORT - 30),
        replace(facts[4], serial=facts[4].serial.replace("-", "_")),
    ]
    _drop(stage, written(facts, stage, ENGLISH), "service-diary-export.csv", at)


_BOARD_SERIAL = company.CONTROL_BOARD + " serial"


def _said(drive: Drive, age: int, kind: Kind, source: str, **cells: str) -> Fact:
    return Fact(age, age, Desk.SERVICE, drive.item, drive.serial, kind, cells, source=source)


def _drop(stage: Stage, content: bytes, filename: str, at: datetime) -> None:
    """Look at a list first, then take what can be taken."""
    clerk = stage.actor(CLERK)
    staged = imports.stage_import(io.BytesIO(content), filename=filename, actor=clerk, now=at)
    imports.apply_import(staged, actor=clerk, now=at)


def _with_another_site(
    drives: Sequence[Drive], customers: Sequence[Customer]
) -> list[tuple[Drive, str]]:
    """Return three drives, each with another site of its customer."""
    sites = {customer.name: [site.name for site in customer.sites] for customer in customers}
    found = []
    for drive in drives:
        others = [n for n in sites[drive.keepers["customer"]] if n != drive.keepers["site"]]
        if others:
            found.append((drive, others[0]))
    return found[:3]


def _correct(stage: Stage, corrected: Sequence[tuple[Drive, str]], at: datetime) -> None:
    for drive, site_name in corrected:
        unit = units.unit_of(stage.items[drive.item], drive.serial)
        page = units.events_page(unit).items
        seq = next(event.seq for event in page if event.kind == Kind.SHIPPED)
        shipped = booking.event_of(unit, seq)
        operator = shipped.custody[CustodyRole.OPERATOR]
        party = stage.parties[drive.keepers["customer"]]
        site = next(site for site in parties.sites_of(party) if site.name == site_name)
        assert operator is not None
        custody = {**shipped.custody, CustodyRole.OPERATOR: structs.replace(operator, site=site.pk)}
        booking.correct_event(
            unit,
            seq,
            replacement=structs.replace(shipped, custody=custody),
            reason=f"The delivery went to {site_name}; the delivery note named another site.",
            actor=stage.actor(SECURITY),
            now=at,
        )
