"""One firmware, written down in every format: the readers must say the same of it."""

import codecs
import json
from pathlib import Path

import pytest

from longmark.core.formats.sboms import (
    ComponentEntry,
    Encoding,
    Format,
    Hash,
    Patch,
    SbomDocument,
    SbomInvalid,
    read_sbom,
)

DOCUMENTS = Path(__file__).parent / "documents"
EVERY_FORMAT = {
    "drive.cdx.json": (Format.CYCLONEDX, "1.6", Encoding.JSON),
    "drive.cdx.xml": (Format.CYCLONEDX, "1.6", Encoding.XML),
    "drive.spdx.json": (Format.SPDX, "2.3", Encoding.JSON),
    "drive.spdx": (Format.SPDX, "2.2", Encoding.TAG_VALUE),
    "drive.spdx3.json": (Format.SPDX, "3.0.1", Encoding.JSON_LD),
}
DIGEST = "d7d9fa94e8edb094ac144cff5ddbccd7c0f3d7e4ab8e8be2a4d7b9f6a1e2c3d4"
every_format = pytest.mark.parametrize("filename", EVERY_FORMAT)


def read(filename: str) -> SbomDocument:
    return read_sbom((DOCUMENTS / filename).read_bytes(), filename=filename)


def component(filename: str, name: str) -> ComponentEntry:
    return next(each for each in read(filename).components if each.name == name)


@every_format
def test_format_and_encoding_are_told_by_content(filename: str) -> None:
    document = read(filename)

    assert (document.format, document.spec_version, document.encoding) == EVERY_FORMAT[filename]


@every_format
def test_subject_is_no_component(filename: str) -> None:
    document = read(filename)

    assert document.subject is not None
    assert (document.subject.name, document.subject.version) == ("drive-firmware", "2.4.1")
    assert [each.name for each in document.components] == [
        "libmodbus",
        "mbedtls",
        "p256-m",
        "unity",
    ]


@every_format
def test_component_is_read_whole(filename: str) -> None:
    libmodbus = component(filename, "libmodbus")

    assert libmodbus.version == "3.1.6"
    assert libmodbus.supplier == "Aerial Controls"
    assert libmodbus.purl == "pkg:generic/libmodbus@3.1.6"
    assert libmodbus.cpes == ("cpe:2.3:a:libmodbus:libmodbus:3.1.6:*:*:*:*:*:*:*",)
    assert libmodbus.licences == ("LGPL-2.1-or-later",)
    assert libmodbus.patches == (Patch("unofficial", ("CVE-2022-0367",)),)
    assert [each.digest for each in libmodbus.hashes] == [DIGEST]
    assert libmodbus.kind == "library"


@every_format
def test_nested_component_keeps_its_path_without_the_subject(filename: str) -> None:
    assert component(filename, "p256-m").path == ("mbedtls",)
    assert component(filename, "libmodbus").path == ()


@every_format
def test_unstated_version_is_unknown_and_a_defect(filename: str) -> None:
    assert component(filename, "unity").version is None
    assert "unity has no version." in {each.message for each in read(filename).defects}
    assert "unity has neither purl nor CPE." in {each.message for each in read(filename).defects}


@every_format
def test_what_only_tests_need_is_not_shipped(filename: str) -> None:
    assert component(filename, "unity").scope == "excluded"


@every_format
def test_dependencies_point_from_the_needing_to_the_needed(filename: str) -> None:
    document = read(filename)
    assert document.subject is not None
    names = {each.ref: each.name for each in (document.subject, *document.components)}

    pairs = {(names[one], names[other]) for one, other in document.dependencies}

    assert pairs == {
        ("drive-firmware", "libmodbus"),
        ("drive-firmware", "mbedtls"),
        ("mbedtls", "unity"),
    }


@every_format
def test_creation_is_an_instant(filename: str) -> None:
    assert str(read(filename).created_at) == "2026-03-02 08:30:00+00:00"


def test_hash_names_its_algorithm() -> None:
    assert component("drive.cdx.json", "libmodbus").hashes == (Hash("SHA-256", DIGEST),)


def test_media_type_follows_format_and_encoding() -> None:
    assert read("drive.cdx.xml").media_type == "application/vnd.cyclonedx+xml; version=1.6"
    assert read("drive.spdx").media_type == "text/spdx"
    assert read("drive.spdx3.json").media_type == "application/spdx+json"


@pytest.mark.parametrize("filename", ["drive.cdx.json", "drive.cdx.xml", "drive.spdx"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_mark_decides_the_encoding(filename: str, encoding: str) -> None:
    content = (DOCUMENTS / filename).read_text("utf-8").replace("UTF-8", encoding.upper()[:6])

    document = read_sbom(content.replace("UTF-8-", "UTF-8").encode(encoding))

    assert document.components == read(filename).components


def test_xml_may_declare_another_encoding() -> None:
    content = (DOCUMENTS / "drive.cdx.xml").read_text("utf-8").replace("UTF-8", "ISO-8859-1")

    document = read_sbom(content.replace("Aerial", "Ærial").encode("latin-1"))

    assert document.components[0].supplier == "Ærial Controls"


def test_export_of_a_code_host_is_unwrapped() -> None:
    wrapped = b'{"sbom": ' + (DOCUMENTS / "drive.spdx.json").read_bytes() + b"}"

    assert read_sbom(wrapped).components == read("drive.spdx.json").components


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"PK\x03\x04rest", "a ZIP archive or spreadsheet; unpack it first"),
        (b"\x1f\x8b\x08rest", "a gzip file; unpack it first"),
        (b"SPDXID: SPDXRef-DOCUMENT\nspdxVersion: SPDX-2.3", "SPDX in YAML"),
        (b'spec_version: "1.6"', "protobuf text"),
        (b"serial;date\n1;2", "of no known format"),
        (b"[]", "not an object"),
        (b'{"artifacts": []}', "a Syft report"),
        (b'{"payloadType": ""}', "a signed envelope"),
        (b"<html/>", "its root is <html>"),
        (b'{"spdxVersion": "SPDX-2.1", "SPDXID": "x", "name": "x"}', "SPDX-2.1 is not read"),
        (b'{"bomFormat": "CycloneDX", "specVersion": "1.1"}', '"1.1" in JSON is not read'),
        (b'{"bomFormat": "CycloneDX"}', r"specVersion \(missing\)"),
    ],
)
def test_what_is_no_sbom_is_refused_by_its_name(content: bytes, reason: str) -> None:
    with pytest.raises(SbomInvalid, match=reason):
        read_sbom(content)


