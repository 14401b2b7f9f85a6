"""How instants are said."""

from datetime import UTC, date, datetime, timedelta

import pytest

from longmark.web.moments import age_text, day_text, lasting_text, moment_text

NINE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("distance", "said"),
    [
        (timedelta(0), "today 09:00"),
        (timedelta(hours=-15), "yesterday 18:00"),
        (timedelta(days=1), "tomorrow 09:00"),
        (timedelta(days=-3), "Sat 21 Nov 09:00"),
        (timedelta(days=-40), "15 Oct 09:00"),
        (timedelta(days=-400), "20 Oct 2025"),
    ],
)
def test_the_nearer_an_instant_the_finer_it_is_said(distance: timedelta, said: str) -> None:
    assert moment_text(NINE + distance, now=NINE) == said


def test_day_is_said_with_its_year() -> None:
    assert day_text(date(2026, 11, 24)) == "24 Nov 2026"


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=6), "6 min ago"),
        (timedelta(hours=5), "5 h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=12), "12 days ago"),
    ],
)
def test_age_is_said_in_its_largest_unit(age: timedelta, said: str) -> None:
    assert age_text(NINE - age, now=NINE) == said


@pytest.mark.parametrize(
    ("hours", "said"), [(3, "less than a day"), (30, "1 day"), (17 * 24, "17 days")]
)
def test_what_lasts_is_said_in_days(hours: int, said: str) -> None:
    assert lasting_text(NINE - timedelta(hours=hours), now=NINE) == said
    assert "month" in lasting_text(NINE - timedelta(days=100), now=NINE)
