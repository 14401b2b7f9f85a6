"""RMAs: which are open and since when, one of them, and its steps."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from longmark.accounts import queries as accounts
from longmark.core.actors import Action
from longmark.core.errors import NotFound, Refused
from longmark.core.life.returns import RmaDecision, RmaOutcome, RmaStep
from longmark.fleet.queries import rmas as queries
from longmark.fleet.queries import units as fleet
from longmark.fleet.queries.lives import warranty_of
from longmark.fleet.queries.rmas import AGES_DAYS, RmaFilter
from longmark.fleet.services import rmas as services
from longmark.fleet.services.endings import Ending
from longmark.fleet.services.rmas import Diagnosis
from longmark.foundation.fragments import fragment
from longmark.impact.queries.holds import Gate, gate_of
from longmark.web import rma_words
from longmark.web import rmas as shown
from longmark.web.doors import PageRequest, page
from longmark.web.filters import chosen, item_options, number, party_chips, rows_wanted, wanted
from longmark.web.forms.rmas import ClosingForm, DiagnosisForm, OpenForm, StepForm
from longmark.web.sheets import Done, Sheet, answer, posted

if TYPE_CHECKING:
    from longmark.fleet.models import Rma, Unit
    from longmark.fleet.queries.rmas import Waiting

VIEWS = ("open", "closed", "all")


@page()
def rmas(request: PageRequest) -> HttpResponse:
    now = timezone.now()
    view = chosen(request, "view", VIEWS) or "open"
    asked = asked_for(request, now)
    after = wanted(request, "after") or None
    context: dict[str, Any] = {
        "page": queries.rmas_page(asked, after=after, limit=rows_wanted(request)),
        "view": view,
        "views": rma_words.VIEWS,
        "text": asked.text,
        "standings": (rma_words.STEPS if view == "open" else rma_words.OUTCOMES).items(),
        "chosen_standing": wanted(request, "standing"),
        "item_options": item_options(),
        "chosen_item": wanted(request, "item"),
        "ages": rma_words.AGES.items(),
        "chosen_age": wanted(request, "age"),
        "chips": party_chips(request),
        "is_unchecked": asked.is_unchecked,
        "decisions": rma_words.DECISIONS,
        "now": now,
    }
    name = fragment(request, "web/rmas.html", "rows")
    if "#" not in name:
        context |= _tallied(queries.waiting(now))
    return render(request, name, context)


def asked_for(request: PageRequest, now: datetime) -> RmaFilter:
    """Return which RMAs the address asks for."""
    view = chosen(request, "view", VIEWS) or "open"
    item, age = number(request, "item"), chosen(request, "age", rma_words.AGES)
    standing = wanted(request, "standing")
    youngest, oldest = _bounds(age, now)
    return RmaFilter(
        is_open={"open": True, "closed": False}.get(view),
        item_ids=(item,) if item else (),
        operator_id=number(request, "customer"),
        step=standing if view == "open" and standing in rma_words.STEPS else "",
        outcome=standing if view != "open" and standing in rma_words.OUTCOMES else "",
        is_unchecked=wanted(request, "unchecked") == "1",
        opened_from=oldest,
        opened_before=youngest,
        text=wanted(request, "q"),
    )


def _bounds(age: str, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Return before when, and from when on, RMAs of an age were opened."""
    if not age:
        return None, None
    place = int(age)
    days = [None, *AGES_DAYS, None]
    ends = [now - timedelta(days=each) if each is not None else None for each in days]
    return ends[place], ends[place + 1]


