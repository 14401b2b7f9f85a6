"""How long others care for what products are made of: lines of versions, and when they end."""

from longmark.core.lifespans.choosing import Book, Placed, Statement
from longmark.core.lifespans.lines import Line, read_line
from longmark.core.lifespans.standing import Origin, Standing, last_day, standing
from longmark.core.lifespans.table import Shipped, shipped

__all__ = [
    "Book",
    "Line",
    "Origin",
    "Placed",
    "Shipped",
    "Standing",
    "Statement",
    "last_day",
    "read_line",
    "shipped",
    "standing",
]
