"""The precision board: rules, each one count and the list behind it.

To add one, add a `Rule` to ``RULES``: a key, what is not right, why that matters, how it is
counted, and the list that shows it (the name of its route, and its filters). Counts come from the
census, from small tables, or through an index of their own.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from longmark.catalog import queries as catalog
from longmark.connections.queries import connections, notes
from longmark.core.errors import NotFound
from longmark.core.life.events import State
from longmark.core.vocabulary import ItemKind, ReleaseStatus
from longmark.fleet.queries import conflicts, doubts, mismatches, snapshots
from longmark.fleet.queries.doubts import Refused
from longmark.precision.models import Duty, Reading
from longmark.sboms import queries as sboms

if TYPE_CHECKING:
    from longmark.accounts.models import Person

TREND_DAYS: Final = 90
UNCONFIRMED_DAYS: Final = 30
WITH_SBOM: Final = (ItemKind.FIRMWARE, ItemKind.SOFTWARE)

Count = Callable[[datetime], int]


@dataclass(frozen=True)
class Rule:
    """Something that is not yet right. ``route`` and ``filters`` name the list behind the count."""

    key: str
    title: str | Promise
    why: str | Promise
    count: Count
    route: str
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BoardRow:
    """A rule with its count, who sees to it, and earlier counts, oldest first."""

    rule: Rule
    count: int
    person: "Person | None"
    readings: Sequence[tuple[date, int]]

    @property
    def change(self) -> int:
        """How much more than at the first of the readings shown."""
        return self.count - self.readings[0][1] if self.readings else 0


def unjudged_release_ids() -> list[int]:
    """Return releases of firmware and software, no drafts, that have no SBOM. Two queries."""
    found = catalog.release_ids_of_kinds(WITH_SBOM, but=ReleaseStatus.DRAFT)
    return sorted(set(found) - sboms.release_ids_with_sbom(found))


def confirmed_before(now: datetime) -> datetime:
    """Return until when a change of software should have been confirmed."""
    return now - timedelta(days=UNCONFIRMED_DAYS)


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "unknown-firmware",
        _("Units of which it is not known what firmware they run"),
        _("Nobody can tell whether they are affected; they count as unknown everywhere."),
        lambda now: doubts.unit_count_unknown(ItemKind.FIRMWARE),
        "web:units",
        {"unknown_kind": ItemKind.FIRMWARE, "use": "1"},
    ),
    Rule(
        "no-sbom",
        _("Releases without an SBOM"),
        _("What runs on their units cannot be judged at all."),
        lambda now: len(unjudged_release_ids()),
        "web:releases",
        {"sbom": "none"},
    ),
    Rule(
        "mismatches",
        _("Units with something in them that may not be there"),
        _("A booking is wrong, or the unit is: either should be mended, or accepted."),
        lambda now: mismatches.mismatched_unit_count(),
        "web:mismatches",
    ),
    Rule(
        "drift",
        _("Parameters that changed, and nobody booked it"),
        _("Conditions on parameters are judged by what was booked."),
        lambda now: snapshots.drift_count(),
        "web:drift",
    ),
    Rule(
        "conflicts",
        _("Lists that contradict each other"),
        _("Both claims are kept; a person decides which one holds."),
        lambda now: conflicts.open_count(),
        "web:conflicts",
    ),
    Rule(
        "nobody-knows-where",
        _("Units that were shipped, and nobody knows to whom"),
        _("Whoever runs them can be told nothing."),
        lambda now: doubts.unit_count_nowhere(State.SHIPPED),
        "web:units",
        {"keeper": "unknown", "state": State.SHIPPED},
    ),
    Rule(
        "unconfirmed",
        _("Changes of software that nobody confirmed in thirty days"),
        _("That a fix was sent is not that it arrived."),
        lambda now: doubts.unit_count_unconfirmed(confirmed_before(now)),
        "web:units",
        {"unconfirmed": "1"},
    ),
    Rule(
        "never-built",
        _("Rows about serial numbers that we never built"),
        _("A wrong number, or a unit that production forgot to book."),
        lambda now: doubts.refusal_count(Refused.NEVER_BUILT),
        "web:refusals",
        {"why": Refused.NEVER_BUILT},
    ),
    Rule(
        "two-places",
        _("Rows that put a module into two places"),
        _("One of the two lists is wrong about what is inside."),
        lambda now: doubts.refusal_count(Refused.TWO_PLACES),
        "web:refusals",
        {"why": Refused.TWO_PLACES},
    ),
    Rule(
        "future",
        _("Rows about a day that has not come"),
        _("A clock or a date format is wrong, and other rows may be, too."),
        lambda now: doubts.refusal_count(Refused.FUTURE),
        "web:refusals",
        {"why": Refused.FUTURE},
    ),
    Rule(
        "refused",
        _("Rows of lists that were refused"),
        _("What they say is not on record until they are mended and dropped again."),
        lambda now: doubts.refusal_count(),
        "web:refusals",
    ),
    Rule(
        "connections",
        _("Connections that bring nothing, or nothing new"),
        _("What was built, shipped and returned since is not known here."),
        lambda now: connections.failing_count(now),
        "web:connections",
        {"health": "failing"},
    ),
    Rule(
        "gone",
        _("Units that a connected system has no more"),
        _("They were scrapped, or their records tidied away; only a person knows."),
        lambda now: connections.gone_count(),
        "web:gone-units",
    ),
    Rule(
        "notes",
        _("Notes that connected systems have not taken"),
        _("Whoever looks there does not learn of the RMA, or of the danger."),
        lambda now: notes.unwritten_count(),
        "web:notes-unwritten",
    ),
)


def rule(key: str) -> Rule:
    """Return one rule.

    Raises:
        NotFound: there is none of this key.
    """
    for each in RULES:
        if each.key == key:
            return each
    raise NotFound('There is no rule "{key}".', key=key)


def board(now: datetime) -> list[BoardRow]:
    """Return all rules with their counts, in their order. Two queries, and those of the rules."""
    duties = {each.rule: each for each in Duty.objects.select_related("person")}
    readings: dict[str, list[tuple[date, int]]] = defaultdict(list)
    since = now.date() - timedelta(days=TREND_DAYS)
    rows = Reading.objects.filter(day__gte=since).order_by("rule", "day")
    for key, day, count in rows.values_list("rule", "day", "count"):
        readings[key].append((day, count))
    return [
        BoardRow(
            each,
            each.count(now),
            duties[each.key].person if each.key in duties else None,
            readings[each.key],
        )
        for each in RULES
    ]


def is_read(day: date) -> bool:
    """Tell whether the rules were read on a day. One query."""
    return Reading.objects.filter(day=day).exists()