def _tallied(waiting: "list[Waiting]") -> dict[str, Any]:
    """Return how many are open in all, by age, by step and by product."""
    by_item: dict[tuple[int, str], int] = {}
    by_step = dict.fromkeys(rma_words.STEPS, 0)
    ages = [0] * (len(AGES_DAYS) + 1)
    for row in waiting:
        key = (row.item_id, row.item_name)
        by_item[key] = by_item.get(key, 0) + row.count
        by_step[row.step] += row.count
        ages = [total + count for total, count in zip(ages, row.by_age, strict=True)]
    said = [str(text) for text in rma_words.AGES.values()]
    return {
        "open_count": sum(by_step.values()),
        "by_age": [(str(place), said[place], count) for place, count in enumerate(ages)],
        "by_step": [(code, rma_words.STEPS[code], count) for code, count in by_step.items()],
        "by_item": [(pk, name, count) for (pk, name), count in by_item.items()],
    }


@page()
def rma(request: PageRequest, pk: UUID, number: str) -> HttpResponse:
    unit, now = fleet.unit(pk), timezone.now()
    one = queries.rma(unit, number)
    lines, is_all = shown.lines_of(one)
    may_book = accounts.may(request.actor, Action.BOOK_EVENTS)
    taker = fleet.units_by_id([one.replacement_id]) if one.replacement_id else {}
    context = {
        "rma": one,
        "unit": one.unit,
        "now": now,
        "decision": rma_words.DECISIONS.get(one.decision, ""),
        "way": shown.way_of(one),
        "acts": shown.acts_of(one) if may_book else (),
        "may_book": may_book,
        "lines": lines,
        "is_all": is_all,
        "changes": shown.changed(lines),
        "replacement": next(iter(taker.values()), None),
        "warranty": shown.promised(warranty_of(one.unit), now),
        "earlier": [each for each in queries.rmas_of(unit) if each.number != one.number],
        "gate": gate_of(one.unit) if one.is_open else None,
    }
    return render(request, "web/rma.html", context)


@page(Action.BOOK_EVENTS)
def open_rma(request: PageRequest, pk: UUID) -> HttpResponse:
    unit, now = fleet.unit(pk), timezone.now()
    waiting = queries.open_rma_of(unit)
    if waiting is not None and not posted(request):
        raise Refused(
            _("{unit} has the open RMA {number}; close it first."), unit=unit, number=waiting.number
        )
    form = OpenForm(posted(request), today=now.date())
    sheet = Sheet(
        title=_("Open an RMA"),
        lede=_named(unit),
        submit=_("Open the RMA"),
        refused=_("No RMA was opened:"),
        back=reverse("web:unit", args=[unit.pk]),
        crumbs=_crumbs(unit),
    )

    def opened() -> "Rma":
        said = form.cleaned_data
        return services.open_rma(
            unit,
            on=said["on"],
            number=said["number"],
            reason=said["reason"],
            actor=request.actor,
            now=now,
        )

    return answer(request, sheet, form, opened, lambda one: Done(_page(one), _("The RMA is open.")))


@page(Action.BOOK_EVENTS)
def step(request: PageRequest, pk: UUID, act: str, number: str) -> HttpResponse:
    """Lead an RMA on by one step."""
    one = queries.rma(fleet.unit(pk), number)
    steps = {"receive": _receive, "diagnose": _diagnose, "repair": _repair, "close": _close}
    if act not in steps:
        raise NotFound(_('Nothing is done with an RMA as "{act}".'), act=act)
    if act not in dict(shown.acts_of(one)) and not posted(request):
        raise Refused(
            _("RMA {number}: this is not what comes next. It is {standing}."),
            number=one.number,
            standing=rma_words.STANDINGS[one.standing],
        )
    return steps[act](request, one, timezone.now())


def _receive(request: PageRequest, one: "Rma", now: datetime) -> HttpResponse:
    form = StepForm(posted(request), **_usual(request, one, now))
    return _answered(request, one, "receive", form, lambda said: services.receive_rma(
        one.unit, one.number, on=said["on"], worker=said["worker"], actor=request.actor, now=now
    ))  # fmt: skip


