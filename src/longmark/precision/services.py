"""Reading the rules once a day, and saying who sees to what."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.ledger import services as ledger
from longmark.precision import entries, queries
from longmark.precision.models import Duty, Reading

if TYPE_CHECKING:
    from longmark.accounts.models import Person


def read_daily(*, now: datetime) -> int:
    """Keep today's counts, unless they are kept already; return how many were.

    Derived data only, so the ledger has nothing to tell.
    """
    today = now.date()
    if queries.is_read(today):
        return 0
    rows = [Reading(rule=each.key, day=today, count=each.count(now)) for each in queries.RULES]
    with transaction.atomic(durable=True):
        Reading.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


@transaction.atomic(durable=True)
def give_duty(key: str, person: "Person | None", *, actor: Actor, now: datetime) -> None:
    """Say who sees to it that what a rule counts gets less; ``None``: nobody.

    Raises:
        NotFound: there is no such rule.
        NotAllowed: the actor may not change the catalog.
    """
    accounts.require(actor, Action.CHANGE_CATALOG)
    queries.rule(key)
    before = Duty.objects.filter(rule=key).first()
    if (before.person_id if before else None) == (person.pk if person else None):
        return
    if person is None:
        Duty.objects.filter(rule=key).delete()
    else:
        given = {"person": person, "given_by": actor.name, "given_at": now}
        Duty.objects.update_or_create(rule=key, defaults=given)
    entry = entries.DutyGiven(key, str(person) if person else None)
    ledger.append(entry, subject=Duty(rule=key), actor=actor, now=now)
