"""From a weakness to the people: now, on a past day, and with what nobody knows."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from longmark.core.actors import SYSTEM
from longmark.core.errors import Invalid, NotFound
from longmark.core.life.events import Kind, Occupant
from longmark.core.matching import Verdict
from longmark.core.vocabulary import ReleaseStatus
from longmark.findings.queries.listing import Narrowing
from longmark.fleet.services import booking
from longmark.foundation.pages import encoded
from longmark.impact.queries import desk, reaching
from longmark.impact.queries.reaching import Day
from longmark.impact.queries.subjects import Subject, subject_of
from tests.fleet.world import BOARD, FIRMWARE, a, a_drive_with_board, built, day, stated
from tests.web.world import CVE, PURL, World, a_world, vulnerable
from tests.world import NINE, a_release

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(tmp_path: Path) -> World:
    return a_world(tmp_path)


def releases(subject: Subject) -> dict[str, Verdict]:
    return {str(one.release): one.verdict for one in subject.releases}


def serials(subject: Subject, asked: Day = reaching.TODAY) -> dict[str, bool]:
    found = reaching.units_reached(subject, day=asked).items
    return {one.unit.serial: one.is_unknown for one in found}


def test_units_customers_and_countries_of_a_weakness_are_counted(world: World):
    impact = reaching.impact_of(subject_of(CVE))

    assert (impact.unit_count, impact.unknown_unit_count) == (2, 1)
    assert (impact.customer_count, impact.country_count) == (1, 1)


def test_the_list_names_what_is_affected_and_what_is_unknown(world: World):
    assert serials(subject_of(CVE)) == {"1001": False, "1002": False, "1003": True}


def test_a_component_reaches_the_units_that_contain_it(world: World):
    for purl in (PURL, PURL.partition("@")[0]):
        assert reaching.impact_of(subject_of(purl)).unit_count == 2


def test_what_is_asked_about_must_be_known_here(world: World):
    with pytest.raises(NotFound, match="CVE-1999-0001"):
        subject_of("CVE-1999-0001")
    with pytest.raises(NotFound, match="No SBOM here names"):
        subject_of("pkg:npm/left-pad@1.0.0")
    with pytest.raises(Invalid, match="Name a vulnerability"):
        subject_of(" ")


def test_a_release_without_sbom_is_unknown_and_so_are_its_units(world: World):
    assert releases(subject_of(CVE)) == {
        "tg200-fw 2.3.1": Verdict.AFFECTED,
        "tg200-fw 2.4.0": Verdict.UNKNOWN,
    }
    slots = {BOARD: a(world.drives.rev_d), FIRMWARE: a(world.drives.fw_24)}
    built(world.drives.unit("1004"), slots=slots)

    assert serials(subject_of(CVE))["1004"] is True
    assert reaching.impact_of(subject_of(CVE)).unknown_unit_count == 2


def test_a_draft_without_sbom_worries_nobody(world: World):
    a_release("3.0.0", item=world.drives.fw_23.item, status=ReleaseStatus.DRAFT)

    assert "tg200-fw 3.0.0" not in releases(subject_of(CVE))


def test_a_swapped_board_takes_the_weakness_along(world: World):
    other = Occupant(item=world.drives.board.pk, release=world.drives.rev_d.pk)
    swap = stated(world.drives.unit("1001"), Kind.SWAPPED, 100, slots={BOARD: other})
    booking.book_event(swap, actor=SYSTEM, now=NINE)

    now, before = serials(subject_of(CVE)), serials(subject_of(CVE), Day(on=day(99).date()))
    assert now == {"1001": True, "1002": False, "1003": True, "B-1": False}
    assert before == {"1001": False, "1002": False, "1003": True}


def test_today_asked_as_a_day_says_what_the_census_says(world: World):
    subject = subject_of(CVE)
    now = reaching.impact_of(subject)
    today = reaching.impact_of(subject, Day(on=NINE.date()))

    assert today.unit_count == now.unit_count
    assert today.unknown_unit_count == now.unknown_unit_count
    assert today.parties == now.parties
    assert today.countries == now.countries
    assert [each.by_evidence for each in today.releases] == [
        each.by_evidence for each in now.releases
    ]


def test_before_anything_was_built_nothing_is_reached(world: World):
    impact = reaching.impact_of(subject_of(CVE), Day(on=date(2020, 1, 1)))

    assert (impact.unit_count, impact.unknown_unit_count, impact.parties) == (0, 0, ())


def test_what_was_booked_later_was_not_known_then(world: World):
    yesterday = (NINE - timedelta(days=1)).date()

    assert reaching.impact_of(subject_of(CVE), Day(known_on=yesterday)).unit_count == 0
    assert reaching.impact_of(subject_of(CVE), Day(on=yesterday)).unit_count == 2


def test_the_list_is_narrowed_to_a_release_and_pages(world: World):
    subject = subject_of(CVE)
    one = reaching.units_reached(subject, release_id=world.drives.fw_23.pk, limit=1)
    rest = reaching.units_reached(subject, release_id=world.drives.fw_23.pk, after=one.next)

    assert [each.unit.serial for each in one.items + rest.items] == ["1001", "1002"]


@pytest.mark.parametrize("count", [1, 6])
def test_the_answer_costs_the_same_queries_however_many_units(
    world: World, count: int, django_assert_max_num_queries
):
    for number in range(count):
        a_drive_with_board(world.drives, f"2{number:03}", f"C-{number:03}")

    with django_assert_max_num_queries(17):
        reaching.impact_of(subject_of(CVE))


def test_the_desk_puts_the_exploited_first_then_what_reaches_more(world: World, tmp_path: Path):
    vulnerable(tmp_path, "CVE-2022-0001", world.drives)
    first, second = desk.worst_first().items

    assert {one.concern.vulnerability.name for one in (first, second)} == {CVE, "CVE-2022-0001"}
    assert (first.tally.unit_count, first.tally.unknown_unit_count) == (2, 1)
    assert desk.worst_first(Narrowing(changed_since=NINE + timedelta(days=1))).items == []


def test_pages_of_the_worst_go_on_in_the_same_order(world: World, tmp_path: Path):
    for number in range(4):
        vulnerable(tmp_path, f"CVE-2022-{number + 1:04}", world.drives)
    seen, page = [], desk.worst_first(limit=2)
    while page.next:
        seen += page.items
        page = desk.worst_first(limit=2, after=page.next)

    assert [*seen, *page.items] == desk.worst_first().items
    assert len(seen) == 4


@pytest.mark.parametrize("cursor", ["nonsense", encoded(["a"] * 6), encoded([1, 1, 1, 1, 1, 1])])
def test_cursor_of_another_list_is_refused_by_the_worst(db: None, cursor: str):
    with pytest.raises(Invalid, match="not a cursor of this list"):
        desk.worst_first(after=cursor)


@pytest.mark.parametrize("count", [1, 6])
def test_the_desk_costs_the_same_queries_however_many_weaknesses(
    world: World, tmp_path: Path, count: int, django_assert_num_queries
):
    for number in range(count):
        vulnerable(tmp_path, f"CVE-2022-{number + 1:04}", world.drives)

    with django_assert_num_queries(8):
        assert len(desk.worst_first().items) == count + 1
