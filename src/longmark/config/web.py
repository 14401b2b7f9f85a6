"""The application as `longmark serve` loads it: in processes that are to stay small.

They are forked from the one that serves, whose settings are those of any process.
"""

from django.db import connections

from longmark.config import memory
from longmark.config.wsgi import application

__all__ = ["application"]

CACHE_KB = 8_192
"""How much of a SQLite database a connection keeps; each thread has one of its own."""

MAPPED_KB = 16_384
"""How much of the file is mapped into memory; what is beyond is read."""


def economise() -> None:
    """Let connections and allocator keep little; before the first thread begins."""
    options = connections.settings["default"].get("OPTIONS", {})
    if "init_command" in options:
        options["init_command"] += (
            f"PRAGMA cache_size=-{CACHE_KB}; PRAGMA mmap_size={MAPPED_KB << 10};"
        )
    memory.share_arenas()


economise()
