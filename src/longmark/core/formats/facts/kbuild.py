"""Which options each file of a Linux tree needs, read off its Makefiles, and the file that says so.

Read are the plain forms of Kbuild, which make up nearly all of it: ``obj-$(CONFIG_X) += a.o dir/``,
``obj-y``, composites (``a-y``, ``a-objs``, ``a-$(CONFIG_Y)``), ``lib-y``, ``core-y`` and the like.
Conditionals around them are passed over, which only makes a file look built more often.

A rule that says too little hides a weakness, one that says too much only leaves a finding open. So
whatever takes more to understand counts as built always: objects of assignments of another form,
parts of what no object is made of here, directories to which no plain rule leads. An object that
no assignment names stays without rule, and so does a file that another one includes
(``#include "other.c"``), which compiles it without any.

The result is kept as JSON (``longmark facts kbuild-map``), so that a server needs no kernel tree.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from posixpath import basename, dirname, normpath
from typing import Final

from longmark.core.formats.facts.records import (
    MAX_FILES,
    FactKind,
    Facts,
    FactsInvalid,
    refuse_many,
)
from longmark.core.formats.sboms.json_text import JsonObject, member, text

FORMAT: Final = "longmark-kbuild-map"
VERSION: Final = 1
SUFFIXES: Final = (".c", ".S", ".rs")
MAX_CHAINS: Final = 64  # alternatives for one file; more than that is no Kbuild
MAX_DEPTH: Final = 40  # directories and composites within each other

_WHEN: Final = r"y|m|objs|libs|\$\((?:subst m,y,\$\()?CONFIG_[A-Za-z0-9_]+(?::m=y)?\)\)?"
_ASSIGNED: Final = re.compile(rf"^\s*([A-Za-z0-9_./-]+?)-({_WHEN})\s*[:+?]?=\s*(.*)$")
_OTHER: Final = re.compile(r"^\s*[^\s=#:]+\s*[:+?]?=\s*(.*)$")
_OPTION: Final = re.compile(r"CONFIG_([A-Za-z0-9_]+)")
_INCLUDED: Final = re.compile(rb'^[ \t]*#[ \t]*include[ \t]+"([^"\n]+\.(?:c|S))"', re.MULTILINE)
_GATHERING: Final = frozenset(
    ("obj", "lib", "core", "drivers", "net", "libs", "virt", "init", "subdir", "head")
)

Chain = frozenset[str]
ALWAYS: Final[Chain] = frozenset()


@dataclass
class Tree:
    """The files of a source tree as they are walked: Makefiles by directory, and sources."""

    makefiles: dict[str, str] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)
    included: set[tuple[str, str]] = field(default_factory=set)
    version: str = ""

    def add_source(self, path: str, content: bytes) -> None:
        """Note a source file, and which others it includes."""
        self.sources.add(path)
        for found in _INCLUDED.findall(content):
            inner = found.decode(errors="replace")
            self.included.add((dirname(path), inner))

    def is_included(self, path: str) -> bool:
        """Tell whether some file may include this one, from its own directory or another."""
        return path in self._included

    @cached_property
    def _included(self) -> set[str]:
        """Return the files that are included; where the place is not known, all of that name."""
        found: set[str] = set()
        for folder, inner in self.included:
            beside = normpath(f"{folder}/{inner}")
            found.update([beside] if beside in self.sources else self.by_name[basename(inner)])
        return found

    @cached_property
    def by_name(self) -> defaultdict[str, list[str]]:
        """Return the paths of all sources by their last step."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for path in self.sources:
            found[basename(path)].append(path)
        return found


