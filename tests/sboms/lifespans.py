"""Lifespans for tests: one that somebody states, and a list of them."""

from datetime import date
from typing import Any

from longmark.core.actors import SYSTEM
from longmark.sboms.models import Lifespan, LifespanList
from longmark.sboms.services import lifespans
from longmark.sboms.services.lifespans import LifespanSaid
from tests.world import NINE

ROWS = b"""product,cycle,eol,support,by
libmodbus,3.1,2026-06-30,,The distributor
openssl,1.1.1,soon,,
"""


def a_lifespan(product: str = "libmodbus", versions: str = "3.1", **details: Any) -> Lifespan:
    """Somebody says when a line of versions ends, in 2023 if nothing else is said."""
    stated = {"end_of_life_on": date(2023, 9, 11), "said_by": "Petra"} | details
    said = LifespanSaid(product, versions, **stated)
    return lifespans.add_lifespan(said, actor=SYSTEM, now=NINE)


def a_list_of_lifespans(content: bytes = ROWS, filename: str = "ends.csv") -> LifespanList:
    """A list of which one row is taken and one is refused."""
    return lifespans.import_lifespans(content, filename=filename, actor=SYSTEM, now=NINE)
