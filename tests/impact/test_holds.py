"""What holds a unit that is about to go out: exploited, and a fix exists that fits."""

from pathlib import Path

import pytest

from longmark.catalog import queries as catalogue
from longmark.catalog import services as catalog
from longmark.core.actors import SYSTEM
from longmark.core.life.events import Kind
from longmark.core.life.returns import Hold
from longmark.core.vocabulary import ReleaseStatus
from longmark.fleet.models import Unit
from longmark.impact.queries.holds import Gate, gate_of
from longmark.intel.models import Vulnerability
from tests.findings.world import an_sbom
from tests.fleet.world import BOARD, FIRMWARE, a, booked, built, unit_named
from tests.web.world import CVE, World, a_world, vulnerable
from tests.world import NINE, a_release

pytestmark = pytest.mark.django_db

PATH = "control-board/main-firmware"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """2.3.1 is open to an exploited weakness; 2.4.0 has an SBOM that does not name its part."""
    world = a_world(tmp_path)
    Vulnerability.objects.filter(name=CVE).update(exploited_on=NINE.date())
    an_sbom(world.drives.fw_24, "pkg:generic/other@1.0")
    return world


def held(unit: Unit) -> list[tuple[str, str, str, str]]:
    return [
        (hold.path, hold.release, hold.vulnerability, hold.fixed_by) for hold in gate_of(unit).holds
    ]


def test_a_unit_with_exploited_firmware_is_held_by_the_release_that_mends_it(world: World):
    gate = gate_of(world.affected)

    assert gate.holds == [Hold(PATH, "tg200-fw", "2.3.1", CVE, "2.4.0")]
    assert (gate.remaining, gate.unjudged) == ((), ())


def test_the_fix_installed_lets_it_go(world: World):
    slots = {FIRMWARE: a(world.drives.fw_24)}
    booked(world.drives.unit("1001"), Kind.SOFTWARE_CHANGED, 50, slots=slots)

    assert gate_of(world.affected) == Gate((), ())


def test_a_weakness_that_nobody_exploits_holds_nothing(world: World):
    Vulnerability.objects.update(exploited_on=None)

    assert held(world.affected) == []


def test_without_a_fix_the_unit_is_not_held_but_the_weakness_shown(world: World):
    catalog.change_release_status(
        world.drives.fw_24, ReleaseStatus.WITHDRAWN, actor=SYSTEM, now=NINE
    )
    gate = gate_of(world.affected)

    assert gate.holds == []
    assert [(one.vulnerability.name, one.fix) for one in gate.remaining] == [(CVE, None)]


def test_a_release_that_does_not_fit_the_slot_is_no_fix(world: World, tmp_path: Path):
    catalog.change_release_status(
        world.drives.fw_24, ReleaseStatus.WITHDRAWN, actor=SYSTEM, now=NINE
    )
    an_sbom(a_release("2.5.0", item=world.drives.fw_24.item), "pkg:generic/other@1.0")

    assert held(world.affected) == []


def test_a_release_without_an_sbom_is_no_fix(tmp_path: Path):
    world = a_world(tmp_path)
    Vulnerability.objects.filter(name=CVE).update(exploited_on=NINE.date())

    assert held(world.affected) == []
    assert len(gate_of(world.affected).remaining) == 1


def test_an_older_release_is_no_fix(world: World):
    older = a_release("2.0.0", item=world.drives.fw_24.item)
    an_sbom(older, "pkg:generic/other@1.0")
    slot = catalogue.slot(world.drives.board, "main-firmware")
    catalog.allow_fits(slot, [older], actor=SYSTEM, now=NINE)
    catalog.change_release_status(
        world.drives.fw_24, ReleaseStatus.WITHDRAWN, actor=SYSTEM, now=NINE
    )

    assert held(world.affected) == []


def test_firmware_that_nobody_knows_is_held_if_it_may_be_open(world: World):
    assert held(world.unknown) == [(PATH, "", CVE, "2.4.0")]
    assert gate_of(world.unknown).unjudged == (PATH,)


def test_of_a_unit_of_which_nothing_is_told_the_firmware_is_not_known_either(world: World):
    assert held(built(world.drives.unit("1008"))) == [(PATH, "", CVE, "2.4.0")]


def test_a_slot_that_is_known_to_be_empty_is_not_held(world: World):
    unit = built(world.drives.unit("1009"), slots={BOARD: None})

    assert gate_of(unit) == Gate((), ())


def test_a_board_that_came_back_alone_is_held_itself(world: World):
    board = unit_named(world.drives.board, "B-1")

    assert held(board) == [("main-firmware", "2.3.1", CVE, "2.4.0")]


@pytest.mark.parametrize("count", [1, 6])
def test_the_gate_costs_the_same_queries_however_many_weaknesses(
    world: World, tmp_path: Path, count: int, django_assert_num_queries
):
    for number in range(count):
        vulnerable(tmp_path, f"CVE-2022-{number + 1:04}", world.drives)
    Vulnerability.objects.update(exploited_on=NINE.date())

    with django_assert_num_queries(7):
        assert len(gate_of(world.affected).holds) == count + 1
