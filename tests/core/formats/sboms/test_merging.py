"""Several documents of one release, merged; and what the merged release claims."""

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.core.formats.sboms.round_trips import release_of, written
from tests.sboms.samples import a_bom, a_library, the_drive

from longmark.core.formats.sboms import read_sbom
from longmark.core.formats.sboms.writing.formats import ExportFormat
from longmark.core.formats.sboms.writing.release import (
    RELEASE,
    About,
    Affect,
    Part,
    ReleaseBom,
    Variant,
    Vulnerability,
    pieces_of,
)
from longmark.core.formats.sboms.writing.variants import with_vulnerabilities

JSON = ExportFormat.CYCLONEDX_1_6_JSON
DIGESTS = ("d7" * 32, "a1" * 32)


def exported(bom: ReleaseBom) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads(written(bom, JSON))
    return tree


def subject(name: str, version: str = "1") -> dict[str, Any]:
    about = {"type": "firmware", "name": name, "version": version, "bom-ref": name}
    return {"component": about}


def named(bom: ReleaseBom) -> list[str]:
    return [piece.entry.name for piece in pieces_of(bom)]


def hashed(name: str, digest: str) -> dict[str, Any]:
    return a_library(name, hashes=[{"alg": "SHA-256", "content": digest}])


def test_the_subject_of_the_only_document_is_the_release():
    bom = release_of(the_drive(), name="vfd-fw", version="2.4.1")

    tree = exported(bom)
    about = tree["metadata"]["component"]
    assert (about["name"], about["version"], about["bom-ref"]) == ("vfd-fw", "2.4.1", "firmware")
    assert {"name": "longmark:subject-name", "value": "drive-firmware"} in about["properties"]
    assert tree["dependencies"][0] == {"ref": "firmware", "dependsOn": ["libmodbus", "tls"]}
    assert [each["name"] for each in tree["components"]] == ["libmodbus", "mbedtls", "unity"]


def test_the_subject_of_another_thing_is_a_part_of_the_release():
    bom = release_of(a_bom(a_library("zlib"), metadata=subject("u-boot")), name="fw", version="9")

    (boot,) = exported(bom)["components"]
    assert (boot["name"], boot["components"][0]["name"]) == ("u-boot", "zlib")


def test_each_of_several_documents_is_an_assembly():
    boot = a_bom(a_library("lzma"), metadata=subject("u-boot", "2024.01"))
    app = a_bom(a_library("modbus"), metadata=subject("app", "5"))

    tree = exported(release_of(boot, app, name="fw", version="9"))
    assert [
        (each["name"], [inner["name"] for inner in each["components"]])
        for each in tree["components"]
    ] == [("u-boot", ["lzma"]), ("app", ["modbus"])]


def test_a_component_of_two_documents_is_one_with_both_places():
    boot = a_bom(a_library("zlib", "1.3"), metadata=subject("u-boot"))
    app = a_bom(a_library("zlib", "1.3"), a_library("app-lib"), metadata=subject("app"))

    tree = exported(release_of(boot, app, name="fw", version="9"))
    (zlib,) = tree["components"][0]["components"]
    assert [each["location"] for each in zlib["evidence"]["occurrences"]] == ["u-boot", "app"]
    assert [each["name"] for each in tree["components"][1]["components"]] == ["app-lib"]
    documents = [each for each in zlib["properties"] if each["name"] == "longmark:document"]
    assert len(documents) == 2


def test_what_a_shared_component_needs_is_what_any_document_says():
    needs = {"dependencies": [{"ref": "zlib", "dependsOn": ["musl"]}]}
    one = a_bom(a_library("zlib"), a_library("musl"), **needs)
    other = a_bom(
        a_library("zlib"), a_library("gcc"), dependencies=[{"ref": "zlib", "dependsOn": ["gcc"]}]
    )

    assert exported(release_of(one, other))["dependencies"] == [
        {"ref": "zlib", "dependsOn": ["musl", "gcc"]}
    ]


def test_two_artefacts_of_one_name_stay_two():
    bom = release_of(a_bom(hashed("zlib", DIGESTS[0])), a_bom(hashed("zlib", DIGESTS[1])))

    assert named(bom) == ["tg200-fw", "zlib", "zlib"]
    refs = [piece.ref for piece in pieces_of(bom)]
    assert len(set(refs)) == 3


def test_what_is_patched_is_not_what_is_not():
    patch = {"patches": [{"type": "backport", "resolves": [{"type": "security", "id": "CVE-1"}]}]}
    bom = release_of(a_bom(a_library("zlib")), a_bom(a_library("zlib", pedigree=patch)))

    assert [bool(piece.entry.patches) for piece in pieces_of(bom)] == [False, False, True]


def test_names_alone_do_not_make_things_the_same():
    resistor = {"type": "device", "name": "resistor"}

    assert named(release_of(a_bom(resistor | {"bom-ref": "1"}, resistor | {"bom-ref": "2"}))) == [
        "tg200-fw",
        "resistor",
        "resistor",
    ]


