from datetime import UTC, date, datetime, time

import pytest

from longmark.core.errors import Invalid
from longmark.core.formats.sheets.cells import Moment, identifier_of, moment_of, text_of

MARCH_3 = datetime(2024, 3, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  a ", "a"),
        (4711.0, "4711"),
        (2.5, "2.5"),
        (True, "1"),
        (None, ""),
        (date(2024, 3, 3), "2024-03-03"),
    ],
)
def test_a_cell_reads_as_a_person_reads_it(cell, text):
    assert text_of(cell) == text


def test_a_whole_number_is_taken_as_the_digits_it_shows():
    assert identifier_of(4711.0, field="serial") == "4711"


@pytest.mark.parametrize("lost", [1.2e16, 12345678901234567.0, 47.11])
def test_a_number_that_lost_digits_is_refused(lost):
    with pytest.raises(Invalid, match="digits are lost"):
        identifier_of(lost, field="serial")


@pytest.mark.parametrize("wrong", [True, date(2024, 3, 3), time(3, 4)])
def test_what_became_a_date_or_truth_is_refused_as_identifier(wrong):
    with pytest.raises(Invalid, match="format the column as text"):
        identifier_of(wrong, field="serial")


@pytest.mark.parametrize(
    ("cell", "precision"),
    [
        ("2024-03-03", "day"),
        ("3.3.2024", "day"),
        ("03/03/2024", "day"),
        (datetime(2024, 3, 3), "day"),  # noqa: DTZ001
        (date(2024, 3, 3), "day"),
        ("2024-03-03T01:00:00+01:00", "instant"),
        ("2024-03-03 00:00", "instant"),
    ],
)
def test_dates_are_read_in_many_ways(cell, precision):
    assert moment_of(cell, field="date") == Moment(MARCH_3, precision)


def test_months_and_years_are_dates_too():
    assert moment_of("2024-03", field="date") == Moment(datetime(2024, 3, 1, tzinfo=UTC), "month")
    assert moment_of("2024", field="date") == Moment(datetime(2024, 1, 1, tzinfo=UTC), "year")


def test_a_day_that_can_be_read_in_two_ways_is_refused():
    with pytest.raises(Invalid, match="write 2024-03-04 or 2024-04-03"):
        moment_of("03/04/2024", field="date")


@pytest.mark.parametrize(
    "bad", ["2021-02-30", "soon", "", "45353", 45353.0, "31.04.2024", None, "2024-13"]
)
def test_what_is_no_date_is_refused(bad):
    with pytest.raises(Invalid, match="is not a date"):
        moment_of(bad, field="date")
