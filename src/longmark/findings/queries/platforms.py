"""What surrounds components in their releases, asked where a match left a condition open."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID

from longmark.core.facts.platforms import SYSTEMS, Entry, by_platform, context_of, is_conditional
from longmark.core.formats.advisories.records import Condition, Confidence
from longmark.core.identity import package_of_cpe
from longmark.core.matching import Context, Step, Subject, Trail, Verdict
from longmark.core.matching.platforms import platform
from longmark.findings.models import Match
from longmark.findings.queries.candidates import stored_subjects
from longmark.intel.queries import vulnerabilities as intel
from longmark.sboms.queries import contents

if TYPE_CHECKING:
    from longmark.core.facts import Settlement
    from longmark.findings.queries.settling import Place

_OPEN: Final = (Verdict.UNKNOWN, Verdict.UNDER_INVESTIGATION)
Pair = tuple[UUID, int]


class Platforms:
    """The surroundings of those places whose match hangs on them."""

    def __init__(self, places: "Sequence[Place]") -> None:
        """Read what they need. No query where every match is sure, five at most else."""
        doubtful = {
            (one.component_id, one.vulnerability_id)
            for one in places
            if one.verdict in _OPEN or one.confidence is Confidence.LOW
        }
        self.steps = _steps(doubtful)
        if not self.steps:
            return
        self.conditions = _conditions(self.steps)
        self.subjects = stored_subjects({who for who, _vulnerability in self.steps})
        concerned = [
            one for one in places if (one.component_id, one.vulnerability_id) in self.steps
        ]
        self.contexts = _contexts({one.release_id for one in concerned}, self.conditions)

    def settlement(self, place: "Place") -> "Settlement | None":
        """Return what the surroundings make of a place, ``None`` for nothing. No query."""
        steps = self.steps.get((place.component_id, place.vulnerability_id))
        if steps is None:
            return None
        subject: Subject = self.subjects[place.component_id]
        conditions = self.conditions.get(place.vulnerability_id, {})
        return by_platform(steps, conditions, subject, self.contexts[place.release_id])


def _steps(pairs: Collection[Pair]) -> dict[Pair, tuple[Step, ...]]:
    """Return the trails of matches that hang on what surrounds the component. One query."""
    if not pairs:
        return {}
    rows = Match.objects.filter(
        component_id__in={who for who, _vulnerability in pairs},
        **{intel.AMONG: sorted({vulnerability for _who, vulnerability in pairs})},
    )
    found = {}
    for who, vulnerability, trail in rows.values_list(
        "component_id", "vulnerability_id", "evidence__trail"
    ):
        if (who, vulnerability) in pairs and is_conditional(trail):
            found[who, vulnerability] = Trail.from_json(trail, subject="", places={}).steps
    return found


def _conditions(
    steps: Mapping[Pair, Sequence[Step]],
) -> dict[int, dict[Entry, list[Condition | None]]]:
    """Return the conditions of every statement on these packages. One query."""
    packages = {step.package for found in steps.values() for step in found}
    ids = {vulnerability for _who, vulnerability in steps}
    return intel.conditions_by_vulnerability(packages, ids)


def _contexts(
    release_ids: Collection[int], conditions: Mapping[int, Mapping[Entry, Sequence[object]]]
) -> dict[int, Context]:
    """Return what is known of the surroundings in each release. One query."""
    named = {
        text
        for entries in conditions.values()
        for stated in entries.values()
        for condition in stated
        if isinstance(condition, Condition)
        for group in condition.needs
        for text in group.names
    }
    cpes = (platform(text) for text in named)
    packages = {package_of_cpe(cpe) for cpe in cpes if cpe and cpe.part != "h"}
    sought = {package for package in packages if package} | SYSTEMS
    held: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for release_id, package, version in contents.packages_in(release_ids, sought):
        held[release_id].add((package, version))
    return {pk: context_of(held[pk]) for pk in release_ids}
