"""Licences: what an SBOM states, brought to SPDX expressions and to what it asks of us."""

from longmark.core.licences.expressions import (
    LICENCES_VERSION,
    Category,
    Licence,
    combined,
    licence_of,
)

__all__ = ["LICENCES_VERSION", "Category", "Licence", "combined", "licence_of"]
