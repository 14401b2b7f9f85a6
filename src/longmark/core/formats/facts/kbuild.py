"""Which options each file of a Linux tree needs, read off its Makefiles, and the file that says so.

Read are the plain forms of Kbuild, which make up nearly all of it: ``obj-$(CONFIG_X) += a.o dir/``,
``obj-y``, composites (``a-y``, ``a-objs``, ``a-$(CONFIG_Y)``), ``lib-y``, ``core-y`` and the like.
Conditionals around them are passed over, which only makes a file look built more often. Whatever
takes more to understand leaves its file without rule: in the tree, and nothing is known of it. So
does a file that another one includes (``#include "other.c"``), since that compiles it without any
rule.

The result is kept as JSON (``longmark facts kbuild-map``), so that a server needs no kernel tree.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import dirname, normpath
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

_ASSIGNED: Final = re.compile(
    r"^\s*([A-Za-z0-9_./-]+?)-(y|m|objs|libs|\$\(CONFIG_[A-Za-z0-9_]+\)"
    r"|\$\(subst m,y,\$\(CONFIG_[A-Za-z0-9_]+\)\))\s*[:+?]?=\s*(.*)$"
)
_OPTION: Final = re.compile(r"CONFIG_([A-Za-z0-9_]+)")
_INCLUDED: Final = re.compile(rb'^\s*#\s*include\s+"([^"\n]+\.(?:c|S))"', re.MULTILINE)
_GATHERING: Final = frozenset(
    ("obj", "lib", "core", "drivers", "net", "libs", "virt", "init", "subdir", "head")
)

Chain = frozenset[str]


@dataclass
class Tree:
    """The files of a source tree as they are walked: Makefiles by directory, and sources."""

    makefiles: dict[str, str] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)
    included: set[str] = field(default_factory=set)
    version: str = ""

    def add_source(self, path: str, content: bytes) -> None:
        """Note a source file, and which others it includes."""
        self.sources.add(path)
        for found in _INCLUDED.findall(content):
            inner = found.decode(errors="replace")
            self.included.add(normpath(f"{dirname(path)}/{inner}"))


@dataclass
class _Makefile:
    """The assignments of one Makefile: what is gathered, and what composites are made of."""

    gathered: list[tuple[Chain, str]] = field(default_factory=list)
    composites: dict[str, list[tuple[Chain, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )


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
    if path in tree.included or len(found) > MAX_CHAINS:
        return ()
    return tuple(sorted(tuple(sorted(chain)) for chain in found))


def _read(content: str) -> _Makefile:
    made = _Makefile()
    for line in content.replace("\\\n", " ").splitlines():
        found = _ASSIGNED.match(line.partition("#")[0])
        if not found:
            continue
        name, when, words = found[1], found[2], found[3].split()
        option = _OPTION.search(when)
        needs: Chain = frozenset((option[1],)) if option else frozenset()
        plain = [word for word in words if "$" not in word]
        if name in _GATHERING:
            made.gathered += ((needs, word) for word in plain)
        else:
            made.composites[name] += ((needs, word) for word in plain)
    return made


def _reached(makefiles: Mapping[str, _Makefile]) -> dict[str, set[Chain]]:
    """Return each directory that has a Makefile with the ways to it, from the root down.

    A directory that no plain rule leads to might be built by one that is not understood: what is
    in it needs nothing but its own rules.
    """
    ways: dict[str, set[Chain]] = {}
    pending: list[tuple[str, Chain, int]] = [("", frozenset(), 0)]
    while pending:
        folder, chain, depth = pending.pop()
        known = ways.setdefault(folder, set())
        if chain in known or len(known) >= MAX_CHAINS or depth > MAX_DEPTH:
            continue
        known.add(chain)
        for needs, word in makefiles[folder].gathered if folder in makefiles else ():
            inner = normpath(f"{folder}/{word}").lstrip("/")
            if word.endswith("/") and inner in makefiles:
                pending.append((inner, chain | needs, depth + 1))
    return {folder: ways.get(folder) or {frozenset()} for folder in makefiles}


def _objects(folder: str, made: _Makefile) -> Iterator[tuple[str, Chain]]:
    """Yield the stem of every object that a Makefile names, with the options it needs there."""
    pending = [(word, needs, 0) for needs, word in made.gathered if word.endswith(".o")]
    while pending:
        word, needs, depth = pending.pop()
        yield normpath(f"{folder}/{word[:-2]}").lstrip("/"), needs
        if depth < MAX_DEPTH:
            pending += (
                (part, needs | more, depth + 1)
                for more, part in made.composites.get(word[:-2], ())
                if part.endswith(".o") and part != word
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
