"""What belongs to no page: the choice of colours and the gallery of components."""

from datetime import UTC, datetime

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from longmark.foundation.pages import Page
from longmark.web import words
from longmark.web.charts import Lane, Mark, Part, Span
from longmark.web.doors import THEMES, PageRequest, page
from longmark.web.icons import ICONS

YEAR_SECONDS = 365 * 24 * 3600


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the reader's choice of colours in a cookie."""
    chosen = request.POST.get("theme", "")
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    response = HttpResponseRedirect(back if is_ours else reverse("web:desk"), status=303)
    if chosen in THEMES:
        response.set_cookie(
            "theme",
            chosen,
            max_age=YEAR_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


class SampleForm(forms.Form):
    """The form that the gallery shows at rest and refused."""

    serial = forms.CharField(
        label="Serial number of the board that went in",
        help_text="Scan it or type it. A new serial number makes a new unit.",
    )
    swapped_on = forms.DateField(label="Swapped on", widget=forms.DateInput(attrs={"type": "date"}))
    firmware = forms.CharField(
        label="Firmware on the board",
        required=False,
        help_text="Empty is recorded as unknown, not as unchanged.",
    )
    file = forms.FileField(label="File", required=False)


@page()
def components(request: PageRequest) -> HttpResponse:
    """Show every component in its states; what breaks, breaks here first."""
    refused = SampleForm({"serial": "CB21-D-20655", "swapped_on": "2022-02-30"})
    refused.add_error("serial", "It sits in 200-2240-05110 since 9 Sep 2025.")
    context = {
        "icons": sorted(ICONS),
        "stamps": words.STAMPS,
        "levels": list(words.EVIDENCE),
        "form": SampleForm(),
        "refused": refused,
        "paged": Page(["row"] * 25, "cursor"),
        "evidence_counts": _EVIDENCE,
        "exposure": _EXPOSURE,
        "marks": _MARKS,
        "stretches": [(-1, 2)],
        "lanes": _LANES,
        "start": _day(2022, 8, 2),
        "now": _day(2026, 11, 24),
        "course": [61, 59, 66, 63, 52, 49, 50, 46, 41, 44, 39, 42],
    }
    return render(request, "web/gallery.html", context)


def _day(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


_EVIDENCE = {
    "verified": 421,
    "confirmed": 402,
    "reported": 178,
    "declared": 101,
    "assumed": 16,
    "unknown": 90,
}
_EXPOSURE = [
    Part(1704, "attn", "exposed"),
    Part(629, "quiet", "not exposed"),
    Part(275, "unknown", "unknown"),
]
_MARKS = [
    Mark("6.0.1.28", "attn", "1.6.2, 1.8.0", "78 units"),
    Mark("6.0.1.41", "attn", "2.0.3 to 2.3.1", "2,434 units"),
    Mark("6.0.1.66", "attn", "2.4.0 to 2.5.2", "3,001 units", is_bound=True),
    Mark("6.0.1.68", "ink", "2.6.0", "1,609 units"),
]
_LANES = [
    Lane(
        "control-board",
        (
            Span(_day(2022, 8, 2), _day(2025, 3, 3), "CB-21 rev C"),
            Span(_day(2025, 3, 3), _day(2025, 3, 26), "booked 23 days late", is_late=True),
            Span(_day(2025, 3, 26), None, "CB-21 rev D"),
        ),
    ),
    Lane(
        "main-firmware",
        (
            Span(_day(2022, 8, 2), _day(2023, 10, 17), "2.0.3"),
            Span(_day(2023, 10, 17), _day(2024, 10, 1), "unknown", is_unknown=True),
            Span(_day(2024, 10, 1), None, "2.3.1, came with the board"),
        ),
    ),
    Lane(
        "IPv6, P10.07",
        (
            Span(_day(2022, 8, 2), _day(2024, 6, 11), "off", "quiet"),
            Span(_day(2024, 6, 11), None, "on: exposed", "attn"),
        ),
    ),
]
