"""Lists of other systems: mapped, remembered, recognised, looked at anew."""

import io

import pytest

from longmark.core.actors import SYSTEM, Actor
from longmark.core.errors import Invalid, NotAllowed, NotFound, Refused
from longmark.core.formats.sheets.mapping import ColumnMap, read_map
from longmark.core.formats.sheets.tables import How
from longmark.core.vocabulary import ImportState
from longmark.fleet.models import Event, Import, Unit, UnitAlias
from longmark.fleet.queries import contents
from longmark.fleet.queries import imports as queries
from longmark.fleet.services import imports, mapping, plans
from longmark.fleet.services.plans import Plan, planned
from longmark.ledger import queries as ledger
from tests.fleet.test_imports import counts
from tests.fleet.world import BOARD, Drives, drives, staged, taken, unit_named
from tests.world import NINE

pytestmark = pytest.mark.django_db(transaction=True)

# As the list of equipment of an SAP system is saved to a file: texts of columns, DD.MM.YYYY.
SAP_LIST = """Equipment;Material;Serialnummer;Baujahr;Auslieferdatum;Inbetriebnahmedatum;Kunde;Land
10004711;TG-200;000000000000001001;2025;01.03.2026;00.00.0000;Stadtwerke Brenntal;AT
10004712;TG-200;000000000000001002;2025;15.03.2026;02.04.2026;Wasserverband Nordheide;DE
10004713;TG-200;000000000000001003;0000;00.00.0000;00.00.0000;;
"""
PLANT = "Nr;Typ;Stand;Status;Wann\n1001;drive;C;P1;2026-07-01 10:00\n1002;drive;D;P9;2026-07-02\n"
PLANT_MAP = {
    "columns": {"Nr": "serial", "Typ": "item", "Stand": "control-board", "Status": "event",
                "Wann": "date"},
    "words": {"item": {"drive": "TG-200"}, "event": {"P1": "built", "P9": "built"}},
    "zone": "Europe/Berlin",
}  # fmt: skip


@pytest.fixture
def world() -> Drives:
    return drives()


def received(text: str, plan: Plan = plans.RECOGNISE) -> Import:
    file = io.BytesIO(text.encode())
    return mapping.receive_list(file, filename="x.csv", plan=plan, actor=SYSTEM, now=NINE)


def remembered(name: str = "plant", **others: object) -> None:
    plan = Plan(How(delimiter=";"), read_map(PLANT_MAP), name)
    headers = PLANT.splitlines()[0].split(";")
    mapping.save_profile(name, plan, headers=headers, actor=SYSTEM, now=NINE, **others)


def test_an_equipment_list_of_sap_is_taken_as_it_is(world: Drives):
    source = taken(SAP_LIST)

    assert source.profile == "SAP equipment and serial numbers"
    assert counts(source) == (2, 0, 0, 1)
    unit = unit_named(world.drive, "1002")
    assert (unit.state, str(unit.operator), unit.country) == (
        "commissioned",
        "Wasserverband Nordheide",
        "DE",
    )
    told = Event.objects.filter(unit=unit).order_by("seq").values_list("kind", "precision")
    assert list(told) == [("built", "year"), ("shipped", "day"), ("commissioned", "day")]
    (refusal,) = queries.refusals_page(source).items
    assert "The row states no day" in refusal.why


def test_numbers_of_equipment_become_names_of_units_once(world: Drives):
    taken(SAP_LIST)
    taken(SAP_LIST)

    names = UnitAlias.objects.order_by("value").values_list("kind", "value", "number")
    assert list(names) == [("equipment", "10004711", 1), ("equipment", "10004712", 1)]


def test_an_export_that_knows_only_the_year_agrees_with_the_day_that_is_known(world: Drives):
    taken("item,serial,date,control-board\nTG-200,1001,2025-11-03,C\n")
    source = taken(
        SAP_LIST.replace("01.03.2026", "00.00.0000").replace(";Stadtwerke Brenntal;AT", ";;")
    )

    assert (source.contested_count, counts(source)) == (0, (1, 0, 1, 1))
    assert UnitAlias.objects.filter(value="10004711").exists()


def test_a_row_with_nothing_but_a_day_says_that_the_unit_is_known(world: Drives):
    text = "item,serial,built on,date\nTG-200,1001,,2026-02-01\n"
    assert counts(taken(text)) == (1, 0, 0, 0)

    assert counts(taken(text.replace("2026-02-01", "2026-05-01"))) == (0, 0, 1, 0)
    assert unit_named(world.drive, "1001").state == "registered"


