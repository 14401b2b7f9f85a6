"""What the library raises on zip archives that cannot be read, for all who open any."""

import lzma
import struct
import zipfile
import zlib
from typing import Final

UNREADABLE: Final = (
    zipfile.BadZipFile,
    zlib.error,  # a member was damaged on its way; so below, by the other packings
    lzma.LZMAError,
    EOFError,
    OSError,
    struct.error,  # offsets and sizes were tampered with; so below
    ValueError,
    OverflowError,
    KeyError,  # a member that must be there is not
    RuntimeError,  # a member is under a password, or packed in a way that the library lacks
)
"""Each is bad input where an archive of somebody else is read, and never a fault of ours to hide:
only reading stands in the ``try``.
"""
