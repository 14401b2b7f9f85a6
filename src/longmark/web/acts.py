"""What can be booked on a unit from the browser."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from longmark.core.life.events import State
from longmark.web.forms.booking import EventForm, ParametersForm, SoftwareForm, SwapForm
from longmark.web.forms.happenings import (
    DetailForm,
    MarkingForm,
    ReplacementForm,
    RmaForm,
    TestForm,
    WarrantyForm,
)
from longmark.web.forms.keeping import MoveForm
from longmark.web.places import Place, places_of

if TYPE_CHECKING:
    from longmark.fleet.models import Unit
    from longmark.web.seats import Seat


@dataclass(frozen=True)
class Act:
    """One thing that may be booked. ``of`` tells which slots it is about; none: about none."""

    event: str
    word: str | Promise
    title: str | Promise
    submit: str | Promise
    evidence: str
    form: type[EventForm] = EventForm
    of: Callable[[Place], bool] | None = None
    warning: str | Promise = ""
    is_usual: bool = False


ACTS: Mapping[str, Act] = {
    "swap": Act(
        "swapped",
        gettext_lazy("Module swapped"),
        gettext_lazy("Book a swap"),
        gettext_lazy("Book the swap"),
        "confirmed",
        SwapForm,
        lambda place: place.is_hardware,
    ),
    "software": Act(
        "software-changed",
        gettext_lazy("Firmware changed"),
        gettext_lazy("Book a change of firmware or software"),
        gettext_lazy("Book the change"),
        "confirmed",
        SoftwareForm,
        lambda place: place.is_software,
    ),
    "parameters": Act(
        "parameters-changed",
        gettext_lazy("Parameters changed"),
        gettext_lazy("Book a change of parameters"),
        gettext_lazy("Book the change"),
        "confirmed",
        ParametersForm,
        lambda place: place.is_parameters,
    ),
    "move": Act(
        "shipped",
        gettext_lazy("Shipped or moved"),
        gettext_lazy("Book where it went"),
        gettext_lazy("Book the move"),
        "declared",
        MoveForm,
    ),
    "return": Act(
        "returned",
        gettext_lazy("Returned"),
        gettext_lazy("Book its return"),
        gettext_lazy("Book the return"),
        "declared",
        RmaForm,
    ),
    "repair": Act(
        "repaired",
        gettext_lazy("Repaired"),
        gettext_lazy("Book a repair"),
        gettext_lazy("Book the repair"),
        "confirmed",
        RmaForm,
    ),
    "test": Act(
        "tested",
        gettext_lazy("Tested"),
        gettext_lazy("Book a test"),
        gettext_lazy("Book the test"),
        "confirmed",
        TestForm,
    ),
    "rma-close": Act(
        "rma-closed",
        gettext_lazy("RMA closed"),
        gettext_lazy("Book that its RMA is closed"),
        gettext_lazy("Book the RMA as closed"),
        "declared",
        RmaForm,
    ),
    "replace": Act(
        "replaced-by",
        gettext_lazy("Replaced by another unit"),
        gettext_lazy("Book what took its place"),
        gettext_lazy("Book the replacement"),
        "declared",
        ReplacementForm,
        warning=gettext_lazy(
            "A unit that was replaced is counted apart from those in use until it is shipped or"
            " commissioned again. What was open for it goes on for the one in its place."
        ),
    ),
    "mark": Act(
        "identity-changed",
        gettext_lazy("Marked anew"),
        gettext_lazy("Book its new serial number"),
        gettext_lazy("Book the new number"),
        "confirmed",
        MarkingForm,
    ),
    "warranty": Act(
        "warranty-started",
        gettext_lazy("Warranty"),
        gettext_lazy("Book its warranty"),
        gettext_lazy("Book the warranty"),
        "declared",
        WarrantyForm,
    ),
    "decommission": Act(
        "decommissioned",
        gettext_lazy("Decommissioned"),
        gettext_lazy("Book that it was taken out of service"),
        gettext_lazy("Book it as decommissioned"),
        "declared",
        DetailForm,
        warning=gettext_lazy(
            "A unit that was decommissioned is counted apart from those in use. It counts again"
            " once it is commissioned."
        ),
    ),
    "lose": Act(
        "lost",
        gettext_lazy("Lost"),
        gettext_lazy("Book that it was lost"),
        gettext_lazy("Book it as lost"),
        "declared",
        DetailForm,
        warning=gettext_lazy(
            "A unit that was lost may still be in use, with someone not known. It is counted apart,"
            " and never as safe."
        ),
    ),
    "scrap": Act(
        "scrapped",
        gettext_lazy("Scrapped"),
        gettext_lazy("Book that it was scrapped"),
        gettext_lazy("Book it as scrapped"),
        "declared",
        DetailForm,
        warning=gettext_lazy(
            "A unit that was scrapped counts no more: no list of affected units has it, and nothing"
            " can be booked on it after that day. Its life stays on record."
        ),
    ),
}
USUAL = ("swap", "software", "parameters", "move", "return", "repair")
"""What stands on the page of a unit; the rest is one click further."""


def acts_of(
    unit: "Unit", seats: "Sequence[Seat]", *, only_usual: bool = False
) -> list[tuple[str, str | Promise]]:
    """Return what can be booked on a unit, as it is today."""
    if unit.state == State.SCRAPPED:
        return []
    places = places_of(unit, seats).values()
    return [
        (code, act.word)
        for code, act in ACTS.items()
        if (code in USUAL or not only_usual) and (not act.of or any(map(act.of, places)))
    ]
