"""Facts of builds: what each tool writes, brought to one shape by its content alone."""

import json
from typing import Any

import pytest

from longmark.core.formats.facts import Asserted, Basis, FactKind, facts_in_sbom, read_facts
from longmark.core.formats.facts.records import Assertion, Facts

Json = dict[str, Any]


def read(document: Any) -> Facts:
    return read_facts(json.dumps(document).encode())


def said(facts: Facts) -> list[tuple[str, Asserted, Basis]]:
    return [(one.vulnerability, one.status, one.basis) for one in facts.assertions]


def cve_check(*issues: Json, **package: Any) -> Json:
    stated = {"name": "busybox", "layer": "meta", "version": "1.36.1", "issue": list(issues)}
    products = [{"product": "busybox", "cvesInRecord": "Yes"}]
    return {"version": "1", "package": [stated | {"products": products} | package]}


def test_cve_check_tells_patched_from_ignored_and_leaves_out_what_is_open() -> None:
    facts = read(
        cve_check(
            {"id": "CVE-2022-1", "status": "Patched"},
            {"id": "CVE-2022-2", "status": "Ignored", "description": "Applet is not built."},
            {"id": "CVE-2022-3", "status": "Unpatched"},
        )
    )

    assert facts.kind is FactKind.CVE_CHECK
    assert said(facts) == [
        ("CVE-2022-1", Asserted.FIXED, Basis.PATCH),
        ("CVE-2022-2", Asserted.NOT_AFFECTED, Basis.EXCLUSION),
    ]


def test_ignored_without_a_reason_is_under_investigation() -> None:
    facts = read(cve_check({"id": "CVE-2022-2", "status": "Ignored"}))

    assert said(facts) == [("CVE-2022-2", Asserted.UNDER_INVESTIGATION, Basis.EXCLUSION)]


@pytest.mark.parametrize(
    ("status", "detail", "asserted"),
    [
        ("Patched", "fix-file-included", Asserted.FIXED),
        ("Patched", "backported-patch", Asserted.FIXED),
        ("Patched", "version-not-in-range", None),
        ("Ignored", "not-applicable-config", Asserted.NOT_AFFECTED),
        ("Ignored", "not-applicable-platform", Asserted.NOT_AFFECTED),
        ("Ignored", "cpe-incorrect", Asserted.NOT_AFFECTED),
        ("Ignored", "upstream-wontfix", Asserted.UNDER_INVESTIGATION),
        ("Ignored", "disputed", Asserted.UNDER_INVESTIGATION),
        ("Unpatched", "version-in-range", None),
    ],
)
def test_the_recipe_s_own_word_for_the_status_decides(
    status: str, detail: str, asserted: Asserted | None
) -> None:
    facts = read(cve_check({"id": "CVE-2022-1", "status": status, "detail": detail}))

    assert [one.status for one in facts.assertions] == ([asserted] if asserted else [])


def test_cve_check_names_recipe_and_products() -> None:
    issue = {"id": "CVE-2022-1", "status": "Patched", "patch-file": ["/src/0001-CVE-2022-1.patch"]}
    products = [{"product": "linux_kernel", "cvesInRecord": "Yes"}]

    (one,) = read(cve_check(issue, name="linux-yocto", products=products)).assertions

    assert one.component is not None
    assert one.component.names == ("linux-yocto", "linux_kernel")
    assert (one.pointer, one.detail) == ("package[0].issue[0]", "0001-CVE-2022-1.patch")


def test_buildroot_s_reports_ignore_without_saying_why() -> None:
    facts = read({"busybox": {"name": "busybox", "version": "1.36.1", "ignore_cves": ["CVE-1"]}})
    stats = read({"packages": {"zlib": {"name": "zlib", "ignored_cves": ["CVE-2"]}}, "date": "x"})

    assert said(facts) == [("CVE-1", Asserted.UNDER_INVESTIGATION, Basis.EXCLUSION)]
    assert said(stats) == [("CVE-2", Asserted.UNDER_INVESTIGATION, Basis.EXCLUSION)]


def test_buildroot_s_recipes_say_why_in_the_comment_above() -> None:
    recipe = (
        b"BUSYBOX_VERSION = 1.36.1\n"
        b"# 0003-awk-fix-use-after-free.patch\n"
        b"BUSYBOX_IGNORE_CVES += CVE-2022-30065\n\n"
        b"# Only with the applet less, which is not built\n"
        b"BUSYBOX_IGNORE_CVES += CVE-2021-42374 CVE-2021-42375\n"
        b"BUSYBOX_SITE = https://example.org\n"
        b"BUSYBOX_IGNORE_CVES += CVE-2021-42376\n"
    )

    facts = read_facts(recipe)

    assert [(one.vulnerability[-5:], one.status) for one in facts.assertions] == [
        ("30065", Asserted.FIXED),
        ("42374", Asserted.NOT_AFFECTED),
        ("42375", Asserted.NOT_AFFECTED),
        ("42376", Asserted.UNDER_INVESTIGATION),
    ]
    assert facts.assertions[0].component is not None
    assert facts.assertions[0].component.version == "1.36.1"


