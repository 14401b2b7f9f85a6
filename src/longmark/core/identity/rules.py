"""Name rules: what people and maps say a component is, is not, or is called by mistake.

A rule is kept under a stated name, so it holds for every SBOM that says the same, whenever it
comes. What follows is independent of the order in which rules and components arrived:

* A correction replaces the stated identity: the component is what the correction says. The first
  by order of stated names holds; corrections of what was corrected are not followed.
* ``known-as`` adds names. A name that a person declares is trusted as an SBOM's own; all others
  are curated, and for a distribution's package a guess, since fixes are ported back there.
* ``is-not`` takes names away, wherever they come from, and wins over everything that adds them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from longmark.core.errors import Invalid
from longmark.core.identity import distributions
from longmark.core.identity.names import (
    PRODUCT,
    kind_of_stated,
    product_of_target,
    scheme_of_stated,
    stated_names,
    stated_version,
    words_of_cpe_package,
)
from longmark.core.identity.packages import ecosystem_of
from longmark.core.identity.products import product_of_package
from longmark.core.identity.provenance import Provenance
from longmark.core.identity.purl import Purl, parse_purl
from longmark.core.identity.repositories import version_of_tag
from longmark.core.versions import BEGINNING, END, Scheme, Unkeyable, is_unstated, key

VERSION_LENGTH: Final = 200
_LINE: Final = re.compile(
    r"(?:=\s*(?P<only>[^\s<>=,]+)|(?:>=\s*(?P<first>[^\s<>=,]+))?[\s,]*(?:<\s*(?P<limit>[^\s<>=,]+))?)"
)


class NameRuleKind(StrEnum):
    """What a rule says of a stated name."""

    KNOWN_AS = "known-as"
    IS_NOT = "is-not"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class VersionLine:
    """Versions that a rule is about: all, one (``= 1.2``), or some (``>= 1.0 < 2.0``)."""

    only: str = ""
    first: str = ""
    limit: str = ""

    @staticmethod
    def read(text: str) -> "VersionLine":
        """Return the line that a text writes.

        >>> str(VersionLine.read(">=1.0, <2.0"))
        '>= 1.0 < 2.0'

        Raises:
            Invalid: it is no line of versions.
        """
        found = _LINE.fullmatch(text.strip()) if len(text) <= VERSION_LENGTH else None
        if found is None:
            raise Invalid(
                '"{text}" is no line of versions: write = 1.2, >= 1.0, < 2.0 or >= 1.0 < 2.0, or'
                " nothing for all.",
                field="versions",
                text=text[:VERSION_LENGTH],
            )
        return VersionLine(*(value or "" for value in found.group("only", "first", "limit")))

    def __str__(self) -> str:
        if self.only:
            return f"= {self.only}"
        first = f">= {self.first}" if self.first else ""
        return " ".join(filter(None, (first, f"< {self.limit}" if self.limit else "")))

    @property
    def is_everything(self) -> bool:
        """Whether it leaves no version out."""
        return not (self.only or self.first or self.limit)

    def holds(self, version: str, scheme: Scheme) -> bool:
        """Tell whether a version lies in the line; one without an order only if it is named."""
        if self.is_everything or (self.only and self.only == version):
            return True
        try:
            low, high = self._ends(scheme)
            return (
                low <= key(scheme, version) <= high
                if self.only
                else (low <= key(scheme, version) < high)
            )
        except Unkeyable:
            return False

    def meets(self, other: "VersionLine", scheme: Scheme) -> bool:
        """Tell whether two lines may have a version in common; true if that cannot be told."""
        if self.only and other.only:
            return self.only == other.only or self.holds(other.only, scheme)
        try:
            low, high = self._ends(scheme)
            other_low, other_high = other._ends(scheme)
        except Unkeyable:
            return True
        if self.only or other.only:
            return low <= other_high and other_low <= high
        return low < other_high and other_low < high

    def _ends(self, scheme: Scheme) -> tuple[str, str]:
        if self.only:
            return key(scheme, self.only), key(scheme, self.only)
        low = key(scheme, self.first) if self.first else BEGINNING
        return low, key(scheme, self.limit) if self.limit else END


EVERY: Final = VersionLine()


@dataclass(frozen=True, slots=True)
class NameRule:
    """One rule; ``purl`` and ``cpes`` are those of a correction, ``target`` of the others."""

    stated: str
    kind: NameRuleKind
    target: str = ""
    versions: VersionLine = EVERY
    is_declared: bool = False
    purl: str = ""
    cpes: tuple[str, ...] = ()

    def holds(self, version: str) -> bool:
        """Tell whether the rule is about a version.

        One that is not stated may lie in any line: then a further name may give a doubt to look
        at, but nothing is taken away or corrected.
        """
        if is_unstated(version):
            return self.versions.is_everything or self.kind is NameRuleKind.KNOWN_AS
        return self.versions.holds(version, scheme_of_stated(self.stated))

    @property
    def corrected_names(self) -> tuple[str, ...]:
        """Return the stated names of a corrected identity."""
        return stated_names(purl=self.purl, cpes=self.cpes, group="", name="")

    @property
    def is_of_product(self) -> bool:
        """Whether the target is a product of the built-in table."""
        return self.target.startswith(PRODUCT)

    @property
    def version(self) -> str:
        """Return the version that a correction states, empty if it leaves that to the SBOM."""
        purl = parse_purl(self.purl) if self.purl else None
        return stated_version(purl=purl, cpes=self.cpes, version="")

    def packages(self, version: str) -> tuple[str, ...]:
        """Return every key that the target stands for, for a component of a version."""
        product = product_of_target(self.target)
        if self.is_of_product:
            return product.packages if product else ()
        known = product_of_package(self.target, version)
        others = known.packages if known else filter(None, (words_of_cpe_package(self.target),))
        return tuple(dict.fromkeys((self.target, *others)))

    @property
    def barred_packages(self) -> frozenset[str]:
        """Return every key that a component under this rule must not be looked up as."""
        if self.is_of_product:
            product = product_of_target(self.target)
            return frozenset(product.packages if product else ())
        return frozenset(filter(None, (self.target, words_of_cpe_package(self.target))))


Rulebook = Mapping[str, Sequence[NameRule]]
"""Rules by stated name; those of corrected identities are in it too."""


NO_RULES: Final[Rulebook] = MappingProxyType({})


def rules_of(
    rulebook: Rulebook,
    *,
    purl: str | None,
    cpes: Sequence[str],
    group: str,
    name: str,
    version: str | None,
) -> tuple[NameRule, ...]:
    """Return the rules that are about a component, the strongest of its stated names first.

    At most one is a correction; the rules under the names that it gives follow then.
    """
    if not rulebook:
        return ()
    names = stated_names(purl=purl, cpes=cpes, group=group, name=name)
    if not any(name in rulebook for name in names):
        return ()
    parsed = parse_purl(purl) if purl else None
    stated = stated_version(purl=parsed, cpes=cpes, version=version)
    held = _held(rulebook, names, stated)
    corrected = next((rule for rule in held if rule.kind is NameRuleKind.CORRECTED), None)
    held = [rule for rule in held if rule.kind is not NameRuleKind.CORRECTED]
    if corrected is None:
        return tuple(dict.fromkeys(held))
    beyond = _held(rulebook, corrected.corrected_names, corrected.version or stated)
    further = (rule for rule in beyond if rule.kind is not NameRuleKind.CORRECTED)
    return tuple(dict.fromkeys((corrected, *held, *further)))


def _held(rulebook: Rulebook, names: Iterable[str], version: str) -> list[NameRule]:
    return [rule for name in names for rule in rulebook.get(name, ()) if rule.holds(version)]


class Identity(NamedTuple):
    """Purl, CPEs and version as they are to be read."""

    purl: Purl | None
    cpes: tuple[str, ...]
    version: str

    @property
    def stated_version(self) -> str:
        """The version, wherever it is said."""
        return stated_version(purl=self.purl, cpes=self.cpes, version=self.version)


def corrected_identity(rules: Iterable[NameRule], stated: Identity) -> Identity:
    """Return the identity as a correction among the rules has it, else as it is stated."""
    corrected = next((rule for rule in rules if rule.kind is NameRuleKind.CORRECTED), None)
    if corrected is None:
        return stated
    version = corrected.version or stated.stated_version
    purl = parse_purl(corrected.purl) if corrected.purl else None
    return Identity(purl._replace(version=version) if purl else None, corrected.cpes, version)


def added_names(
    rules: Iterable[NameRule], identity: Identity
) -> Iterator[tuple[str, str, Provenance]]:
    """Yield the names that rules add: package key, version as it is keyed there, provenance."""
    is_packed = identity.purl is not None and identity.purl.type in distributions.SCHEMES
    for rule in rules:
        if rule.kind is not NameRuleKind.KNOWN_AS:
            continue
        version = identity.stated_version
        if is_packed and not ecosystem_of(rule.target):
            version = distributions.upstream_version(version)
        for package in rule.packages(version):
            is_outright = rule.is_declared and (rule.is_of_product or package == rule.target)
            provenance = Provenance.DECLARED if is_outright else Provenance.CURATED
            if is_packed and not rule.is_declared:
                provenance = Provenance.GUESSED
            yield package, _keyed_version(package, rule, version), provenance


def _keyed_version(package: str, rule: NameRule, version: str) -> str:
    if ecosystem_of(package):
        return version
    known = product_of_package(package, version) or product_of_target(rule.target)
    stems = (package.rpartition("/")[2].rpartition(":")[2], rule.stated.rpartition("/")[2])
    return version_of_tag(version, known.tag_names if known else stems)


def barred_packages(rules: Iterable[NameRule]) -> frozenset[str]:
    """Return the keys that rules take away."""
    barred = (rule.barred_packages for rule in rules if rule.kind is NameRuleKind.IS_NOT)
    return frozenset().union(*barred)


def contradiction(rule: NameRule, others: Iterable[NameRule]) -> NameRule | None:
    """Return the first other rule under the same stated name that this one cannot stand beside.

    Two corrections of a version, the same said twice, and a name that is both known and barred.
    """
    scheme = scheme_of_stated(rule.stated)
    for other in others:
        if rule.versions.meets(other.versions, scheme) and _contradict(rule, other):
            return other
    return None


def _contradict(rule: NameRule, other: NameRule) -> bool:
    corrects = {one.kind for one in (rule, other)} & {NameRuleKind.CORRECTED}
    if corrects:
        return rule.kind is other.kind
    if rule.kind is other.kind:
        return rule.target == other.target
    adding, barring = (rule, other) if rule.kind is NameRuleKind.KNOWN_AS else (other, rule)
    asked = (
        {adding.target, *adding.packages("")}
        if product_of_target(adding.target)
        else {adding.target}
    )
    return bool(asked & {barring.target, *barring.barred_packages})


def is_across_ecosystems(stated: str, target: str) -> bool:
    """Tell whether a rule would make a package of one ecosystem one of another.

    >>> is_across_ecosystems("pkg:npm/through", "pypi:through")
    True
    """
    kinds = kind_of_stated(stated), ecosystem_of(target)
    return bool(ecosystem_of(f"{kinds[0]}:")) and bool(kinds[1]) and kinds[0] != kinds[1]
