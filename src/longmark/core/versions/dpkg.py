"""Debian package versions: ``[epoch:]upstream[-revision]`` (Debian Policy 5.6.12).

``~`` sorts below the end of the text, letters below other characters, runs of digits by value; a
missing epoch or revision counts as zero.
"""

import re
from typing import Final

from longmark.core.versions.blocks import Unkeyable, number

_UPSTREAM: Final = re.compile(r"[0-9A-Za-z.+~:\-]*", re.ASCII)
_REVISION: Final = re.compile(r"[0-9A-Za-z.+~]*", re.ASCII)
_RUNS: Final = re.compile(r"(\D*)(\d*)", re.ASCII)
_TILDE, _END, _OTHER = "!", '"', "}"


def dpkg_key(version: str) -> str:
    """Return the key of a Debian version."""
    epoch, upstream, revision = split(version)
    if not (_UPSTREAM.fullmatch(upstream) and _REVISION.fullmatch(revision)):
        raise Unkeyable(version)
    return number(epoch) + _part(upstream) + _part(revision)


def split(version: str) -> tuple[str, str, str]:
    """Return epoch, upstream version and revision; shared with rpm, which writes them alike."""
    epoch, colon, rest = version.partition(":")
    if not colon:
        epoch, rest = "0", version
    if not (epoch.isdigit() and epoch.isascii() and rest):
        raise Unkeyable(version)
    upstream, dash, revision = rest.rpartition("-")
    return (epoch, upstream, revision) if dash else (epoch, rest, "")


def _part(content: str) -> str:
    runs = [run for run in _RUNS.findall(content) if any(run)] or [("", "0")]
    coded = ("".join(map(_character, word)) + _END + number(digits) for word, digits in runs)
    return "".join(coded) + _END


def _character(character: str) -> str:
    if character == "~":
        return _TILDE
    return character if character.isalpha() else _OTHER + character
