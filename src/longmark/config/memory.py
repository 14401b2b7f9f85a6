"""Giving back the memory that large work leaves behind in a process that lives for long.

What names and versions mean is remembered for whoever asks next; after an SBOM of fifty thousand
components that is eighty megabytes, of which the next request wants nothing. The allocator keeps
as much again in pieces.
"""

import ctypes
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from django.db import connections

ARENA_MAX: Final = -8  # the parameter's number in malloc.h of the GNU C library
ARENAS: Final = 2
MAPPED_KB: Final = 16_384
"""How much of a database file is mapped into memory; what is beyond is read."""
REMEMBERED: Final = "longmark.core."
KEPT_ENTRIES: Final = 4_096
"""A memory that holds more is emptied: work that large will not come at once again."""


def tidy_up() -> None:
    """Empty the memories of the core that have grown large, and give freed memory back."""
    for remembering in _memories():
        if remembering.cache_info().currsize > KEPT_ENTRIES:
            remembering.cache_clear()
    _trim()


def limit_database(*, cache_kb: int) -> None:
    """Let each connection to a SQLite database keep so much of it, and map little of the file.

    What is mapped counts as memory of the process. Connections that are open are closed.
    """
    options = connections.settings["default"].get("OPTIONS", {})
    if "init_command" in options:
        options["init_command"] += (
            f"PRAGMA cache_size=-{cache_kb}; PRAGMA mmap_size={MAPPED_KB << 10};"
        )
        connections.close_all()


def share_arenas() -> None:
    """Let all threads of the process free into two arenas: each keeps what was freed into it."""
    if sys.platform == "linux" and (tune := getattr(ctypes.CDLL(None), "mallopt", None)):
        tune(ARENA_MAX, ARENAS)


def _memories() -> Iterator[Any]:
    """Yield the functions of the core that remember what they returned, some of them twice."""
    for name, module in list(sys.modules.items()):
        if name.startswith(REMEMBERED):
            yield from (each for each in vars(module).values() if hasattr(each, "cache_info"))


def _trim() -> None:
    if trim := _allocator_trim():
        trim(0)


@cache
def _allocator_trim() -> Any | None:
    """Return the function of the C library that gives freed memory back, if it has one."""
    return getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
