"""What a release runs on and with, against what a source asks for (matching rules § 4.3).

A match leaves open what the component alone cannot tell: *running on Windows*, *together with
PHP*. The release knows more: its operating system and its other components. What it has meets a
condition; another operating system contradicts one; what merely is on no list leaves it open, for
no list is known to be complete. Hardware on a bill of materials is a part, not the device, so it
says nothing here.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from longmark.core.facts.settlements import DETAIL_LENGTH, Rule, Settlement
from longmark.core.formats.advisories.records import Condition, Surroundings
from longmark.core.matching import Context, Step, Subject, Verdict
from longmark.core.matching.platforms import Demand, demand_of
from longmark.core.matching.trails import LIMIT_STEPS
from longmark.core.matching.verdicts import Reason

SYSTEMS: Final = frozenset(
    (
        "cpe:linux:linux_kernel", "cpe:zephyrproject:zephyr", "cpe:amazon:freertos",
        "cpe:freertos:freertos", "cpe:windriver:vxworks", "cpe:express_logic:threadx",
        "cpe:mentor:nucleus_rtos", "cpe:siemens:nucleus_rtos", "cpe:blackberry:qnx_neutrino_rtos",
        "cpe:contiki-ng:contiki-ng", "cpe:contiki-os:contiki", "cpe:riot-os:riot",
        "cpe:apache:nuttx", "cpe:apache:mynewt", "cpe:rt-thread:rt-thread",
    )
)  # fmt: skip
"""Packages that are operating systems: one of them in a release is what the release runs on."""

CONDITIONAL: Final = frozenset((Reason.PLATFORM_UNVERIFIED, Reason.SOFTWARE_UNVERIFIED))
_TO_DO: Final = (Verdict.AFFECTED, Verdict.UNKNOWN, Verdict.UNDER_INVESTIGATION)

Entry = tuple[str, str, str, str]
"""What tells statements apart: source, record, pointer, package."""


def context_of(packages: Iterable[tuple[str, str]]) -> Context:
    """Return the context that packages of a release make, each with its version."""
    return Context.of(platform=[_name(*each) for each in sorted(set(packages))])


def _name(package: str, version: str) -> str:
    _scheme, vendor, product = package.split(":", 2)
    part = "o" if package in SYSTEMS else "a"
    stated = version.replace(":", "\\:") or "*"
    return f"cpe:2.3:{part}:{vendor}:{product}:{stated}:*:*:*:*:*:*:*"


def is_conditional(trail: Mapping[str, Any]) -> bool:
    """Tell whether a match hangs on what surrounds the component, by its trail as it is stored.

    Its reasons are those of the step that decides: if that one asks for nothing, nothing can be
    contradicted.
    """
    return not CONDITIONAL.isdisjoint(trail["r"])


def by_platform(
    steps: Sequence[Step],
    conditions: Mapping[Entry, Sequence[Condition | None]],
    subject: Subject,
    context: Context,
) -> Settlement | None:
    """Return what the surroundings make of a match, ``None`` if they leave it as it is.

    It is settled if every source that calls the component affected, or is not sure, asks for what
    the release contradicts. A trail that was cut short settles nothing.
    """
    said = [step for step in steps if step.verdict in _TO_DO]
    stated = [conditions.get(_entry(step), ()) for step in said]
    if not said or len(steps) >= LIMIT_STEPS or not all(stated):
        return None
    demands = [{_demand(each, subject, context) for each in one} for one in stated]
    if all(found == {Demand.CONTRADICTED} for found in demands):
        return Settlement(Rule.OTHER_PLATFORM, detail=_text(stated[0]))
    first = said[0]
    is_undecided = first.verdict is Verdict.UNKNOWN and Reason.SOFTWARE_UNVERIFIED in first.reasons
    if is_undecided and first is steps[0] and Demand.MET in demands[0]:
        return Settlement(Rule.PLATFORM_MET, detail=_text(stated[0]))
    return None


def _entry(step: Step) -> Entry:
    return step.source, step.record, step.pointer, step.package


def _demand(condition: Condition | None, subject: Subject, context: Context) -> Demand:
    if condition is None:
        return Demand.MET
    if condition.kind in (Surroundings.HARDWARE, Surroundings.PRODUCT):
        return Demand.OPEN
    found = {demand_of(group, subject, context) for group in condition.needs}
    if Demand.CONTRADICTED in found:
        return Demand.CONTRADICTED
    return Demand.MET if found == {Demand.MET} else Demand.OPEN


def _text(stated: Iterable[Condition | None]) -> str:
    return next((one.text for one in stated if one), "")[:DETAIL_LENGTH]
