"""What a bill of materials says of a piece of hardware (HBOM), beyond what it says of software.

CycloneDX has no members for these; its taxonomy of properties has the name space
``cdx:device:``. A part number of its own stands in properties of many names; where there is
none, the name of the component is the part number, as the published examples do it.
"""

from dataclasses import dataclass
from typing import Final

from longmark.core.formats.sboms.document import ComponentEntry

KIND: Final = "device"
"""The type of component that is a piece of hardware; firmware on it is nested in it."""

RUNS_ON: Final = frozenset({"firmware", "operating-system", "device-driver", "application"})
"""The types of what runs on a piece of hardware, where the document says that it needs them."""

_DEVICE: Final = "cdx:device:"
_PART_NUMBERS: Final = frozenset({"mpn", "partnumber", "manufacturerpartnumber"})


@dataclass(frozen=True, slots=True)
class Traits:
    """What is said of one part; an empty text is unstated. ``quantity`` is as stated."""

    part_number: str = ""
    description: str = ""
    function: str = ""
    location: str = ""
    mounting: str = ""
    quantity: str = ""


def traits_of(entry: ComponentEntry) -> Traits | None:
    """Return what is said of a piece of hardware, ``None`` if the component is none.

    >>> from longmark.core.formats.sboms.document import Remarks
    >>> eight = Remarks(properties=(("cdx:device:quantity", "8"),))
    >>> traits_of(ComponentEntry(ref="", name="U3", version=None, kind="device", remarks=eight))
    Traits(part_number='', description='', function='', location='', mounting='', quantity='8')
    """
    if entry.kind != KIND:
        return None
    said: dict[str, str] = {}
    for name, value in entry.remarks.properties:
        said.setdefault(name.strip().lower(), value.strip())
    return Traits(
        part_number=next((value for name, value in said.items() if _is_part_number(name)), ""),
        description=entry.remarks.description.strip(),
        function=said.get(f"{_DEVICE}function", ""),
        location=said.get(f"{_DEVICE}location", ""),
        mounting=said.get(f"{_DEVICE}devicetype", ""),
        quantity=said.get(f"{_DEVICE}quantity", ""),
    )


def _is_part_number(name: str) -> bool:
    """Tell whether a property holds its maker's part number; a GTIN or SKU is a seller's."""
    last = name.rpartition(":")[2]
    return "".join(each for each in last if each.isalnum()) in _PART_NUMBERS
