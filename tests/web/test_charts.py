"""Geometry of the charts."""

from datetime import UTC, datetime

from longmark.web.charts import (
    Lane,
    Mark,
    Part,
    Span,
    life,
    sentence,
    sparkline,
    stripes,
    version_line,
)


def day(year: int, month: int = 1, of_month: int = 1) -> datetime:
    return datetime(year, month, of_month, tzinfo=UTC)


PARTS = [Part(30, "ev-5", "verified"), Part(0, "ev-4", "confirmed"), Part(10, "unknown", "unknown")]


def test_bar_fills_its_width_and_leaves_out_what_is_none() -> None:
    drawn = stripes(PARTS)

    assert [(stripe.x, stripe.width) for stripe in drawn] == [
        ("0.00%", "75.00%"),
        ("75.00%", "25.00%"),
    ]


def test_bars_of_a_column_share_a_scale() -> None:
    assert stripes(PARTS, total=80)[0].width == "37.50%"


def test_unknown_is_hatched() -> None:
    assert [stripe.is_hatched for stripe in stripes(PARTS)] == [False, True]


def test_bar_is_told_in_words() -> None:
    assert sentence(PARTS) == "30 verified, 10 unknown"


def test_affected_stretch_of_a_version_line_ends_at_its_bound() -> None:
    marks = [Mark("1.0", "attn"), Mark("2.0", "attn", is_bound=True), Mark("3.0", "ink")]

    drawn = version_line(marks, [(-1, 1)])

    assert [place.x for place in drawn.marks] == ["16.67%", "50.00%", "83.33%"]
    assert (drawn.affected[0].x, drawn.affected[0].width) == ("0.00%", "50.00%")


def test_spans_of_a_life_lie_in_time_and_end_today() -> None:
    lane = Lane("slot", (Span(day(2022), day(2024), "1.0"), Span(day(2024), None, "2.0")))

    drawn = life([lane], start=day(2022), now=day(2026))

    first, last = drawn.lanes[0].spans
    assert first.x == "0.00%"
    assert float(first.width[:-1]) + 0.01 >= float(last.x[:-1])
    assert float(last.x[:-1]) + float(last.width[:-1]) <= 97.71


def test_text_that_has_no_room_is_left_out() -> None:
    lane = Lane("slot", (Span(day(2022), day(2022, 2), "a long name of a release"),))

    assert not life([lane], start=day(2022), now=day(2026)).lanes[0].spans[0].has_text


def test_years_are_thinned_where_they_would_touch() -> None:
    assert len(life([], start=day(2000), now=day(2026)).ticks) <= 9


def test_sparkline_of_equal_values_is_flat() -> None:
    points, last = sparkline([5, 5, 5])

    assert {point.split(",")[1] for point in points.split()} == {last.split(",")[1]}
