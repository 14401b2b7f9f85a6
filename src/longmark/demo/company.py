"""What Tallgrass Drives makes: items, their releases, what fits where, how long it is supported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from longmark.catalog import queries as catalog_queries
from longmark.catalog import services as catalog
from longmark.core.vocabulary import IdentifiedBy, ItemKind, ReleaseStatus
from longmark.demo import parts
from longmark.demo.stage import HISTORY_DAYS, Stage

CONTROL_BOARD, MAIN_FIRMWARE, PARAMETERS = "control-board", "main-firmware", "parameters"
POWER_MODULE, GATEWAY, CARD_FIRMWARE = "power-module", "gateway", "card-firmware"
OPTION, OPTION_FIRMWARE = "option", "option-firmware"


@dataclass(frozen=True, slots=True)
class Place:
    """A slot in units of an item."""

    item: str
    slot: str


@dataclass(frozen=True, slots=True)
class Design:
    """An item of the company: releases with their age in days, oldest first; where they fit."""

    name: str
    kind: ItemKind
    title: str
    description: str
    number: str
    ages: Mapping[str, int]
    identified_by: IdentifiedBy = IdentifiedBy.NOTHING
    pattern: str = ""
    slots: Sequence[str] = ()
    fits: Sequence[Place] = ()
    supplier: str = ""
    withdrawn: frozenset[str] = field(default=frozenset())


DRIVE_SLOTS = (CONTROL_BOARD, POWER_MODULE, PARAMETERS, GATEWAY)
IN_DRIVES = (Place("TG-200", GATEWAY), Place("TG-700", GATEWAY))

DESIGNS: Sequence[Design] = (
    Design(
        "TG-200",
        ItemKind.PRODUCT,
        "Frequency drive 0.75–15 kW",
        "Runs pumps, fans and conveyors. Sits in a cabinet; reached over Modbus/TCP or PROFINET.",
        "M-200-0015",
        {"2": HISTORY_DAYS, "3": 1500},
        IdentifiedBy.SERIAL,
        r"TG2-\d{4}-\d{5}",
        DRIVE_SLOTS,
    ),
    Design(
        "TG-700",
        ItemKind.PRODUCT,
        "Frequency drive 18–250 kW",
        "For large pumps, mills and hoists. Three frame sizes; runs Linux and serves a web page.",
        "M-700-0250",
        {"FS4": HISTORY_DAYS, "FS5": 2200, "FS6": 1900},
        IdentifiedBy.SERIAL,
        r"TG7-\d{4}-\d{5}",
        DRIVE_SLOTS,
    ),
    Design(
        "TG-MB",
        ItemKind.PRODUCT,
        "Modbus/TCP gateway card",
        "Connects a drive to Modbus/TCP. Sold alone and inside of drives.",
        "M-MB-0001",
        {"A": HISTORY_DAYS, "B": 1100},
        IdentifiedBy.SERIAL,
        r"MB-\d{6}",
        (CARD_FIRMWARE,),
        IN_DRIVES,
        "Fieldlink Systems Oy",
    ),
    Design(
        "TG-PN",
        ItemKind.PRODUCT,
        "PROFINET card",
        "Connects a drive to PROFINET. Sold alone and inside of drives; holds no firmware of ours.",
        "M-PN-0001",
        {"A": HISTORY_DAYS},
        IdentifiedBy.SERIAL,
        r"PN-\d{6}",
        (),
        IN_DRIVES,
        "Fieldlink Systems Oy",
    ),
    Design(
        "CB-21",
        ItemKind.HARDWARE,
        "Control board of TG-200",
        "Revision D has another Ethernet controller and needs tg200-fw 2.4.",
        "H-CB-21",
        {"B": HISTORY_DAYS, "C": 1640, "D": 700},
        IdentifiedBy.SERIAL,
        r"C21-\d{4}-\d{5}",
        (MAIN_FIRMWARE,),
        (Place("TG-200", CONTROL_BOARD),),
    ),
    Design(
        "CB-70",
        ItemKind.HARDWARE,
        "Control board of TG-700",
        "",
        "H-CB-70",
        {"A": HISTORY_DAYS, "B": 1130},
        IdentifiedBy.SERIAL,
        r"C70-\d{4}-\d{5}",
        (MAIN_FIRMWARE, OPTION),
        (Place("TG-700", CONTROL_BOARD),),
    ),
    Design(
        "IO-12",
        ItemKind.HARDWARE,
        "Input and output card of TG-700",
        "Twelve terminals more. Sits on the control board, with a controller of its own.",
        "H-IO-12",
        {"A": 720},
        IdentifiedBy.SERIAL,
        r"IO-\d{5}",
        (OPTION_FIRMWARE,),
        (Place("CB-70", OPTION),),
    ),
    Design(
        "PM-22",
        ItemKind.HARDWARE,
        "Power module of TG-200",
        "",
        "H-PM-22",
        {"1": HISTORY_DAYS, "2": 1250},
        IdentifiedBy.BATCH,
        "",
        (),
        (Place("TG-200", POWER_MODULE),),
        "Halbleiterwerk Muldental GmbH",
    ),
    Design(
        "PM-75",
        ItemKind.HARDWARE,
        "Power module of TG-700",
        "",
        "H-PM-75",
        {"1": HISTORY_DAYS, "2": 980},
        IdentifiedBy.BATCH,
        "",
        (),
        (Place("TG-700", POWER_MODULE),),
        "Halbleiterwerk Muldental GmbH",
    ),
    Design(
        "tg200-fw",
        ItemKind.FIRMWARE,
        "Firmware of TG-200",
        "FreeRTOS with the Treck TCP/IP stack.",
        "S-200",
        parts.firmware()["tg200-fw"].ages,
        fits=(Place("CB-21", MAIN_FIRMWARE),),
        withdrawn=frozenset({"2.5"}),
    ),
    Design(
        "tg700-fw",
        ItemKind.FIRMWARE,
        "Firmware of TG-700",
        "Linux built with Yocto: boot loader, kernel, root file system, application.",
        "S-700",
        parts.firmware()["tg700-fw"].ages,
        fits=(Place("CB-70", MAIN_FIRMWARE),),
    ),
    Design(
        "tgmb-fw",
        ItemKind.FIRMWARE,
        "Firmware of the gateway card",
        "Made by the supplier of the card.",
        "S-MB",
        parts.firmware()["tgmb-fw"].ages,
        fits=(Place("TG-MB", CARD_FIRMWARE),),
        supplier="Fieldlink Systems Oy",
    ),
    Design(
        "io12-fw",
        ItemKind.FIRMWARE,
        "Firmware of the input and output card",
        "FreeRTOS; speaks to the control board only.",
        "S-IO",
        parts.firmware()["io12-fw"].ages,
        fits=(Place("IO-12", OPTION_FIRMWARE),),
    ),
    Design(
        "tg-params",
        ItemKind.PARAMETERS,
        "Parameter set of the drives",
        "P10.01 Modbus/TCP server, P10.07 IPv6, P12.03 web page.",
        "S-PAR",
        {"v5": HISTORY_DAYS, "v6": 1340, "v7": 400},
        fits=(Place("TG-200", PARAMETERS), Place("TG-700", PARAMETERS)),
    ),
    Design(
        "Tallgrass Commission",
        ItemKind.SOFTWARE,
        "Commissioning tool for PCs",
        "Electron with a Python service. Reads and writes the drives' parameters.",
        "S-COM",
        parts.firmware()["Tallgrass Commission"].ages,
    ),
)


@dataclass(frozen=True, slots=True)
class Support:
    """A decision on how long a product is supported; ``starts`` is an age in days."""

    item: str
    starts: int
    years: int
    use_years: int
    reasoning: str


SUPPORT: Sequence[Support] = (
    Support(
        "TG-200",
        1500,
        7,
        7,
        "Design 3. Cabinets of this class are renewed after seven years; the warranty register"
        " and the service contracts say the same.",
    ),
    Support(
        "TG-700",
        1900,
        10,
        15,
        "Mills and hoists run for fifteen years. The kernel line ends earlier; the successor line"
        " is planned, so ten years are promised.",
    ),
    Support(
        "TG-MB",
        1100,
        5,
        5,
        "The supplier keeps the stack for five years; a card is exchanged rather than repaired.",
    ),
)
"""TG-PN is decided apart: its period is laid so that it ends in ninety days."""

PROFINET_YEARS = 5
ENDS_IN = timedelta(days=90)
OPTIONAL = frozenset({GATEWAY, OPTION})


def plan(stage: Stage) -> None:
    """Plan items at the beginning, each release on its day, and the decisions on support."""
    stage.plan(stage.instant(HISTORY_DAYS, 8, 30), lambda at: _register_items(stage, at))
    for design in DESIGNS:
        for version, age in design.ages.items():
            stage.plan(stage.instant(age, 8, 45), partial(_release, stage, design, version))
    for support in SUPPORT:
        stage.plan(stage.instant(support.starts, 10), partial(_decide, stage, support))
    stage.plan(stage.instant(1730, 10), lambda at: _decide_profinet(stage, at))
    stage.plan(stage.instant(420, 10), lambda at: _open_to_the_public(stage, at))


def released_by(item: str, days_ago: int) -> str:
    """Return the release of an item that was the newest so many days ago, else the first."""
    ages = design_of(item).ages
    reached = [version for version, age in ages.items() if age >= days_ago]
    return reached[-1] if reached else next(iter(ages))


def design_of(item: str) -> Design:
    """Return the design of an item."""
    return next(design for design in DESIGNS if design.name == item)


def _register_items(stage: Stage, at: datetime) -> None:
    for design in DESIGNS:
        stage.items[design.name] = catalog.register_item(
            design.name,
            kind=design.kind,
            details=catalog.ItemDetails(
                title=design.title,
                description=design.description,
                identified_by=design.identified_by,
                serial_pattern=design.pattern,
                numbers={"ERP": design.number},
            ),
            supplier=stage.parties.get(design.supplier),
            actor=stage.actor("ada"),
            now=at,
        )
        _define_slots(stage, design, at)


def _define_slots(stage: Stage, design: Design, at: datetime) -> None:
    for position, name in enumerate(design.slots):
        catalog.define_slot(
            stage.items[design.name],
            name,
            position=position,
            is_optional=name in OPTIONAL,
            actor=stage.actor("ada"),
            now=at,
        )


def _release(stage: Stage, design: Design, version: str, at: datetime) -> None:
    release = catalog.register_release(
        stage.items[design.name],
        version,
        released_on=at.date(),
        actor=stage.actor("finn"),
        now=at,
    )
    stage.releases[design.name, version] = release
    for place in design.fits:
        slot = catalog_queries.slot(stage.items[place.item], place.slot)
        catalog.allow_fits(slot, [release], actor=stage.actor("finn"), now=at)
    _supersede(stage, design, version, at)


def _supersede(stage: Stage, design: Design, version: str, at: datetime) -> None:
    """Let a firmware replace the one before it; boards and cards of older design stay in use."""
    versions = list(design.ages)
    place = versions.index(version)
    if design.kind not in {ItemKind.FIRMWARE, ItemKind.SOFTWARE} or place == 0:
        return
    before = versions[place - 1]
    status = ReleaseStatus.WITHDRAWN if before in design.withdrawn else ReleaseStatus.SUPERSEDED
    catalog.change_release_status(
        stage.releases[design.name, before], status, actor=stage.actor("finn"), now=at
    )


def _decide(stage: Stage, support: Support, at: datetime) -> None:
    catalog.decide_support_period(
        stage.items[support.item],
        starts_on=at.date(),
        years=support.years,
        expected_use_years=support.use_years,
        reasoning=support.reasoning,
        actor=stage.actor("quirin"),
        now=at,
    )


def _open_to_the_public(stage: Stage, at: datetime) -> None:
    """Let whoever scans the plate of a TG-700 see how long it is cared for; a TG-200 not yet."""
    catalog.open_passport(
        stage.items["TG-700"],
        declaration_url="https://www.tallgrass.example/conformity/tg-700",
        instructions_url="https://www.tallgrass.example/manuals/tg-700",
        actor=stage.actor("quirin"),
        now=at,
    )


def _decide_profinet(stage: Stage, at: datetime) -> None:
    ends_on = (stage.now + ENDS_IN).date()
    catalog.decide_support_period(
        stage.items["TG-PN"],
        starts_on=_years_before(ends_on, PROFINET_YEARS),
        years=PROFINET_YEARS,
        expected_use_years=PROFINET_YEARS,
        reasoning="The card is bought in; its maker announced the end for that time.",
        actor=stage.actor("quirin"),
        now=at,
    )


def _years_before(day: date, years: int) -> date:
    """Return the same day some years earlier; there is no 29 February in most of them."""
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28 if leap_day else day.day)
