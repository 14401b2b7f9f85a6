"""Mismatches: what is in units and may not be, judged once for all that look alike.

Booking what is not allowed is accepted, since it happened. A configuration is judged when it first
comes up, and anew when the catalog changes what is allowed in an item that it holds. A mismatch
ends by itself when the unit, or the catalog, is mended; or a person accepts it, with a reason.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from longmark.accounts import queries as accounts
from longmark.catalog import queries as catalog
from longmark.catalog.queries import combinations
from longmark.core.actors import Action, Actor
from longmark.core.composition.judging import Effectivity, Present, Rules, mismatches
from longmark.core.errors import Invalid, Refused
from longmark.fleet import entries
from longmark.fleet.models import Configuration, ConfigurationMember, Mismatch, Unit, Waiver
from longmark.fleet.queries import mismatches as reads
from longmark.ledger import services as ledger

JUDGE_ANEW = "fleet.judge-anew"  # the kind of job that does this
CHUNK_CONFIGURATIONS = 1_000

Content = Sequence[Present]


def judge(content: Mapping[UUID, Content], rules: Rules) -> int:
    """Write the mismatches of configurations that have none on record; return how many."""
    rows = [row for pk in sorted(content) for row in _rows(pk, content[pk], rules)]
    Mismatch.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def judge_anew(item_ids: Collection[int], *, actor: Actor, now: datetime) -> int:
    """Judge all configurations that hold these items by the catalog as it is now.

    Returns how many are judged otherwise than before. Each chunk is a transaction of its own;
    doing it again changes nothing.
    """
    accounts.require(actor, Action.CHANGE_CATALOG)
    rules = combinations.rules()
    changed = 0
    ids = iter(_holding(item_ids))
    while chunk := list(islice(ids, CHUNK_CONFIGURATIONS)):
        with transaction.atomic(durable=True):
            changed += _renew(_content_of(chunk), rules)
    if changed:
        with transaction.atomic(durable=True):
            count = Mismatch.objects.count()
            judged = entries.ConfigurationsJudged(sorted(item_ids), changed, count)
            ledger.append(judged, subject=catalog.item(min(item_ids)), actor=actor, now=now)
    return changed


@transaction.atomic(durable=True)
def waive(unit: Unit, key: str, *, reason: str, actor: Actor, now: datetime) -> Waiver:
    """Accept a mismatch of one unit, for as long as rule and content stay the same.

    Raises:
        Invalid: no reason was given.
        Refused: the unit has no such mismatch, or it is accepted already.
    """
    accounts.require(actor, Action.BOOK_EVENTS)
    if not reason.strip():
        raise Invalid("Say why this may be so.", field="reason")
    Unit.objects.select_for_update().get(pk=unit.pk)  # numbers its waivers one by one
    found = next((each for each in reads.mismatches_of(unit) if each.key == key), None)
    if found is None:
        raise Refused("{unit} has no such mismatch now.", unit=unit)
    last = Waiver.objects.filter(unit=unit).aggregate(last=Max("number", default=0))["last"]
    waiver = Waiver(
        unit=unit,
        number=last + 1,
        key=key,
        path=found.path,
        reason=reason.strip(),
        author_name=actor.name,
        waived_at=now,
    )
    try:
        with transaction.atomic():
            waiver.save(force_insert=True)
    except IntegrityError:
        raise Refused("This mismatch of {unit} is accepted already.", unit=unit) from None
    waived = entries.MismatchWaived(found.path, key, waiver.reason)
    ledger.append(waived, subject=unit, actor=actor, now=now)
    return waiver


@transaction.atomic(durable=True)
def withdraw_waiver(unit: Unit, key: str, *, reason: str, actor: Actor, now: datetime) -> None:
    """Accept a mismatch no longer.

    Raises:
        Invalid: no reason was given.
        Refused: it is not accepted.
    """
    accounts.require(actor, Action.BOOK_EVENTS)
    if not reason.strip():
        raise Invalid("Say why this may be so no longer.", field="reason")
    standing = Waiver.objects.filter(unit=unit, key=key, withdrawn_at=None)
    path = standing.values_list("path", flat=True).first()
    if path is None or not standing.update(withdrawn_at=now):
        raise Refused("This mismatch of {unit} is not accepted.", unit=unit)
    withdrawn = entries.WaiverWithdrawn(path, key, reason.strip())
    ledger.append(withdrawn, subject=unit, actor=actor, now=now)


def _holding(item_ids: Collection[int]) -> Iterable[UUID]:
    rows = ConfigurationMember.objects.filter(item_id__in=list(item_ids))
    held = Configuration.objects.filter(pk__in=rows.values("configuration_id"))
    return list(held.order_by("pk").values_list("pk", flat=True))


def _content_of(ids: Sequence[UUID]) -> dict[UUID, list[Present]]:
    content: dict[UUID, list[Present]] = {pk: [] for pk in ids}
    rows = ConfigurationMember.objects.filter(configuration_id__in=ids)
    ordered = rows.order_by("configuration_id", "number")
    for pk, path, item, release in ordered.values_list(
        "configuration_id", "path", "item_id", "release_id"
    ):
        content[pk].append(Present(path, item, release))
    return content


def _renew(content: Mapping[UUID, Content], rules: Rules) -> int:
    known: dict[UUID, list[Any]] = {pk: [] for pk in content}
    rows = Mismatch.objects.filter(configuration_id__in=list(content))
    for row in rows.order_by("configuration_id", "number"):
        known[row.configuration_id].append(row)
    fresh = {pk: list(_rows(pk, content[pk], rules)) for pk in content}
    differing = [pk for pk in content if _told(known[pk]) != _told(fresh[pk])]
    Mismatch.objects.filter(configuration_id__in=differing).delete()
    Mismatch.objects.bulk_create([row for pk in differing for row in fresh[pk]])
    return len(differing)


def _rows(pk: UUID, content: Content, rules: Rules) -> Iterable[Mismatch]:
    for number, found in enumerate(mismatches(content, rules), start=1):
        yield Mismatch(
            configuration_id=pk,
            number=number,
            path=found.path,
            key=found.key,
            nearest_id=found.nearest,
            wrong=list(found.wrong),
            ruled=[_stored(each) for each in found.ruled],
            allowed=[_stored(each) for each in found.allowed],
        )


def _told(rows: Iterable[Mismatch]) -> list[tuple[object, ...]]:
    return [(row.key, row.nearest_id, row.wrong, row.ruled, row.allowed) for row in rows]


def _stored(effectivity: Effectivity) -> dict[str, str]:
    """Return what is stated of an effectivity, for JSON."""
    return {name: str(value) for name, value in asdict(effectivity).items() if value}
