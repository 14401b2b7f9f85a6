"""What SPDX says by relationships, brought to what CycloneDX says by nesting.

SPDX knows one flat list of packages and names every tie between them, often by either of
two inverse words. Two ties matter here: *contains* gives a component its path, *needs*
gives a dependency. Packages needed only for development or tests are not shipped: their
scope is ``excluded``, unless some other tie ships them.
"""

import re
from collections import ChainMap
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from longmark.core.formats.sboms.document import ComponentEntry, Patch
from longmark.core.formats.sboms.limits import DEPENDENCIES, DEPTH, refuse_count
from longmark.core.formats.sboms.packed import Packed

_CVE = re.compile(r"CVE-\d{4}-\d{4,}", re.IGNORECASE)


@dataclass
class Packages(Iterable[tuple[str, ComponentEntry]]):
    """The packages of a document by their ids, in order, with the place where each stands.

    One whose id is taken already stays, under a key of its own.
    """

    entries: list[ComponentEntry] | Packed[ComponentEntry] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)

    def add(self, entry: ComponentEntry, place: str) -> None:
        """Take a package."""
        key = f"{entry.ref} [{len(self.names)}]" if entry.ref in self.names else entry.ref
        self.names[key] = entry.name
        self.entries.append(entry)
        self.places.append(place)

    def __iter__(self) -> Iterator[tuple[str, ComponentEntry]]:
        return zip(self.names, self.entries, strict=True)


@dataclass
class Structure:
    """The ties of one document, by the ids of its elements."""

    container_of: dict[str, str] = field(default_factory=dict)
    dependencies: dict[tuple[str, str], None] = field(default_factory=dict)
    unshipped: set[str] = field(default_factory=set)
    shipped: set[str] = field(default_factory=set)
    optional: set[str] = field(default_factory=set)
    described: dict[str, None] = field(default_factory=dict)
    patched_by: dict[str, list[str]] = field(default_factory=dict)

    def contain(self, outer: str, inner: str) -> None:
        """Note that ``inner`` sits in ``outer``; the first container counts."""
        if outer != inner:
            self.container_of.setdefault(inner, outer)
            self.shipped.add(inner)

    def need(self, one: str, other: str) -> None:
        """Note that ``one`` needs ``other``.

        Raises:
            SbomInvalid: there are more than two million such ties.
        """
        self.dependencies[one, other] = None
        self.shipped.add(other)
        if len(self.dependencies) > DEPENDENCIES:
            refuse_count(len(self.dependencies))

    def need_unshipped(self, one: str, other: str) -> None:
        """Note that ``one`` needs ``other``, but for development or tests only."""
        already = other in self.shipped
        self.need(one, other)
        if not already:
            self.shipped.discard(other)
        self.unshipped.add(other)

    @property
    def needs(self) -> Collection[tuple[str, str]]:
        """What needs what, in order, each pair once."""
        return tuple(self.dependencies)

    def ties(self) -> Iterator[tuple[str, str]]:
        """Yield what leads from one element to another."""
        yield from self.dependencies
        yield from self.container_of.items()

    def subject(self, packages: Collection[str]) -> str | None:
        """Return the id of what the document is about, if it is about one package alone."""
        described = [each for each in self.described if each in packages]
        return described[0] if len(described) == 1 else None

    def placed(
        self, packages: Packages, names: dict[str, str]
    ) -> Iterator[tuple[str, ComponentEntry]]:
        """Yield every package with its id, now with path, scope and patches.

        ``names`` gives those of all other elements, from which patches tell what they resolve.
        """
        subject = self.subject(packages.names)
        named = ChainMap(packages.names, names)
        paths: dict[str, tuple[str, ...]] = {subject: ()} if subject else {}
        for identifier, entry in packages:
            yield (
                identifier,
                replace(
                    entry,
                    path=(path := self._path(identifier, packages.names, paths, subject)),
                    within=self._container(identifier, packages.names) if path else "",
                    scope=entry.scope or self._scope(identifier),
                    patches=entry.patches or self._patches(identifier, named),
                ),
            )

    def _path(
        self,
        identifier: str,
        packages: Mapping[str, str],
        paths: dict[str, tuple[str, ...]],
        subject: str | None,
    ) -> tuple[str, ...]:
        """Return the path of one package, remembering those of what it sits in.

        A ring of containers starts at the top, and so does what sits deeper than 200 levels.
        """
        climbed: dict[str, None] = {}
        current: str | None = identifier
        while not (
            current is None or current in paths or current in climbed or len(climbed) == DEPTH
        ):
            climbed[current] = None
            current = self.container_of.get(current)
        known = current in packages and current not in climbed
        outer = current if known and len(paths.get(current or "", ())) < DEPTH else None
        for each in reversed(climbed):
            paths[each] = _below(outer, packages, paths, subject)
            outer = each if each in packages else outer
        return paths[identifier]

    def _container(self, identifier: str, packages: Collection[str]) -> str:
        """Return the package in which one with a path sits, over files between them."""
        current = self.container_of.get(identifier)
        while current is not None and current not in packages:
            current = self.container_of.get(current)
        return current or ""

    def _scope(self, identifier: str) -> str:
        if identifier in self.unshipped and identifier not in self.shipped:
            return "excluded"
        return "optional" if identifier in self.optional else ""

    def _patches(self, identifier: str, names: Mapping[str, str]) -> tuple[Patch, ...]:
        """Return the patches; what they resolve is read off their file names."""
        patches = (names.get(each, each) for each in self.patched_by.get(identifier, ()))
        return tuple(Patch("unofficial", cves_named(each)) for each in patches)


def _below(
    outer: str | None,
    packages: Mapping[str, str],
    paths: Mapping[str, tuple[str, ...]],
    subject: str | None,
) -> tuple[str, ...]:
    if outer is None or outer == subject:
        return ()
    return (*paths.get(outer, ()), packages[outer])


def cves_named(text: str) -> tuple[str, ...]:
    """Return the CVE ids that a text names, each once.

    >>> cves_named("0001-fix-cve-2022-0367.patch")
    ('CVE-2022-0367',)
    """
    return tuple(dict.fromkeys(found.upper() for found in _CVE.findall(text)))


def cves_fixed(message: str) -> tuple[str, ...]:
    """Return the CVE ids that the message of a commit names, none if it takes a commit back.

    >>> cves_fixed('Revert "rtu: check the length (CVE-2022-0367)"')
    ()
    """
    is_reverting = message.lstrip().casefold().startswith("revert")
    return () if is_reverting else cves_named(message)