@dataclass
class _Makefile:
    """The assignments of one Makefile: what is gathered, and what composites are made of."""

    gathered: list[tuple[Chain, str]] = field(default_factory=list)
    composites: dict[str, list[tuple[Chain, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def note(self, name: str, needs: Chain, words: Iterable[str]) -> None:
        """Note what an assignment adds to a name."""
        into = self.gathered if name in _GATHERING else self.composites[name]
        into += ((needs, word) for word in words)

    def settle(self) -> None:
        """Take the parts of composites of which no object is made here as built always."""
        everything = [*self.gathered, *(part for each in self.composites.values() for part in each)]
        named = {word.removesuffix(".o") for _needs, word in everything}
        for name in [each for each in self.composites if each not in named]:
            self.gathered += ((ALWAYS, word) for _needs, word in self.composites.pop(name))


def rules_of(tree: Tree) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return what each source file of a tree needs: alternatives, none where it is not known.

    An empty alternative needs nothing: the file is always built.
    """
    makefiles = {folder: _read(content) for folder, content in tree.makefiles.items()}
    reached = _reached(makefiles)
    chains: dict[str, set[Chain]] = defaultdict(set)
    for folder, outer in reached.items():
        for path, inner in _objects(folder, makefiles[folder]):
            chains[path].update(each | inner for each in outer)
    return {path: _alternatives(path, chains, tree) for path in sorted(tree.sources)}


def _alternatives(
    path: str, chains: Mapping[str, set[Chain]], tree: Tree
) -> tuple[tuple[str, ...], ...]:
    found = chains.get(path.rpartition(".")[0], set())
    if tree.is_included(path) or len(found) > MAX_CHAINS:
        return ()
    return tuple(sorted(tuple(sorted(chain)) for chain in found))


def _read(content: str) -> _Makefile:
    made = _Makefile()
    for line in content.replace("\\\n", " ").splitlines():
        stated = line.partition("#")[0]
        found = _ASSIGNED.match(stated)
        if found:
            option = _OPTION.search(found[2])
            needs = frozenset((option[1],)) if option else ALWAYS
            made.note(found[1], needs, _plain(found[3]))
        elif other := _OTHER.match(stated):
            made.gathered += ((ALWAYS, word) for word in _plain(other[1]))
    made.settle()
    return made


def _plain(words: str) -> list[str]:
    """Return the objects and directories that are named in full."""
    stated = (word.strip("(),") for word in words.split() if "$" not in word)
    return [word for word in stated if word.endswith((".o", "/")) and not word.startswith("-")]


def _reached(makefiles: Mapping[str, _Makefile]) -> dict[str, set[Chain]]:
    """Return each directory that has a Makefile with the ways to it, from the root down.

    A directory that no plain rule leads to might be built by one that is not understood: what is
    in it needs nothing but its own rules. So does one to which there are very many ways.
    """
    ways: dict[str, set[Chain]] = {}
    pending: list[tuple[str, Chain]] = [("", ALWAYS)]
    while pending:
        folder, chain = pending.pop()
        known = ways.setdefault(folder, set())
        if any(way <= chain for way in known):
            continue
        chain = ALWAYS if len(known) >= MAX_CHAINS else chain
        known.add(chain)
        for needs, word in makefiles[folder].gathered if folder in makefiles else ():
            inner = normpath(f"{folder}/{word}").lstrip("/")
            if word.endswith("/") and inner in makefiles:
                pending.append((inner, chain | needs))
    return {folder: ways.get(folder) or {ALWAYS} for folder in makefiles}


def _objects(folder: str, made: _Makefile) -> Iterator[tuple[str, Chain]]:
    """Yield the stem of every object that a Makefile names, with the options it needs there."""
    pending = [(word, needs, 0) for needs, word in made.gathered if word.endswith(".o")]
    while pending:
        word, needs, depth = pending.pop()
        yield normpath(f"{folder}/{word[:-2]}").lstrip("/"), needs
        parts = made.composites.get(word[:-2], ())
        pending += (
            (part, needs | more if depth < MAX_DEPTH else ALWAYS, depth + 1)
            for more, part in parts
            if part.endswith(".o") and part != word and depth <= MAX_DEPTH
        )


def is_map(tree: JsonObject) -> bool:
    """Tell whether a document is a map that was made here."""
    return tree.get("format") == FORMAT


def written(tree: Tree) -> JsonObject:
    """Return the map of a tree, ready to be written as JSON."""
    files: JsonObject = {
        path: [list(chain) for chain in chains] for path, chains in rules_of(tree).items()
    }
    return {"format": FORMAT, "version": VERSION, "tree_version": tree.version, "files": files}


def read(tree: JsonObject) -> Facts:
    """Return the rules that a map holds.

    Raises:
        FactsInvalid: it is of a version that is not known, or not of its shape.
    """
    if tree.get("version") != VERSION:
        raise FactsInvalid("The map is of another version than {version}.", version=VERSION)
    files = member(tree, "files")
    if not isinstance(files, dict):
        raise FactsInvalid('The map has no object "files".')
    refuse_many(len(files), MAX_FILES, "files")
    rules = {path: tuple(_chains(path, listed)) for path, listed in files.items()}
    version = text(tree, "tree_version") or ""
    return Facts(
        FactKind.BUILD_RULES,
        tool=f"Linux {version}".strip(),
        rules=rules,
        tree_version=version,
    )


def _chains(path: str, listed: object) -> Iterable[tuple[str, ...]]:
    if not isinstance(listed, list) or len(listed) > MAX_CHAINS:
        raise FactsInvalid("The map has no list of alternatives for {path}.", path=path[:200])
    for chain in listed:
        if not isinstance(chain, list) or not all(isinstance(each, str) for each in chain):
            raise FactsInvalid("An alternative for {path} is no list of options.", path=path[:200])
        yield tuple(chain)
