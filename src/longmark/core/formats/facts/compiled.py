"""Which source files a build compiled: lists by many tools, brought to paths in the source tree.

Read are ``compile_commands.json``, Yocto's lists of debug sources, and plain lists of paths, one a
line: sources, objects (``foo.o`` may come of ``foo.c`` or ``foo.S``, so both count), or Kbuild's
``.foo.o.cmd``. Paths are cut to the tree: the root of a Linux tree is where ``init/main.c`` is, and
every kernel compiles that file. A list without it is not the whole list of a kernel.
"""

import re
from collections.abc import Iterable, Iterator
from posixpath import normpath
from typing import Final

from longmark.core.formats.facts.records import (
    MAX_FILES,
    FactKind,
    Facts,
    FactsInvalid,
    refuse_many,
)
from longmark.core.formats.sboms.json_text import Json

ROOT_FILE: Final = "init/main.c"
SOURCES: Final = frozenset(("c", "S", "s", "cc", "cpp", "cxx", "rs", "h", "hpp"))
_OBJECT: Final = re.compile(r"^(.*/)?\.?([^/]+)\.o(?:\.cmd|\.d)?$")
_LENGTH: Final = 1_000
_FEW: Final = 3  # lines by which a plain list is told from prose


def is_commands(tree: Json) -> bool:
    """Tell whether JSON is a compilation database."""
    first = tree[0] if isinstance(tree, list) and tree else None
    return isinstance(first, dict) and "file" in first and "directory" in first


def is_debug_sources(tree: Json) -> bool:
    """Tell whether JSON lists source files by binary, as Yocto does."""
    listed = next(_listed(tree), None)
    return listed is not None and _is_path(listed)


def is_list(content: str) -> bool:
    """Tell whether text is a list of paths of sources or objects, by its first lines."""
    lines = [line.strip() for line in content[:4_096].splitlines()[:-1] or content.splitlines()]
    stated = [line for line in lines if line and not line.startswith("#")]
    return bool(stated) and all(_is_path(line) for line in stated[: _FEW * 10])


def _is_path(line: str) -> bool:
    if len(line) > _LENGTH or line.startswith(("/*", "//")) or "\t" in line:
        return False
    return bool(_OBJECT.match(line)) or line.rpartition(".")[2] in SOURCES


def read_commands(tree: Json) -> Facts:
    """Return the files of a compilation database.

    Raises:
        FactsInvalid: it names more files than are read, or none.
    """
    entries = tree if isinstance(tree, list) else []
    return _facts(_joined(each) for each in entries if isinstance(each, dict))


def _joined(entry: dict[str, Json]) -> str:
    file, directory = entry.get("file"), entry.get("directory")
    if not isinstance(file, str) or not isinstance(directory, str):
        return ""
    return file if file.startswith("/") else f"{directory}/{file}"


def read_debug_sources(tree: Json) -> Facts:
    """Return the files of lists by binary.

    Raises:
        FactsInvalid: they name more files than are read, or none.
    """
    return _facts(_listed(tree))


def _listed(tree: Json) -> Iterator[str]:
    """Yield the texts of all lists, at whatever depth."""
    pending: list[Json] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            pending += reversed(node.values())
        elif isinstance(node, list):
            yield from (each for each in node if isinstance(each, str))
            pending += (each for each in node if isinstance(each, dict | list))


def read_list(content: str) -> Facts:
    """Return the files of a plain list.

    Raises:
        FactsInvalid: it names more files than are read, or none.
    """
    lines = (line.strip() for line in content.splitlines())
    return _facts(line for line in lines if line and not line.startswith("#"))


def _facts(listed: Iterable[str]) -> Facts:
    paths: set[str] = set()
    for path in listed:
        if path and len(path) <= _LENGTH:
            paths.update(_sources(path))
            refuse_many(len(paths), MAX_FILES, "files")
    if not paths:
        raise FactsInvalid("The list names no source file and no object.")
    return Facts(FactKind.COMPILED_FILES, files=tuple(sorted(_in_tree(paths))))


def _sources(path: str) -> Iterator[str]:
    found = _OBJECT.match(path)
    if found:
        stem = normpath(f"{found[1] or ''}{found[2]}")
        yield from (f"{stem}.c", f"{stem}.S", f"{stem}.rs")
    elif path.rpartition(".")[2] in SOURCES:
        yield normpath(path)


def _in_tree(paths: set[str]) -> Iterator[str]:
    """Cut paths to the source tree, where its root can be told; others stay as they are."""
    roots = sorted(
        (path.removesuffix(ROOT_FILE) for path in paths if f"/{path}".endswith(f"/{ROOT_FILE}")),
        key=len,
        reverse=True,
    )
    for path in paths:
        root = next((each for each in roots if path.startswith(each)), "")
        yield path[len(root) :].lstrip("/")