def openvex(**statement: Any) -> Json:
    stated = {"vulnerability": {"name": "CVE-2022-1"}, "status": "not_affected"} | statement
    return {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "urn:x",
        "author": "Tallgrass",
        "timestamp": "2026-01-01T00:00:00Z",
        "version": 1,
        "statements": [stated],
    }


def test_openvex_names_product_and_subcomponent() -> None:
    product = {"@id": "pkg:generic/tg700-fw@4.2", "subcomponents": [{"@id": "pkg:generic/zlib@1"}]}

    (one,) = read(openvex(products=[product], justification="component_not_present")).assertions

    assert one.product is not None
    assert one.component is not None
    assert (one.product.purl, one.component.purl) == (
        "pkg:generic/tg700-fw@4.2",
        "pkg:generic/zlib@1",
    )
    assert (one.status, one.note) == (Asserted.NOT_AFFECTED, "component_not_present")
    assert one.at is not None


def test_openvex_that_clears_without_a_reason_is_under_investigation() -> None:
    (one,) = read(openvex(products=[{"@id": "pkg:generic/zlib@1"}])).assertions

    assert one.status is Asserted.UNDER_INVESTIGATION


def test_openvex_of_an_unknown_status_is_a_defect() -> None:
    facts = read(openvex(status="harmless"))

    assert (facts.assertions, len(facts.defects)) == ((), 1)


def cyclonedx(*vulnerabilities: Json) -> Json:
    component = {
        "type": "library",
        "bom-ref": "z",
        "name": "zlib",
        "version": "1.2.11",
        "purl": "pkg:generic/zlib@1.2.11",
    }
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "components": [component],
        "vulnerabilities": list(vulnerabilities),
    }


def analysed(state: str, ref: str = "z", **analysis: Any) -> Json:
    return {
        "id": "CVE-2022-37434",
        "analysis": {"state": state, **analysis},
        "affects": [{"ref": ref}],
    }


@pytest.mark.parametrize(
    ("state", "detail", "asserted"),
    [
        ("resolved", "", Asserted.FIXED),
        ("resolved_with_pedigree", "", Asserted.FIXED),
        ("exploitable", "", Asserted.AFFECTED),
        ("in_triage", "", Asserted.UNDER_INVESTIGATION),
        ("not_affected", "inflateGetHeader is never called", Asserted.NOT_AFFECTED),
        ("not_affected", "", Asserted.UNDER_INVESTIGATION),
        ("false_positive", "", Asserted.UNDER_INVESTIGATION),
        ("not_affected", "STATE: upstream-wontfix\nold", Asserted.UNDER_INVESTIGATION),
        ("not_affected", "STATE: not-applicable-config\nJUSTIFICATION: x", Asserted.NOT_AFFECTED),
    ],
)  # fmt: skip
def test_cyclonedx_analyses_are_read_in_the_words_of_vex(
    state: str, detail: str, asserted: Asserted
) -> None:
    (one,) = read(cyclonedx(analysed(state, detail=detail))).assertions

    assert one.status is asserted


def test_cyclonedx_links_into_another_document() -> None:
    link = "urn:cdx:87B5CC5A-ee50-449f-bcdf-cabea628c2a2/1#pkg%3Ageneric%2Fzlib%401.2.11"

    (one,) = read(cyclonedx(analysed("resolved", ref=link))).assertions

    assert one.component is not None
    assert one.component.purl == "pkg:generic/zlib@1.2.11"
    assert one.component.serial == "87b5cc5a-ee50-449f-bcdf-cabea628c2a2"


def test_cyclonedx_of_ranges_alone_asserts_nothing_and_says_so() -> None:
    vulnerability = analysed("resolved")
    vulnerability["affects"][0]["versions"] = [{"range": "vers:generic/>=1|<2"}]

    facts = read(cyclonedx(vulnerability, analysed("exploitable")))

    assert [one.status for one in facts.assertions] == [Asserted.AFFECTED]
    assert facts.defects == ("vulnerabilities[0].affects[0]: names only ranges, or nothing.",)


def spdx3(*relationships: Json) -> Json:
    vulnerability = {
        "type": "security_Vulnerability",
        "spdxId": "urn:v",
        "externalIdentifier": [{"externalIdentifierType": "cve", "identifier": "CVE-2022-1"}],
    }
    package = {
        "type": "software_Package",
        "spdxId": "urn:p",
        "name": "busybox",
        "software_packageVersion": "1.36.1",
    }
    context = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
    return {"@context": context, "@graph": [vulnerability, package, *relationships]}