def _diagnose(request: PageRequest, one: "Rma", now: datetime) -> HttpResponse:
    known: dict[str, Any] = {"diagnosis": one.diagnosis, "decision": one.decision}
    form = DiagnosisForm(posted(request), **_usual(request, one, now), **known)

    def diagnosed(said: dict[str, Any]) -> "Rma":
        found = Diagnosis(str(said["diagnosis"]), RmaDecision(said["decision"]))
        return services.diagnose_rma(
            one.unit,
            one.number,
            found,
            on=_day(said),
            worker=str(said["worker"]),
            actor=request.actor,
            now=now,
        )

    return _answered(request, one, "diagnose", form, diagnosed)


def _repair(request: PageRequest, one: "Rma", now: datetime) -> HttpResponse:
    form = StepForm(posted(request), **_usual(request, one, now))
    return _answered(request, one, "repair", form, lambda said: services.begin_repair(
        one.unit, one.number, on=said["on"], worker=said["worker"], actor=request.actor, now=now
    ))  # fmt: skip


def _close(request: PageRequest, one: "Rma", now: datetime) -> HttpResponse:
    gate = gate_of(one.unit)
    form = ClosingForm(
        posted(request),
        today=now.date(),
        offered=shown.endings_of(one),
        is_held=bool(gate.holding) and one.step != RmaStep.OPENED,
        outcome=_likely(one),
    )

    def closed(said: dict[str, Any]) -> "Rma":
        outcome = RmaOutcome(said["outcome"])
        named = str(said.get("taker") or "")
        taker = fleet.unit_called(one.unit.item, named) if named else None
        ending = Ending(
            outcome,
            _day(said),
            str(said["reason"]),
            taker,
            str(said.get("override") or ""),
        )
        out = gate_of(taker) if taker else gate
        return services.close_rma(
            one.unit, one.number, ending, holds=out.holds, actor=request.actor, now=now
        )

    return _answered(request, one, "close", form, closed, gate)


def _likely(one: "Rma") -> str:
    """Return the end that the diagnosis points to."""
    decided = {
        "repair": RmaOutcome.REPAIRED,
        "replace": RmaOutcome.REPLACED,
        "send-back": RmaOutcome.UNREPAIRED,
        "scrap": RmaOutcome.SCRAPPED,
    }
    likely = decided.get(one.decision)
    return likely.value if likely in shown.endings_of(one) else ""


def _answered(
    request: PageRequest,
    one: "Rma",
    act: str,
    form: forms.Form,
    done: "Callable[[dict[str, Any]], Rma]",
    gate: Gate | None = None,
) -> HttpResponse:
    sheet = Sheet(
        title=str(rma_words.ACTS[act]),
        lede=f"{_('RMA')} {one.number}, {_named(one.unit)}",
        submit=str(rma_words.ACTS[act]),
        refused=_("Nothing was changed:"),
        back=_page(one),
        crumbs=[*_crumbs(one.unit), (_page(one), one.number)],
        template="web/rma_step.html",
        more={"gate": gate, "rma": one},
    )
    return answer(
        request,
        sheet,
        form,
        lambda: done(form.cleaned_data),
        lambda after: Done(_page(after), str(rma_words.DONE[act])),
    )


def _usual(request: PageRequest, one: "Rma", now: datetime) -> dict[str, Any]:
    return {"today": now.date(), "worker": one.worker_name or str(request.user)}


def _day(said: dict[str, Any]) -> date:
    day = said["on"]
    assert isinstance(day, date)
    return day


def _named(unit: "Unit") -> str:
    keeper = unit.site or unit.operator or unit.distributor
    return ", ".join(str(part) for part in (unit.serial, unit.item.name, keeper) if part)


def _page(one: "Rma") -> str:
    return reverse("web:rma", args=[one.unit_id, one.number])


def _crumbs(unit: "Unit") -> list[tuple[str, str]]:
    return [
        (reverse("web:rmas"), _("RMAs")),
        (reverse("web:unit", args=[unit.pk]), unit.serial),
    ]
