"""All facts of one release, asked about one component and one vulnerability at a time.

Which fact wins: an assessment of this very release (VEX) before all others, and the newest of
several; at the same time the graver (matching rules § 11). One that calls the release affected
lets nothing settle it. Then patches, then what the build leaves out with a reason, then what the
compiler and the configuration prove. What a person decides will stand above all of these.

The order in which documents arrived plays no part: ties are broken by their digests.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from longmark.core.facts.kernels import Config, Kernel, Map
from longmark.core.facts.naming import Part, agrees, means
from longmark.core.facts.settlements import DETAIL_LENGTH, Rule, Settlement
from longmark.core.formats.facts import Asserted, Assertion, Basis, FactKind, Facts, Named

KERNEL: Final = "cpe:linux:linux_kernel"
_UNDATED: Final = datetime(1, 1, 1, tzinfo=UTC)
_GRAVITY: Final = tuple(Asserted)

_VEX: Final = {
    Asserted.AFFECTED: Rule.VEX_AFFECTED,
    Asserted.UNDER_INVESTIGATION: Rule.WITHOUT_REASON,
    Asserted.FIXED: Rule.VEX_FIXED,
    Asserted.NOT_AFFECTED: Rule.VEX_NOT_AFFECTED,
}
_BUILD: Final = {
    Asserted.FIXED: Rule.PATCHED_IN_BUILD,
    Asserted.NOT_AFFECTED: Rule.EXCLUDED_BY_BUILD,
}


@dataclass(frozen=True)
class Sheet:
    """One document of facts in effect; ``serial`` is that of the SBOM in which it stands."""

    number: int
    digest: str
    facts: Facts
    serial: str = ""


@dataclass(frozen=True)
class _Stated:
    """An assertion with the document that makes it."""

    sheet: Sheet
    assertion: Assertion

    @property
    def rank(self) -> tuple[datetime, int, str, str]:
        """The greatest of several decides: the newest, then the gravest."""
        gravity = -_GRAVITY.index(self.assertion.status)
        at = self.assertion.at or _UNDATED
        return at, gravity, self.sheet.digest, self.assertion.pointer

    def settlement(self, rule: Rule) -> Settlement:
        """Return what follows from it by a rule."""
        said = self.assertion
        return Settlement(
            rule,
            document=self.sheet.number,
            pointer=said.pointer,
            note=said.note,
            detail=said.detail[:DETAIL_LENGTH],
        )


class ReleaseFacts:
    """The facts of one release; ``products`` are what the release itself is called."""

    def __init__(self, sheets: Iterable[Sheet], products: Sequence[Part] = ()) -> None:
        self.sheets = sorted(sheets, key=lambda sheet: sheet.digest)
        self.products = tuple(products)

    @cached_property
    def _stated(self) -> dict[str, list[_Stated]]:
        found: dict[str, list[_Stated]] = defaultdict(list)
        for sheet in self.sheets:
            for assertion in sheet.facts.assertions:
                found[assertion.vulnerability.upper()].append(_Stated(sheet, assertion))
        return found

    @cached_property
    def knows_builds(self) -> bool:
        """Whether anything is known of how a kernel was built."""
        kinds = {sheet.facts.kind for sheet in self.sheets}
        return not kinds.isdisjoint((FactKind.COMPILED_FILES, FactKind.KERNEL_CONFIG))

    @property
    def identifiers(self) -> Collection[str]:
        """Every vulnerability of which something is asserted, in upper case."""
        return self._stated.keys()

    def kernel(self, version: str, *, is_only: bool) -> Kernel:
        """Return what is known of the kernel of a version.

        A configuration or a map names its version, and counts for no other. A list does not: it
        counts if the release has one kernel only.
        """
        configs, maps, compiled = [], [], {}
        for sheet in self.sheets:
            facts = sheet.facts
            is_of_version = agrees(facts.tree_version, version)
            if facts.kind is FactKind.COMPILED_FILES and is_only:
                compiled[sheet.number] = facts.files
            elif facts.kind is FactKind.KERNEL_CONFIG and is_of_version:
                options = frozenset(facts.options)
                configs.append(
                    Config(sheet.number, options, facts.architecture, facts.tree_version)
                )
            elif facts.kind is FactKind.BUILD_RULES and is_of_version:
                maps.append(Map(sheet.number, facts.rules, facts.tree_version))
        return Kernel(compiled=compiled, configs=configs, maps=maps)

    def settlement(
        self,
        part: Part,
        names: Iterable[str],
        *,
        patch: Settlement | None = None,
        kernel: Kernel | None = None,
        files: Collection[str] = (),
    ) -> Settlement | None:
        """Return what the facts make of a component and a vulnerability, ``None`` for nothing.

        ``names`` are all ids of the vulnerability, ``patch`` what the SBOM itself declares,
        ``files`` those that advisories name in the kernel, if the component is one.
        """
        stated = [
            one
            for name in names
            for one in self._stated.get(name.upper(), ())
            if self._applies(one, part)
        ]
        said = _assessed(stated)
        if said and said.rule in (Rule.VEX_AFFECTED, Rule.VEX_FIXED, Rule.VEX_NOT_AFFECTED):
            return said
        proof = kernel.absence(files) if kernel and files else None
        proven = (
            Settlement(proof.rule, document=proof.documents[0], detail=proof.detail)
            if proof and proof.documents
            else None
        )
        return patch or _reported(stated) or proven or said or _unreasoned(stated)

    def _applies(self, one: _Stated, part: Part) -> bool:
        said, serial = one.assertion, one.sheet.serial
        is_product = said.product is None or self._is_product(said.product, serial)
        if said.component is not None:
            if means(said.component, part, serial):
                return is_product
            return is_product and self._is_product(said.component, serial)
        if said.product is None or is_product:
            return True
        return means(said.product, part, serial)

    def _is_product(self, named: Named, serial: str) -> bool:
        return any(means(named, product, serial) for product in self.products)


def _assessed(stated: Iterable[_Stated]) -> Settlement | None:
    """Return what the newest assessment says."""
    assessments = [one for one in stated if one.assertion.basis is Basis.VEX]
    if not assessments:
        return None
    newest = max(assessments, key=lambda one: one.rank)
    return newest.settlement(_VEX[newest.assertion.status])


def _reported(stated: Iterable[_Stated]) -> Settlement | None:
    """Return what the build reports, a patch before a reason to leave it out."""
    reported = [
        one
        for one in stated
        if one.assertion.basis is not Basis.VEX and one.assertion.status in _BUILD
    ]
    if not reported:
        return None
    first = min(reported, key=lambda one: (_BUILD[one.assertion.status], one.sheet.digest,
                                           one.assertion.pointer))  # fmt: skip
    return first.settlement(_BUILD[first.assertion.status])


def _unreasoned(stated: Iterable[_Stated]) -> Settlement | None:
    rest = [one for one in stated if one.assertion.status is Asserted.UNDER_INVESTIGATION]
    if not rest:
        return None
    first = min(rest, key=lambda one: (one.sheet.digest, one.assertion.pointer))
    return first.settlement(Rule.WITHOUT_REASON)