def assessed(kind: str, **members: Any) -> Json:
    return {
        "type": f"security_Vex{kind}VulnAssessmentRelationship",
        "spdxId": "urn:r",
        "from": "urn:v",
        "to": ["urn:p"],
        "relationshipType": "x",
        **members,
    }


def test_spdx_3_assessments_lead_from_vulnerability_to_package() -> None:
    justification = {"security_justificationType": "vulnerableCodeNotPresent"}

    facts = read(spdx3(assessed("Fixed"), assessed("NotAffected", **justification)))

    assert [one.status for one in facts.assertions] == [Asserted.FIXED, Asserted.NOT_AFFECTED]
    assert all(one.component and one.component.names == ("busybox",) for one in facts.assertions)


def test_what_yocto_calls_affected_for_want_of_a_patch_asserts_nothing() -> None:
    unpatched = assessed("Affected", security_actionStatement="Mitigation action unknown")
    known = assessed("Affected", security_actionStatement="Switch the web page off (P12.03).")

    facts = read(spdx3(unpatched, known))

    assert [one.status for one in facts.assertions] == [Asserted.AFFECTED]
    assert facts.defects == ()


def test_yocto_s_spdx_2_names_the_cves_that_a_recipe_fixes() -> None:
    package = {
        "SPDXID": "SPDXRef-Recipe",
        "name": "cairo",
        "versionInfo": "1.16.0",
        "sourceInfo": "CVEs fixed: CVE-2020-35492 CVE-2019-6461",
    }

    facts = facts_in_sbom(json.dumps({"spdxVersion": "SPDX-2.2", "packages": [package]}).encode())

    assert facts is not None
    assert [one.vulnerability for one in facts.assertions] == ["CVE-2020-35492", "CVE-2019-6461"]


def test_an_sbom_without_facts_holds_none() -> None:
    assert facts_in_sbom(json.dumps(cyclonedx()).encode()) is None
    assert facts_in_sbom(b'<bom>"analysis"</bom>') is None


def test_a_kernel_configuration_is_read_with_version_and_architecture() -> None:
    config = (
        b"#\n# Automatically generated file; DO NOT EDIT.\n"
        b"# Linux/arm 5.10.120 Kernel Configuration\n#\n"
        b"CONFIG_CAN=m\nCONFIG_INET=y\n# CONFIG_KVM is not set\n"
        b'CONFIG_CMDLINE=""\nCONFIG_LOCALVERSION="-tg"\nCONFIG_HZ=100\nCONFIG_X=n\n'
    )

    facts = read_facts(config)

    assert (facts.kind, facts.architecture, facts.tree_version) == (
        FactKind.KERNEL_CONFIG,
        "arm",
        "5.10.120",
    )
    assert facts.options == ("CAN", "HZ", "INET", "LOCALVERSION")


@pytest.mark.parametrize(
    "content",
    [
        b"/build/linux/init/main.c\n/build/linux/net/ipv4/tcp.c\n",
        b"# from find\n./init/main.c\n./net/ipv4/tcp.c\n",
        json.dumps(
            [
                {"directory": "/build/linux", "file": "init/main.c", "command": "cc"},
                {"directory": "/build/linux/x", "file": "../net/ipv4/tcp.c", "command": "cc"},
            ]
        ).encode(),
        json.dumps(
            {"vmlinux": ["/usr/src/kernel/init/main.c"], "a": ["/usr/src/kernel/net/ipv4/tcp.c"]}
        ).encode(),
    ],
)
def test_lists_of_compiled_files_are_cut_to_the_source_tree(content: bytes) -> None:
    facts = read_facts(content)

    assert facts.kind is FactKind.COMPILED_FILES
    assert facts.files == ("init/main.c", "net/ipv4/tcp.c")


def test_objects_stand_for_all_sources_that_they_may_come_of() -> None:
    facts = read_facts(b"init/.main.o.cmd\narch/arm/kernel/head.o\n")

    assert {"init/main.c", "arch/arm/kernel/head.S", "arch/arm/kernel/head.c"} <= set(facts.files)


def test_every_assertion_says_where_it_stands() -> None:
    documents = (
        cve_check({"id": "CVE-2022-1", "status": "Patched"}),
        openvex(products=[{"@id": "pkg:generic/zlib@1"}], justification="component_not_present"),
        cyclonedx(analysed("resolved")),
        spdx3(assessed("Fixed")),
    )

    found: list[Assertion] = [one for each in documents for one in read(each).assertions]

    assert [one.pointer for one in found] == [
        "package[0].issue[0]",
        "statements[0]",
        "vulnerabilities[0].analysis",
        "@graph[2]",
    ]