def test_the_same_export_again_changes_nothing(world: Drives):
    taken(SAP_LIST)

    assert counts(taken(SAP_LIST)) == (0, 0, 2, 1)


def test_one_row_that_tells_several_things_counts_wholly_or_not_at_all(world: Drives):
    text = "item,serial,built on,shipped on\nTG-200,1,2026-03-01,2026-02-01\n"
    source = taken(text)

    assert counts(source) == (0, 0, 0, 1)
    assert not Event.objects.exists()


def test_a_list_that_nobody_understands_waits_for_its_columns(world: Drives):
    source = received(PLANT)

    assert source.state == ImportState.UNMAPPED
    assert [column["samples"] for column in source.sheet["columns"]][:2] == [
        ["1001", "1002"],
        ["drive"],
    ]
    with pytest.raises(Refused, match="was unmapped already"):
        imports.apply_import(source, actor=SYSTEM, now=NINE)


def test_once_it_is_said_which_column_is_which_the_effect_is_shown(world: Drives):
    source = received(PLANT)
    looked = mapping.map_import(source, Plan(How(), read_map(PLANT_MAP)), actor=SYSTEM, now=NINE)

    assert (looked.state, counts(looked)) == ("staged", (2, 0, 0, 0))
    imports.apply_import(looked, actor=SYSTEM, now=NINE)
    event = Event.objects.get(unit=unit_named(world.drive, "1001"))
    assert event.occurred_at.isoformat() == "2026-07-01T08:00:00+00:00"
    assert [entry.action for entry in ledger.entries_page().items][:3] == [
        "fleet.import-applied",
        "fleet.import-mapped",
        "fleet.import-received",
    ]


def test_a_changed_map_changes_the_effect_and_the_refusals(world: Drives):
    source = staged(PLANT, plan=Plan(How(), read_map(PLANT_MAP)))
    wrong = read_map(PLANT_MAP | {"words": {}})
    looked = mapping.map_import(source, Plan(How(), wrong), actor=SYSTEM, now=NINE)

    assert counts(looked) == (0, 0, 0, 2)
    assert len(queries.refusals_page(looked).items) == 2
    again = mapping.map_import(looked, Plan(How(), read_map(PLANT_MAP)), actor=SYSTEM, now=NINE)
    assert counts(again) == (2, 0, 0, 0)
    assert not queries.refusals_page(again).items


def test_a_list_that_was_taken_is_not_mapped_anew(world: Drives):
    source = taken(PLANT, plan=Plan(How(), read_map(PLANT_MAP)))

    with pytest.raises(Refused, match="not waiting any more"):
        mapping.map_import(source, Plan(), actor=SYSTEM, now=NINE)


def test_a_profile_is_recognised_by_its_columns_in_any_order(world: Drives):
    remembered()
    text = "Wann;Bemerkung;Status;Stand;Typ;NR\n2026-07-01;x;P1;C;drive;1001\n"

    source = staged(text)
    assert (source.profile, counts(source)) == ("plant", (1, 0, 0, 0))
    plain = "item;serial;date;control-board\nTG-200;1;2026-01-01;C\n"
    assert staged(plain).profile == ""


def test_an_own_profile_goes_before_a_ready_one(world: Drives):
    columns = {"Equipment": "equipment", "Serialnummer": "serial", "Material": "item"}
    plan = Plan(How(), read_map({"columns": columns, "fixed": {"date": "2026-01"}}), "ours")
    mapping.save_profile("ours", plan, headers=list(columns), actor=SYSTEM, now=NINE)

    assert staged(SAP_LIST).profile == "ours"
    asked = planned("SAP equipment and serial numbers")
    assert staged(SAP_LIST, plan=asked).profile == "SAP equipment and serial numbers"
    with pytest.raises(Invalid, match='no profile "other"'):
        planned("other")


def test_a_forgotten_profile_is_not_recognised_any_more(world: Drives):
    remembered()
    (profile,) = queries.profiles()
    mapping.forget_profile(profile.pk, actor=SYSTEM, now=NINE)

    with pytest.raises(Invalid, match='No column "serial"'):
        staged(PLANT)
    with pytest.raises(NotFound):
        mapping.forget_profile(profile.pk, actor=SYSTEM, now=NINE)


