"""What VEX statements say of a component in its product, and which of them counts.

Most specific first: of this component in this product, of this product in general, of the
component by whoever makes it. Of equals the newest counts, and at the same instant the worse one.
Product and part must both be meant, and the vulnerability be the same; a statement about another
product says nothing here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from longmark.core.errors import Invalid
from longmark.core.formats.advisories import partial
from longmark.core.formats.advisories.bounds import Gathering
from longmark.core.formats.advisories.csaf_versions import add_version
from longmark.core.formats.advisories.detection import Format
from longmark.core.formats.advisories.intervals import status_at
from longmark.core.formats.advisories.records import AdvisoryRecord, Status
from longmark.core.formats.vex import VexProduct, VexStatement, VexStatus, is_vex, statements_of
from longmark.core.matching.contexts import Context
from longmark.core.matching.identifying import means, subject_named
from longmark.core.matching.judging import judge
from longmark.core.matching.subjects import Subject
from longmark.core.matching.verdicts import Claim, Verdict
from longmark.core.versions import Unkeyable, key

THIS_COMPONENT, THIS_PRODUCT, ITS_MAKER = 2, 3, 4

_VERDICTS: Final = {
    VexStatus.AFFECTED: Verdict.AFFECTED,
    VexStatus.UNDER_INVESTIGATION: Verdict.UNDER_INVESTIGATION,
    VexStatus.FIXED: Verdict.FIXED,
    VexStatus.NOT_AFFECTED: Verdict.NOT_AFFECTED,
}
_WORSE: Final = (
    Verdict.AFFECTED,
    Verdict.UNDER_INVESTIGATION,
    Verdict.FIXED,
    Verdict.NOT_AFFECTED,
)


@dataclass(frozen=True)
class VexFinding:
    """A statement that applies: `level` is its rank, the lowest counts."""

    verdict: Verdict
    level: int
    stated_at: datetime
    justification: str
    product: str
    pointer: str
    author: str = ""
    is_unreasoned: bool = False

    @property
    def rank(self) -> tuple[int, float, int]:
        """Return what the first of several is sorted by."""
        return self.level, -self.stated_at.timestamp(), _WORSE.index(self.verdict)


@dataclass(frozen=True)
class Weighing:
    """The statements that apply, the one that counts first, and how many do not."""

    findings: tuple[VexFinding, ...]
    other_count: int
    problems: tuple[str, ...] = ()


def weigh(subject: Subject, context: Context, identifiers: frozenset[str]) -> Weighing:
    """Return what the VEX of a context says; without ids every vulnerability is meant."""
    found: list[VexFinding] = []
    others = 0
    problems: list[str] = []
    for document in context.vex:
        if partial.detected(document) is Format.CSAF:
            try:
                found += _of_csaf(document, subject, context, identifiers)
            except Invalid as problem:
                problems.append(str(problem))
        elif is_vex(document):
            for statement in statements_of(document):
                applying = _applying(statement, subject, context, identifiers)
                found += applying
                others += not applying
        else:
            problems.append("A VEX of the context is of no format known here.")
    return Weighing(tuple(sorted(found, key=lambda one: one.rank)), others, tuple(problems))


def _applying(
    statement: VexStatement, subject: Subject, context: Context, identifiers: frozenset[str]
) -> list[VexFinding]:
    named = statement.vulnerabilities
    if identifiers and named and not identifiers & named:
        return []
    products = statement.products or (VexProduct(),)
    levels = [(_level(one, subject, context), one) for one in products]
    return [
        finding
        for level, product in levels
        if level and (finding := _finding(statement, level, product, subject))
    ]


def _level(product: VexProduct, subject: Subject, context: Context) -> int:
    """Return the rank of a statement on a product, 0 if it does not apply."""
    is_part = any(means(name, subject) for part in product.parts for name in part)
    if product.parts and not is_part:
        return 0
    if not product.names:
        return THIS_COMPONENT if is_part else 0
    parent = subject_named(context.parent) if context.parent else None
    if parent and any(means(name, parent) for name in product.names):
        return THIS_COMPONENT if is_part else THIS_PRODUCT
    is_itself = not product.parts and any(means(name, subject) for name in product.names)
    return ITS_MAKER if is_itself else 0


def _finding(
    statement: VexStatement, level: int, product: VexProduct, subject: Subject
) -> VexFinding | None:
    status: VexStatus | None = statement.effective
    if product.versions:
        status = _status_of_version(statement, product, subject)
    if status is None:
        return None
    return VexFinding(
        verdict=_VERDICTS[status],
        level=level,
        stated_at=statement.stated_at,
        justification=statement.justification,
        product=next(iter(product.names), ""),
        pointer=statement.pointer,
        author=statement.author,
        is_unreasoned=status is not statement.status and not statement.justification,
    )


def _status_of_version(
    statement: VexStatement, product: VexProduct, subject: Subject
) -> VexStatus | None:
    """Return what is said of the component's version; None if it is not among those listed."""
    for text, status in product.versions:
        if text and _holds(text, subject):
            return status or statement.effective
    return None


def _holds(text: str, subject: Subject) -> bool:
    for one in subject.coordinates:
        if one.version.lower() == text.lower():
            return True
        gathering = Gathering(one.scheme)
        add_version(text, Status.AFFECTED, gathering, "")
        try:
            place = key(one.scheme, one.version)
        except Unkeyable:
            continue
        if status_at(gathering.ranges(), place) is Status.AFFECTED:
            return True
    return False


def _of_csaf(
    document: object, subject: Subject, context: Context, identifiers: frozenset[str]
) -> Iterator[VexFinding]:
    """Yield what a CSAF document says of the component in its product, or of the product."""
    parent = subject_named(context.parent) if context.parent else None
    for record in partial.vex_records_of(document):
        yield from _of_record(record, subject, context, identifiers, level=ITS_MAKER)
        if parent:
            alone = Context(platform=context.platform)
            yield from _of_record(record, parent, alone, identifiers, level=THIS_PRODUCT)


def _of_record(
    record: AdvisoryRecord,
    subject: Subject,
    context: Context,
    identifiers: frozenset[str],
    *,
    level: int,
) -> Iterator[VexFinding]:
    for statement in record.statements:
        if statement.subject and identifiers and statement.subject not in identifiers:
            continue
        if (
            not statement.subject
            and identifiers
            and not identifiers & {*record.subjects, record.id}
        ):
            continue
        coordinate = subject.by_package.get(statement.package)
        claim = Claim(record.source, record.id, statement)
        found = judge(coordinate, claim, subject, context) if coordinate else None
        if found is None or found.verdict not in _WORSE:
            continue
        yield VexFinding(
            verdict=found.verdict,
            level=THIS_COMPONENT if statement.condition else level,
            stated_at=record.modified,
            justification=statement.wording.partition(": ")[2],
            product=statement.wording,
            pointer=statement.pointer,
        )


def as_facts(finding: VexFinding) -> Mapping[str, Any]:
    """Return a statement for programs."""
    return {
        "source": "vex",
        "verdict": finding.verdict.value,
        "level": finding.level,
        "product": finding.product,
        "justification": finding.justification,
        "stated_at": finding.stated_at.isoformat(),
        "pointer": finding.pointer,
        "author": finding.author,
    }
