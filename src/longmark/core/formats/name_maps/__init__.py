"""Tables from purls to CPE names, in the layouts in which they are passed around."""

from longmark.core.formats.name_maps.reading import ENDINGS, Pair, Refused, pairs

__all__ = ["ENDINGS", "Pair", "Refused", "pairs"]
