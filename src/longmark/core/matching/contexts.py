"""What is recorded about the product that holds a component: platform, parent, VEX statements.

Nothing here is known to be complete. A fact can meet or contradict what a statement asks for; a
missing one leaves it open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from longmark.core.errors import Invalid
from longmark.core.identity import Cpe


@dataclass(frozen=True)
class Context:
    """The surroundings of a component: `platform` are CPE names of what it runs on and with,
    `parent` is the product that contains it, `vex` are documents or statements as received."""

    platform: tuple[str, ...] = ()
    parent: str = ""
    vex: tuple[Any, ...] = ()

    @staticmethod
    def of(*, platform: Sequence[str] = (), parent: str = "", vex: Sequence[Any] = ()) -> "Context":
        """Return the context that recorded facts make."""
        return Context(tuple(platform), parent, tuple(vex))

    @cached_property
    def names(self) -> tuple[Cpe, ...]:
        """Return the CPE names of the platform that can be read."""
        return tuple(filter(None, map(_parsed, self.platform)))


def _parsed(text: str) -> Cpe | None:
    try:
        return Cpe.parse(text)
    except Invalid:
        return None


NOTHING_RECORDED: Final = Context()