def test_refusal_names_the_file() -> None:
    with pytest.raises(SbomInvalid, match=r"^parts\.xlsx is no SBOM"):
        read_sbom(b"PK\x03\x04", filename="parts.xlsx")


def test_utf_16_without_mark_is_refused_plainly() -> None:
    with pytest.raises(SbomInvalid):
        read_sbom((DOCUMENTS / "drive.cdx.json").read_text("utf-8").encode("utf-16-le"))


def test_mark_alone_is_refused() -> None:
    with pytest.raises(SbomInvalid, match="empty"):
        read_sbom(codecs.BOM_UTF8)


def test_document_without_components_says_so() -> None:
    empty = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1}

    document = read_sbom(json.dumps(empty).encode())

    assert [each.message for each in document.defects] == ["Names no component."]


def spdx_3(*elements: dict[str, object], version: str = "3.0.1") -> bytes:
    made = {"type": "CreationInfo", "@id": "_:made", "specVersion": version}
    graph = {"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}
    return json.dumps(graph | {"@graph": [made, *elements]}).encode()


def package(name: str, **members: object) -> dict[str, object]:
    return {"type": "software_Package", "spdxId": f"urn:{name}", "name": name, **members}


def tie(word: str, one: str, *others: str) -> dict[str, object]:
    ends = {"from": f"urn:{one}", "to": [f"urn:{other}" for other in others]}
    return {"type": "Relationship", "relationshipType": word, **ends}


def test_spdx_3_of_another_version_is_refused() -> None:
    with pytest.raises(SbomInvalid, match=r"SPDX 3\.1 in JSON-LD is not read"):
        read_sbom(spdx_3(version="3.1"))


def test_spdx_3_element_without_type_is_refused() -> None:
    with pytest.raises(SbomInvalid, match=r"@graph\[1\]: Is no element"):
        read_sbom(spdx_3({"spdxId": "urn:a"}))


def test_spdx_3_graph_must_be_a_list() -> None:
    with pytest.raises(SbomInvalid, match="Must be a list"):
        read_sbom(spdx_3().replace(b'"@graph": [', b'"@graph": {"x": [').replace(b"]}", b"]}}"))


def test_spdx_3_concluded_licence_counts_where_none_is_declared() -> None:
    licence = {"type": "expandedlicensing_ListedLicense", "spdxId": "urn:MIT", "name": "MIT"}

    document = read_sbom(
        spdx_3(package("a"), package("b"), licence, tie("hasConcludedLicense", "a", "MIT"))
    )

    assert [each.licences for each in document.components] == [("MIT",), ()]


def test_spdx_3_optional_dependency_is_optional() -> None:
    document = read_sbom(spdx_3(package("a"), package("b"), tie("hasOptionalDependency", "a", "b")))

    assert [each.scope for each in document.components] == ["", "optional"]


def test_spdx_3_import_does_not_dangle() -> None:
    elsewhere = {"type": "SpdxDocument", "spdxId": "urn:d", "import": [{"externalSpdxId": "urn:x"}]}

    document = read_sbom(spdx_3(elsewhere, package("a"), tie("dependsOn", "a", "x")))

    assert "not in the document" not in str(document.defects)


def test_spdx_without_single_subject_has_components_only() -> None:
    ties = [tie("contains", "a", "b")]

    document = read_sbom(spdx_3(package("a"), package("b"), *ties))

    assert document.subject is None
    assert [each.path for each in document.components] == [(), ("a",)]


def test_service_reference_does_not_dangle_in_xml() -> None:
    services = b'<services><service bom-ref="time"><name>time</name></service></services>'
    content = (DOCUMENTS / "drive.cdx.xml").read_bytes()
    content = content.replace(b"<dependencies>", services + b"<dependencies>")

    document = read_sbom(content.replace(b'ref="tls"><d', b'ref="time"/><dependency ref="tls"><d'))

    assert "not in the document" not in str(document.defects)


def test_xml_of_an_unknown_version_is_refused() -> None:
    with pytest.raises(SbomInvalid, match=r"CycloneDX 9\.9 in XML is not read"):
        read_sbom(b'<bom xmlns="http://cyclonedx.org/schema/bom/9.9"/>')


def test_spdx_3_package_with_a_repeated_id_is_not_lost() -> None:
    document = read_sbom(spdx_3(package("a"), package("a", software_packageVersion="2")))

    assert [each.version for each in document.components] == [None, "2"]
    assert '@graph[2]: The reference "urn:a" is used at @graph[1] too.' in map(
        str, document.defects
    )
