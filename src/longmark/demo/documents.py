"""Bills of materials of the demo company as the documents that tools write.

CycloneDX 1.6 in JSON and XML, SPDX 2.3 in JSON and tag-value. A document has the same bytes
whenever it is written: its serial number and its digests are derived from its content.
"""

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from lxml import etree

from longmark.demo.parts import Bill, Inside

NAMESPACE = uuid.UUID("0b8f5c43-2e41-5d0a-8a55-6a4d6b3f1c90")
CYCLONEDX_XML = "http://cyclonedx.org/schema/bom/1.6"
MAKER = "Tallgrass Drives, Inc."
Json = Mapping[str, Any]


def cyclonedx_json(bill: Bill, created_at: datetime) -> bytes:
    """Return a CycloneDX 1.6 document with assemblies, dependencies and patches."""
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{_serial(bill)}",
        "version": 1,
        "metadata": {
            "timestamp": _stamp(created_at),
            "tools": {"components": [{"type": "application", "name": "tallgrass-build"}]},
            "component": _subject(bill),
            "supplier": {"name": MAKER},
        },
        "components": list(_top_level(bill)),
        "dependencies": list(_dependencies(bill)),
    }
    return json.dumps(document, indent=1, ensure_ascii=False).encode()


def _subject(bill: Bill) -> Json:
    return {
        "type": "firmware" if bill.item.endswith("-fw") else "application",
        "bom-ref": bill.item,
        "name": bill.item,
        "version": bill.release,
    }


def _top_level(bill: Bill) -> Iterator[Json]:
    assemblies = dict.fromkeys(each.assembly for each in bill.parts if each.assembly)
    for assembly in assemblies:
        held = [_component(each) for each in bill.parts if each.assembly == assembly]
        yield {
            "type": "application",
            "bom-ref": assembly,
            "group": "tallgrass",
            "name": f"{bill.item}-{assembly}",
            "version": bill.release,
            "purl": f"pkg:generic/tallgrass/{bill.item}-{assembly}@{bill.release}",
            "components": held,
        }
    yield from (_component(each) for each in bill.parts if not each.assembly)


def _component(inside: Inside) -> Json:
    part = inside.part
    stated: dict[str, Any] = {"type": part.kind, "bom-ref": inside.ref, "name": part.name}
    stated["supplier"] = {"name": part.supplier}
    if part.group:
        stated["group"] = part.group
    if inside.version:
        stated["version"] = inside.version
        stated["hashes"] = [{"alg": "SHA-256", "content": _digest(inside)}]
    stated["licenses"] = [{"expression": part.licence}]
    stated["purl"] = inside.purl
    if inside.cpe:
        stated["cpe"] = inside.cpe
    if inside.patches:
        stated["pedigree"] = {"patches": [_patch(cve) for cve in inside.patches]}
    return stated


def _patch(cve: str) -> Json:
    return {"type": "backport", "resolves": [{"type": "security", "id": cve}]}


def _dependencies(bill: Bill) -> Iterator[Json]:
    refs = {each.part.key: each.ref for each in bill.parts}
    yield {"ref": bill.item, "dependsOn": sorted(refs.values())}
    for each in bill.parts:
        needed = sorted(refs[key] for key in each.part.needs if key in refs)
        if needed:
            yield {"ref": each.ref, "dependsOn": needed}


def cyclonedx_xml(bill: Bill, created_at: datetime) -> bytes:
    """Return a CycloneDX 1.6 document in XML, flat."""
    root = etree.Element("bom", xmlns=CYCLONEDX_XML, version="1")
    root.set("serialNumber", f"urn:uuid:{_serial(bill)}")
    metadata = etree.SubElement(root, "metadata")
    _text(metadata, "timestamp", _stamp(created_at))
    subject = etree.SubElement(metadata, "component", {"type": "firmware", "bom-ref": bill.item})
    _text(subject, "name", bill.item)
    _text(subject, "version", bill.release)
    listed = etree.SubElement(root, "components")
    for inside in bill.parts:
        _element(listed, inside)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def _element(listed: etree._Element, inside: Inside) -> None:
    part = inside.part
    component = etree.SubElement(listed, "component", {"type": part.kind, "bom-ref": inside.ref})
    supplier = etree.SubElement(component, "supplier")
    _text(supplier, "name", part.supplier)
    _text(component, "name", part.name)
    _text(component, "version", inside.version or "")
    hashes = etree.SubElement(component, "hashes")
    _text(hashes, "hash", _digest(inside)).set("alg", "SHA-256")
    licences = etree.SubElement(component, "licenses")
    _text(licences, "expression", part.licence)
    if inside.cpe:
        _text(component, "cpe", inside.cpe)
    _text(component, "purl", inside.purl)
    if inside.patches:
        patches = etree.SubElement(etree.SubElement(component, "pedigree"), "patches")
        for cve in inside.patches:
            patch = etree.SubElement(patches, "patch", {"type": "backport"})
            issue = etree.SubElement(
                etree.SubElement(patch, "resolves"), "issue", {"type": "security"}
            )
            _text(issue, "id", cve)


