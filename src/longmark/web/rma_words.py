"""The words for the steps, ends and ages of RMAs."""

from django.utils.translation import gettext_lazy as _

from longmark.web.words import Words

STEPS: Words = {
    "opened": _("Opened"),
    "received": _("Received"),
    "diagnosed": _("Diagnosed"),
    "in-repair": _("In repair"),
}
OUTCOMES: Words = {
    "repaired": _("Repaired"),
    "replaced": _("Replaced by another unit"),
    "unrepaired": _("Sent back unrepaired"),
    "scrapped": _("Scrapped"),
}
STANDINGS: Words = {**STEPS, **OUTCOMES}
CLOSED = _("Closed")
DECISIONS: Words = {
    "repair": _("Repair it"),
    "replace": _("Replace it by another unit"),
    "send-back": _("Send it back as it is"),
    "scrap": _("Scrap it"),
}
ACTS: Words = {
    "receive": _("It has arrived"),
    "diagnose": _("Say what was found"),
    "repair": _("Begin the repair"),
    "close": _("Close the RMA"),
}
DONE: Words = {
    "receive": _("The unit was received."),
    "diagnose": _("The diagnosis was kept."),
    "repair": _("The repair has begun."),
    "close": _("The RMA is closed."),
}
VIEWS: Words = {"open": _("Open"), "closed": _("Closed"), "all": _("All")}
AGES: Words = {
    "0": _("Up to 7 days"),
    "1": _("7 to 30 days"),
    "2": _("30 to 90 days"),
    "3": _("More than 90 days"),
}
