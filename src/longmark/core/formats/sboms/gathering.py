"""What all readers share: walking nested entries, and noticing what is odd.

Oddities are recorded, not refused: a component without version or identity exists in the
product all the same, and must show up as *unknown* rather than vanish with the document.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import unquote

import orjson

from longmark.core.formats.sboms.document import ComponentEntry, Hash, Patch, Problem
from longmark.core.formats.sboms.limits import (
    COMPONENTS,
    PROBLEMS_LISTED,
    Noted,
    listed_defects,
    refuse_count,
    refuse_problems,
    text_problems,
)
from longmark.core.formats.sboms.packed import Packed
from longmark.core.formats.sboms.spdx_structure import Packages, Structure
from longmark.core.identity.cpe import is_cpe
from longmark.core.identity.purl import parse_purl

Node = TypeVar("Node")

BOM_LINK = "urn:cdx:"  # refers to another document on purpose
OWN_PROPERTIES = "longmark:"
OWN_CPE = f"{OWN_PROPERTIES}cpe"
OWN_HASH = f"{OWN_PROPERTIES}hash"
SHOWN = 80  # characters of what is wrong
UNSTATED = frozenset({"", "noassertion", "none"})


@dataclass(frozen=True, slots=True)
class Properties:
    """The properties of a CycloneDX component; those of exports made here are read as facts.

    What CycloneDX has no member for (a second CPE, a digest of another length) goes out under
    a name of our own, and comes back as what it was.
    """

    cpes: tuple[str, ...]
    hashes: tuple[Hash, ...]
    others: tuple[tuple[str, str], ...]


def sorted_properties(pairs: Iterable[tuple[str, str]]) -> Properties:
    """Return properties, what is ours taken apart from what is not."""
    stated_pairs = [pair for pair in pairs if pair[0]]
    if not any(name.startswith(OWN_PROPERTIES) for name, _ in stated_pairs):
        return Properties((), (), tuple(stated_pairs))
    return Properties(
        cpes=tuple(value for name, value in stated_pairs if name == OWN_CPE),
        hashes=tuple(
            Hash(*value.split(":", 1))
            for name, value in stated_pairs
            if name == OWN_HASH and ":" in value
        ),
        others=tuple(pair for pair in stated_pairs if not pair[0].startswith(OWN_PROPERTIES)),
    )


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """What an SPDX package of an export made here says in its comment, line by line."""

    group: str | None = None
    scope: str = ""
    version: str | None = None
    cpes: tuple[str, ...] = ()
    hashes: tuple[Hash, ...] = ()
    licences: tuple[str, ...] = ()
    patches: tuple[Patch, ...] = ()


NO_OWN_FACTS = OwnFacts()


def own_facts(comment: str | None) -> OwnFacts:
    """Return the facts in a comment; a comment of anyone else's holds none."""
    if not comment or OWN_PROPERTIES not in comment:
        return NO_OWN_FACTS
    said: dict[str, list[str]] = {}
    for line in comment.splitlines():
        name, mark, value = line.strip().removeprefix(OWN_PROPERTIES).partition("=")
        if mark and line.strip().startswith(OWN_PROPERTIES):
            said.setdefault(name, []).append(_decoded(value))
    return OwnFacts(
        group=next(iter(said.get("group", ())), None),
        scope=next(iter(said.get("scope", ())), ""),
        version=next(iter(said.get("version", ())), None),
        cpes=tuple(said.get("cpe", ())),
        hashes=tuple(Hash(*each.split(":", 1)) for each in said.get("hash", ()) if ":" in each),
        licences=tuple(said.get("licence", ())),
        patches=tuple(_patch(each) for each in said.get("patch", ())),
    )


def _decoded(value: str) -> str:
    """Return the text that a line holds, written as JSON so that it stays on one line."""
    try:
        text = orjson.loads(value)
    except orjson.JSONDecodeError:
        return value
    return text if isinstance(text, str) else value


def _patch(said: str) -> Patch:
    kind, *resolves = said.split(" ")
    return Patch(kind, tuple(each for each in resolves if each))


