"""Statements on exploitability: OpenVEX, CycloneDX analyses, and single statements."""

from longmark.core.formats.vex.reading import is_vex, statements_of
from longmark.core.formats.vex.statements import VexProduct, VexStatement, VexStatus

__all__ = ["VexProduct", "VexStatement", "VexStatus", "is_vex", "statements_of"]
