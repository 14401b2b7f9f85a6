"""The lives of the drives, before anybody books them."""

from collections import Counter
from datetime import timedelta

from longmark.core.life.events import Kind
from longmark.demo import company, lists, parties
from longmark.demo.lives import Desk, Fact, Market, Works, in_production
from longmark.demo.service import Field, newer
from longmark.demo.stage import Stage
from tests.world import NINE


def lives(units: int = 2_000) -> tuple[Stage, list[Fact]]:
    stage = Stage(NINE, units)
    market = Market(parties.plan(stage), parties.distributors_by_country(), stage.rng)
    works = Works(stage, market)
    return stage, [*works.facts(), *Field(stage, works).facts()]


def test_the_same_dice_give_the_same_lives() -> None:
    assert lives(500)[1] == lives(500)[1]


def test_nothing_happens_before_a_unit_is_built_or_after_it_is_scrapped() -> None:
    _, facts = lives()
    built = {(f.item, f.serial, f.cells.get("plant")): f.age for f in facts if f.kind is Kind.BUILT}
    scrapped = {(f.item, f.serial): f.age for f in facts if f.kind is Kind.SCRAPPED}

    for fact in facts:
        born = built.get((fact.item, fact.serial, fact.cells.get("plant")), fact.age)
        assert fact.age <= born
        assert fact.age >= scrapped.get((fact.item, fact.serial), 0)
        assert 0 < fact.booked <= fact.age


def test_numbers_of_control_boards_are_given_once() -> None:
    _, facts = lives()
    boards = Counter(f.cells.get("control-board serial") for f in facts)
    boards.pop(None)

    assert set(boards.values()) == {1}


def test_updates_lead_to_newer_firmware() -> None:
    assert newer("tg200-fw", "2.4", "2.3.1")
    assert not newer("tg200-fw", "2.3.1", "2.4")


def test_production_uses_a_release_some_weeks_after_its_day() -> None:
    released = company.design_of("tg200-fw").ages["2.4"]

    assert in_production("tg200-fw", released) == "2.3.1"
    assert in_production("tg200-fw", released - 25) == "2.4"
    assert in_production("tg200-fw", 1_200) == "2.2"


def test_sixty_facts_are_written_down_weeks_late() -> None:
    _, facts = lives()

    late = [fact for fact in facts if fact.desk is Desk.LATE]
    assert len(late) == 60
    assert all(fact.age - fact.booked >= 21 for fact in late)


def test_the_service_writes_in_german() -> None:
    stage, facts = lives(500)
    swapped = next(fact for fact in facts if fact.kind is Kind.SWAPPED)

    header, row = lists.written([swapped], stage, lists.GERMAN).decode("utf-8-sig").splitlines()

    assert header.startswith("Artikel;Seriennummer;Ereignis;Datum;Nachweis;Beleg;")
    assert f"getauscht;{NINE - timedelta(days=swapped.age):%d.%m.%Y};bestätigt;RMA" in row