def test_documents_that_disagree_are_both_heard():
    one = a_bom(a_library("zlib", licenses=[{"license": {"id": "Zlib"}}]))
    other = a_bom(a_library("zlib", licenses=[{"license": {"id": "MIT"}}]))

    (zlib,) = exported(release_of(one, other))["components"]
    assert zlib["licenses"] == [{"license": {"id": "Zlib"}}]
    assert {"name": "longmark:licence-elsewhere", "value": "MIT"} in zlib["properties"]


def test_a_component_shipped_anywhere_is_shipped():
    bom = release_of(a_bom(a_library("zlib", scope="excluded")), a_bom(a_library("zlib")))

    assert "scope" not in exported(bom)["components"][0]


def test_nothing_is_called_complete_that_nobody_calls_so():
    assert exported(release_of(a_bom(a_library("zlib"))))["compositions"] == [
        {"aggregate": "unknown", "assemblies": ["tg200-fw@1"]}
    ]


def test_completeness_is_the_least_that_is_claimed():
    complete = {"compositions": [{"aggregate": "complete", "dependencies": ["zlib"]}]}
    claimed = a_bom(a_library("zlib"), **complete)

    assert {"aggregate": "complete", "dependencies": ["zlib"]} in exported(release_of(claimed))[
        "compositions"
    ]
    both = exported(release_of(claimed, a_bom(a_library("zlib"), a_library("other"))))
    assert {"aggregate": "unknown", "dependencies": ["zlib"]} in both["compositions"]


def test_the_sources_are_named_by_digest_and_link():
    tree = exported(release_of(the_drive()))

    (reference,) = tree["externalReferences"]
    assert reference["url"] == "urn:cdx:6f1d3c52-8a51-4f0e-9b3c-0f6a4f0f9d11/3"
    assert reference["hashes"][0]["content"] in tree["metadata"]["properties"][0]["value"]


def test_the_same_input_gives_the_same_bytes_and_serial_number():
    some, again = (written(release_of(the_drive(), a_bom(a_library("x"))), JSON) for _ in "12")

    assert some == again
    other = exported(release_of(the_drive()))["serialNumber"]
    assert json.loads(some)["serialNumber"] != other


def test_what_a_cyclonedx_document_cannot_hold_comes_back_all_the_same():
    content = a_bom(
        a_library(
            "zlib",
            cpe="cpe:2.3:a:zlib:zlib:1.0:*:*:*:*:*:*:*",
            properties=[
                {"name": "longmark:cpe", "value": "cpe:2.3:a:gnu:zlib:1.0:*:*:*:*:*:*:*"},
                {"name": "longmark:hash", "value": "SHA224:" + "ab" * 28},
                {"name": "aquasecurity:trivy:Class", "value": "os-pkgs"},
            ],
        )
    )

    (before,) = read_sbom(content).components
    (after,) = read_sbom(written(release_of(content), JSON)).components
    assert len(before.cpes) == 2
    assert replace(after, ref="") == replace(before, ref="")


def test_a_hardware_module_lists_what_may_sit_in_it():
    firmware = About(name="fw", version="2.4", kind="firmware")
    parts = tuple(
        Part(
            number=number,
            within=0,
            about=replace(firmware, version=version),
            slot="main-firmware",
            is_alternative=True,
            link="urn:cdx:6f1d3c52-8a51-4f0e-9b3c-0f6a4f0f9d11/1",
        )
        for number, version in enumerate(("2.3", "2.4"), start=1)
    )

    tree = exported(release_of(name="CB-21", version="C", parts=parts))
    assert [(each["type"], each["version"], each["scope"]) for each in tree["components"]] == [
        ("firmware", "2.3", "optional"),
        ("firmware", "2.4", "optional"),
    ]
    assert tree["components"][0]["externalReferences"][0]["type"] == "bom"
    assert read_sbom(written(release_of(name="CB-21", version="C", parts=parts), JSON))


@pytest.mark.parametrize("variant", [Variant.WITH_VULNERABILITIES, Variant.VDR])
def test_vulnerabilities_point_to_what_they_meet(variant: Variant):
    bom = release_of(a_bom(a_library("zlib"), a_library("musl")))
    known = Vulnerability(
        name="CVE-2022-37434",
        aliases=("GHSA-cfmr-vrgj-vqwv",),
        weaknesses=(787,),
        state="in_triage",
        affects=(Affect(piece=1, status="affected"),),
    )

    tree = exported(with_vulnerabilities(bom, [known], variant=variant))
    (found,) = tree["vulnerabilities"]
    assert found["affects"] == [
        {"ref": "zlib", "versions": [{"version": "1.0", "status": "affected"}]}
    ]
    assert found["references"][0]["source"]["name"] == "GITHUB"
    kept = ["zlib"] if variant is Variant.VDR else ["zlib", "musl"]
    assert [each["name"] for each in tree["components"]] == kept
    assert tree["serialNumber"] != exported(bom)["serialNumber"]


def test_the_release_is_the_first_piece():
    assert release_of(the_drive()).pieces[RELEASE].entry.name == "drive-firmware"
