"""Filters and tags that turn values into what a person reads."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from longmark.core.formats.labels.drawing import code_drawing
from longmark.core.identity.suggestions import Suggestion
from longmark.core.life.identity import shape_of_pattern
from longmark.web import countries, words
from longmark.web.icons import ICONS
from longmark.web.moments import age_text, lasting_text, moment_text, rough_day_text

if TYPE_CHECKING:
    from longmark.precision.queries import BoardRow

register = template.Library()

INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(?:\+00:00|Z)")
ABBREVIATIONS = frozenset({"rma", "sbom", "url", "id"})
LINE_LENGTH = 140


@register.filter
def count(value: int | None) -> str:
    """Return a number with grouped thousands: *12,046*."""
    return "–" if value is None else number_format(value, force_grouping=True)


@register.filter
def day(value: date | None, precision: str = "") -> SafeString | str:
    """Return a calendar day: *24 Nov 2026*; or a month or year, where no more is known."""
    if value is None:
        return "–"
    said = rough_day_text(value, precision)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), said)


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """Return an instant as it is said on a desk: *today 09:00*."""
    if value is None:
        return "–"
    said = moment_text(value, now=timezone.now())
    full = timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S %Z")
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), full, said)


@register.filter
def age(value: datetime | None) -> SafeString | str:
    """Return how long ago an instant was: *6 min ago*."""
    if value is None:
        return _("never")
    said = age_text(value, now=timezone.now())
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), said)


@register.filter
def lasting(value: datetime) -> str:
    """Return how long something has lasted: *17 days*."""
    return lasting_text(value, now=timezone.now())


@register.filter
def days_ago(value: datetime) -> int:
    """Return how many whole days ago an instant was."""
    return (timezone.now() - value).days


@register.filter
def serial(value: str) -> SafeString:
    """Return a serial number in the type that tells its letters apart."""
    return format_html('<span class="mono">{}</span>', value)


@register.filter
def country(code: str | None) -> SafeString | str:
    """Return the name of a country; unknown is shown as unknown."""
    return countries.name_of(code) if code else unknown()


@register.filter
def word(code: str, kinds: str = "KINDS") -> str:
    """Return the word for a code from one of the word lists."""
    table: words.Words = getattr(words, kinds)
    return str(table.get(str(code), code))


@register.filter
def clipped(text: str, limit: int) -> str:
    """Return the beginning of a text, cut between two words."""
    said = str(text)
    if len(said) <= limit:
        return said
    head = said[:limit].rpartition(" ")[0] or said[: limit - 1]
    return f"{head.rstrip(' .,;:')}…"


@register.filter
def because(suggestion: Suggestion) -> str:
    """Return why something is suggested for a name without identifier."""
    return words.because(suggestion)


@register.filter
def delimiter_word(text: str) -> str:
    """Name a delimiter that is hard to see in a sentence."""
    seen = {",": _("comma"), ";": _("semicolon"), "|": _("bar"), ":": _("colon")}
    unseen = {"\t": _("tab"), "\x1f": _("unit separator"), " ": _("blank")}
    return (seen | unseen).get(text, text)


@register.filter
def serial_shape(pattern: str) -> str:
    """Return what serial numbers look like: *TG2-####-#####*; the pattern, if it is not simple."""
    return shape_of_pattern(pattern) or pattern


@register.filter
def percentage(value: float) -> str:
    """Return a probability in percent: *18.6 %*; small ones keep two digits."""
    percent = 100 * value
    return f"{number_format(percent, 1 if percent >= 1 else 2)}\u202f%"


@register.filter
def share(part: int, whole: int) -> int:
    """Return a part of a whole in full percent."""
    return round(100 * part / whole) if whole else 0


