"""A maker of drives, small enough to be set up in a moment, and weaknesses in what it builds."""

import io
import json
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.ground import NOW

FIRMWARE = ("2.0", "2.1", "2.2", "2.3", "2.4")
SPANS = tuple(("0", fixed) for fixed in (*FIRMWARE[1:], "2.9"))


def a_drive_maker() -> dict[str, int]:
    """Register a product with a board, firmware and parameters; return firmware ids by version."""
    from longmark.catalog import services as catalog
    from longmark.core.actors import SYSTEM
    from longmark.core.vocabulary import IdentifiedBy, ItemKind

    def item(name: str, kind: ItemKind, identified_by: IdentifiedBy = IdentifiedBy.NOTHING):  # type: ignore[no-untyped-def]
        details = catalog.ItemDetails(identified_by=identified_by)
        return catalog.register_item(name, kind=kind, details=details, actor=SYSTEM, now=NOW)

    def releases(of, *versions: str):  # type: ignore[no-untyped-def]
        return [
            catalog.register_release(of, version, actor=SYSTEM, now=NOW) for version in versions
        ]

    product = item("TG-200", ItemKind.PRODUCT, IdentifiedBy.SERIAL)
    board = item("CB-21", ItemKind.HARDWARE, IdentifiedBy.SERIAL)
    firmware = releases(item("tg200-fw", ItemKind.FIRMWARE), *FIRMWARE)
    fits = {
        (product, "control-board"): releases(board, "B", "C", "D"),
        (product, "parameters"): releases(item("tg-params", ItemKind.PARAMETERS), "v5", "v6", "v7"),
        (product, "main-firmware"): firmware,
    }
    for (owner, name), allowed in fits.items():
        slot = catalog.define_slot(owner, name, actor=SYSTEM, now=NOW)
        catalog.allow_fits(slot, allowed, actor=SYSTEM, now=NOW)
    return {release.version: release.pk for release in firmware}


def weaknesses(
    firmware: dict[str, int], count: int, spans: Sequence[tuple[str, str]] = SPANS
) -> list[str]:
    """Let each firmware have an SBOM, and advisories say what is weak in it; return their names.

    Each weakness is in a library of its own, in one of the spans of versions of the firmware.
    """
    from longmark.catalog import queries as catalog
    from longmark.core.actors import SYSTEM
    from longmark.findings.services import following
    from longmark.intel.services import intakes
    from longmark.sboms.services import documents as sboms

    names = [f"PYSEC-2026-{number}" for number in range(1, count + 1)]
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "all.zip"
        archive.write_bytes(_advisories(names, spans))
        intakes.import_file(archive, actor=SYSTEM, now=NOW)
    for version, pk in firmware.items():
        release = catalog.release(pk)
        document = _sbom(version, count)
        sboms.add_document(release, document, filename="fw.cdx.json", actor=SYSTEM, now=NOW)
        following.follow_release(release, actor=SYSTEM, now=NOW)
    return names


def _advisories(names: list[str], spans: Sequence[tuple[str, str]]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number, name in enumerate(names):
            introduced, fixed = spans[number % len(spans)]
            events = [{"introduced": introduced}, {"fixed": fixed}]
            ranges = [{"type": "ECOSYSTEM", "events": events}]
            package = {"ecosystem": "PyPI", "name": f"library-{number}"}
            record = {
                "schema_version": "1.6.0",
                "id": name,
                "modified": "2026-01-01T00:00:00Z",
                "affected": [{"package": package, "ranges": ranges}],
            }
            archive.writestr(f"{name}.json", json.dumps(record))
    return content.getvalue()


def _sbom(version: str, count: int) -> bytes:
    """Return an SBOM in which every library is as old as the firmware."""
    components = [
        {
            "type": "library",
            "name": f"library-{number}",
            "version": version,
            "purl": f"pkg:pypi/library-{number}@{version}",
        }
        for number in range(count)
    ]
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": components}
    return json.dumps(document).encode()