@dataclass
class Gathering:
    """The components of one document as they are met, and what is odd about them."""

    components: list[ComponentEntry] | Packed[ComponentEntry] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    defects: list[Problem] = field(default_factory=list)

    @staticmethod
    def of_many(defects: list[Problem]) -> "Gathering":
        """Return what gathers the components of a large document: they are packed."""
        return Gathering(components=Packed(ComponentEntry), defects=defects)

    def followed_by(self, other: "Gathering") -> "Gathering":
        """Return both as one, the components of the other after these."""
        if not self.components:
            return other
        both = Gathering.of_many([*self.defects, *other.defects])
        for one in (self, other):
            for place, entry in zip(one.places, one.components, strict=True):
                both.add(entry, place)
        return both

    @property
    def found(self) -> Collection[ComponentEntry]:
        """The components, in order, as a document holds them."""
        return tuple(self.components) if isinstance(self.components, list) else self.components

    def add(self, entry: ComponentEntry, place: str) -> None:
        """Take one component.

        Raises:
            SbomInvalid: there are more than 200,000.
        """
        self.components.append(entry)
        self.places.append(place)
        if len(self.components) > COMPONENTS:
            refuse_count(len(self.components))

    def place(
        self,
        structure: Structure,
        packages: Packages,
        names: dict[str, str],
    ) -> ComponentEntry | None:
        """Take all packages of an SPDX document; return the one that it is about.

        ``names`` says what all other elements are called.

        Raises:
            SbomInvalid: there are more than 200,000.
        """
        about = structure.subject(packages.names)
        subject: ComponentEntry | None = None
        placed = structure.placed(packages, names)
        for place, (identifier, entry) in zip(packages.places, placed, strict=True):
            if identifier == about:
                subject = entry
            else:
                self.add(entry, place)
        return subject

    def settle(
        self,
        *,
        subject: ComponentEntry | None,
        other_refs: Iterable[str],
        dependencies: Iterable[tuple[str, str]],
    ) -> tuple[Problem, ...]:
        """Return the defects of the whole document.

        Raises:
            SbomInvalid: a text is longer than is read.
        """
        too_long: list[Problem] = []
        odd, repeated, dangling = Noted(), Noted(), Noted()
        first: dict[str, str] = {}
        for place, entry in self._all(subject):
            if len(too_long) < PROBLEMS_LISTED:
                too_long += text_problems(entry, place)
            if entry is not subject:
                odd.extend(_component_defects(entry, place))
            if entry.ref and (other := first.setdefault(entry.ref, place)) != place:
                message = f'The reference "{entry.ref}" is used at {other} too.'
                repeated.append(Problem(place, message))
        refuse_problems(too_long)
        if not self.components and subject is None:
            self.defects.append(Problem("", "Names no component."))
        dangling.extend(_dangling_refs(dependencies, first.keys() | {r for r in other_refs if r}))
        return listed_defects(self.defects, odd, repeated, dangling)

    def _all(self, subject: ComponentEntry | None) -> Iterator[tuple[str, ComponentEntry]]:
        if subject:
            yield "subject", subject
        yield from zip(self.places, self.components, strict=True)


def walk(
    nodes: Iterable[Node],
    place: str,
    *,
    inner: Callable[[Node], tuple[str, list[Node]]],
    start: int = 0,
) -> Iterator[tuple[Node, str, tuple[str, ...]]]:
    """Yield every node below, parents first, in document order, with its place and path.

    ``inner`` names a node and lists what is nested in it; ``start`` is the number of the
    first. No recursion: a document decides how deep it nests.
    """
    levels: list[tuple[Iterator[tuple[int, Node]], str, tuple[str, ...]]] = [
        (iter(enumerate(nodes, start)), place, ())
    ]
    while levels:
        following, where, path = levels[-1]
        numbered = next(following, None)
        if numbered is None:
            levels.pop()
            continue
        number, node = numbered
        here = f"{where}[{number}]"
        yield node, here, path
        name, nested = inner(node)
        if nested:
            levels.append((iter(enumerate(nested)), f"{here}.components", (*path, name)))


def _component_defects(entry: ComponentEntry, place: str) -> Iterator[Problem]:
    name = entry.name or "The component without a name"
    if not entry.version:
        yield Problem(place, f"{name} has no version.")
    if not entry.purl and not entry.cpes:
        yield Problem(place, f"{name} has neither purl nor CPE.")
    if entry.purl and parse_purl(entry.purl) is None:
        yield _nameless(f"{place}.purl", entry.purl, "package URL (pkg:type/name@version)")
    elif entry.purl:
        yield from _disagreements(entry, entry.purl, place)
    for cpe in entry.cpes:
        if not is_cpe(cpe):
            yield _nameless(f"{place}.cpe", cpe, "CPE name (cpe:2.3:a:vendor:product:version)")


def _nameless(place: str, text: str, wanted: str) -> Problem:
    shown = f"{text[:SHOWN]}…" if len(text) > SHOWN else text
    return Problem(place, f'"{shown}" is no {wanted}; nothing is matched by it.')


def _disagreements(entry: ComponentEntry, purl: str, place: str) -> Iterator[Problem]:
    """Yield where the purl says another name or version than the component itself."""
    name, version = _name_and_version(purl)
    if _folded(name) not in _folded(entry.name) and _folded(entry.name) not in _folded(name):
        yield Problem(f"{place}.purl", f'Names "{name}", the component "{entry.name}".')
    stated_version = entry.version or ""
    if version not in stated_version and stated_version not in version:
        message = f'Says version "{version}", the component "{stated_version}".'
        yield Problem(f"{place}.purl", message)


def _name_and_version(purl: str) -> tuple[str, str]:
    """Return what a purl says, without judging whether it is a good one.

    >>> _name_and_version("pkg:npm/%40acme/drive@1.0?arch=arm")
    ('drive', '1.0')
    """
    bare = purl.partition("?")[0].partition("#")[0]
    name, at_sign, version = bare.rpartition("@")
    if not at_sign:
        name, version = bare, ""
    return unquote(name.rpartition("/")[2]), unquote(version)


def _folded(name: str) -> str:
    return name.casefold().replace("_", "-").replace(".", "-")


def _dangling_refs(dependencies: Iterable[tuple[str, str]], known: set[str]) -> Iterator[Problem]:
    told: set[str] = set()
    for pair in dependencies:
        for ref in pair:
            if ref not in known and ref not in told and not ref.startswith(BOM_LINK):
                told.add(ref)
                yield Problem("dependencies", f'The reference "{ref}" is not in the document.')


def stated(value: str | None) -> str | None:
    """Return text that states something: not empty, not SPDX's NOASSERTION or NONE."""
    if value is None:
        return None
    value = value.strip()
    return None if value.casefold() in UNSTATED else value


def instant(value: str | None) -> datetime | None:
    """Return an instant of ISO 8601, taken as UTC if it names no zone, else ``None``.

    >>> instant("2026-01-01T00:00:00Z")
    datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
    """
    try:
        parsed = datetime.fromisoformat(value or "")
        aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
