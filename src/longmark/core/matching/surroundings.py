"""What a statement asks for besides the package: platforms, hardware, editions, target software.

Three-valued: what the component tells can meet a demand, contradict it, or leave it open. Open
demands lower the confidence; they never make a component unaffected.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from longmark.core.formats.advisories.records import (
    Condition,
    Confidence,
    Filters,
    Statement,
    Surroundings,
)
from longmark.core.identity import Cpe, package_of_cpe
from longmark.core.identity.cpe import ANY, NA
from longmark.core.identity.distributions import SCHEMES
from longmark.core.identity.packages import HARDWARE
from longmark.core.matching.contexts import NOTHING_RECORDED, Context
from longmark.core.matching.identifying import means, subject_named
from longmark.core.matching.platforms import FOREIGN_SYSTEMS, Demand, demand_of
from longmark.core.matching.subjects import Subject
from longmark.core.matching.verdicts import Reason


@dataclass(frozen=True, slots=True)
class Qualification:
    """What open demands do to a verdict."""

    demand: Demand
    cap: Confidence = Confidence.EXACT
    reasons: tuple[Reason, ...] = ()
    is_undecided: bool = False


PLAIN: Final = Qualification(Demand.MET)


def _contradicted(reason: Reason) -> Qualification:
    return Qualification(Demand.CONTRADICTED, reasons=(reason,))


_DEVICE: Final = f"cpe:{HARDWARE}"
_HARDWARE: Final = _contradicted(Reason.HARDWARE)
_FILTERED: Final = _contradicted(Reason.FILTERED)
_ELSEWHERE: Final = _contradicted(Reason.PLATFORM_CONTRADICTED)

_TARGETS: Final = {
    "rust": "cargo", "node.js": "npm", "nodejs": "npm", "python": "pypi", "ruby": "gem",
    "go": "golang", "golang": "golang", "java": "maven", "maven": "maven", ".net": "nuget",
    "asp.net": "nuget", "php": "composer", "packagist": "composer", "perl": "cpan",
    "wordpress": "wordpress", "jenkins": "jenkins", "drupal": "drupal", "joomla": "joomla",
    "joomla\\!": "joomla", "typo3": "typo3", "moodle": "moodle", "magento": "magento",
}  # fmt: skip


def qualification(
    statement: Statement, subject: Subject, context: Context = NOTHING_RECORDED
) -> Qualification:
    """Return what filters, part and condition of a statement make of a match through it."""
    if not (statement.condition or statement.filters or statement.part):
        return PLAIN
    parts = [_by_part(statement, subject)]
    if statement.filters:
        parts += _by_filters(statement, statement.filters, subject)
    if statement.condition:
        parts.append(_by_condition(statement.condition, subject, context))
    return _joined(parts)


def _joined(parts: list[Qualification]) -> Qualification:
    if any(part.demand is Demand.CONTRADICTED for part in parts):
        return next(part for part in parts if part.demand is Demand.CONTRADICTED)
    cap = Confidence.EXACT
    for part in parts:
        cap = cap.at_most(part.cap)
    reasons = tuple(reason for part in parts for reason in part.reasons)
    return Qualification(
        Demand.OPEN if reasons else Demand.MET,
        cap,
        tuple(dict.fromkeys(reasons)),
        any(part.is_undecided for part in parts),
    )


def _lowered(cap: Confidence, reason: Reason) -> Qualification:
    return Qualification(Demand.OPEN, cap, (reason,))


def _declared(statement: Statement, subject: Subject) -> Cpe | None:
    """Return the component's own CPE name for the statement's package."""
    named = (name for name in subject.names if package_of_cpe(name) == statement.package)
    return next(named, None)


def _by_part(statement: Statement, subject: Subject) -> Qualification:
    """Sources disagree on application or system for firmware, so a part is no identity."""
    if statement.part == "h" and not statement.package.startswith(_DEVICE):
        return _HARDWARE  # as it was kept before hardware had keys of its own
    declared = _declared(statement, subject) if statement.part in ("a", "o") else None
    if declared is None or declared.part in (statement.part, ANY):
        return PLAIN
    return _lowered(Confidence.MEDIUM, Reason.PART_DIFFERS)


def _by_filters(
    statement: Statement, filters: Filters, subject: Subject
) -> Iterator[Qualification]:
    declared = _declared(statement, subject)
    if filters.target_sw:
        yield _by_target(filters.target_sw, declared, subject)
    for demanded, field in (
        (filters.edition, "edition"),
        (filters.language, "language"),
        (filters.sw_edition, "sw_edition"),
        (filters.target_hw, "target_hw"),
        (filters.other, "other"),
    ):
        if demanded:
            yield _by_value(demanded, getattr(declared, field, ANY))


def _by_value(demanded: str, stated: str) -> Qualification:
    if stated in (ANY, NA):
        return _lowered(Confidence.MEDIUM, Reason.EDITION_UNVERIFIED)
    return PLAIN if stated == demanded else _FILTERED


def _by_target(demanded: str, declared: Cpe | None, subject: Subject) -> Qualification:
    """Read ``target_sw`` as the ecosystem or system that the statement is about."""
    stated = declared.target_sw if declared else ANY
    if stated not in (ANY, NA):
        return PLAIN if stated == demanded else _FILTERED
    ecosystem = _TARGETS.get(demanded)
    if subject.ecosystem and ecosystem:
        return PLAIN if subject.ecosystem == ecosystem else _FILTERED
    if subject.ecosystem in SCHEMES and demanded in FOREIGN_SYSTEMS:
        return _FILTERED
    return _lowered(Confidence.LOW, Reason.TARGET_UNVERIFIED)


def _by_condition(condition: Condition, subject: Subject, context: Context) -> Qualification:
    if condition.kind is Surroundings.PRODUCT:
        return _by_parent(condition, context)
    demands = {demand_of(group, subject, context) for group in condition.needs}
    if Demand.CONTRADICTED in demands:
        return _ELSEWHERE
    if demands == {Demand.MET}:
        return PLAIN
    if condition.kind is Surroundings.HARDWARE:
        return _lowered(Confidence.MEDIUM, Reason.HARDWARE_IMPLIED)
    if condition.kind is Surroundings.SYSTEM:
        return _lowered(Confidence.LOW, Reason.PLATFORM_UNVERIFIED)
    unverified = (Reason.SOFTWARE_UNVERIFIED,)
    return Qualification(Demand.OPEN, Confidence.LOW, unverified, is_undecided=True)


def _by_parent(condition: Condition, context: Context) -> Qualification:
    """Tell whether the component sits in the product that the source speaks of."""
    parent = subject_named(context.parent) if context.parent else None
    if parent is None:
        around = (Reason.PARENT_UNKNOWN,)
        return Qualification(Demand.OPEN, Confidence.LOW, around, is_undecided=True)
    held = all(any(means(name, parent) for name in group.names) for group in condition.needs)
    return PLAIN if held else _contradicted(Reason.PARENT_DIFFERS)
