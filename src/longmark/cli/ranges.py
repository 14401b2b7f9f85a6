"""``longmark explain COMPONENT RANGE``: whether a version lies in a range, as its ecosystem
writes ranges (npm, pip, nginx) or in ``vers``.
"""

import argparse
import re
from typing import Final

from longmark.cli import output
from longmark.core.errors import Invalid
from longmark.core.identity import parse_purl
from longmark.core.matching import subject_of
from longmark.core.versions import NotVers, Unkeyable, Vers, read_vers, vers_of_native

WRONG_USE: Final = 2
_RANGE: Final = re.compile(r"\s*(?:vers:|[<>=~^*!]|\d[\w.]*\s*(?:[<>|,+]|-\s*\d))")


def looks_like_range(text: str) -> bool:
    """Tell whether a text is a range of versions rather than an id or a file.

    >>> looks_like_range("^1.2 || >=2"), looks_like_range("CVE-2022-0367")
    (True, False)
    """
    return _RANGE.match(text) is not None


def answer_range(arguments: argparse.Namespace) -> int:
    """Say whether the version of a component lies in a range."""
    try:
        subject = subject_of(arguments.component)
        kind = _kind(arguments.component)
        vers = _vers(kind, arguments.advisory.strip())
        version = subject.version or next(
            (each.version for each in subject.coordinates if each.version), ""
        )
        is_inside = version in vers if version else None
    except (Invalid, NotVers, Unkeyable) as problem:
        output.complain(str(problem))
        return WRONG_USE
    if arguments.json:
        shown = {"version": version, "vers": str(vers), "is_inside": is_inside}
        output.as_json(shown)
        return 0
    words = {True: "lies in", False: "does not lie in", None: "is not stated; the range is"}
    output.line(f"{version or 'The version'} {words[is_inside]} {vers}")
    return 0


def _kind(component: str) -> str:
    """Return the type of a purl; what is named otherwise is generic."""
    purl = parse_purl(component)
    return purl.type if purl else "generic"


def _vers(kind: str, text: str) -> Vers:
    return read_vers(text) if text.startswith("vers:") else vers_of_native(kind, text)
