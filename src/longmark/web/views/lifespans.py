"""End of life: components past or near it, what is said of lifespans, and saying something."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from longmark.catalog import queries as catalog
from longmark.core.actors import Action
from longmark.foundation.fragments import fragment
from longmark.sboms.queries import lifespans as queries
from longmark.sboms.queries.lifespans import SOON_DAYS, Asked, View
from longmark.sboms.services import lifespans as services
from longmark.web import words
from longmark.web.doors import PageRequest, page
from longmark.web.filters import chosen, number, rows_wanted, wanted
from longmark.web.forms.lifespans import LifespanForm, LifespanListForm
from longmark.web.forms.names import WithdrawalForm
from longmark.web.sheets import Done, Sheet, answer, posted

if TYPE_CHECKING:
    from longmark.catalog.models import Item, Release
    from longmark.foundation.pages import Page
    from longmark.sboms.models import Lifespan, LifespanList

DAYS = (30, 90, 180, 365, 730, 1825)


@page()
def due(request: PageRequest) -> HttpResponse:
    release, product = narrowed_to(request)
    asked = asked_for(request, release, product)
    found = queries.due_page(
        asked,
        today=timezone.localdate(),
        after=wanted(request, "after") or None,
        limit=rows_wanted(request),
    )
    context: dict[str, object] = {"page": found, "view": asked.view.value}
    context |= {"views": words.LIFESPAN_VIEWS}
    context |= {"release": release, "product": product, "text": asked.text, "days": asked.days}
    context["day_options"] = [(each, _("within %(days)s days") % {"days": each}) for each in DAYS]
    return render(request, fragment(request, "web/lifespans.html", "rows"), context)


def narrowed_to(request: PageRequest) -> "tuple[Release | None, Item | None]":
    """Return the release or the product whose components are asked for."""
    release, item = number(request, "release"), number(request, "item")
    return (
        catalog.release(release) if release is not None else None,
        catalog.item(item) if item is not None else None,
    )


def asked_for(request: PageRequest, release: "Release | None", product: "Item | None") -> Asked:
    """Return which components the address asks for."""
    view = chosen(request, "view", words.LIFESPAN_VIEWS) or View.PAST
    ids = {release.pk} if release else catalog.release_ids_in(product) if product else None
    days = number(request, "days")
    within = days if days is not None and days <= max(DAYS) else SOON_DAYS
    return Asked(View(view), within, ids, wanted(request, "q"))


@page()
def said(request: PageRequest) -> HttpResponse:
    text, origin = wanted(request, "q"), chosen(request, "origin", words.LIFESPAN_ORIGINS)
    with_withdrawn, edition = wanted(request, "all") == "1", edition_asked(request)
    after, limit = wanted(request, "after"), rows_wanted(request)
    found = found_lifespans(request, edition, after=after, limit=limit)
    context: dict[str, object] = {"page": found, "text": text, "origin": origin}
    context |= {"with_withdrawn": with_withdrawn, "edition": edition}
    context["origins"] = words.LIFESPAN_ORIGINS
    context["counts"] = queries.believing_counts(each.pk for each in found.items)
    return render(request, fragment(request, "web/lifespans_said.html", "rows"), context)


def edition_asked(request: PageRequest) -> "LifespanList | None":
    """Return the list whose rows are asked for, if one is."""
    pk = number(request, "edition")
    return queries.list_taken(pk) if pk is not None else None


def found_lifespans(
    request: PageRequest, edition: "LifespanList | None", *, after: str | None, limit: int
) -> "Page[Lifespan]":
    """Return what is said of lifespans, as far as the filters leave it."""
    return queries.lifespans_page(
        text=wanted(request, "q"),
        origin=chosen(request, "origin", words.LIFESPAN_ORIGINS),
        edition=edition,
        with_withdrawn=wanted(request, "all") == "1",
        after=after or None,
        limit=limit,
    )


@page()
def lifespan(request: PageRequest, pk: int) -> HttpResponse:
    one = queries.lifespan(pk)
    found = queries.components_believing(
        one, after=wanted(request, "after") or None, limit=rows_wanted(request)
    )
    return render(request, "web/lifespan.html", {"one": one, "page": found})


@page(Action.NAME_COMPONENTS)
def add(request: PageRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "")[:200] for name in ("product", "versions")}
    form = LifespanForm(posted(request), initial=asked)
    sheet = Sheet(
        title=_("State when a life ends"),
        submit=_("State it"),
        refused=_("It was not taken:"),
        back=reverse("web:lifespans"),
        crumbs=[(reverse("web:lifespans"), _("End of life"))],
        lede=_("It goes before lists and before the table that Longmark brings along."),
    )

    def act() -> "Lifespan":
        return services.add_lifespan(form.said(), actor=request.actor, now=timezone.now())

    told = _("It holds from now on, for every component of these versions.")
    return answer(
        request, sheet, form, act, lambda row: Done(reverse("web:lifespan", args=[row.pk]), told)
    )


@page(Action.NAME_COMPONENTS)
def withdraw(request: PageRequest, pk: int) -> HttpResponse:
    one, form = queries.lifespan(pk), WithdrawalForm(posted(request))
    back = reverse("web:lifespan", args=[pk])
    sheet = Sheet(
        title=_("Withdraw what is said of %(line)s") % {"line": one},
        submit=_("Withdraw it"),
        refused=_("It was not withdrawn:"),
        back=back,
        crumbs=[(reverse("web:lifespans-said"), _("What is said of lifespans"))],
        lede=_("It stays as history. What else is said of these versions is believed then."),
        is_dangerous=True,
    )

    def act() -> None:
        services.withdraw_lifespan(
            one, reason=form.cleaned_data["reason"], actor=request.actor, now=timezone.now()
        )

    return answer(request, sheet, form, act, lambda _none: Done(back, _("It no longer holds.")))


@page(Action.NAME_COMPONENTS)
def take(request: PageRequest) -> HttpResponse:
    """Take in a list; what was refused of it stands on its page."""
    form = LifespanListForm(posted(request), request.FILES or None)
    sheet = Sheet(
        title=_("Take in a list of lifespans"),
        submit=_("Take it in"),
        refused=_("The list was not taken:"),
        back=reverse("web:lifespans-said"),
        crumbs=[(reverse("web:lifespans-said"), _("What is said of lifespans"))],
        lede=_("It takes the place of what an earlier list said of the same versions."),
    )

    def act() -> int:
        file = form.cleaned_data["file"]
        taken = services.import_lifespans(
            file.read(services.FILE_LIMIT_BYTES + 1),
            filename=file.name,
            product=form.cleaned_data["product"],
            by=form.cleaned_data["by"],
            actor=request.actor,
            now=timezone.now(),
        )
        return taken.pk

    told = _("The list is taken.")
    return answer(
        request, sheet, form, act, lambda pk: Done(reverse("web:lifespan-list", args=[pk]), told)
    )


@page()
def taken(request: PageRequest, pk: int) -> HttpResponse:
    return render(request, "web/lifespan_list.html", {"list": queries.list_taken(pk)})