@pytest.mark.parametrize(
    ("name", "column_map", "reason"),
    [
        (" ", PLANT_MAP, "needs a name"),
        ("x", {"columns": {"other": "item"}}, "uses none of the columns"),
        ("x", PLANT_MAP | {"zone": "Mars/Base"}, 'no zone "Mars/Base"'),
    ],
)
def test_what_is_no_profile_is_refused(
    world: Drives, name: str, column_map: dict[str, object], reason: str
):
    plan = Plan(How(), read_map(column_map))
    with pytest.raises(Invalid, match=reason):
        mapping.save_profile(name, plan, headers=["Nr", "Typ"], actor=SYSTEM, now=NINE)


def test_an_outsider_maps_and_remembers_nothing(world: Drives, otto: Actor):
    source = received(PLANT)
    with pytest.raises(NotAllowed):
        mapping.map_import(source, Plan(), actor=otto, now=NINE)
    with pytest.raises(NotAllowed):
        mapping.save_profile("x", Plan(How(), ColumnMap()), headers=[], actor=otto, now=NINE)


def test_refused_rows_of_a_mapped_list_come_back_as_they_were(world: Drives):
    source = taken(PLANT + "1003;pump;C;P1;2026-07-01\n", plan=Plan(How(), read_map(PLANT_MAP)))
    text = "".join(queries.refusals_csv(source))

    assert "1003;pump;C;P1;2026-07-01;" in text


def test_columns_of_a_refusal_bear_the_names_that_they_have_in_the_file(world: Drives):
    source = taken(PLANT.replace("C;P1", "X;P1"), plan=Plan(How(), read_map(PLANT_MAP)))

    (refusal,) = queries.refusals_page(source).items
    assert refusal.column == "Stand"


def test_hours_that_came_twice_are_refused_with_both_readings(world: Drives):
    text = PLANT.replace("2026-07-01 10:00", "2025-10-26 02:30")
    (refusal,) = queries.refusals_page(staged(text, plan=Plan(How(), read_map(PLANT_MAP)))).items

    assert "2025-10-26T02:30+02:00 or 2025-10-26T02:30+01:00" in refusal.why


LISTS_OF_TWO = [
    "item,serial,date,control-board\nTG-200,1001,2026-01-05,C\nTG-200,1002,2026-01-05,C\n",
    "item,serial,date,control-board\nTG-200,1002,2026-01-05,C\nTG-200,1001,2026-01-05,C\n",
]


