"""Writing the catalog: items, releases, slots, support periods."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from longmark.catalog import queries as catalog
from longmark.catalog import services
from longmark.core.actors import Action
from longmark.core.errors import Refused
from longmark.core.vocabulary import ItemKind, ReleaseStatus
from longmark.web import words
from longmark.web.doors import PageRequest, page
from longmark.web.filters import ITEM_KINDS, chosen
from longmark.web.forms.items import (
    FitsForm,
    ItemForm,
    PlacesForm,
    ReleaseForm,
    SlotForm,
    StatusForm,
    SupportForm,
    fit_choices,
    place_choices,
)
from longmark.web.moments import day_text
from longmark.web.sheets import Done, Sheet, answer, posted

if TYPE_CHECKING:
    from longmark.catalog.models import Item, Release, Slot, SupportPeriod

Crumb = tuple[str, str]


@page(Action.CHANGE_CATALOG)
def register_item(request: PageRequest) -> HttpResponse:
    kind = chosen(request, "kind", ITEM_KINDS) or ItemKind.PRODUCT.value
    form = ItemForm(posted(request), initial=_usual(kind))
    sheet = Sheet(
        title=_("Register an item"),
        lede=_("A product, a module, firmware, software or a set of parameters."),
        submit=_("Register the item"),
        refused=_("The item was not registered:"),
        back=reverse("web:items"),
        crumbs=[_items()],
    )

    def act() -> "Item":
        stated = form.cleaned_data
        return services.register_item(
            stated["name"],
            kind=ItemKind(stated["kind"]),
            details=form.details(),
            actor=request.actor,
            now=timezone.now(),
        )

    said = _("%(item)s is registered. Next: its first release.")
    return answer(
        request, sheet, form, act, lambda one: Done(_item_page(one), said % {"item": one.name})
    )


def _usual(kind: str) -> dict[str, str]:
    is_physical = kind in (ItemKind.PRODUCT, ItemKind.HARDWARE)
    return {"kind": kind, "identified_by": "serial" if is_physical else "nothing"}


@page(Action.CHANGE_CATALOG)
def register_release(request: PageRequest, pk: int) -> HttpResponse:
    item = catalog.item(pk)
    places = _places_of_earlier(item)
    form = ReleaseForm(posted(request), [(str(slot.pk), said) for slot, said in places])
    form.fields["released_on"].initial = timezone.localdate()
    sheet = Sheet(
        title=_("Register a release of %(item)s") % {"item": item.name},
        submit=_("Register the release"),
        refused=_("The release was not registered:"),
        back=_item_page(item),
        crumbs=[_items(), _crumb(item)],
    )

    def act() -> "Release":
        stated, now = form.cleaned_data, timezone.now()
        one = services.register_release(
            item,
            stated["version"],
            released_on=stated["released_on"],
            status=ReleaseStatus(stated["status"]),
            notes=stated["notes"],
            actor=request.actor,
            now=now,
        )
        wanted = set(stated.get("slots", ()))
        _allow([slot for slot, _said in places if str(slot.pk) in wanted], one, request)
        return one

    said = _("%(release)s is registered.")
    return answer(
        request, sheet, form, act, lambda one: Done(_release_page(one), said % {"release": one})
    )


def _places_of_earlier(item: "Item") -> list[tuple["Slot", str]]:
    """Return the slots in which the newest release of an item may sit. Two queries."""
    known = catalog.releases_of(item)
    places = catalog.places_of(known[-1]) if known else []
    return [(place.slot, f"{place.item.name}: {place.slot.name}") for place in places]


def _allow(slots: "list[Slot]", release: "Release", request: PageRequest) -> int:
    now = timezone.now()
    return sum(services.allow_fits(slot, [release], actor=request.actor, now=now) for slot in slots)


@page(Action.CHANGE_CATALOG)
def allow_places(request: PageRequest, pk: int) -> HttpResponse:
    """Allow a release in slots of what is there already."""
    release, plans = catalog.release(pk), catalog.every_slot()
    slots = {str(plan.slot.pk): plan.slot for found in plans.values() for plan in found}
    choices, ticked = place_choices(release, plans, catalog.items_by_id(plans))
    form = PlacesForm(posted(request), choices, ticked)
    sheet = Sheet(
        title=_("Where %(release)s may sit") % {"release": release},
        submit=_("Allow it there"),
        refused=_("Nothing was allowed:"),
        back=_release_page(release),
        crumbs=[_items(), _crumb(release.item), (_release_page(release), release.version)],
    )

    def act() -> int:
        return _allow([slots[code] for code in form.cleaned_data["slots"]], release, request)

    def done(count: int) -> Done:
        said = ngettext(
            "%(release)s may sit in one more slot.",
            "%(release)s may sit in %(count)s more slots.",
            count,
        )
        return Done(_release_page(release), said % {"release": release, "count": count})

    return answer(request, sheet, form, act, done)


@page(Action.CHANGE_CATALOG)
def change_status(request: PageRequest, pk: int) -> HttpResponse:
    release = catalog.release(pk)
    form = StatusForm(posted(request), release.status)
    sheet = Sheet(
        title=_("Status of %(release)s") % {"release": release},
        lede=_(
            "It is %(status)s now. Units that have it keep it, and it goes on being matched,"
            " whatever its status."
        )
        % {"status": str(words.STAMPS[release.status].word).lower()},
        submit=_("Change the status"),
        refused=_("The status was not changed:"),
        back=_release_page(release),
        crumbs=[_items(), _crumb(release.item), (_release_page(release), release.version)],
    )

    def act() -> ReleaseStatus:
        status = ReleaseStatus(form.cleaned_data["status"])
        services.change_release_status(release, status, actor=request.actor, now=timezone.now())
        return status

    def done(status: ReleaseStatus) -> Done:
        stated = {"release": release, "status": str(words.STAMPS[status].word).lower()}
        return Done(_release_page(release), _("%(release)s is %(status)s now.") % stated)

    return answer(request, sheet, form, act, done)


@page(Action.CHANGE_CATALOG)
def define_slot(request: PageRequest, pk: int) -> HttpResponse:
    item, plans = catalog.item(pk), catalog.slots_of(catalog.item(pk))
    form = SlotForm(posted(request), fit_choices(item, ()))
    sheet = Sheet(
        title=_("Define a slot of %(item)s") % {"item": item.name},
        lede=_("A named place in each of its units, for a module, firmware or parameters."),
        submit=_("Define the slot"),
        refused=_("The slot was not defined:"),
        back=_item_page(item),
        crumbs=[_items(), _crumb(item)],
    )

    def act() -> "Slot":
        stated, now = form.cleaned_data, timezone.now()
        position = max((plan.slot.position for plan in plans), default=0) + 1
        slot = services.define_slot(
            item,
            stated["name"],
            position=position,
            is_optional=stated["is_optional"],
            actor=request.actor,
            now=now,
        )
        services.allow_fits(slot, form.releases(), actor=request.actor, now=now)
        return slot

    def done(slot: "Slot") -> Done:
        said = _("%(item)s has a slot %(slot)s. Units that say nothing of it count as unknown.")
        if slot.is_optional:
            said = _("%(item)s has a slot %(slot)s, which may be empty.")
        return Done(_item_page(item) + "#slots", said % {"item": item.name, "slot": slot.name})

    return answer(request, sheet, form, act, done)


@page(Action.CHANGE_CATALOG)
def allow_fits(request: PageRequest, pk: int, name: str) -> HttpResponse:
    """Allow further releases in a slot that is there."""
    item = catalog.item(pk)
    slot = catalog.slot(item, name)
    plan = next(one for one in catalog.slots_of(item) if one.slot.pk == slot.pk)
    form = FitsForm(posted(request), fit_choices(item, (each.pk for each in plan.fits)))
    sheet = Sheet(
        title=_("What may sit in %(slot)s of %(item)s") % {"slot": name, "item": item.name},
        submit=_("Allow these"),
        refused=_("Nothing was allowed:"),
        back=_item_page(item) + "#slots",
        crumbs=[_items(), _crumb(item)],
    )

    def act() -> int:
        releases = form.releases()
        if not releases:
            raise Refused(_("Choose what may sit there."), field="fits")
        return services.allow_fits(slot, releases, actor=request.actor, now=timezone.now())

    def done(count: int) -> Done:
        said = ngettext(
            "One more release may sit in %(slot)s.",
            "%(count)s more releases may sit in %(slot)s.",
            count,
        )
        return Done(_item_page(item) + "#slots", said % {"count": count, "slot": name})

    return answer(request, sheet, form, act, done)


@page(Action.CHANGE_CATALOG)
def decide_support(request: PageRequest, pk: int) -> HttpResponse:
    item = catalog.item(pk)
    form = SupportForm(posted(request))
    sheet = Sheet(
        title=_("Decide the support period of %(item)s") % {"item": item.name},
        lede=_(
            "CRA Art. 13(8): for so long its vulnerabilities are handled. Five years at least,"
            " unless it is expected to be in use for less; longer if it is expected to be used"
            " for longer. Decisions are added, never changed; the newest holds."
        ),
        submit=_("Decide the support period"),
        refused=_("The support period was not decided:"),
        back=_item_page(item),
        crumbs=[_items(), _crumb(item)],
    )

    def act() -> "SupportPeriod":
        return services.decide_support_period(
            item, **form.cleaned_data, actor=request.actor, now=timezone.now()
        )

    def done(period: "SupportPeriod") -> Done:
        stated = {"item": item.name, "day": day_text(period.ends_on)}
        return Done(_item_page(item), _("%(item)s is supported until %(day)s.") % stated)

    return answer(request, sheet, form, act, done)


def _items() -> Crumb:
    return reverse("web:items"), _("Products and their parts")


def _crumb(item: "Item") -> Crumb:
    return _item_page(item), item.name


def _item_page(item: "Item") -> str:
    return reverse("web:item", args=[item.pk])


def _release_page(release: "Release") -> str:
    return reverse("web:release", args=[release.pk])