def _text(parent: etree._Element, name: str, value: str) -> etree._Element:
    child = etree.SubElement(parent, name)
    child.text = value
    return child


def spdx_json(bill: Bill, created_at: datetime) -> bytes:
    """Return an SPDX 2.3 document in JSON."""
    packages: list[Json] = [
        {
            "SPDXID": "SPDXRef-Subject",
            "name": bill.item,
            "versionInfo": bill.release,
            "downloadLocation": "NOASSERTION",
            "filesAnalyzed": False,
            "supplier": f"Organization: {MAKER}",
        },
        *(_package(each) for each in bill.parts),
    ]
    document = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": bill.name,
        "documentNamespace": _namespace(bill),
        "creationInfo": {"created": _stamp(created_at), "creators": [f"Organization: {MAKER}"]},
        "packages": packages,
        "relationships": [
            _relation("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Subject"),
            *(_relation("SPDXRef-Subject", "CONTAINS", _spdx_id(each)) for each in bill.parts),
        ],
    }
    return json.dumps(document, indent=1, ensure_ascii=False).encode()


def _package(inside: Inside) -> Json:
    references = [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl"}]
    references[0]["referenceLocator"] = inside.purl
    if inside.cpe:
        cpe = {"referenceCategory": "SECURITY", "referenceType": "cpe23Type"}
        references.append({**cpe, "referenceLocator": inside.cpe})
    return {
        "SPDXID": _spdx_id(inside),
        "name": inside.part.name,
        "versionInfo": inside.version or "NOASSERTION",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "supplier": f"Organization: {inside.part.supplier}",
        "licenseDeclared": inside.part.licence,
        "checksums": [{"algorithm": "SHA256", "checksumValue": _digest(inside)}],
        "externalRefs": references,
    }


def _relation(left: str, kind: str, right: str) -> Json:
    return {"spdxElementId": left, "relationshipType": kind, "relatedSpdxElement": right}


def spdx_tags(bill: Bill, created_at: datetime, *, creator: str) -> bytes:
    """Return an SPDX 2.3 document in tag-value lines, terse, as small suppliers write them."""
    lines = [
        "SPDXVersion: SPDX-2.3",
        "DataLicense: CC0-1.0",
        "SPDXID: SPDXRef-DOCUMENT",
        f"DocumentName: {bill.name}",
        f"DocumentNamespace: {_namespace(bill)}",
        f"Creator: Organization: {creator}",
        f"Created: {_stamp(created_at)}",
        *_tagged(bill.item, "SPDXRef-Subject", bill.release),
        "Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-Subject",
    ]
    for inside in bill.parts:
        lines += _tagged(inside.part.name, _spdx_id(inside), inside.version)
        lines.append(f"PackageSupplier: Organization: {inside.part.supplier}")
        if inside.version and inside.cpe:
            lines.append(f"ExternalRef: SECURITY cpe23Type {inside.cpe}")
        lines.append(f"Relationship: SPDXRef-Subject CONTAINS {_spdx_id(inside)}")
    return ("\n".join(lines) + "\n").encode()


def _tagged(name: str, spdx_id: str, version: str | None) -> Sequence[str]:
    stated = (f"PackageVersion: {version}",) if version else ()
    return (
        "",
        f"PackageName: {name}",
        f"SPDXID: {spdx_id}",
        *stated,
        "PackageDownloadLocation: NOASSERTION",
        "FilesAnalyzed: false",
    )


def _spdx_id(inside: Inside) -> str:
    return f"SPDXRef-{inside.part.key}"


def _namespace(bill: Bill) -> str:
    return f"https://tallgrass.example/spdx/{_serial(bill)}"


def _serial(bill: Bill) -> uuid.UUID:
    return uuid.uuid5(NAMESPACE, bill.name)


def _digest(inside: Inside) -> str:
    return hashlib.sha256(inside.ref.encode()).hexdigest()


def _stamp(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"
