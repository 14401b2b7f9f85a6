"""SBOMs for tests: one real in shape, others as large as a test needs them."""

import json
from pathlib import Path
from typing import Any

DOCUMENTS = Path(__file__).parents[1] / "core" / "formats" / "sboms" / "documents"


def the_drive(filename: str = "drive.cdx.json") -> bytes:
    """The SBOM of the drive's firmware, as in the tests of the readers."""
    return (DOCUMENTS / filename).read_bytes()


def a_library(name: str, version: str = "1.0", **members: Any) -> dict[str, Any]:
    sound = {"version": version, "purl": f"pkg:generic/{name}@{version}", "bom-ref": name}
    return {"type": "library", "name": name} | sound | members


def a_bom(*components: dict[str, Any], **members: Any) -> bytes:
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, **members}
    return json.dumps(document | {"components": components}).encode()


def many(count: int) -> bytes:
    return a_bom(*(a_library(f"lib-{number:05}") for number in range(count)))
