"""What may go together."""

from datetime import date

from longmark.core.composition.judging import (
    Combination,
    Effectivity,
    Mismatch,
    Piece,
    Present,
    Rules,
    mismatches,
)

DRIVE, BOARD, FIRMWARE, PUMP = 1, 2, 3, 4
REV_C, REV_D = 21, 22
FW_22, FW_24 = 31, 32

FITS = {
    (DRIVE, "control-board"): frozenset({REV_C, REV_D}),
    (BOARD, "main-firmware"): frozenset({FW_22, FW_24}),
}
OLD = Combination(
    1,
    (
        Piece("control-board", BOARD, frozenset({REV_C})),
        Piece("control-board/main-firmware", FIRMWARE, frozenset({FW_22, FW_24})),
    ),
)
NEW = Combination(
    2,
    (
        Piece("control-board", BOARD, frozenset({REV_D})),
        Piece("control-board/main-firmware", FIRMWARE, frozenset({FW_24})),
    ),
)


def drive(board: int | None, firmware: int | None, at: str = "") -> list[Present]:
    above = f"{at}/" if at else ""
    return [
        Present(at, DRIVE, None),
        Present(f"{above}control-board", BOARD, board),
        Present(f"{above}control-board/main-firmware", FIRMWARE, firmware),
    ]


def judged(content: list[Present], *combinations: Combination) -> tuple[Mismatch, ...]:
    return mismatches(content, Rules(FITS, {DRIVE: combinations} if combinations else {}))


def test_what_one_combination_allows_is_no_mismatch() -> None:
    assert judged(drive(REV_C, FW_22), OLD, NEW) == ()
    assert judged(drive(REV_D, FW_24), OLD, NEW) == ()


def test_what_no_combination_allows_is_one_mismatch_told_by_the_nearest() -> None:
    (found,) = judged(drive(REV_D, FW_22), OLD, NEW)

    assert (found.path, found.nearest, found.wrong) == ("", 2, ("control-board/main-firmware",))


def test_what_is_not_known_proves_nothing() -> None:
    assert judged(drive(REV_D, None), OLD, NEW) == ()
    assert judged(drive(None, FW_22), OLD, NEW) == ()


def test_without_combinations_nothing_is_asked() -> None:
    assert judged(drive(REV_D, FW_22)) == ()


def test_a_release_that_is_not_allowed_in_its_slot_is_a_mismatch() -> None:
    (found,) = judged(drive(REV_C, 99))

    assert (found.path, found.nearest) == ("control-board/main-firmware", None)


def test_a_slot_of_which_the_catalog_says_nothing_is_not_asked() -> None:
    assert judged([*drive(REV_C, FW_22), Present("option-card", 7, 70)]) == ()


def test_a_drive_in_a_pump_set_is_judged_where_it_sits() -> None:
    content = [Present("", PUMP, None), *drive(REV_D, FW_22, at="drive")]

    (found,) = judged(content, OLD, NEW)

    assert (found.path, found.wrong) == ("drive", ("drive/control-board/main-firmware",))


def test_a_mismatch_says_for_which_units_it_is_one() -> None:
    until = Effectivity(built_until=date(2024, 6, 30))
    since = Effectivity(built_from=date(2024, 7, 1))
    old = Combination(1, OLD.pieces, until)
    new = Combination(2, NEW.pieces, since)

    (found,) = judged(drive(REV_C, FW_22), old, new)

    assert found.ruled == (until, since)
    assert found.allowed == (until,)


def test_a_combination_for_all_rules_every_unit() -> None:
    since = Effectivity(serial_from="200-2024-00000")

    (found,) = judged(drive(REV_D, FW_22), OLD, Combination(2, NEW.pieces, since))

    assert found.ruled == ()
    assert found.allowed == ()


def test_the_key_stays_while_rule_and_content_do() -> None:
    (first,) = judged(drive(REV_D, FW_22), OLD, NEW)
    (again,) = judged([*drive(REV_D, FW_22), Present("option-card", 7, 70)], OLD, NEW)
    (other,) = judged(drive(REV_D, FW_22), OLD)

    assert first.key == again.key
    assert first.key != other.key
