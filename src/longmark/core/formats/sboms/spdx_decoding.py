"""Typed decoding of SPDX elements, each on its own, so that every problem has its place."""

from collections.abc import Iterable, Iterator
from typing import Annotated, TypeVar

import msgspec

from longmark.core.formats.sboms.document import Problem
from longmark.core.formats.sboms.json_text import Json
from longmark.core.formats.sboms.limits import PROBLEMS_LISTED

Decoded = TypeVar("Decoded")
Identifier = Annotated[str, msgspec.Meta(min_length=1)]


def decoded(node: Json, kind: type[Decoded], place: str, problems: list[Problem]) -> Decoded | None:
    """Return ``node`` as a ``kind``, or ``None`` having added what is wrong with it.

    >>> problems = []
    >>> decoded([1], list[str], "packages[3].hasFiles", problems)
    >>> print(problems[0])
    packages[3].hasFiles[0]: Expected `str`, got `int`
    """
    try:
        return msgspec.convert(node, kind)
    except msgspec.ValidationError as error:
        complaint, _, inner = str(error).partition(" - at `$")
        problems.append(Problem((place + inner.removesuffix("`")).removeprefix("."), complaint))
        return None


def listed(
    nodes: Iterable[Json] | None, kind: type[Decoded], place: str, problems: list[Problem]
) -> Iterator[tuple[str, Decoded]]:
    """Yield the nodes that decode, each with its place; stop when there are more problems than are
    listed."""
    for number, node in enumerate(nodes or ()):
        here = f"{place}[{number}]"
        entry = decoded(node, kind, here, problems)
        if entry is not None:
            yield here, entry
        elif len(problems) >= PROBLEMS_LISTED:
            break
