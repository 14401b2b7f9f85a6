"""Settlements: by which rule, from which document, and how that is said.

A settlement is kept with the finding in a compact form, ids and words of the document, never
prose of ours, so that it can be told in any language and checked against the document again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from longmark.core.formats.advisories.records import Confidence
from longmark.core.matching.trails import Sentence
from longmark.core.matching.verdicts import ClosingReason, Verdict

FILES_KEPT: Final = 5
DETAIL_LENGTH: Final = 300


class Rule(StrEnum):
    """The rules, in the order in which they are preferred; the last three settle nothing."""

    VEX_FIXED = "vex-fixed"
    VEX_NOT_AFFECTED = "vex-not-affected"
    PATCH_DECLARED = "patch-declared"
    PATCHED_IN_BUILD = "patched-in-build"
    EXCLUDED_BY_BUILD = "excluded-by-build"
    OTHER_ARCHITECTURE = "other-architecture"
    NOT_CONFIGURED = "not-configured"
    NOT_COMPILED = "not-compiled"
    DIRECTORY_NOT_COMPILED = "directory-not-compiled"
    OTHER_PLATFORM = "other-platform"
    PLATFORM_MET = "platform-met"
    VEX_AFFECTED = "vex-affected"
    WITHOUT_REASON = "without-reason"

    @property
    def is_settling(self) -> bool:
        """Whether nothing is left to do where the rule applies."""
        return self in _VERDICTS

    @property
    def verdict(self) -> Verdict | None:
        """What a component is where the rule applies; ``None`` if that stays as it was."""
        return _VERDICTS.get(self)

    @property
    def confidence(self) -> Confidence:
        """How far the rule can be trusted: what a compiler did more than what somebody says."""
        return _CONFIDENCE.get(self, Confidence.MEDIUM)

    @property
    def justification(self) -> str:
        """The justification in the words of VEX, empty where nothing is *not affected*."""
        return _JUSTIFICATIONS.get(self, "")


_VERDICTS: Final = {
    Rule.VEX_FIXED: Verdict.FIXED,
    Rule.VEX_NOT_AFFECTED: Verdict.NOT_AFFECTED,
    Rule.PATCH_DECLARED: Verdict.FIXED,
    Rule.PATCHED_IN_BUILD: Verdict.FIXED,
    Rule.EXCLUDED_BY_BUILD: Verdict.NOT_AFFECTED,
    Rule.OTHER_ARCHITECTURE: Verdict.NOT_AFFECTED,
    Rule.NOT_CONFIGURED: Verdict.NOT_AFFECTED,
    Rule.NOT_COMPILED: Verdict.NOT_AFFECTED,
    Rule.DIRECTORY_NOT_COMPILED: Verdict.NOT_AFFECTED,
    Rule.OTHER_PLATFORM: Verdict.NOT_AFFECTED,
}
_CONFIDENCE: Final = {
    Rule.OTHER_ARCHITECTURE: Confidence.HIGH,
    Rule.NOT_CONFIGURED: Confidence.HIGH,
    Rule.NOT_COMPILED: Confidence.HIGH,
}
_ABSENT: Final = "vulnerable_code_not_present"
_JUSTIFICATIONS: Final = {
    Rule.OTHER_ARCHITECTURE: _ABSENT,
    Rule.NOT_CONFIGURED: _ABSENT,
    Rule.NOT_COMPILED: _ABSENT,
    Rule.DIRECTORY_NOT_COMPILED: _ABSENT,
    Rule.OTHER_PLATFORM: "vulnerable_code_not_in_execute_path",
}

REASON_OF: Final[Mapping[Rule, ClosingReason]] = {
    Rule.VEX_FIXED: ClosingReason.VEX,
    Rule.VEX_NOT_AFFECTED: ClosingReason.VEX,
    Rule.PATCH_DECLARED: ClosingReason.PATCHED,
    Rule.PATCHED_IN_BUILD: ClosingReason.PATCHED,
    Rule.EXCLUDED_BY_BUILD: ClosingReason.EXCLUDED,
    Rule.OTHER_ARCHITECTURE: ClosingReason.NOT_COMPILED,
    Rule.NOT_CONFIGURED: ClosingReason.NOT_CONFIGURED,
    Rule.NOT_COMPILED: ClosingReason.NOT_COMPILED,
    Rule.DIRECTORY_NOT_COMPILED: ClosingReason.NOT_COMPILED,
    Rule.OTHER_PLATFORM: ClosingReason.OTHER_PLATFORM,
}
"""Why a finding is closed by each rule that closes one."""

RANKS: Final = {rule: rank for rank, rule in enumerate(Rule)}


@dataclass(frozen=True, slots=True)
class Settlement:
    """What one rule says of one component of a release.

    ``document`` is the number of the document of facts, ``sbom`` that of an SBOM that says so
    itself; 0 is none. ``pointer`` is the place in it, ``note`` the tool's own word, ``detail`` its
    text or what was looked at: files, options, platforms.
    """

    rule: Rule
    document: int = 0
    sbom: int = 0
    pointer: str = ""
    note: str = ""
    detail: str = ""

    def as_json(self) -> list[Any]:
        """Return the compact form that is stored."""
        return [self.rule.value, self.document, self.sbom, self.pointer, self.note, self.detail]

    @staticmethod
    def from_json(stored: list[Any]) -> "Settlement":
        """Return the settlement that was stored."""
        rule, *rest = stored
        return Settlement(Rule(rule), *rest)


SENTENCES: Final = {
    Rule.VEX_FIXED: "{document} says that it is fixed in this release.",
    Rule.VEX_NOT_AFFECTED: "{document} says that this release is not affected: {note}.",
    Rule.PATCH_DECLARED: "{document} declares a patch that resolves it.",
    Rule.PATCHED_IN_BUILD: "The build reports it as patched ({document}).",
    Rule.EXCLUDED_BY_BUILD: "The build leaves it out and says why: {note} ({document}).",
    Rule.OTHER_ARCHITECTURE: "The code is for another architecture than was built: {detail}.",
    Rule.NOT_CONFIGURED: "The kernel is configured without the code: {detail}.",
    Rule.NOT_COMPILED: "The code was not compiled: {detail}.",
    Rule.DIRECTORY_NOT_COMPILED: (
        "Nothing was compiled in the directory of the code, and no file of that name: {detail}."
    ),
    Rule.OTHER_PLATFORM: "It takes {detail}, and this release runs on something else.",
    Rule.PLATFORM_MET: "It takes {detail}, which this release has.",
    Rule.VEX_AFFECTED: "{document} says that this release is affected.",
    Rule.WITHOUT_REASON: "{document} leaves it out, but gives no reason that would settle it.",
}
"""What each rule says, in English, ready to be translated."""


def sentence(settlement: Settlement, document: str) -> Sentence:
    """Return what a settlement says; ``document`` is how its document is called."""
    words = (settlement.detail, settlement.note)
    if settlement.rule is Rule.VEX_NOT_AFFECTED:  # its note is a justification of VEX
        words = (settlement.note, settlement.detail)
    values = {
        "document": document,
        "note": next(filter(None, words), "").rstrip("."),
        "detail": settlement.detail,
    }
    return Sentence(SENTENCES[settlement.rule], values)
