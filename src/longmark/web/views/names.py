"""What components are called: rules, one rule, saying something, withdrawing it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from longmark.core.actors import Action
from longmark.core.identity.rules import NameRuleKind
from longmark.findings.queries import previews
from longmark.foundation.fragments import fragment
from longmark.names import queries
from longmark.names.services import rules as services
from longmark.sboms import queries as sboms
from longmark.web import names, words
from longmark.web.doors import PageRequest, attempt, page
from longmark.web.filters import chosen, rows_wanted, wanted
from longmark.web.forms.names import FORMS, NameForm, WithdrawalForm
from longmark.web.sheets import Done, Sheet, answer, posted

if TYPE_CHECKING:
    from longmark.foundation.pages import Page
    from longmark.names.models import NameRule

PREVIEW = "preview"


@page()
def rules(request: PageRequest) -> HttpResponse:
    text, kind = wanted(request, "q"), chosen(request, "kind", words.NAME_KINDS)
    with_withdrawn = wanted(request, "all") == "1"
    found = found_rules(request, after=wanted(request, "after"), limit=rows_wanted(request))
    context = {"page": found, "text": text, "kind": kind, "with_withdrawn": with_withdrawn}
    context["counts"] = sboms.called_counts(one.stated for one in found.items)
    return render(request, fragment(request, "web/names.html", "rows"), context)


def found_rules(request: PageRequest, *, after: str | None, limit: int) -> "Page[NameRule]":
    """Return the rules of the filtered list."""
    return queries.rules_page(
        text=wanted(request, "q"),
        kind=chosen(request, "kind", words.NAME_KINDS),
        with_withdrawn=wanted(request, "all") == "1",
        after=after or None,
        limit=limit,
    )


@page()
def rule(request: PageRequest, pk: int) -> HttpResponse:
    one = queries.rule(pk)
    found = sboms.components_called_page(
        one.stated, after=wanted(request, "after") or None, limit=rows_wanted(request)
    )
    releases = sboms.release_ids_with(each.pk for each in found.items)
    context = {"rule": one, "page": found}
    context["release_counts"] = {pk: len(ids) for pk, ids in releases.items()}
    return render(request, "web/name.html", context)


@page(Action.NAME_COMPONENTS)
def say(request: PageRequest, kind: str) -> HttpResponse:
    """Say something of a name: look first at what it would do, then apply it."""
    if kind not in set(NameRuleKind):
        raise Http404
    form = FORMS[NameRuleKind(kind)](posted(request), initial=_asked(request))
    is_preview = request.POST.get("act") == PREVIEW
    told = attempt(form, lambda: _previewed(form)) if form.is_bound and is_preview else None
    if form.is_bound and not is_preview:
        pk = attempt(form, lambda: _added(request, form))
        if pk is not None:
            messages.success(request, _("It holds from now on, for every SBOM that says so."))
            return redirect("web:name", pk)
    context = {"form": form, "told": told, "kind": kind, "back": reverse("web:names")}
    return render(request, "web/name_say.html", context, status=422 if form.errors else 200)


def _asked(request: PageRequest) -> dict[str, str]:
    return {
        name: request.GET.get(name, "")[:20_000]
        for name in ("stated", "target", "purl", "cpes", "versions")
    }


def _previewed(form: NameForm) -> names.Told:
    rule = services.read_rule(form.said())
    services.refuse_contradiction(rule)
    return names.told(previews.preview_of_rule(rule))


def _added(request: PageRequest, form: NameForm) -> int:
    stated = form.cleaned_data
    row = services.add_rule(
        form.said(),
        reason=stated["reason"],
        source=stated["source"],
        actor=request.actor,
        now=timezone.now(),
    )
    return row.pk


@page(Action.NAME_COMPONENTS)
def withdraw(request: PageRequest, pk: int) -> HttpResponse:
    one = queries.rule(pk)
    form = WithdrawalForm(posted(request))
    sheet = Sheet(
        title=_("Withdraw rule %(number)s") % {"number": one.pk},
        submit=_("Withdraw the rule"),
        refused=_("The rule was not withdrawn:"),
        back=reverse("web:name", args=[pk]),
        crumbs=[(reverse("web:names"), _("Names"))],
        is_dangerous=True,
        template="web/name_withdraw.html",
    )
    told = names.told(previews.preview_of_withdrawal(one.rule)) if not one.is_withdrawn else None
    sheet = replace(sheet, more={"rule": one, "told": told})

    def act() -> int:
        services.withdraw_rule(
            one, reason=form.cleaned_data["reason"], actor=request.actor, now=timezone.now()
        )
        return one.pk

    said = _("Rule %(number)s no longer holds.")
    return answer(
        request,
        sheet,
        form,
        act,
        lambda pk: Done(reverse("web:name", args=[pk]), said % {"number": pk}),
    )
