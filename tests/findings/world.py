"""Advisories and SBOMs for the tests of findings, built through the services that users use."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

from longmark.catalog.models import Release
from longmark.core.actors import SYSTEM
from longmark.findings.models import Finding, Match
from longmark.findings.services.matching import match_components, match_vulnerabilities
from longmark.findings.services.refreshing import Refresh, refresh_findings
from longmark.findings.services.renewing import Renewal
from longmark.intel.models import Vulnerability
from longmark.intel.services.intakes import import_file
from longmark.sboms import queries as sboms
from longmark.sboms.models import Document
from longmark.sboms.services.documents import add_document
from tests.world import NINE, a_release

Json = dict[str, Any]


def criterion(cpe: str, *, vulnerable: bool = True, **bounds: str) -> Json:
    """One CPE match; ``cpe`` is ``vendor:product`` with an optional version."""
    vendor, product, *version = cpe.split(":")
    name = f"cpe:2.3:a:{vendor}:{product}:{(version or ['*'])[0]}:*:*:*:*:*:*:*"
    return {"vulnerable": vulnerable, "criteria": name, **bounds}


def nvd(
    name: str, *criteria: Json, status: str = "Analyzed", modified: str = "2024-01-01T00:00:00.000"
) -> Json:
    """An NVD record with one configuration."""
    node = {"operator": "OR", "negate": False, "cpeMatch": list(criteria)}
    return {
        "cve": {
            "id": name,
            "published": "2024-01-01T00:00:00.000",
            "lastModified": modified,
            "vulnStatus": status,
            "descriptions": [{"lang": "en", "value": f"A weakness, {name}."}],
            "references": [],
            "metrics": {},
            "configurations": [{"nodes": [node]}] if criteria else [],
        }
    }


def osv(
    name: str, ecosystem: str, package: str, *events: Json, modified: str = "2024-01-01T00:00:00Z"
) -> Json:
    """An OSV record with one range."""
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}]
    affected = [{"package": {"ecosystem": ecosystem, "name": package}, "ranges": ranges}]
    return {"schema_version": "1.6.0", "id": name, "modified": modified, "affected": affected}


def take_in(folder: Path, *records: Json) -> set[int]:
    """Import records, each as a file of its own, and return all vulnerabilities there are."""
    for record in records:
        name = record["id"] if "id" in record else record["cve"]["id"]
        content: Json = record if "id" in record else {"vulnerabilities": [record]}
        path = folder / f"{name}.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        import_file(path, actor=SYSTEM, now=NINE)
    return set(Vulnerability.objects.values_list("pk", flat=True))


def a_component(purl: str, **fields: Any) -> Json:
    """A CycloneDX component; its name and version come from the purl."""
    name, _, version = purl.partition("?")[0].rpartition("/")[2].partition("@")
    stated = {"version": version} if version else {}
    return {"type": "library", "name": name, "purl": purl, **stated, **fields}


def sbom_bytes(*components: str | Json) -> bytes:
    """An SBOM with these components, each a purl or a CycloneDX component."""
    listed = [one if isinstance(one, dict) else a_component(one) for one in components]
    document = {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": listed}
    return json.dumps(document).encode()


def an_sbom(release: Release | None, *components: str | Json) -> Document:
    """An SBOM of a release with these components."""
    return add_document(release or a_release(), sbom_bytes(*components), actor=SYSTEM, now=NINE)


def match_all(documents: Iterable[Document]) -> Renewal:
    """Match the components of documents, as after they were added."""
    ids: set[UUID] = set().union(*(sboms.component_ids_of(one) for one in documents))
    return match_components(ids, actor=SYSTEM, now=NINE)


def match_advisories() -> Renewal:
    """Match every vulnerability, as after their advisories were imported."""
    ids = Vulnerability.objects.values_list("pk", flat=True)
    return match_vulnerabilities(ids, actor=SYSTEM, now=NINE)


def refresh(*releases: Release) -> Refresh:
    """Refresh the findings of releases."""
    return refresh_findings([one.pk for one in releases], actor=SYSTEM, now=NINE)


def match_table() -> set[tuple[str, str, str, str]]:
    """Return all matches in words."""
    rows = Match.objects.values_list(
        "component__purl", "vulnerability__name", "verdict", "confidence"
    )
    return {(purl, name, verdict, confidence) for purl, name, verdict, confidence in rows}


def findings_table() -> set[tuple[str, str, str]]:
    """Return all findings in words: release, vulnerability, and verdict or why it is closed."""
    rows = Finding.objects.values_list(
        "release__version", "vulnerability__name", "verdict", "reason"
    )
    return {(version, name, reason or verdict) for version, name, verdict, reason in rows}
