"""From the product status of a CSAF vulnerability to statements.

Products of one package make one statement. An exact version beats a range, a range within another
beats it, and of equals the cleared one wins. What a distribution lists as fixed tells of the rest
too: below that version of the stream it is affected, from it on fixed. A vendor that lists what is
affected has said that the rest is not; one that lists only what is cleared has not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

import msgspec

from longmark.core import identity
from longmark.core.errors import Invalid
from longmark.core.formats.advisories import csaf_versions, prose
from longmark.core.formats.advisories.bounds import Gathering
from longmark.core.formats.advisories.csaf_products import Product
from longmark.core.formats.advisories.intervals import CLEARED_FIRST
from longmark.core.formats.advisories.naming import Identity, canonical
from longmark.core.formats.advisories.records import (
    Alternatives,
    Condition,
    Confidence,
    Defect,
    Statement,
    Status,
    Surroundings,
    Tier,
)
from longmark.core.identity import Cpe, distributions
from longmark.core.identity.packages import has_known_release
from longmark.core.versions import Unkeyable, key

STATUSES: Final = {
    "known_affected": Status.AFFECTED,
    "first_affected": Status.AFFECTED,
    "last_affected": Status.AFFECTED,
    "known_not_affected": Status.NOT_AFFECTED,
    "fixed": Status.FIXED,
    "first_fixed": Status.FIXED,
    "under_investigation": Status.UNDER_INVESTIGATION,
    "unknown": Status.UNKNOWN,
}
"""The groups of `product_status`; `recommended` is advice and no status."""

_DISTRIBUTED: Final = ("deb:", "rpm:", "apk:")
_MAX_NEEDS: Final = 50


@dataclass(frozen=True)
class Named:
    """A product under one of its identities, with the version that this identity states."""

    identity: Identity
    version: str


@dataclass
class Reading:
    """What is being read: one vulnerability's products, by package and condition."""

    pointer: str
    tier: Tier
    cap: Confidence
    fixes: Mapping[str, str]
    notes: Mapping[str, str]
    is_vex: bool = False
    is_listed_only: bool = False
    gathered: dict[tuple[str, Condition | None], "Gathered"] = field(default_factory=dict)
    defects: list[Defect] = field(default_factory=list)

    def add(self, status: str, products: Sequence[Product]) -> None:
        """Add the products of one group."""
        place = f"{self.pointer}/product_status/{status}"
        for product in products:
            named = [*identities(product)]
            if not named:
                reason = f"'{product.wording[:120]}' names no product that could be compared."
                self.defects.append(Defect(place, reason))
            for one in named:
                self._gathered(one, product, place).add(status, product, one.version, self)

    def _gathered(self, named: Named, product: Product, place: str) -> "Gathered":
        condition = condition_of(product, named.identity.package)
        identified = (named.identity.package, condition)
        found = self.gathered.get(identified)
        if found is None:
            found = Gathered(named.identity, condition, place)
            self.gathered[identified] = found
        return found

    def statements(self) -> Iterator[Statement]:
        """Yield one statement per package and condition."""
        for one in self.gathered.values():
            yield one.statement(self)
            self.defects += one.versions.defects


