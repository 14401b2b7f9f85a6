"""Who needs whom in a document, and whether it says that the list is whole."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from longmark.core.formats.sboms.gathering import BOM_LINK
from longmark.core.formats.sboms.quality.facts import State

PLACES_LISTED = 50
SAID = {
    "complete": State.STATED,
    "incomplete": State.STATED,
    "unknown": State.STATED,  # § 5.2.2 wants it said, and *unknown* says it
}


@dataclass
class Ties:
    """The dependencies of one document by reference.

    ``needs`` has an entry, perhaps empty, for each component of which the document says
    what it needs; ``completeness`` says of which it tells whether that is all.
    """

    primary: str = ""
    needs: dict[str, list[str]] = field(default_factory=dict)
    needed: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)
    completeness: dict[str, str] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)
    _direct: frozenset[str] | None = None

    def declare(self, ref: str, others: Iterable[str]) -> None:
        """Note that ``ref`` needs ``others``, and that this was said even if there are none."""
        listed = self.needs.setdefault(ref, [])
        for each in others:
            listed.append(each)
            self.needed.add(each)

    def is_direct(self, ref: str, *, is_top: bool) -> bool:
        """Tell whether the subject needs it directly; all at the top if it names nothing."""
        if self._direct is None:
            self._direct = frozenset(self.needs.get(self.primary, ()) if self.primary else ())
        return ref in self._direct if self._direct else is_top

    def states(self, ref: str) -> dict[str, State]:
        """Return the states of a component's ties."""
        has_entry = ref in self.needs
        said = SAID.get(self.completeness.get(ref, ""), State.ABSENT)
        is_tied = has_entry or ref in self.needed or ref in self.held
        return {
            "dependencies": said if has_entry or ref in self.held else State.ABSENT,
            "dependency-entry": State.STATED if has_entry else State.ABSENT,
            "completeness": said,
            "relationship": State.STATED if ref and is_tied else State.ABSENT,
        }


def deepest_states(ties: Ties) -> tuple[dict[str, State], dict[str, tuple[str, ...]]]:
    """Return what the ties as a whole are worth, and which references are wrong.

    To be asked when all components are ``known``.
    """
    unresolved = sorted(
        {
            ref
            for each in ties.needs.values()
            for ref in each
            if ref not in ties.known and ref not in ties.imported and not ref.startswith(BOM_LINK)
        }
    )
    listed = set(ties.known) - {""}
    silent = sorted(ref for ref in listed if ref not in ties.needs)
    claims = [ref for ref, said in ties.completeness.items() if said == "complete"]
    overclaimed = sorted(
        ref
        for ref in claims
        if ref not in ties.needs or any(each not in ties.known for each in ties.needs[ref])
    )
    states = {
        "doc.resolved": State.INVALID if unresolved else State.STATED,
        "doc.depth": State.INVALID if silent or unresolved else State.STATED,
        "doc.claims": State.INVALID if overclaimed else State.STATED,
    }
    places = {
        "doc.resolved": tuple(unresolved[:PLACES_LISTED]),
        "doc.depth": tuple([*unresolved, *silent][:PLACES_LISTED]),
        "doc.claims": tuple(overclaimed[:PLACES_LISTED]),
    }
    return states, {name: refs for name, refs in places.items() if refs}
