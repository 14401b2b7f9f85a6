"""Forms of the catalog: items, releases, slots, support periods."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from longmark.catalog import queries as catalog
from longmark.catalog.services import ItemDetails
from longmark.core.law.support import CITATION, MINIMUM_YEARS
from longmark.core.vocabulary import IdentifiedBy, ItemKind, ReleaseStatus
from longmark.web import words
from longmark.web.forms.widgets import DayInput, Rows

if TYPE_CHECKING:
    from longmark.catalog.models import Item, Release
    from longmark.catalog.queries import SlotPlan

MANY_YEARS = 60
SYSTEM_LENGTH, NUMBER_LENGTH = 60, 120
PRODUCTS = ("product", "hardware")
INSIDE_KINDS = ("hardware", "firmware", "software", "parameters")
"""What may sit in a slot."""


class ItemForm(forms.Form):
    """A new item."""

    ROWS: ClassVar[Rows] = (("kind", "name"), ("title",), ("description",))

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[(kind.value, words.KINDS[kind]) for kind in ItemKind],
        help_text=gettext_lazy("A product bears the CE mark."),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("Unique in the company, as lists and SBOMs call it: TG-200."),
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("What it is, in a few words: frequency converter, 22 kW."),
    )
    description = forms.CharField(
        label=gettext_lazy("Description"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    identified_by = forms.ChoiceField(
        label=gettext_lazy("Its pieces are told apart by"),
        choices=[(each.value, words.IDENTIFIED_BY[each]) for each in IdentifiedBy],
        initial=IdentifiedBy.SERIAL.value,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Firmware, software and parameter sets have no pieces."),
    )
    serial_pattern = forms.CharField(
        label=gettext_lazy("What its serial numbers look like"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            r"A regular expression, such as 200-\d{4}-\d{5}. Lists with other numbers are refused."
        ),
        widget=forms.TextInput(attrs={"class": "mono", "autocapitalize": "off"}),
    )
    numbers = forms.CharField(
        label=gettext_lazy("Numbers in other systems"),
        required=False,
        help_text=gettext_lazy(
            "One in a line: the system, a colon, the number. Lists find the item by them, too."
        ),
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "SAP: 4711-0815"}),
    )

    def clean(self) -> dict[str, Any]:
        stated = self.cleaned_data
        kind, told_apart = stated.get("kind"), stated.get("identified_by")
        if kind and kind not in PRODUCTS and told_apart != IdentifiedBy.NOTHING:
            said = _("%(kind)s has no pieces with numbers of their own: choose “%(choice)s”.")
            choice = words.IDENTIFIED_BY[IdentifiedBy.NOTHING]
            self.add_error("identified_by", said % {"kind": words.KINDS[kind], "choice": choice})
        return stated

    def clean_numbers(self) -> Mapping[str, str]:
        numbers: dict[str, str] = {}
        for line in filter(str.strip, self.cleaned_data["numbers"].splitlines()):
            system, _colon, number = (part.strip() for part in line.partition(":"))
            if not (0 < len(system) <= SYSTEM_LENGTH and 0 < len(number) <= NUMBER_LENGTH):
                said = _("“%(line)s” is not a system, a colon and a number.")
                raise ValidationError(said % {"line": line})
            if system in numbers:
                said = _("%(system)s gives two numbers: keep one of them.")
                raise ValidationError(said % {"system": system})
            numbers[system] = number
        return numbers

    def details(self) -> ItemDetails:
        """Return what is said beyond name and kind."""
        stated = self.cleaned_data
        return ItemDetails(
            title=stated["title"],
            description=stated["description"],
            identified_by=IdentifiedBy(stated["identified_by"]),
            serial_pattern=stated["serial_pattern"],
            numbers=stated["numbers"],
        )


class ReleaseForm(forms.Form):
    """A new release of an item, and the slots in which it may sit like those before it."""

    ROWS: ClassVar[Rows] = (("version", "status", "released_on"),)

    version = forms.CharField(
        label=gettext_lazy("Version"),
        max_length=100,
        help_text=gettext_lazy("As it is written on it: 2.4.1, C, v7."),
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        choices=[
            (each.value, words.STAMPS[each].word)
            for each in (ReleaseStatus.RELEASED, ReleaseStatus.DRAFT)
        ],
    )
    released_on = forms.DateField(
        label=gettext_lazy("Released on"), required=False, widget=DayInput
    )
    notes = forms.CharField(
        label=gettext_lazy("Notes"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    slots = forms.MultipleChoiceField(
        label=gettext_lazy("It may sit in"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Slots in which earlier releases may sit."),
    )

    def __init__(self, posted: Any, places: Sequence[tuple[str, str]]) -> None:
        super().__init__(posted)
        if not places:
            del self.fields["slots"]
            return
        self.fields["slots"].choices = places  # type: ignore[attr-defined]
        self.fields["slots"].initial = [code for code, _said in places]


class StatusForm(forms.Form):
    """Where a release stands from now on."""

    status = forms.ChoiceField(label=gettext_lazy("From now on"), widget=forms.RadioSelect)

    def __init__(self, posted: Any, now: str) -> None:
        super().__init__(posted)
        others = [each for each in ReleaseStatus if each not in (now, ReleaseStatus.DRAFT)]
        self.fields["status"].choices = [  # type: ignore[attr-defined]
            (each.value, words.STAMPS[each].word) for each in others
        ]


class FitsForm(forms.Form):
    """Which releases may sit in a slot. Values: ``i4`` every release of an item, ``r7`` one."""

    fits = forms.MultipleChoiceField(
        label=gettext_lazy("What may sit in it"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"data-groups": True}),
        help_text=gettext_lazy("Releases that are registered later are allowed on their page."),
    )

    def __init__(self, posted: Any, choices: Iterable[tuple[str, list[tuple[str, str]]]]) -> None:
        super().__init__(posted)
        self.fields["fits"].choices = list(choices)  # type: ignore[attr-defined]

    def releases(self) -> list["Release"]:
        """Return the chosen releases. Two queries."""
        chosen = self.cleaned_data["fits"]
        items = [int(code[1:]) for code in chosen if code.startswith("i")]
        single = [int(code[1:]) for code in chosen if code.startswith("r")]
        whole = [each for some in catalog.releases_of_items(items).values() for each in some]
        return [*whole, *catalog.releases_by_id(single).values()]


class SlotForm(FitsForm):
    """A new slot."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("Small letters, digits and hyphens: control-board."),
        widget=forms.TextInput(attrs={"class": "mono", "autocapitalize": "off"}),
    )
    is_optional = forms.BooleanField(
        label=gettext_lazy("It may be empty"),
        required=False,
        help_text=gettext_lazy(
            "Otherwise a unit of which nobody knows what sits there counts as unknown."
        ),
    )
    field_order = ("name", "is_optional", "fits")


