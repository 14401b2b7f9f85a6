"""Tags that draw charts: geometry from ``web.charts``, strokes from ``templates/charts``."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django import template
from django.utils.translation import gettext as _

from longmark.web import charts, words
from longmark.web.moments import day_text

register = template.Library()


@register.inclusion_tag("charts/bar.html")
def bar(parts: Sequence[charts.Part], total: int = 0) -> dict[str, object]:
    """Draw counts side by side; ``total`` is the scale that the bars of a column share."""
    return {"stripes": charts.stripes(parts, total=total), "sentence": charts.sentence(parts)}


@register.inclusion_tag("charts/bar.html")
def one_bar(count: int, total: int, tone: str, label: str = "") -> dict[str, object]:
    """Draw one count on a scale."""
    return bar([charts.Part(count, tone, label)], total=total)


@register.inclusion_tag("charts/bar.html")
def evidence_bar(counts: Mapping[str, int], total: int = 0) -> dict[str, object]:
    """Draw counts by evidence level, strongest first, the unknown hatched at the end."""
    return bar(evidence_parts(counts), total=total)


def evidence_parts(counts: Mapping[str, int]) -> list[charts.Part]:
    """Return counts by evidence level as parts of a bar."""
    parts = []
    for code, said in words.EVIDENCE.items():
        strength = words.EVIDENCE_STRENGTH.get(code)
        tone = f"ev-{strength}" if strength else "unknown"
        parts.append(charts.Part(counts.get(code, 0), tone, str(said)))
    return parts


@register.inclusion_tag("charts/version_line.html")
def version_line(
    marks: Sequence[charts.Mark], affected: Sequence[tuple[int, int]], sentence: str
) -> dict[str, object]:
    """Draw versions in order with the affected stretches between them."""
    return {"line": charts.version_line(marks, affected), "sentence": sentence}


@register.inclusion_tag("charts/life.html")
def life_lanes(
    lanes: Sequence[charts.Lane], start: datetime, now: datetime, sentence: str
) -> dict[str, object]:
    """Draw what sat in a unit over the years."""
    return {"life": charts.life(lanes, start=start, now=now), "sentence": sentence}


@register.inclusion_tag("charts/sparkline.html")
def sparkline(values: Sequence[float], sentence: str) -> dict[str, object]:
    """Draw the course of one number."""
    points, last = charts.sparkline(values)
    x, y = last.split(",")
    return {"points": points, "x": x, "y": y, "sentence": sentence}


@register.inclusion_tag("charts/sparkline.html")
def course(readings: Sequence[tuple[date, int]]) -> dict[str, object]:
    """Draw how a count went from day to day."""
    (first_day, first), (last_day, last) = readings[0], readings[-1]
    said = _("from %(first)s on %(first_day)s to %(last)s on %(last_day)s") % {
        "first": first,
        "first_day": day_text(first_day),
        "last": last,
        "last_day": day_text(last_day),
    }
    return sparkline([float(count) for _day, count in readings], said)
