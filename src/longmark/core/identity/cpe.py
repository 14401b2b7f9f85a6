"""Common Platform Enumeration names, 2.2 URIs and 2.3 formatted strings (NISTIR 7695, 7696).

Values are lower case and unescaped; ``*`` stands for ANY, ``-`` for NA. Matching is that of NISTIR
7696 for a criterion (source) against what is there (target), attribute by attribute: ANY on the
criterion covers everything, equal values match, NA matches NA only.
"""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from longmark.core.errors import Invalid

ANY: Final = "*"
NA: Final = "-"
LENGTH_LIMIT: Final = 1_024

_FORMATTED: Final = "cpe:2.3:"
_URI: Final = "cpe:/"
_SEPARATOR: Final = re.compile(r"(?<!\\):")
_ESCAPED: Final = re.compile(r"\\(.)")
_FIELD_COUNT: Final = 11
_PARTS: Final = frozenset(("a", "o", "h", ANY, NA))
_PACKED: Final = re.compile(r"~([^~]*)~([^~]*)~([^~]*)~([^~]*)~([^~]*)")


@dataclass(frozen=True, slots=True)
class Cpe:
    """A CPE name; every attribute may be ANY or NA."""

    part: str
    vendor: str = ANY
    product: str = ANY
    version: str = ANY
    update: str = ANY
    edition: str = ANY
    language: str = ANY
    sw_edition: str = ANY
    target_sw: str = ANY
    target_hw: str = ANY
    other: str = ANY

    @staticmethod
    def parse(text: str) -> "Cpe":
        """Read either binding.

        >>> Cpe.parse("cpe:2.3:a:hcc-embedded:nichestack_tcp\\\\/ip:4.0.1:*:*:*:*:*:*:*").product
        'nichestack_tcp/ip'

        Raises:
            Invalid: the text is no CPE name.
        """
        return _parse(text.strip())

    @property
    def stated_version(self) -> str | None:
        """Return version and update as one text, or ``None`` if no version is stated."""
        if self.version in (ANY, NA):
            return None
        return self.version if self.update in (ANY, NA) else f"{self.version}-{self.update}"

    @property
    def is_identity(self) -> bool:
        """Tell whether vendor and product are concrete, so that the name identifies."""
        return not {self.vendor, self.product} & {ANY, NA}

    def covers(self, target: "Cpe") -> bool:
        """Tell whether this name, as criterion, covers the target in every attribute."""
        return all(map(_covers, _attributes(self), _attributes(target)))

    def admits(self, target: "Cpe") -> bool:
        """Tell whether nothing that the target states contradicts this name, as criterion."""
        pairs = zip(_attributes(self), _attributes(target), strict=True)
        return all(theirs == ANY or _covers(mine, theirs) for mine, theirs in pairs)


def is_cpe(text: str) -> bool:
    """Tell whether a text is a CPE name, in either binding."""
    try:
        Cpe.parse(text)
    except Invalid:
        return False
    return True


def _attributes(name: Cpe) -> tuple[str, ...]:
    return (
        name.part, name.vendor, name.product, name.version, name.update, name.edition,
        name.language, name.sw_edition, name.target_sw, name.target_hw, name.other,
    )  # fmt: skip


def _covers(source: str, target: str) -> bool:
    """Compare one attribute (NISTIR 7696, table 6-2): source is ANY, equal, or a wildcard."""
    if source in (ANY, target):
        return True
    if NA in (source, target) or target == ANY:
        return False
    return ("*" in source or "?" in source) and fnmatchcase(target, source)


@lru_cache(maxsize=1 << 15)
def _parse(text: str) -> Cpe:
    folded = text.lower()
    if len(text) <= LENGTH_LIMIT and folded.startswith(_FORMATTED):
        fields = _formatted_fields(folded.removeprefix(_FORMATTED))
    elif len(text) <= LENGTH_LIMIT and folded.startswith(_URI):
        fields = _uri_fields(folded.removeprefix(_URI))
    else:
        fields = []
    if not 1 <= len(fields) <= _FIELD_COUNT or fields[0] not in _PARTS:
        raise Invalid("{text} is no CPE name.", field="cpe", text=text)
    if not all(field.isprintable() for field in fields):  # "%00" in a URI
        raise Invalid("{text} is no CPE name.", field="cpe", text=text)
    return Cpe(*fields)


def _formatted_fields(body: str) -> list[str]:
    if "\\" not in body:
        return [field or ANY for field in body.split(":")]
    return [_unescaped(field) for field in _SEPARATOR.split(body)]


def _unescaped(field: str) -> str:
    """Drop the escapes; an escaped ``*`` or ``-`` alone keeps its own, for it is neither."""
    plain = _ESCAPED.sub(r"\1", field)
    return field if field in (r"\*", r"\-") else plain or ANY


def _uri_fields(body: str) -> list[str]:
    fields = [unquote(field.replace("%01", "?").replace("%02", "*")) for field in body.split(":")]
    packed = _PACKED.fullmatch(fields[5]) if len(fields) > 5 else None
    if packed:
        language = fields[6] if len(fields) > 6 else ""
        edition, sw_edition, target_sw, target_hw, other = packed.groups()
        fields[5:] = [edition, language, sw_edition, target_sw, target_hw, other]
    return [field or ANY for field in fields]
