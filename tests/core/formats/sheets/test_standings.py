"""What the system status of an SAP equipment says, in both languages."""

import pytest

from longmark.core.errors import Invalid
from longmark.core.formats.sheets.standings import Standing, standings_of


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("INST", {Standing.INSTALLED}),
        ("EINB", {Standing.INSTALLED}),
        ("AVLB ESTO", {Standing.FREE, Standing.IN_STOCK}),
        ("FREI ELAG", {Standing.FREE, Standing.IN_STOCK}),
        ("ECUS EDEL", {Standing.AT_CUSTOMER}),
        ("ekun, LÖVM", {Standing.AT_CUSTOMER}),
        ("Beim Kunden", {Standing.AT_CUSTOMER}),
        ("In stock", {Standing.IN_STOCK}),
        ("INAK", {Standing.INACTIVE}),
        ("EDEL DLFL ZX01", set()),
        ("", set()),
    ],
)
def test_codes_are_read_and_others_say_nothing(text: str, said: set[Standing]) -> None:
    assert standings_of(text) == said


@pytest.mark.parametrize("text", ["INST ESTO", "EINB FREI", "ESTO/ECUS"])
def test_what_cannot_both_be_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="both cannot be"):
        standings_of(text)
