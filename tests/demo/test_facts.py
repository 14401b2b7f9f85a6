"""The shipped facts: small, and readable as what the upstreams serve."""

import gzip
import json
import zipfile
from pathlib import Path

from longmark.core.formats.advisories import cve5, nvd, osv

LIMIT_BYTES = 600_000


def test_what_is_shipped_is_small(advisories: Path) -> None:
    held = sum(path.stat().st_size for path in advisories.parent.rglob("*") if path.is_file())

    assert held < LIMIT_BYTES


def test_nvd_pages_are_read_without_defect(advisories: Path) -> None:
    records = [
        nvd.read(json.dumps(record).encode())
        for path in sorted(advisories.glob("nvd-*.json.gz"))
        for record in json.loads(gzip.decompress(path.read_bytes()))["vulnerabilities"]
    ]

    assert len(records) > 250
    assert [record.id for record in records if record.defects] == []


def test_cve_and_osv_records_are_read_without_defect(advisories: Path) -> None:
    readers = {"cves.zip": cve5.read, "osv/npm/all.zip": osv.read, "osv/PyPI/all.zip": osv.read}

    for name, read in readers.items():
        with zipfile.ZipFile(advisories / name) as archive:
            records = [read(archive.read(member)) for member in archive.namelist()]
        assert [record.id for record in records if record.defects] == []


def test_the_catalogue_counts_its_entries(advisories: Path) -> None:
    catalogue = json.loads((advisories / "known_exploited_vulnerabilities.json").read_text())

    names = {entry["cveID"] for entry in catalogue["vulnerabilities"]}
    assert catalogue["count"] == len(names)
    assert "CVE-2020-11899" in names
