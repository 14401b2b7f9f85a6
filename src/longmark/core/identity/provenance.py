"""Where a package key comes from, which limits how far a match through it is trusted."""

from enum import StrEnum
from typing import Final


class Provenance(StrEnum):
    """Where a package key comes from, most trusted first."""

    DECLARED = "declared"
    DERIVED = "derived"
    CURATED = "curated"
    GUESSED = "guessed"


TRUST: Final = {provenance: rank for rank, provenance in enumerate(Provenance)}
"""The most trusted first."""
