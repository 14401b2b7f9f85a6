"""The other names of a unit: recorded and ended in the browser."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from longmark.core.actors import Action
from longmark.core.errors import LongmarkError
from longmark.core.vocabulary import AliasKind
from longmark.fleet.queries import units as fleet
from longmark.fleet.services import aliases
from longmark.web import words
from longmark.web.doors import PageRequest, page
from longmark.web.forms.aliases import AliasEndForm, AliasForm
from longmark.web.sheets import Done, Sheet, answer, posted

R = TypeVar("R")
FIELDS = {"since": "on", "until": "on"}


@page(Action.BOOK_EVENTS)
def record(request: PageRequest, pk: UUID) -> HttpResponse:
    unit, now = fleet.unit(pk), timezone.now()
    form = AliasForm(posted(request), today=now.date())
    back = f"{reverse('web:unit', args=[pk])}#identity"
    sheet = Sheet(
        title=_("Record another name"),
        lede=f"{unit.serial}, {unit.item.name}",
        submit=_("Record the name"),
        refused=_("Nothing was recorded:"),
        back=back,
        crumbs=[(reverse("web:units"), _("Units")), (back, unit.serial)],
    )

    def recorded() -> str:
        stated = form.cleaned_data
        alias = aliases.record_alias(
            unit,
            kind=AliasKind(stated["kind"]),
            value=stated["value"],
            since=form.instant,
            actor=request.actor,
            now=now,
        )
        return alias.value

    told = _("It is found as %(value)s from now on.")
    return answer(
        request,
        sheet,
        form,
        lambda: _at_its_field(recorded),
        lambda value: Done(back, told % {"value": value}),
    )


@page(Action.BOOK_EVENTS)
def end(request: PageRequest, pk: UUID, number: int) -> HttpResponse:
    unit, now = fleet.unit(pk), timezone.now()
    alias = fleet.alias(unit, number)
    form = AliasEndForm(posted(request), today=now.date())
    back = f"{reverse('web:unit', args=[pk])}#identity"
    sheet = Sheet(
        title=_("End a name"),
        lede=f"{unit.serial}: {words.ALIASES[alias.kind]} {alias.value}",
        submit=_("End the name"),
        refused=_("Nothing was ended:"),
        back=back,
        crumbs=[(reverse("web:units"), _("Units")), (back, unit.serial)],
    )

    def ended() -> str:
        aliases.end_alias(unit, number, until=form.instant, actor=request.actor, now=now)
        return alias.value

    told = _("%(value)s holds no more; that it did stays on record.")
    return answer(
        request,
        sheet,
        form,
        lambda: _at_its_field(ended),
        lambda value: Done(back, told % {"value": value}),
    )


def _at_its_field(act: Callable[[], R]) -> R:
    try:
        return act()
    except LongmarkError as error:
        error.field = FIELDS.get(error.field or "", error.field)
        raise
