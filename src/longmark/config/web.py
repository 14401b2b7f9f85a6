"""The application as `longmark serve` loads it: in processes that are to stay small.

They are forked from the one that serves, whose settings are those of any process.
"""

from longmark.config import memory
from longmark.config.wsgi import application

__all__ = ["application"]

CACHE_KB = 8_192
"""How much of a SQLite database a connection keeps; each thread has one of its own."""


def economise() -> None:
    """Let connections and allocator keep little; before the first thread begins."""
    memory.limit_database(cache_kb=CACHE_KB)
    memory.share_arenas()


economise()