class PlacesForm(forms.Form):
    """In which slots a release may sit."""

    slots = forms.MultipleChoiceField(
        label=gettext_lazy("It may also sit in"),
        widget=forms.CheckboxSelectMultiple(attrs={"data-groups": True}),
        error_messages={"required": gettext_lazy("Choose a slot.")},
    )

    def __init__(
        self,
        posted: Any,
        choices: Iterable[tuple[str, list[tuple[str, str]]]],
        ticked: Iterable[str],
    ) -> None:
        super().__init__(posted)
        self.fields["slots"].choices = list(choices)  # type: ignore[attr-defined]
        self.fields["slots"].initial = list(ticked)


class SupportForm(forms.Form):
    """How long the vulnerabilities of a product are handled, and why so long."""

    ROWS: ClassVar[Rows] = (("starts_on", "years", "expected_use_years"),)

    starts_on = forms.DateField(
        label=gettext_lazy("From"),
        widget=DayInput,
        help_text=gettext_lazy("The day on which it was placed on the market."),
    )
    years = forms.IntegerField(
        label=gettext_lazy("Years of support"),
        initial=MINIMUM_YEARS,
        min_value=1,
        max_value=MANY_YEARS,
        help_text=CITATION,
    )
    expected_use_years = forms.IntegerField(
        label=gettext_lazy("Years of expected use"),
        min_value=1,
        max_value=MANY_YEARS,
        help_text=gettext_lazy("How long customers can be expected to use it."),
    )
    reasoning = forms.CharField(
        label=gettext_lazy("Why so long"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "What was taken into account: what users expect, the nature and purpose of the"
            " product, law on its lifetime, how long parts are supported. It belongs to the"
            " technical documentation."
        ),
    )


def fit_choices(item: "Item", allowed: Iterable[int]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what may be allowed in a slot of an item, in a group for each item. Two queries."""
    inside = [
        one
        for one in catalog.items_by_name().values()
        if one.kind in INSIDE_KINDS and one.pk != item.pk
    ]
    releases, known = catalog.releases_of_items(one.pk for one in inside), set(allowed)
    groups = []
    for one in sorted(inside, key=lambda each: (INSIDE_KINDS.index(each.kind), each.name)):
        fresh = [each for each in releases.get(one.pk, ())[::-1] if each.pk not in known]
        if fresh:
            said = _("every release that is registered now")
            options = [(f"i{one.pk}", said)] if len(fresh) > 1 else []
            options += [(f"r{each.pk}", each.version) for each in fresh]
            groups.append((f"{one.name}, {words.KINDS[one.kind]}", options))
    return groups


def place_choices(
    release: "Release", slots: Mapping[int, Sequence["SlotPlan"]], items: Mapping[int, "Item"]
) -> tuple[list[tuple[str, list[tuple[str, str]]]], list[str]]:
    """Return slots where a release is not allowed yet, and those where its siblings are."""
    like: list[tuple[str, str]] = []
    elsewhere: list[tuple[str, str]] = []
    for item_id, plans in slots.items():
        for plan in plans:
            option = (str(plan.slot.pk), f"{items[item_id].name}: {plan.slot.name}")
            if release.pk in {each.pk for each in plan.fits} or item_id == release.item_id:
                continue
            if release.item_id in {each.item_id for each in plan.fits}:
                like.append(option)
            elif not plan.fits or release.item.kind in {each.item.kind for each in plan.fits}:
                elsewhere.append(option)
    named = _("Where other releases of %(item)s may sit") % {"item": release.item.name}
    groups = [(named, sorted(like, key=_said)), (_("Other slots"), sorted(elsewhere, key=_said))]
    return [group for group in groups if group[1]], [code for code, _text in like]


def _said(option: tuple[str, str]) -> str:
    return option[1]
