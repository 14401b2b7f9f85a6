"""The words of EPCIS and what they say of a unit: steps, dispositions, and what has no counterpart.

Standard words come bare (``shipping``), as URNs (``urn:epcglobal:cbv:bizstep:shipping``) or as web
URIs (``https://ref.gs1.org/cbv/BizStep-shipping``). Commissioning is not what it is to a drive: in
EPCIS a number is put on a thing, and its life begins.
"""

import re
from collections.abc import Mapping
from typing import Final

from longmark.core.life.events import Kind

CONTEXT: Final = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
NAMESPACE: Final = "urn:longmark:epcis:"
PREFIX: Final = "longmark"
ROW: Final = f"{PREFIX}:row"
"""The same event as a row of a list of units: all that EPCIS has no words for."""
PART_OF: Final = f"{PREFIX}:partOf"
"""The event that says all of what this one says a part of."""
SLOT: Final = f"{PREFIX}:slot"

OBJECT, AGGREGATION, ASSOCIATION = "ObjectEvent", "AggregationEvent", "AssociationEvent"
OTHER_TYPES: Final = frozenset({"TransactionEvent", "TransformationEvent"})
EVENT_TYPES: Final = OTHER_TYPES | {OBJECT, AGGREGATION, ASSOCIATION}
ADD, OBSERVE, DELETE = "ADD", "OBSERVE", "DELETE"

STEPS: Final[Mapping[Kind, tuple[str, str, str]]] = {
    Kind.BUILT: (ADD, "commissioning", "active"),
    Kind.SERIAL_ASSIGNED: (ADD, "commissioning", "active"),
    Kind.TESTED: (OBSERVE, "inspecting", ""),
    Kind.SHIPPED: (OBSERVE, "shipping", "in_transit"),
    Kind.TRANSFERRED: (OBSERVE, "receiving", "in_progress"),
    Kind.RETURNED: (OBSERVE, "receiving", "returned"),
    Kind.REPAIRED: (OBSERVE, "repairing", ""),
    Kind.INSTALLED: (OBSERVE, "installing", "active"),
    Kind.REMOVED: (OBSERVE, "removing", ""),
    Kind.SWAPPED: (OBSERVE, "replacing", ""),
    Kind.DECOMMISSIONED: (DELETE, "decommissioning", "inactive"),
    Kind.SCRAPPED: (DELETE, "destroying", "destroyed"),
}
"""Action, business step and disposition of an event; other kinds have a step of our own."""

READ_STEPS: Final[Mapping[str, Kind]] = {
    "commissioning": Kind.BUILT,
    "shipping": Kind.SHIPPED,
    "receiving": Kind.TRANSFERRED,
    "inspecting": Kind.TESTED,
    "repairing": Kind.REPAIRED,
    "decommissioning": Kind.DECOMMISSIONED,
    "destroying": Kind.SCRAPPED,
}
JOINING_STEPS: Final = frozenset({"", "assembling", "installing", "replacing", "repairing"})
PARTING_STEPS: Final = frozenset({"", "disassembling", "removing", "replacing", "repairing"})

PASSED: Final = frozenset({"conformant"})
FAILED: Final = frozenset({"non_conformant", "damaged", "needs_replacement"})

_STANDARD = re.compile(
    r"(?:urn:epcglobal:cbv:(?:bizstep|disp|btt|sdt):"
    r"|(?:https?://(?:ref|ns)\.gs1\.org/(?:cbv|voc)/|cbv:)(?:bizstep|disp|btt|sdt)-)(\w+)",
    re.IGNORECASE,
)


def term(text: str) -> str:
    """Return a standard word without what is before it; any other text as it is.

    >>> term("https://ref.gs1.org/cbv/BizStep-shipping"), term("urn:example:melting")
    ('shipping', 'urn:example:melting')
    """
    found = _STANDARD.fullmatch(text)
    return found[1].lower() if found else text


def own_kind(step: str) -> str:
    """Return the kind of event in a step of our own, empty if it is somebody else's."""
    return step.removeprefix(NAMESPACE) if step.startswith(NAMESPACE) else ""
