"""SBOMs: CycloneDX 1.0-1.7 and SPDX 2.2-3.0.1, read into one neutral document."""

from longmark.core.formats.sboms.document import (
    ComponentEntry,
    Encoding,
    Format,
    Hash,
    Patch,
    Problem,
    SbomDocument,
    SbomInvalid,
)
from longmark.core.formats.sboms.reading import read_sbom, read_sbom_file

__all__ = [
    "ComponentEntry",
    "Encoding",
    "Format",
    "Hash",
    "Patch",
    "Problem",
    "SbomDocument",
    "SbomInvalid",
    "read_sbom",
    "read_sbom_file",
]
