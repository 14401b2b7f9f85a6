"""QR codes (ISO/IEC 18004) as paths, for drawings that stay sharp at every size."""

from dataclasses import dataclass
from itertools import groupby

import segno

QUIET_MODULES = 4
"""The bright zone that a reader needs around a code (ISO/IEC 18004, section 9.1)."""


@dataclass(frozen=True)
class Code:
    """A code in units of its modules: its side without the quiet zone, and its dark parts."""

    side: int
    path: str


def qr_code(text: str) -> Code:
    """Return the QR code of a text: the smallest that bears the loss of 15 % of it, or more.

    The level of correction is raised as far as it makes the code no larger.
    """
    matrix = segno.make(text, micro=False, error="m", boost_error=True).matrix
    parts = []
    for y, row in enumerate(matrix):
        x = 0
        for is_dark, run in groupby(row):
            length = len(list(run))
            if is_dark:
                parts.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length
    return Code(len(matrix), "".join(parts))
