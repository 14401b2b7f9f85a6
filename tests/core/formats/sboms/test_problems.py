"""Every refusal names its place; every oddity that is no refusal is a defect."""

import json
from pathlib import Path
from typing import Any

import pytest

from longmark.core.formats.sboms import SbomDocument, SbomInvalid, read_sbom

DOCUMENTS = Path(__file__).parent / "documents"


def cyclonedx(*components: dict[str, Any], **members: object) -> bytes:
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, **members}
    return json.dumps(document | {"components": components}).encode()


def library(name: str = "zlib", **members: object) -> dict[str, Any]:
    sound = {"version": "1.3", "purl": f"pkg:generic/{name}@1.3", "bom-ref": name}
    return {"type": "library", "name": name} | sound | members


def spdx(*packages: dict[str, Any], **members: object) -> bytes:
    document = json.loads((DOCUMENTS / "drive.spdx.json").read_bytes())
    return json.dumps(document | {"packages": packages, "relationships": []} | members).encode()


def problems_of(content: bytes) -> list[str]:
    with pytest.raises(SbomInvalid) as refusal:
        read_sbom(content)
    return [str(each) for each in refusal.value.problems]


def defects_of(content: bytes) -> list[str]:
    return [str(each) for each in read_sbom(content).defects]


def test_schema_problem_names_its_place_in_json() -> None:
    assert problems_of(cyclonedx(library(), library("b", purl=3))) == [
        'components[1].purl: 3 is not of type "string"'
    ]


def test_schema_problem_names_its_place_in_xml() -> None:
    content = (DOCUMENTS / "drive.cdx.xml").read_bytes()
    found = problems_of(content.replace(b"<name>mbedtls</name>", b"<label>mbedtls</label>"))

    assert found[0].startswith("components/component[2]/label, line 21: Element 'label'")
    assert "cyclonedx.org" not in found[0]


def test_problem_within_alternatives_names_the_deepest_cause() -> None:
    found = problems_of(cyclonedx(library(licenses=[{"license": {"id": "Shareware"}}])))

    assert found[0].startswith('components[0].licenses[0].license.id: "Shareware" is not one of')


def test_listing_a_component_twice_is_said_shortly() -> None:
    assert problems_of(cyclonedx(library(), library())) == [
        "components: The same entry is listed twice."
    ]


def test_typed_problem_names_its_place() -> None:
    content = spdx({"SPDXID": "a", "name": "a"}, {"SPDXID": "b", "name": 4}, {"name": "c"})

    assert problems_of(content) == [
        "packages[1].name: Expected `str`, got `int`",
        "packages[2]: Object missing required field `SPDXID`",
    ]


def test_problems_are_capped() -> None:
    assert len(problems_of(cyclonedx(*({"type": "library"} for _ in range(500))))) <= 20


def test_message_carries_the_first_problem() -> None:
    with pytest.raises(SbomInvalid, match=r"^The document does not follow its format: components"):
        read_sbom(cyclonedx({"type": "library"}))


def test_tag_value_problem_names_its_line() -> None:
    content = (DOCUMENTS / "drive.spdx").read_bytes() + b"Relationship: SPDXRef-tls\n"

    assert problems_of(content)[0].startswith("line 54: Relationship:")


def test_open_text_names_the_line_where_it_starts() -> None:
    content = (DOCUMENTS / "drive.spdx").read_bytes().replace(b"</text>", b"")

    with pytest.raises(SbomInvalid, match="starts in line 8 is not closed"):
        read_sbom(content)


def test_spdx_3_problem_names_its_place() -> None:
    content = (DOCUMENTS / "drive.spdx3.json").read_bytes()

    assert problems_of(content.replace(b'"name": "unity"', b'"name": {}')) == [
        "@graph[8].name: Expected `str`, got `object`"
    ]


def test_repeated_reference_is_a_defect_in_json() -> None:
    found = defects_of(cyclonedx(library(), library("b", **{"bom-ref": "zlib"})))

    assert found == ['components[1]: The reference "zlib" is used at components[0] too.']


def test_repeated_reference_is_a_defect_in_xml() -> None:
    content = (DOCUMENTS / "drive.cdx.xml").read_bytes()
    document = read_sbom(content.replace(b'bom-ref="p256"', b'bom-ref="tls"'))

    assert 'The reference "tls" is used at' in str(document.defects)


def test_package_with_a_repeated_id_is_not_lost() -> None:
    document = read_sbom(spdx({"SPDXID": "a", "name": "a"}, {"SPDXID": "a", "name": "b"}))

    assert [each.name for each in document.components] == ["a", "b"]
    assert 'The reference "a" is used at' in str(document.defects)


