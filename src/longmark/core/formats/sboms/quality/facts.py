"""What an SBOM says, field by field, with where it says it: what quality rules judge.

The readers of each format fill these; rules know no format. Every field has a *state*:
a document may state it, say that it is unknown, say that it is withheld, or be silent.
CISA's minimum elements want the two marks told apart from silence and from each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from longmark.core.formats.sboms.document import Encoding, Format


class State(StrEnum):
    """How a document stands to one field."""

    STATED = "stated"
    UNKNOWN = "unknown"
    WITHHELD = "withheld"
    ABSENT = "absent"
    INVALID = "invalid"


class Part(StrEnum):
    """What a component is to the document; it decides which fields are owed.

    *Logical* components group others and have no file; *identified* ones lie outside the
    scope of delivery; *referenced* ones have an SBOM of their own (BSI TR-03183-2 § 3.2).
    """

    PRIMARY = "primary"
    FULL = "full"
    LOGICAL = "logical"
    IDENTIFIED = "identified"
    REFERENCED = "referenced"


UNKNOWN_MARKS = frozenset({"noassertion", "unknown", "(unknown)", "not known", "unspecified"})
WITHHELD_MARKS = frozenset({"withheld", "redacted", "(withheld)", "(redacted)", "confidential"})


def state_of(*texts: str | None) -> State:
    """Return the best state among texts that may state a field.

    >>> state_of(None, "NOASSERTION"), state_of("1.2.12"), state_of("")
    (<State.UNKNOWN: 'unknown'>, <State.STATED: 'stated'>, <State.ABSENT: 'absent'>)
    """
    best = State.ABSENT
    for text in texts:
        folded = text.strip().casefold() if text else ""
        if not folded:
            continue
        if folded in UNKNOWN_MARKS:
            best = State.UNKNOWN if best is State.ABSENT else best
        elif folded in WITHHELD_MARKS:
            best = State.WITHHELD
        else:
            return State.STATED
    return best


def best_of(*states: State | None) -> State:
    """Return the best of several states: stated, else withheld, else unknown, else absent."""
    return next((each for each in _BEST_FIRST if each in states), State.ABSENT)


_BEST_FIRST = (State.STATED, State.WITHHELD, State.UNKNOWN, State.INVALID)

States = Mapping[str, State]


@dataclass(frozen=True, slots=True)
class ComponentFacts:
    """One component: where it stands in the document, and the state of each of its fields.

    ``path`` leads to it (JSON pointer, XPath, or the line that holds its SPDXID). A field
    that does not apply to it is not among ``states``.
    """

    path: str
    name: str
    version: str
    part: Part
    is_direct: bool
    states: States


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """The document as a whole, its subject included in ``components`` (``Part.PRIMARY``).

    ``places`` says where a field of the document is wrong, if elsewhere than at its own
    member; ``tool`` is the generator as the document names it.
    """

    format: Format
    encoding: Encoding
    spec_version: str
    tool: str
    states: States
    components: tuple[ComponentFacts, ...]
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def listed_state(components: tuple[ComponentFacts, ...]) -> dict[str, State]:
    """Return whether a document lists anything beside its subject."""
    listed = any(each.part is not Part.PRIMARY for each in components)
    return {"doc.components": State.STATED if listed else State.ABSENT}
