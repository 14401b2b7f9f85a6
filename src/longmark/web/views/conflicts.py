"""Conflicts: who claims what of which unit; a person decides with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy

from longmark.accounts import queries as accounts
from longmark.core.actors import Action
from longmark.core.life.events import Kind
from longmark.core.vocabulary import ConflictState
from longmark.fleet.queries import conflicts as queries
from longmark.fleet.services import conflicts as services
from longmark.web import lives
from longmark.web.doors import PageRequest, attempt, page
from longmark.web.filters import chosen, rows_wanted, wanted
from longmark.web.words import CONFLICT_STATES

if TYPE_CHECKING:
    from longmark.fleet.models import Conflict
    from longmark.foundation.pages import Page

DECISIONS = (
    (
        ConflictState.REPLACED.value,
        gettext_lazy("The claim is true: correct what was believed"),
    ),
    (ConflictState.KEPT.value, gettext_lazy("What is believed stays")),
    (
        ConflictState.BOTH.value,
        gettext_lazy("Both happened: the unit moved on, book the claim as a transfer"),
    ),
)


@dataclass(frozen=True)
class Quarrel:
    """A conflict with both claims in words."""

    conflict: "Conflict"
    believed: lives.Fact | None
    claim: lives.Fact


class DecisionForm(forms.Form):
    """Which of two claims is true, and why."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"), choices=DECISIONS, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2_000,
        help_text=gettext_lazy("It stands in the ledger, and with the correction."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@page()
def conflicts(request: PageRequest) -> HttpResponse:
    found = found_conflicts(request, after=wanted(request, "after"), limit=rows_wanted(request))
    context = {
        "page": found,
        "quarrels": quarrels(found.items),
        "state": _state(request).value,
        "states": CONFLICT_STATES.items(),
        "open_count": queries.open_count(),
    }
    return render(request, "web/conflicts.html", context)


def found_conflicts(request: PageRequest, *, after: str | None, limit: int) -> "Page[Conflict]":
    """Return the conflicts of the filtered list."""
    return queries.conflicts_page(state=_state(request), after=after or None, limit=limit)


def _state(request: PageRequest) -> ConflictState:
    return ConflictState(chosen(request, "state", CONFLICT_STATES) or ConflictState.OPEN)


@page()
def conflict(request: PageRequest, pk: UUID, seq: int) -> HttpResponse:
    one = queries.conflict(pk, seq)
    form = DecisionForm(request.POST or None)
    if one.kind == Kind.BUILT:
        form.fields["decision"].choices = DECISIONS[:2]  # type: ignore[attr-defined]
    if request.method == "POST" and (done := attempt(form, lambda: _decided(request, one, form))):
        return redirect("web:unit", done.unit_id)
    (quarrel,) = quarrels([one])
    may_decide = accounts.may(request.actor, Action.BOOK_EVENTS)
    context = {"quarrel": quarrel, "form": form, "may_decide": may_decide}
    return render(request, "web/conflict.html", context, status=422 if form.errors else 200)


def _decided(request: PageRequest, one: "Conflict", form: DecisionForm) -> "Conflict":
    said = form.cleaned_data
    return services.decide_conflict(
        one.unit_id,
        one.number,
        decision=ConflictState(said["decision"]),
        reason=said["reason"],
        actor=request.actor,
        now=timezone.now(),
    )


def quarrels(found: Sequence["Conflict"]) -> list[Quarrel]:
    """Return conflicts in words. Seven queries, however many."""
    events = queries.believed_events(found)
    told = [(each.unit, queries.claim(each)) for each in found]
    told += [
        (each.unit, events[each.unit_id, each.seq])
        for each in found
        if (each.unit_id, each.seq) in events
    ]
    facts = lives.facts_told(told)
    claims, rest = facts[: len(found)], iter(facts[len(found) :])
    return [
        Quarrel(each, next(rest) if (each.unit_id, each.seq) in events else None, claim)
        for each, claim in zip(found, claims, strict=True)
    ]
