"""Large honest SBOMs in each format that is read, in pieces, so that making one takes no memory.

Each part has what generators of SBOMs state: purl, CPE, supplier, licence, two digests, an address,
and what it needs. Parts sit in others five deep, where the format nests or ties.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

SUPPLIERS = 400
CREATED = "2026-01-02T03:04:05Z"
NAMESPACE = "https://sbom.example/large"


def _facts(number: int) -> dict[str, str]:
    name, version = f"part-{number}", f"{number % 7}.{number % 31}.{number % 97}"
    vendor = f"vendor-{number % SUPPLIERS}"
    return {
        "name": name,
        "version": version,
        "supplier": vendor,
        "purl": f"pkg:generic/{vendor}/{name}@{version}",
        "cpe": f"cpe:2.3:a:{vendor}:{name}:{version}:*:*:*:*:*:*:*",
        "sha256": f"{number:064x}",
        "sha1": f"{number:040x}",
        "url": f"https://{vendor}.example/{name}/{version}.tar.gz",
        "licence": ("MIT", "Apache-2.0", "GPL-2.0-only")[number % 3],
    }


def _listed(entries: Iterator[Any]) -> Iterator[bytes]:
    for number, each in enumerate(entries):
        yield (b"," if number else b"") + json.dumps(each).encode()


def cyclonedx_json(count: int) -> Iterator[bytes]:
    """Yield CycloneDX 1.6 in JSON."""
    yield b'{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":['
    yield from _listed(_cyclonedx_component(number) for number in range(count))
    yield b'],"dependencies":['
    yield from _listed(
        {"ref": f"c{number}", "dependsOn": [f"c{(number * 7 + 1) % count}"]}
        for number in range(count)
    )
    yield b"]}"


def _cyclonedx_component(number: int) -> dict[str, Any]:
    facts = _facts(number)
    return {
        "type": "library",
        "bom-ref": f"c{number}",
        "supplier": {"name": facts["supplier"]},
        "name": facts["name"],
        "version": facts["version"],
        "hashes": [
            {"alg": "SHA-256", "content": facts["sha256"]},
            {"alg": "SHA-1", "content": facts["sha1"]},
        ],
        "licenses": [{"license": {"id": facts["licence"]}}],
        "cpe": facts["cpe"],
        "purl": facts["purl"],
        "externalReferences": [{"type": "distribution", "url": facts["url"]}],
    }


def cyclonedx_xml(count: int) -> Iterator[bytes]:
    """Yield CycloneDX 1.6 in XML."""
    yield b'<bom xmlns="http://cyclonedx.org/schema/bom/1.6" version="1"><components>'
    for number in range(count):
        facts = _facts(number)
        yield (
            f'<component type="library" bom-ref="c{number}">'
            f"<supplier><name>{facts['supplier']}</name></supplier>"
            f"<name>{facts['name']}</name><version>{facts['version']}</version>"
            f'<hashes><hash alg="SHA-256">{facts["sha256"]}</hash>'
            f'<hash alg="SHA-1">{facts["sha1"]}</hash></hashes>'
            f"<licenses><license><id>{facts['licence']}</id></license></licenses>"
            f"<cpe>{facts['cpe']}</cpe><purl>{facts['purl']}</purl>"
            '<externalReferences><reference type="distribution">'
            f"<url>{facts['url']}</url></reference></externalReferences></component>"
        ).encode()
    yield b"</components><dependencies>"
    for number in range(count):
        needed = f'<dependency ref="c{(number * 7 + 1) % count}"/>'
        yield f'<dependency ref="c{number}">{needed}</dependency>'.encode()
    yield b"</dependencies></bom>"


def spdx_json(count: int) -> Iterator[bytes]:
    """Yield SPDX 2.3 in JSON."""
    head = {
        "spdxVersion": "SPDX-2.3",
        "SPDXID": "SPDXRef-DOCUMENT",
        "dataLicense": "CC0-1.0",
        "name": "large",
        "documentNamespace": NAMESPACE,
        "creationInfo": {"created": CREATED, "creators": ["Tool: large"]},
    }
    yield json.dumps(head).encode()[:-1] + b',"packages":['
    yield from _listed(_spdx_package(number) for number in range(count))
    yield b'],"relationships":['
    yield from _listed(_spdx_ties(count))
    yield b"]}"


def _spdx_package(number: int) -> dict[str, Any]:
    facts = _facts(number)
    return {
        "SPDXID": f"SPDXRef-{number}",
        "name": facts["name"],
        "versionInfo": facts["version"],
        "supplier": f"Organization: {facts['supplier']}",
        "downloadLocation": facts["url"],
        "licenseDeclared": facts["licence"],
        "licenseConcluded": "NOASSERTION",
        "copyrightText": "NOASSERTION",
        "checksums": [
            {"algorithm": "SHA256", "checksumValue": facts["sha256"]},
            {"algorithm": "SHA1", "checksumValue": facts["sha1"]},
        ],
        "externalRefs": [
            {
                "referenceCategory": "PACKAGE-MANAGER",
                "referenceType": "purl",
                "referenceLocator": facts["purl"],
            },
            {
                "referenceCategory": "SECURITY",
                "referenceType": "cpe23Type",
                "referenceLocator": facts["cpe"],
            },
        ],
    }


def _spdx_ties(count: int) -> Iterator[dict[str, str]]:
    for number in range(count):
        yield _spdx_tie(number, "DEPENDS_ON", (number * 7 + 1) % count)
        if number % 5:
            yield _spdx_tie(number - 1, "CONTAINS", number)


def _spdx_tie(one: int, kind: str, other: int) -> dict[str, str]:
    return {
        "spdxElementId": f"SPDXRef-{one}",
        "relationshipType": kind,
        "relatedSpdxElement": f"SPDXRef-{other}",
    }


def spdx_tags(count: int) -> Iterator[bytes]:
    """Yield SPDX 2.3 in tag-value lines."""
    yield (
        "SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\n"
        f"DocumentName: large\nDocumentNamespace: {NAMESPACE}\nCreator: Tool: large\n"
        f"Created: {CREATED}\n"
    ).encode()
    for number in range(count):
        facts = _facts(number)
        yield (
            f"\nPackageName: {facts['name']}\nSPDXID: SPDXRef-{number}\n"
            f"PackageVersion: {facts['version']}\n"
            f"PackageSupplier: Organization: {facts['supplier']}\n"
            f"PackageDownloadLocation: {facts['url']}\n"
            f"PackageLicenseDeclared: {facts['licence']}\n"
            "PackageLicenseConcluded: NOASSERTION\nPackageCopyrightText: NOASSERTION\n"
            f"PackageChecksum: SHA256: {facts['sha256']}\nPackageChecksum: SHA1: {facts['sha1']}\n"
            f"ExternalRef: PACKAGE-MANAGER purl {facts['purl']}\n"
            f"ExternalRef: SECURITY cpe23Type {facts['cpe']}\n"
        ).encode()
    for tie in _spdx_ties(count):
        yield f"Relationship: {' '.join(tie.values())}\n".encode()


def spdx3(count: int) -> Iterator[bytes]:
    """Yield SPDX 3.0.1 in JSON-LD."""
    yield b'{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":['
    yield from _listed(_spdx3_elements(count))
    yield b"]}"


def _spdx3_elements(count: int) -> Iterator[dict[str, Any]]:
    creation = {"type": "CreationInfo", "@id": "_:creation", "specVersion": "3.0.1"}
    yield creation | {"created": CREATED, "createdBy": [f"{NAMESPACE}/author"]}
    for kind, name in (("Organization", "author"), ("SpdxDocument", "document")):
        yield _spdx3_element(kind, name, {"name": name})
    for number in range(SUPPLIERS):
        yield _spdx3_element("Organization", f"v{number}", {"name": f"vendor-{number}"})
    for number in range(count):
        yield _spdx3_package(number)
    for number in range(count):
        yield _spdx3_tie(number, "dependsOn", (number * 7 + 1) % count)
        if number % 5:
            yield _spdx3_tie(number - 1, "contains", number)


def _spdx3_element(kind: str, name: str, members: dict[str, Any]) -> dict[str, Any]:
    head = {"type": kind, "spdxId": f"{NAMESPACE}/{name}", "creationInfo": "_:creation"}
    return head | members


def _spdx3_package(number: int) -> dict[str, Any]:
    facts = _facts(number)
    return _spdx3_element(
        "software_Package",
        f"p{number}",
        {
            "name": facts["name"],
            "software_packageVersion": facts["version"],
            "software_packageUrl": facts["purl"],
            "software_downloadLocation": facts["url"],
            "suppliedBy": f"{NAMESPACE}/v{number % SUPPLIERS}",
            "externalIdentifier": [
                {
                    "type": "ExternalIdentifier",
                    "externalIdentifierType": "cpe23",
                    "identifier": facts["cpe"],
                }
            ],
            "verifiedUsing": [
                {"type": "Hash", "algorithm": "sha256", "hashValue": facts["sha256"]}
            ],
        },
    )


def _spdx3_tie(one: int, kind: str, other: int) -> dict[str, Any]:
    ends = {"from": f"{NAMESPACE}/p{one}", "to": [f"{NAMESPACE}/p{other}"]}
    return _spdx3_element(
        "Relationship", f"{kind}-{one}-{other}", {"relationshipType": kind, **ends}
    )


FORMATS: dict[str, Callable[[int], Iterator[bytes]]] = {
    "CycloneDX, JSON": cyclonedx_json,
    "CycloneDX, XML": cyclonedx_xml,
    "SPDX 2.3, JSON": spdx_json,
    "SPDX 2.3, tag-value": spdx_tags,
    "SPDX 3.0.1": spdx3,
}