@register.filter
def at(table: Mapping[object, object] | str, key: object) -> object:
    """Return what a mapping holds under a key; nothing where the page has no such mapping."""
    return table.get(key) if isinstance(table, Mapping) else None


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon beside a word that says the same."""
    return format_html(
        '<svg class="i" viewBox="0 0 16 16" aria-hidden="true"><path d="{}"/></svg>', ICONS[name]
    )


@register.simple_tag
def link_code(link: str) -> SafeString:
    """Draw the code of an identification link, as on a label."""
    return SafeString(code_drawing(link, side_mm=30))  # numbers alone, nothing of the link


@register.simple_tag
def unknown(text: str = "") -> SafeString:
    """Show that something is not known."""
    return format_html('<span class="unknown">{}</span>', text or _("unknown"))


@register.simple_tag
def stamp(code: str, text: str = "") -> SafeString:
    """Draw the badge of a state, with other words where ``text`` is given."""
    look = words.STAMPS.get(str(code), words.Stamp(str(code)))
    return badge(str(text or look.word), look.tone, look.icon)


@register.simple_tag
def badge(text: str, tone: str = "", icon_name: str = "") -> SafeString:
    """Draw a badge: shape and word first, colour second."""
    shape = icon(icon_name) if icon_name else ""
    if not tone:
        return format_html('<span class="badge">{}{}</span>', shape, text)
    return format_html('<span class="badge" data-tone="{}">{}{}</span>', tone, shape, text)


@register.simple_tag
def severity(score: float | None, rating: str = "") -> SafeString:
    """Draw a severity: bars, number and word; not scored is hatched, never zero."""
    level = (rating or _rating(score)).lower()
    said = words.SEVERITY.get(level, level)
    if score is None:
        return format_html('<span class="sev" data-level="{}">{}</span>', level, said)
    return format_html(
        '<span class="sev" data-level="{}"><b>{}</b> {}</span>',
        level,
        number_format(score, 1),
        said,
    )


def _rating(score: float | None) -> str:
    """Return the qualitative rating of CVSS v3.1 § 5."""
    if score is None:
        return "unknown"
    for floor, name in ((9.0, "critical"), (7.0, "high"), (4.0, "medium"), (0.1, "low")):
        if score >= floor:
            return name
    return "none"


@register.simple_tag
def evidence(level: object) -> SafeString:
    """Draw an evidence level: five pips and the word."""
    code = words.evidence_code(level)
    return format_html(
        '<span class="ev" data-level="{}">{}</span>', code, words.EVIDENCE.get(code, code)
    )


@register.simple_tag
def counted(number: int | None, href: str) -> SafeString:
    """Draw a number that links to what it counts; none is a dash, zero links nowhere."""
    if number is None:
        return format_html('<span class="quiet">{}</span>', "–")
    if not number:
        return format_html('<span class="quiet">{}</span>', "0")
    return format_html('<a class="n" href="{}">{}</a>', href, count(number))


@register.simple_tag
def listed(number: int | None, name: str, **filters: object) -> SafeString:
    """Draw a number that links to a list with these filters."""
    return counted(number, listing(name, **filters))


@register.simple_tag
def rule_count(row: "BoardRow") -> SafeString:
    """Draw the count of a rule of the precision board; it leads to the list behind it."""
    return listed(row.count, row.rule.route, **row.rule.filters)


@register.simple_tag
def listing(name: str, **filters: object) -> str:
    """Write the address of a list with these filters set; empty ones are left out."""
    stated = [(key, str(value)) for key, value in filters.items() if value not in (None, "")]
    query = urlencode(stated)
    return f"{reverse(name)}?{query}" if query else reverse(name)


@register.simple_tag
def legend(*codes: str) -> SafeString:
    """Draw the key to the colours of a bar: pairs of tone and word."""
    pairs = zip(codes[::2], codes[1::2], strict=True)
    marks = format_html_join("", '<li><i class="c-{}"></i>{}</li>', pairs)
    return format_html('<ul class="legend">{}</ul>', marks)


@register.simple_tag
def evidence_legend() -> SafeString:
    """Draw the key to bars by evidence level, strongest first."""
    codes: list[str] = []
    for code, said in words.EVIDENCE.items():
        strength = words.EVIDENCE_STRENGTH.get(code)
        codes += [f"ev-{strength}" if strength else "unknown", str(said)]
    return legend(*codes)


@register.simple_tag(takes_context=True)
def sorter(context: template.Context, key: str, text: str) -> SafeString:
    """Draw the head of a sortable column: a link that keeps the filters and turns the order."""
    request = context["request"]
    current = request.GET.get("sort", context.get("sort", ""))
    query = request.GET.copy()
    query.pop("after", None)
    query["sort"] = f"-{key}" if current == key else key
    return format_html('<a href="?{}">{}</a>', query.urlencode(), text)


@register.simple_tag(takes_context=True)
def sorted_by(context: template.Context, key: str) -> SafeString | str:
    """Write the ``aria-sort`` of a column head where the table is sorted by it."""
    current = context["request"].GET.get("sort", context.get("sort", ""))
    if current.removeprefix("-") != key:
        return ""
    way = "descending" if current.startswith("-") else "ascending"
    return format_html('aria-sort="{}"', way)


@register.filter
def words_of(text: str) -> list[str]:
    """Return the words of a text."""
    return text.split()


@register.filter
def action_words(action: str) -> str:
    """Return what a ledger entry says was done: *Release registered*."""
    return subject_words(action)


@register.filter
def subject_words(kind: str) -> str:
    """Return a code as words: *catalog.support-period* gives *Support period*."""
    code = kind.rpartition(".")[2]
    if code in words.SUBJECTS:
        return str(words.SUBJECTS[code])
    parts = code.replace("-", " ").replace("_", " ").split()
    said = " ".join(part.upper() if part in ABBREVIATIONS else part for part in parts)
    return said[:1].upper() + said[1:]


@register.filter
def job_words(kind: str) -> str:
    """Return the kind of a job as words."""
    return subject_words(kind)


@register.filter
def value_words(value: object) -> str:
    """Return a recorded value as it is read: lists with commas, nothing as a dash."""
    if value in (None, "", [], {}):
        return "–"
    if isinstance(value, list):
        return ", ".join(value_words(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {value_words(each)}" for name, each in value.items())
    return str(value)


@register.filter
def recorded(value: object, name: str) -> str:
    """Return a recorded value as it is read under its name: the kind of a job in words."""
    said = value_words(value)
    return subject_words(said) if name == "kind" and "." in said else said


@register.filter
def payload_words(payload: Mapping[str, object]) -> str:
    """Return the details of a ledger entry in one line."""
    told = [
        f"{name.replace('_', ' ')} {recorded(value, name).removesuffix('.')}"
        for name, value in payload.items()
    ]
    line = INSTANT.sub(r"\1 \2 UTC", ", ".join(told))
    return clipped(line, LINE_LENGTH)