def test_dangling_reference_is_a_defect() -> None:
    content = cyclonedx(library(), dependencies=[{"ref": "zlib", "dependsOn": ["ghost"]}])

    assert defects_of(content) == ['dependencies: The reference "ghost" is not in the document.']


def test_reference_into_another_document_does_not_dangle() -> None:
    link = "urn:cdx:6f1d3c52-8a51-4f0e-9b3c-0f6a4f0f9d11/1#zlib"

    assert not defects_of(cyclonedx(library(), dependencies=[{"ref": "zlib", "dependsOn": [link]}]))


def test_service_reference_does_not_dangle() -> None:
    services = [{"name": "cloud", "services": [{"name": "time", "bom-ref": "time"}]}]
    content = cyclonedx(
        library(), services=services, dependencies=[{"ref": "time", "dependsOn": ["zlib"]}]
    )

    assert not defects_of(content)


def test_purl_of_another_name_is_a_defect() -> None:
    assert defects_of(cyclonedx(library(purl="pkg:generic/curl@1.3"))) == [
        'components[0].purl: Names "curl", the component "zlib".'
    ]


def test_purl_of_another_version_is_a_defect() -> None:
    assert defects_of(cyclonedx(library(purl="pkg:generic/zlib@1.2.11"))) == [
        'components[0].purl: Says version "1.2.11", the component "1.3".'
    ]


def test_purl_that_is_none_is_a_defect() -> None:
    assert defects_of(cyclonedx(library(purl="pkg:///"))) == [
        'components[0].purl: "pkg:///" is no package URL (pkg:type/name@version); '
        "nothing is matched by it."
    ]


def test_cpe_that_is_none_is_a_defect() -> None:
    (found,) = defects_of(cyclonedx(library(cpe="cpe:2.3:a:zlib:zlib:1:*:*:*:*:*:*:*\x7f")))

    assert "is no CPE name" in found


def test_component_without_a_name_is_called_that() -> None:
    assert "The component without a name has no version." in str(
        defects_of(cyclonedx({"type": "library", "name": ""}))
    )


def test_container_that_is_not_there_is_a_defect() -> None:
    ties = [
        {"spdxElementId": "a", "relationshipType": "CONTAINED_BY", "relatedSpdxElement": "ghost"}
    ]
    found = defects_of(spdx({"SPDXID": "a", "name": "a"}, relationships=ties))

    assert 'dependencies: The reference "ghost" is not in the document.' in found


@pytest.mark.parametrize("purl", ["pkg:generic/zlib", "pkg:generic/x/ZLIB@1.3?arch=arm#sub/path"])
def test_purl_that_says_less_or_spells_otherwise_is_none(purl: str) -> None:
    assert not defects_of(cyclonedx(library(purl=purl)))


def test_malformed_web_address_is_a_defect() -> None:
    reference = {"type": "vcs", "url": "git@forge.example:acme/zlib.git"}

    found = defects_of(cyclonedx(library(externalReferences=[reference])))

    assert found[0].startswith("components[0].externalReferences[0].url:")


def test_malformed_instant_is_a_problem() -> None:
    assert problems_of(cyclonedx(library(), metadata={"timestamp": "yesterday"})) == [
        'metadata.timestamp: "yesterday" is not a "date-time"'
    ]


def test_repeated_key_is_a_defect() -> None:
    content = cyclonedx(library()).replace(b'"name":', b'"name": "first", "name":')

    assert 'The key "name" occurs twice' in str(defects_of(content))


def test_text_that_looks_like_a_key_is_no_repetition() -> None:
    assert not defects_of(cyclonedx(library(description=': "name": "x"')))


def test_defects_are_capped_and_the_rest_counted() -> None:
    many = cyclonedx(*({"type": "library", "name": f"n{number}"} for number in range(500)))

    found = defects_of(many)

    assert len(found) == 201
    assert found[-1] == "800 more of these kinds are not listed."


def test_external_document_reference_does_not_dangle() -> None:
    ties = [
        {
            "spdxElementId": "a",
            "relationshipType": "DEPENDS_ON",
            "relatedSpdxElement": "DocumentRef-x:b",
        }
    ]
    found: SbomDocument = read_sbom(spdx({"SPDXID": "a", "name": "a"}, relationships=ties))

    assert "DocumentRef" not in str(found.defects)


def test_empty_id_is_a_problem() -> None:
    assert problems_of(spdx({"SPDXID": "", "name": "a"})) == [
        "packages[0].SPDXID: Expected `str` of length >= 1"
    ]
