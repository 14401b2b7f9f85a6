"""Parameters of a unit: as found against as booked, what held when; and all units that drift."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from longmark.core.actors import Action
from longmark.core.errors import NotFound
from longmark.core.parameters.differences import natural
from longmark.fleet.queries import snapshots as queries
from longmark.fleet.queries import units as fleet
from longmark.fleet.queries.snapshots import DriftFilter
from longmark.fleet.services import snapshots as services
from longmark.fleet.services.catalogue import whole_catalogue
from longmark.foundation.fragments import fragment
from longmark.web import countries
from longmark.web.doors import PageRequest, attempt, page
from longmark.web.filters import (
    UNKNOWN,
    chosen,
    item_options,
    number,
    party_chips,
    rows_wanted,
    wanted,
)
from longmark.web.forms.snapshots import ExplanationForm, SnapshotForm
from longmark.web.parameters import page_of, speaks_of
from longmark.web.sheets import Done, Sheet, answer, posted
from longmark.web.words import DRIFTS_BY

if TYPE_CHECKING:
    from longmark.core.parameters.definitions import Definition
    from longmark.core.parameters.histories import Held
    from longmark.fleet.models import ParameterSnapshot, Unit
    from longmark.fleet.queries.snapshots import PlaceNow, ValueNow

    Told = tuple[str, Definition | None, tuple[Held, ...]]

SNAPSHOTS_SHOWN = 25


@page()
def unit_parameters(request: PageRequest, pk: UUID) -> HttpResponse:
    """Show the parameters of a unit; a file that is dropped is kept as found."""
    unit, now = fleet.unit(pk), timezone.now()
    paths = services.parameter_paths(unit, whole_catalogue())
    form = SnapshotForm(posted(request), request.FILES or None, latest=now.date(), paths=paths)
    if form.is_bound:
        kept = attempt(form, lambda: _keep(request, unit, form))
        if kept is not None:
            messages.success(request, _told(kept))
            return redirect("web:unit-parameters", pk=pk)
    places = queries.places_now(unit)
    carriers = queries.carriers_in(unit)
    context = {"unit": unit, "form": form, "takes_files": bool(paths)}
    context["places"] = [_place(request, place) for place in places]
    context["snapshots"] = queries.snapshots_page(carriers, limit=SNAPSHOTS_SHOWN)
    context["carriers"] = fleet.units_by_id(carriers)
    context["counting"] = {
        (each.snapshot.unit_id, each.snapshot.number)
        for place in places
        for each in place.record.found
        if each.snapshot
    }
    context |= {"text": wanted(request, "q"), "only": wanted(request, "only")}
    name = fragment(request, "web/unit_parameters.html", "rows")
    return render(request, name, context, status=422 if form.errors else 200)


def _keep(request: PageRequest, unit: "Unit", form: SnapshotForm) -> "ParameterSnapshot":
    file, stated = form.cleaned_data["file"], form.cleaned_data
    return services.take_snapshot(
        unit,
        file.read(),
        form.found(path=stated.get("slot", ""), filename=file.name),
        actor=request.actor,
        now=timezone.now(),
    )


def _told(kept: "ParameterSnapshot") -> str:
    said = _("Kept as snapshot %(number)s: %(count)s values.")
    if kept.is_rewritten:
        said = _(
            "Kept as snapshot %(number)s: %(count)s values. It holds secrets (%(names)s): their"
            " digests are kept, and the file was written anew without them."
        )
    names = ", ".join(kept.secrets)
    return said % {"number": kept.number, "count": f"{kept.count:,}", "names": names}


def _place(request: PageRequest, place: "PlaceNow") -> dict[str, object]:
    """Return a slot with the part of its values that is asked for."""
    values = queries.values_now(place.record, timezone.now())
    shown = narrowed(request, values)
    after, limit = wanted(request, "after") or None, rows_wanted(request)
    latest = place.record.latest
    return {
        "path": place.path,
        "carrier": place.carrier,
        "slot": place.record.slot,
        "item_name": place.item_name,
        "drift": place.drift,
        "latest": latest,
        "delivered": [row for row in values if row.is_as_delivered],
        "count": len(values),
        "page": page_of(shown, lambda row: row.name, after=after, limit=limit),
    }


def narrowed(request: PageRequest, values: "list[ValueNow]") -> "list[ValueNow]":
    """Return the parameters of a slot that the filters leave."""
    text, is_drifting = wanted(request, "q"), wanted(request, "only") == "drift"
    return [
        row
        for row in values
        if speaks_of(row.name, row.definition, text) and (row.deviates or not is_drifting)
    ]


@page()
def snapshot(request: PageRequest, pk: UUID, number: int) -> HttpResponse:
    """Show one snapshot, and how it differs from another, the released set, or what was booked."""
    unit = fleet.unit(pk)
    kept = queries.snapshot(unit, number)
    record = queries.record_of(unit, kept.slot)
    others = [each.snapshot for each in record.found if each.snapshot and each.snapshot != kept]
    against = wanted(request, "against")
    other = next((each for each in others if str(each.number) == against), None)
    counts = any(each.snapshot == kept for each in record.found)
    changes = (
        queries.difference(
            record,
            number,
            against=other.number if other else None,
            is_released=against == "released",
        )
        if counts
        else []
    )
    options = [("", _("what was booked by then")), ("released", _("the released set"))]
    options += [(str(each.number), _("snapshot %(number)s") % {"number": each.number})
                for each in others]  # fmt: skip
    context = {"unit": unit, "kept": kept, "counts": counts, "changes": changes}
    context |= {"against": against, "options": options, "other": other}
    sides = {"": _("booked"), "released": _("released")}
    context["before"] = sides.get(against, dict(options).get(against, _("booked")))
    return render(request, "web/snapshot.html", context)


@page()
def snapshot_file(request: PageRequest, pk: UUID, number: int) -> FileResponse:
    """Hand out the file that is kept of a snapshot."""
    kept = queries.snapshot(fleet.unit(pk), number)
    return FileResponse(
        queries.open_file(kept),
        as_attachment=True,
        filename=kept.filename or f"parameters-{number}",
        content_type="application/octet-stream",
    )


@page()
def history(request: PageRequest, pk: UUID) -> HttpResponse:
    """Show which value of each parameter held when."""
    unit, text = fleet.unit(pk), wanted(request, "q")
    slot = wanted(request, "slot") or queries.PARAMETERS
    rows = histories(request, unit, slot)
    found = page_of(
        rows,
        lambda row: row[0],
        after=wanted(request, "after") or None,
        limit=rows_wanted(request),
    )
    context = {"unit": unit, "slot": slot, "page": found, "text": text}
    context |= {"only": wanted(request, "only")}
    return render(request, fragment(request, "web/unit_history.html", "rows"), context)


def histories(request: PageRequest, unit: "Unit", slot: str) -> "list[Told]":
    """Return the parameters that the filters leave, each with what it is and what held, last
    first."""
    record, now = queries.record_of(unit, slot), timezone.now()
    told, known = queries.histories_of(record, now), record.definitions(now)
    text, moved = wanted(request, "q"), wanted(request, "only") == "moved"
    return [
        (name, known.get(name), told[name][::-1])
        for name in sorted(told, key=natural)
        if speaks_of(name, known.get(name), text) and (len(told[name]) > 1 or not moved)
    ]


@page(Action.BOOK_EVENTS)
def explain(request: PageRequest, pk: UUID) -> HttpResponse:
    """Book what was found on a unit as a change that somebody made."""
    unit, slot = fleet.unit(pk), wanted(request, "slot") or queries.PARAMETERS
    record = queries.record_of(unit, slot)
    latest = record.latest
    if latest is None or not record.drift:
        raise NotFound("Nothing drifts in {slot} of {unit}.", slot=slot, unit=unit)
    form = ExplanationForm(posted(request), latest=latest.ends.date())
    back = reverse("web:unit-parameters", args=[pk])
    sheet = Sheet(
        title=_("Book what was found on %(unit)s") % {"unit": unit.serial},
        submit=_("Book the change"),
        refused=_("Nothing was booked:"),
        back=back,
        crumbs=[*_crumbs(unit), (back, _("Parameters"))],
        lede=_(
            "The change counts from the day on which it was made. Secrets are not written down."
        ),
        template="web/parameters_explain.html",
        more={"drift": record.drift},
    )
    return answer(
        request,
        sheet,
        form,
        lambda: services.book_drift(
            unit,
            slot,
            found=form.found(),
            reason=form.cleaned_data["reason"],
            actor=request.actor,
            now=timezone.now(),
        ),
        lambda _unit: Done(back, _("What was found is booked.")),
    )


@page()
def drift(request: PageRequest) -> HttpResponse:
    """List units in which something was found that nobody booked."""
    asked, after = drift_asked(request), wanted(request, "after") or None
    found = queries.drift_page(asked, after=after, limit=rows_wanted(request))
    context = {
        "page": found,
        "text": wanted(request, "q"),
        "item_options": item_options(),
        "country_options": [(UNKNOWN, _("Country unknown")), *countries.choices()],
        "by_options": DRIFTS_BY.items(),
        "chosen_item": wanted(request, "item"),
        "chosen_country": wanted(request, "country"),
        "chosen_by": wanted(request, "by"),
        "chips": party_chips(request),
    }
    return render(request, fragment(request, "web/drift.html", "rows"), context)


def drift_asked(request: PageRequest) -> DriftFilter:
    """Return which units that drift the address asks for."""
    country = wanted(request, "country")
    return DriftFilter(
        unit_item_id=number(request, "item"),
        operator_id=number(request, "customer"),
        country="" if country == UNKNOWN else country or None,
        by=chosen(request, "by", DRIFTS_BY),
        text=wanted(request, "q"),
    )


def _crumbs(unit: "Unit") -> list[tuple[str, str]]:
    return [
        (reverse("web:units"), _("Units")),
        (reverse("web:unit", args=[unit.pk]), unit.serial),
    ]
