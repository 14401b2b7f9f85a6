"""Any VEX document or statement, whatever its shape."""

from collections.abc import Mapping
from itertools import islice

from longmark.core.formats.vex import cyclonedx, openvex
from longmark.core.formats.vex.statements import MAX_STATEMENTS, VexStatement, status_of


def is_vex(value: object) -> bool:
    """Tell whether something looks like VEX; CSAF documents are told by their own reader."""
    if not isinstance(value, Mapping):
        return False
    if "statements" in value or value.get("bomFormat") == "CycloneDX":
        return True
    if any("analysis" in one for one in _objects(value.get("vulnerabilities"))):
        return True
    return status_of(value.get("status")) is not None


def statements_of(value: object) -> list[VexStatement]:
    """Return the statements of a document, or the one that an object is."""
    if not isinstance(value, Mapping):
        return []
    if "statements" in value:
        return [*islice(openvex.statements(value), MAX_STATEMENTS)]
    if "vulnerabilities" in value:
        return [*islice(cyclonedx.statements(value), MAX_STATEMENTS)]
    if "analysis" in value:
        return [*islice(cyclonedx.statements({"vulnerabilities": [value]}), MAX_STATEMENTS)]
    found = openvex.statement(value, value)
    return [found] if found else []


def _objects(value: object) -> list[Mapping[str, object]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