def test_two_imports_of_the_same_units_at_once_bring_each_unit_once(
    world: Drives, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("longmark.fleet.services.lists.CHUNK_ROWS", 1)
    first, second = (staged(text) for text in LISTS_OF_TWO)
    others: list[Import] = []

    def meanwhile(done: int, total: int | None) -> None:
        if not others:
            others.append(imports.apply_import(second, actor=SYSTEM, now=NINE))

    done = imports.apply_import(first, advance=meanwhile, actor=SYSTEM, now=NINE)
    assert (counts(done), counts(others[0])) == ((1, 0, 1, 0), (1, 0, 1, 0))
    assert Event.objects.filter(kind="built").count() == 2


@pytest.mark.parametrize(
    ("again", "expected"),
    [
        ("ab-1001", (0, 0, 1, 0)),  # the same number in small letters
        (" AB-1001 ", (0, 0, 1, 0)),
        ("AB\u20131001", (0, 0, 1, 0)),  # a dash that a word processor made
        ("AB-1001-7", (1, 0, 0, 0)),  # with a check digit it is another number
        ("AB-01001", (1, 0, 0, 0)),  # zeros in front are part of a number
    ],
)
def test_serial_numbers_that_look_alike(world: Drives, again: str, expected: tuple[int, ...]):
    taken("item,serial,date\nTG-200,AB-1001,2026-01-05\n")

    assert counts(taken(f"item,serial,date\nTG-200,{again},2026-01-05\n")) == expected


def test_zeros_that_a_system_adds_are_taken_off_by_the_profile_alone(world: Drives):
    taken("item,serial,date\nTG-200,1001,2025-01-01\n")
    padded = SAP_LIST.splitlines()
    source = taken("\n".join([padded[0], padded[1]]) + "\n")

    assert source.created_count == 0, "000000000000001001 is 1001, as SAP writes it"


# What sits in what: the board's superior equipment is the drive, and stands behind it here.
SAP_TREE = """Equipment;Material;Serialnummer;Baujahr;Gültig ab;Übergeord. Equipment;Status
10004801;CB-21;B-1;2025;01.03.2026;10004800;INST
10004800;TG-200;1001;2025;;;ECUS EDEL
"""


def placed(unit: Unit) -> dict[str, str]:
    return {each.path: each.child.serial for each in contents.contents(unit) if each.child}


def test_superior_equipment_is_the_unit_that_another_sits_in(world: Drives):
    source = taken(SAP_TREE)

    assert counts(source) == (2, 0, 0, 0)
    assert placed(unit_named(world.drive, "1001")) == {BOARD: "B-1"}
    told = Event.objects.get(unit=unit_named(world.drive, "1001"), kind="installed")
    assert (f"{told.occurred_at:%Y-%m-%d}", told.source) == ("2026-03-01", "SAP")
    assert counts(taken(SAP_TREE)) == (0, 0, 2, 0)


def test_superior_equipment_may_be_known_from_another_list(world: Drives):
    head, board, drive = SAP_TREE.splitlines()
    taken(f"{head}\n{drive}\n")

    assert counts(taken(f"{head}\n{board}\n")) == (1, 0, 0, 0)
    assert placed(unit_named(world.drive, "1001")) == {BOARD: "B-1"}


def test_superior_equipment_that_nobody_knows_refuses_the_row(world: Drives):
    source = taken("\n".join(SAP_TREE.splitlines()[:2]))

    (refusal,) = queries.refusals_page(source).items
    assert "no unit of this equipment number is known" in refusal.why
    assert "10004800" in refusal.why


def test_what_sits_elsewhere_already_is_refused_by_the_usual_rule(world: Drives):
    taken(SAP_TREE)
    other = (
        "Equipment;Material;Serialnummer;Baujahr;Gültig ab;HEQUI;Status\n"
        "10004802;TG-200;1002;2025;;;\n10004801;CB-21;B-1;;01.04.2026;10004802;INST\n"
    )

    (refusal,) = queries.refusals_page(staged(other)).items

    assert refusal.why == "B-1 sits in 1001 (control-board) since 2026-03-01."


def test_what_is_in_stock_has_left_what_it_sat_in(world: Drives):
    taken(SAP_TREE)
    out = SAP_TREE.replace("01.03.2026;10004800;INST", "01.05.2026;;ELAG FREI")

    source = taken(out)

    assert source.refused_count == 0
    assert placed(unit_named(world.drive, "1001")) == {}
    assert taken(out).event_count == 0


def test_what_was_put_in_after_the_status_holds_stays_in(world: Drives):
    taken(SAP_TREE)
    older = SAP_TREE.replace("01.03.2026;10004800;INST", "01.02.2026;;ESTO")

    taken(older)

    assert placed(unit_named(world.drive, "1001")) == {BOARD: "B-1"}


def test_status_tells_what_no_day_does(world: Drives):
    head = "Equipment;Material;Serial Number;Constr.year;Delivery date;Valid from;System status\n"
    text = head.replace("Constr.year", "Year of construction") + (
        "1;TG-200;1001;2025;;01.03.2026;ECUS\n"
        "2;TG-200;1002;2025;05.02.2026;01.03.2026;ECUS EDEL\n"
        "3;TG-200;1003;2025;;01.03.2026;INAC\n"
        "4;TG-200;1004;2025;;01.03.2026;AVLB DLFL ZZ01\n"
    )
    assert taken(text).refused_count == 0

    states = Unit.objects.order_by("serial").values_list("serial", "state")
    assert dict(states) == {
        "1001": "shipped", "1002": "shipped", "1003": "decommissioned", "1004": "built",
    }  # fmt: skip
    shipped = Event.objects.filter(kind="shipped").order_by("occurred_at")
    assert [f"{each.occurred_at:%m-%d}" for each in shipped] == ["02-05", "03-01"]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("10004801;CB-21;B-1;2025;01.03.2026;10004800;ESTO", "that it sits in 10004800"),
        ("10004801;CB-21;B-1;2025;01.03.2026;10004800;FREI", "that it sits in 10004800"),
        ("10004801;CB-21;B-1;2025;01.03.2026;;ELAG EKUN", "in stock and at the customer"),
        ("10004801;TG-200;9;2025;01.03.2026;10004800;INST", "TG-200 fits no slot of TG-200"),
    ],
)
def test_row_that_contradicts_itself_is_refused(world: Drives, row: str, why: str):
    head, _, drive = SAP_TREE.splitlines()

    (refusal,) = queries.refusals_page(staged(f"{head}\n{drive}\n{row}\n")).items

    assert why in refusal.why
