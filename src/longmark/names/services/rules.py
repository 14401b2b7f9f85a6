"""Rules about names: added and withdrawn, never changed.

A rule that contradicts one that holds is refused, and the refusal says which: whoever made it had
a reason. All changes take turns, so two people cannot contradict each other at the same moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from longmark.accounts import queries as accounts
from longmark.core.actors import Action, Actor
from longmark.core.errors import Invalid, Refused
from longmark.core.identity import Cpe, canonical_purl, package_of_cpe
from longmark.core.identity.names import read_lookup_name, read_stated_name
from longmark.core.identity.rules import NameRule as Rule
from longmark.core.identity.rules import (
    NameRuleKind,
    VersionLine,
    contradiction,
    is_across_ecosystems,
)
from longmark.ledger import services as ledger
from longmark.names import entries, queries
from longmark.names.models import NameRule

REASON_LENGTH = 2_000
SOURCE_LENGTH = 500
LIMIT_CPES = 20


@dataclass(frozen=True)
class Said:
    """What a person says of a stated name, as they write it."""

    stated: str
    kind: NameRuleKind
    target: str = ""
    versions: str = ""
    is_declared: bool = False
    purl: str = ""
    cpes: Sequence[str] = field(default=())


def read_rule(said: Said) -> Rule:
    """Return the rule that somebody writes, in canonical form.

    Raises:
        Invalid: a part of it cannot be read, or it would join two ecosystems by name.
    """
    stated, versions = read_stated_name(said.stated), VersionLine.read(said.versions)
    if said.kind is NameRuleKind.CORRECTED:
        purl, cpes = _read_purl(said.purl), tuple(dict.fromkeys(map(_read_cpe, said.cpes)))
        if not (purl or cpes) or len(cpes) > LIMIT_CPES:
            raise Invalid(
                "Give the right purl, or up to {limit} CPE names, or both.",
                field="purl",
                limit=LIMIT_CPES,
            )
        return Rule(stated, said.kind, versions=versions, purl=purl, cpes=cpes)
    target = read_lookup_name(said.target)
    if said.kind is NameRuleKind.KNOWN_AS and is_across_ecosystems(stated, target):
        raise Invalid(
            "{stated} and {target} are packages of two ecosystems; the same name is no identity."
            " If the SBOM names the wrong package, correct its identity instead.",
            field="target",
            stated=stated,
            target=target,
        )
    is_declared = said.is_declared and said.kind is NameRuleKind.KNOWN_AS
    return Rule(stated, said.kind, target, versions, is_declared=is_declared)


def _read_purl(text: str) -> str:
    if not text.strip():
        return ""
    purl = canonical_purl(text.strip())
    if purl is None:
        raise Invalid(
            '"{text}" is no purl; it looks like pkg:type/namespace/name@version.',
            field="purl",
            text=text[:200],
        )
    return purl


def _read_cpe(text: str) -> str:
    try:
        cpe = Cpe.parse(text)
    except Invalid as invalid:
        raise Invalid(invalid.message, field="cpes", **invalid.values) from None
    if cpe.part == "h" or package_of_cpe(cpe) is None:
        raise Invalid(
            "{text} names hardware or leaves vendor or product open; it identifies no software.",
            field="cpes",
            text=text,
        )
    return text.strip()


@transaction.atomic(durable=True)
def add_rule(said: Said, *, reason: str, source: str = "", actor: Actor, now: datetime) -> NameRule:
    """Say what something that SBOMs name is known as, is not, or really is.

    Raises:
        Invalid: a part of it cannot be read, or no reason is given.
        Refused: a rule that holds says the same, or the contrary.
        NotAllowed: the actor may not name components.
    """
    accounts.require(actor, Action.NAME_COMPONENTS)
    rule = read_rule(said)
    reason, source = read_reason(reason), _read_source(source)
    queries.take_turn()
    refuse_contradiction(rule)
    row = NameRule.objects.create(
        stated=rule.stated,
        kind=rule.kind,
        target=rule.target,
        versions=str(rule.versions),
        is_declared=rule.is_declared,
        purl=rule.purl,
        cpes=list(rule.cpes),
        reason=reason,
        source=source,
        author_name=actor.name[:200],
        recorded_at=now,
    )
    added = entries.NameRuleAdded(
        stated=row.stated,
        kind=rule.kind.value,
        target=row.target,
        versions=row.versions,
        is_declared=row.is_declared,
        purl=row.purl,
        cpes=row.cpes,
        reason=reason,
        source=source,
    )
    ledger.append(added, subject=row, actor=actor, now=now)
    return row


def read_reason(reason: str) -> str:
    """Return why something is said, as it is kept.

    Raises:
        Invalid: nothing is given, or too much.
    """
    reason = reason.replace("\0", "").strip()
    if not reason or len(reason) > REASON_LENGTH:
        raise Invalid(
            "Say why, in at most {limit} characters: others will read it when they doubt.",
            field="reason",
            limit=REASON_LENGTH,
        )
    return reason


def _read_source(source: str) -> str:
    source = source.replace("\0", "").strip()
    if len(source) > SOURCE_LENGTH:
        raise Invalid("At most {limit} characters.", field="source", limit=SOURCE_LENGTH)
    return source


def refuse_contradiction(rule: Rule) -> None:
    """Do nothing if a rule can stand beside those that hold.

    Raises:
        Refused: one of them says the same, or the contrary.
    """
    standing = {row.rule: row for row in queries.rules_under([rule.stated])}
    other = contradiction(rule, standing)
    if other is None:
        return
    row = standing[other]
    raise Refused(
        'Rule {pk} says "{rule}" since {day}, by {author}: {reason} Withdraw it first if that is'
        " wrong.",
        field="target" if rule.target else "purl",
        pk=row.pk,
        rule=row,
        day=f"{row.recorded_at:%Y-%m-%d}",
        author=row.author_name,
        reason=row.reason if row.reason.endswith(".") else f"{row.reason}.",
    )


@transaction.atomic(durable=True)
def withdraw_rule(row: NameRule, *, reason: str, actor: Actor, now: datetime) -> None:
    """Let a rule no longer hold; it stays as history.

    Raises:
        Invalid: no reason is given.
        Refused: it was withdrawn already.
        NotAllowed: the actor may not name components.
    """
    accounts.require(actor, Action.NAME_COMPONENTS)
    reason = read_reason(reason)
    queries.take_turn()
    changed = NameRule.objects.filter(pk=row.pk, withdrawn_at=None).update(
        withdrawn_at=now, withdrawn_by=actor.name[:200], withdrawal_reason=reason
    )
    if not changed:
        raise Refused("Rule {pk} was withdrawn already.", pk=row.pk)
    row.withdrawn_at, row.withdrawn_by, row.withdrawal_reason = now, actor.name, reason
    withdrawn = entries.NameRuleWithdrawn(row.stated, row.kind, row.target, reason)
    ledger.append(withdrawn, subject=row, actor=actor, now=now)