@dataclass
class Gathered:
    """What is said of one package under one condition."""

    identity: Identity
    condition: Condition | None
    place: str
    versions: Gathering = field(init=False)
    firsts: list[str] = field(default_factory=list)
    lasts: list[str] = field(default_factory=list)
    fixed: list[str] = field(default_factory=list)
    seen: set[Status] = field(default_factory=set)
    note: str = ""

    def __post_init__(self) -> None:
        self.versions = Gathering(self.identity.scheme)

    def add(self, group: str, product: Product, version: str, reading: Reading) -> None:
        """Add a product of one status group."""
        status = STATUSES[group]
        note = reading.notes.get(product.id, "")
        if status is Status.NOT_AFFECTED and reading.is_vex and not note:
            status = Status.UNDER_INVESTIGATION
        self.note = self.note or (note if status is Status.NOT_AFFECTED else "")
        self.seen.add(status)
        if group == "first_affected" and version:
            self.firsts.append(version)
        elif group == "last_affected" and version:
            self.lasts.append(version)
        elif version:
            csaf_versions.add_version(version, status, self.versions, self.place)
            if status is Status.FIXED:
                self.fixed.append(version)
            if group == "first_fixed":
                self.versions.add_between((">=", version), None, status=status, pointer=self.place)
        elif product.range is not None:
            csaf_versions.add_range(product.range, status, self.versions, self.place)
        else:
            self._add_unversioned(product, status, reading)

    def _add_unversioned(self, product: Product, status: Status, reading: Reading) -> None:
        """Add a product without a version: all of them, or those below the fix in words."""
        stated = fix_in(reading.fixes.get(product.id, "")) if status is Status.AFFECTED else None
        if stated:
            reading.cap = reading.cap.at_most(Confidence.MEDIUM)
            self.versions.add_between(None, ("<", stated), status=status, pointer=self.place)
        else:
            self.versions.add_everything(status)

    def statement(self, reading: Reading) -> Statement:
        """Return the statement in normal form."""
        self._add_spans()
        cap = reading.cap.at_most(self.identity.cap)
        is_inferred = not reading.is_listed_only and self._infer_from_fixes()
        default = Status.UNKNOWN
        if is_inferred or (Status.AFFECTED in self.seen and not reading.is_listed_only):
            default = Status.NOT_AFFECTED
        return Statement(
            package=self.identity.package,
            scheme=self.identity.scheme,
            pointer=self.place,
            wording=f"{self.identity.wording}: {self.note}"[:300].rstrip(": "),
            ranges=self.versions.ranges(default, CLEARED_FIRST),
            exact=self.versions.exact_versions(default),
            default=default,
            tier=reading.tier,
            cap=cap.at_most(Confidence.HIGH) if is_inferred else cap,
            part=self.identity.part,
            condition=self.condition,
        )

    def _add_spans(self) -> None:
        """Pair first and last affected versions by their order."""
        firsts, lasts = self._ordered(self.firsts), self._ordered(self.lasts)
        for place in range(max(len(firsts), len(lasts))):
            low = (">=", firsts[place]) if place < len(firsts) else None
            high = ("<=", lasts[place]) if place < len(lasts) else None
            self.versions.add_between(low, high, status=Status.AFFECTED, pointer=self.place)

    def _infer_from_fixes(self) -> bool:
        """Add what the fixed versions of a distribution's package say of all others."""
        is_stream = self.identity.package.startswith(_DISTRIBUTED)
        if not is_stream or not self.fixed or Status.AFFECTED in self.seen:
            return False
        ordered = self._ordered(dict.fromkeys(self.fixed))
        if not ordered:
            return False
        lowest, highest = ordered[0], ordered[-1]
        pointer = self.place
        self.versions.add_between(None, ("<", lowest), status=Status.AFFECTED, pointer=pointer)
        if lowest != highest:
            between = ((">", lowest), ("<", highest))
            self.versions.add_between(*between, status=Status.UNKNOWN, pointer=pointer)
        self.versions.add_between((">=", highest), None, status=Status.FIXED, pointer=pointer)
        return True

    def _ordered(self, versions: Iterable[str]) -> list[str]:
        keyed = []
        for version in versions:
            try:
                keyed.append((key(self.identity.scheme, version), version))
            except Unkeyable:
                reason = f"'{version[:80]}' has no order."
                self.versions.defects.append(Defect(self.place, reason))
        return [version for _, version in sorted(keyed)]


def identities(product: Product) -> Iterator[Named]:
    """Yield the packages that a product is: by purl and CPE, else by the words of its names."""
    stated = product.version or ""
    found = [*_by_purl(product, stated), *_by_cpe(product, stated)]
    if not found:
        found = [*_by_words(product, stated)]
    seen: set[str] = set()
    for one in found:
        if one.identity.package not in seen:
            seen.add(one.identity.package)
            yield one


def _by_purl(product: Product, stated: str) -> Iterator[Named]:
    for text in product.purls:
        purl = identity.parse_purl(text)
        if purl is None:
            continue
        package = identity.package_of_purl(purl)
        version = purl.version or stated
        if purl.type in distributions.SCHEMES:
            version = distributions.full_version(purl, version)
            package = _in_release(package, product)
        yield Named(canonical(Identity(package, text[:200])), version)


