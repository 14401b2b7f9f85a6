"""Lists of lifespans, in the layouts in which they are passed around."""

from longmark.core.formats.lifespans.reading import LIMIT_BYTES, Refused, Said, read_lifespans

__all__ = ["LIMIT_BYTES", "Refused", "Said", "read_lifespans"]
