"""Licence texts of SBOMs as SPDX licence expressions (SPDX 2.3 annex D), and their categories.

What is known of a licence (its identifier, what it asks) is read from the index that the
package license-expression carries. A text that is no expression is looked up among names
that tools write; what is found in neither place stays as it is, *not SPDX*: it is shown and
counted, never guessed.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files

from license_expression import (
    ExpressionError,
    ExpressionParseError,
    LicenseSymbol,
    LicenseWithExceptionSymbol,
    Licensing,
    get_license_index,
    get_spdx_licensing,
)

LICENCES_VERSION = 1
"""Changes when the same texts come to other expressions, so that what is stored is read anew."""

TEXT_LENGTH = 2_000
"""A longer text is the licence itself, which is no substitute for an identifier."""

STORED_LENGTH = 500
"""A longer expression is cut: it is grouped by, and no reader can tell such two apart."""

BRACKETS = 100
"""An expression with more of them is parsed by no recursion of ours."""

MALFORMED = (AssertionError, IndexError, AttributeError, TypeError)
"""What the parser lets escape on text such as ``()`` and ``MIT (AND Zlib``."""

LICENCE_REF = "LicenseRef-"
ADDRESS = re.compile(
    r"^https?://(?:spdx\.org/licenses/)?(?P<id>[A-Za-z0-9.+-]+?)(?:\.html|\.json)?$"
)


class Category(StrEnum):
    """What a licence asks of whoever passes the component on."""

    PERMISSIVE = "permissive"
    WEAK_COPYLEFT = "weak-copyleft"
    STRONG_COPYLEFT = "strong-copyleft"
    PROPRIETARY = "proprietary"
    NOT_SPDX = "not-spdx"
    UNKNOWN = "unknown"


_RANK = {category: rank for rank, category in enumerate(Category)}
_CATEGORIES = {
    "Permissive": Category.PERMISSIVE,
    "Public Domain": Category.PERMISSIVE,
    "Copyleft Limited": Category.WEAK_COPYLEFT,
    "Copyleft": Category.STRONG_COPYLEFT,
    "Proprietary Free": Category.PROPRIETARY,
    "Commercial": Category.PROPRIETARY,
    "Free Restricted": Category.PROPRIETARY,
    "Source-available": Category.PROPRIETARY,
}


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence as it is counted: its normal spelling, its identifiers, what it asks.

    ``expression`` is empty if none is stated. ``is_spdx`` tells that every identifier is of
    the SPDX list or a ``LicenseRef-``.
    """

    expression: str
    identifiers: tuple[str, ...]
    category: Category
    is_spdx: bool


NONE_STATED = Licence("", (), Category.UNKNOWN, is_spdx=False)


@lru_cache(maxsize=1 << 14)
def licence_of(text: str) -> Licence:
    """Return the licence that a text states.

    >>> licence_of("GPL-2.0+").expression, licence_of("GPL-2.0+").category.value
    ('GPL-2.0-or-later', 'strong-copyleft')
    >>> licence_of("MIT OR GPL-2.0-only").category.value
    'permissive'
    """
    text = " ".join(text.split())
    if not text or text.casefold() in {"noassertion", "none", "unknown"}:
        return NONE_STATED
    if len(text) > TEXT_LENGTH:
        return Licence(f"{text[:80]}…", (), Category.NOT_SPDX, is_spdx=False)
    found = _parsed(text) or _parsed(_identifier_named(text))
    return found or Licence(text[:200], (), Category.NOT_SPDX, is_spdx=False)


def combined(texts: Iterable[str]) -> Licence:
    """Return the licence of a component that states several texts: all of them hold.

    >>> combined(["MIT", "Zlib"]).expression
    'MIT AND Zlib'
    """
    found = [each for each in dict.fromkeys(map(licence_of, texts)) if each.expression]
    if not found:
        return NONE_STATED
    if len(found) == 1:
        return found[0]
    return Licence(
        " AND ".join(sorted(_bracketed(each) for each in found))[:STORED_LENGTH],
        tuple(dict.fromkeys(name for each in found for name in each.identifiers)),
        _strictest([each.category for each in found]),
        is_spdx=all(each.is_spdx for each in found),
    )


def _bracketed(licence: Licence) -> str:
    return f"({licence.expression})" if " OR " in licence.expression else licence.expression


def _parsed(text: str) -> Licence | None:
    """Return the licence of an expression whose identifiers are all known, else ``None``."""
    if text.count("(") > BRACKETS:
        return None
    try:
        tree = _licensing().parse(text) if text else None
    except (ExpressionError, ExpressionParseError, *MALFORMED):
        return None
    if tree is None:
        return None
    symbols = [str(each) for each in _licensing().license_symbols(tree, unique=True)]
    if not all(each in _known() or each.startswith(LICENCE_REF) for each in symbols):
        return None
    spelled = str(tree.render("{symbol.key}"))[:STORED_LENGTH]
    return Licence(spelled, tuple(symbols), _category(tree), is_spdx=True)


def _identifier_named(text: str) -> str:
    """Return the identifier that a name or an address of the SPDX list stands for, or empty."""
    found = ADDRESS.match(text)
    if found:
        return found["id"]
    folded = re.sub(r"\b(?:the|licen[cs]e|version)\b|,", " ", text.casefold())
    return _names().get(" ".join(folded.split()).strip(" ."), "")


def _category(node: object) -> Category:
    """Return what an expression asks: *and* takes the strictest, *or* leaves the choice."""
    if isinstance(node, LicenseWithExceptionSymbol):
        return _known().get(str(node.exception_symbol), Category.UNKNOWN)
    if isinstance(node, LicenseSymbol):
        return _known().get(str(node.key), Category.UNKNOWN)
    parts = [_category(each) for each in getattr(node, "args", ())]
    if getattr(node, "operator", "") == "OR" or type(node).__name__ == "OR":
        return min(parts, key=_RANK.__getitem__)
    return _strictest(parts)


def _strictest(categories: Sequence[Category]) -> Category:
    return max(categories, key=_RANK.__getitem__)


@cache
def _licensing() -> Licensing:
    return get_spdx_licensing()


@cache
def _known() -> dict[str, Category]:
    """Return the category of every identifier of the index."""
    return {
        each["spdx_license_key"]: _CATEGORIES.get(each["category"], Category.UNKNOWN)
        for each in get_license_index()
        if each.get("spdx_license_key")
    }


@cache
def _names() -> dict[str, str]:
    content = (files("longmark.core.licences") / "names.toml").read_text("utf-8")
    names: dict[str, str] = tomllib.loads(content)["names"]
    return names
