"""The desk: what changed since yesterday, worst first, and what waits."""

from datetime import datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from longmark.core.actors import Action
from longmark.findings.queries.listing import Narrowing, concern_count
from longmark.fleet.queries import tallies
from longmark.foundation.fragments import fragment
from longmark.impact.queries.desk import worst_first
from longmark.intel.queries import intakes
from longmark.intel.queries.coverage import coverage
from longmark.precision import queries as precision_queries
from longmark.precision import services
from longmark.web import desk as board
from longmark.web.concerns import ConcernRow, scale_of, worst_rows
from longmark.web.doors import PageRequest, page
from longmark.web.filters import chosen
from longmark.web.first_steps import first_steps
from longmark.web.forms.duties import DutyForm
from longmark.web.sheets import Done, Sheet, answer, posted
from longmark.web.words import Words

WORST_SHOWN = 8
PERIODS: Words = {"1": _("Since yesterday"), "7": _("7 days"), "30": _("30 days")}


@page()
def desk(request: PageRequest) -> HttpResponse:
    now, period = timezone.now(), chosen(request, "days", PERIODS) or "1"
    since = now - timedelta(days=int(period))
    rows = _worst(since)
    context = {"now": now, "period": period, "periods": PERIODS, "rows": rows, "since": since}
    context |= {"scale": scale_of(rows)}
    context |= {"changed_count": concern_count(Narrowing(changed_since=since))}
    total, keeping, sources = concern_count(), tallies.keeping(), intakes.sources_state(now)
    context |= {"total": total, "exploited": concern_count(Narrowing(is_exploited=True))}
    context |= {"keeping": keeping, "sources": sources, "notes": board.notes(now)}
    context["coverage"] = coverage(now)
    context["steps"] = first_steps(
        request.actor, sources=sources, finding_count=total, unit_count=keeping.total
    )
    return render(request, fragment(request, "web/desk.html", "worst"), context)


def _worst(since: datetime) -> list[ConcernRow]:
    """Return what changed, worst first, then the worst of the rest."""
    changed = worst_first(Narrowing(changed_since=since), limit=WORST_SHOWN).items
    known = {one.concern.vulnerability.pk for one in changed}
    # So many of all are enough: at most as many of them changed as are shown already.
    others = worst_first(limit=2 * WORST_SHOWN).items if len(changed) < WORST_SHOWN else []
    rest = [one for one in others if one.concern.vulnerability.pk not in known]
    return worst_rows([*changed, *rest][:WORST_SHOWN])


@page()
def precision(request: PageRequest) -> HttpResponse:
    """Show how well the fleet is known; the desk loads it after the urgent things."""
    context: dict[str, object] = {"precision": board.precision_board()}
    name = fragment(request, "web/precision.html", "board")
    if "#" not in name:
        context["rows"] = precision_queries.board(timezone.now())
    return render(request, name, context)


@page(Action.CHANGE_CATALOG)
def give_duty(request: PageRequest, key: str) -> HttpResponse:
    """Say who sees to what a rule of the board counts."""
    rule = precision_queries.rule(key)
    form = DutyForm(posted(request))
    sheet = Sheet(
        title=str(rule.title),
        lede=str(rule.why),
        submit=gettext("Give the duty"),
        refused=gettext("The duty was not given:"),
        back=reverse("web:precision"),
        crumbs=[(reverse("web:precision"), gettext("Precision board"))],
    )

    def act() -> str:
        person = form.person()
        services.give_duty(key, person, actor=request.actor, now=timezone.now())
        return str(person or "")

    def done(name: str) -> Done:
        said = gettext("%(name)s sees to it.") % {"name": name} if name else gettext("Nobody does.")
        return Done(reverse("web:precision"), said)

    return answer(request, sheet, form, act, done)