def _in_release(package: str, product: Product) -> str:
    """Return the key of a distribution's package with the release that its parent names."""
    if has_known_release(package):
        return package
    kind, distribution, _, name = package.split(":", 3)
    for parent in product.parents:
        for text in parent.product.cpes:
            cpe = _parsed(text)
            release = (
                distributions.release_of(distribution, cpe.stated_version or "") if cpe else ""
            )
            if release:
                return distributions.distribution_package(kind, distribution, release, name)
    return package


def _by_cpe(product: Product, stated: str) -> Iterator[Named]:
    for text in product.cpes:
        cpe = _parsed(text)
        package = identity.package_of_cpe(cpe) if cpe else None
        if cpe and package:
            words = f"{cpe.vendor}:{cpe.product}"
            yield Named(
                canonical(Identity(package, words, part=cpe.part)), cpe.stated_version or stated
            )


def _by_words(product: Product, stated: str) -> Iterator[Named]:
    for name in filter(None, (product.name, product.family if not product.name else "")):
        package = identity.package_of_name(product.vendor, name)
        package = package or identity.package_of_nobody(name)
        if package and len(package) <= 400:
            yield Named(canonical(Identity(package, product.wording, Confidence.MEDIUM)), stated)
            return
    known = identity.package_of_name("", product.title.rpartition(" ")[0] or product.title)
    if known and not product.vendor:
        yield Named(canonical(Identity(known, product.wording, Confidence.LOW)), stated)


def condition_of(product: Product, package: str) -> Condition | None:
    """Return what a composite product asks for: the product that the component is part of.

    A distribution's package carries its release in its key; that says it all.
    """
    if not product.parents or package.startswith(_DISTRIBUTED):
        return None
    groups = tuple(Alternatives(_names(one.product)) for one in product.parents)
    installed = all(one.category == "installed_on" for one in product.parents)
    kind = _platform_of(product) if installed else Surroundings.PRODUCT
    words = "; ".join(f"{one.category.replace('_', ' ')} {one.product.wording}"
                      for one in product.parents)  # fmt: skip
    return Condition(words[:500], kind, groups)


def _platform_of(product: Product) -> Surroundings:
    parts = {name[8:9] for one in product.parents for name in _names(one.product)
             if name.startswith("cpe:2.3:")}  # fmt: skip
    return Surroundings.SYSTEM if parts == {"o"} else Surroundings.HARDWARE


def _names(product: Product) -> tuple[str, ...]:
    """Return the names by which a parent can be told: CPE, purl, else its folded words."""
    found = [*product.cpes, *product.purls]
    if not found:
        found = [
            f"{one.identity.package}@{one.version}"
            for one in _by_words(product, product.version or "")
        ]
    return tuple(found[:_MAX_NEEDS])


def fix_in(details: str) -> str:
    """Return the version that the words of a remedy name as fixed, empty if they name none.

    >>> fix_in("Update to V2.3.1 or later version"), fix_in("Contact support")
    ('2.3.1', '')
    """
    return prose.fixed_version(details)


def _parsed(text: str) -> Cpe | None:
    try:
        return Cpe.parse(text)
    except Invalid:
        return None


def merged(
    by_subject: Mapping[str, Sequence[Statement]],
) -> list[Statement]:
    """Return the statements of all vulnerabilities; one said of every one of them stands once."""
    counts: dict[Statement, int] = {}
    for statement in chain.from_iterable(by_subject.values()):
        plain = _without_place(statement)
        counts[plain] = counts.get(plain, 0) + 1
    found: dict[Statement, Statement] = {}
    for subject, statements in by_subject.items():
        for statement in statements:
            plain = _without_place(statement)
            if counts[plain] == len(by_subject):
                found.setdefault(plain, statement)
            else:
                own = msgspec.structs.replace(statement, subject=subject)
                found[own] = own
    return list(found.values())


def _without_place(statement: Statement) -> Statement:
    return msgspec.structs.replace(statement, pointer="", wording=statement.wording)
