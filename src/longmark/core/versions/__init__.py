"""Versions, their schemes, and keys whose byte order is version order."""

from longmark.core.versions.blocks import Unkeyable
from longmark.core.versions.generic import clean
from longmark.core.versions.natives import vers_of_native
from longmark.core.versions.schemes import (
    BEGINNING,
    END,
    KEYS_VERSION,
    PAIRWISE,
    Scheme,
    branch_end,
    branch_start,
    compare,
    is_unstated,
    just_above,
    key,
)
from longmark.core.versions.vers import NotVers, Vers, parse_vers, read_vers

__all__ = [
    "BEGINNING",
    "END",
    "KEYS_VERSION",
    "PAIRWISE",
    "NotVers",
    "Scheme",
    "Unkeyable",
    "Vers",
    "branch_end",
    "branch_start",
    "clean",
    "compare",
    "is_unstated",
    "just_above",
    "key",
    "parse_vers",
    "read_vers",
    "vers_of_native",
]
