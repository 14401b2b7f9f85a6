"""VEX statements of every shape, and which of them counts."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.matching.questions import Json, any_of, asked, cpe, verdict

from longmark.core.formats.advisories.detection import Format
from longmark.core.formats.advisories.partial import detected, vex_records_of
from longmark.core.formats.vex import is_vex, statements_of

GATEWAY, OTHER = "pkg:generic/acme-gateway@1.0", "pkg:generic/nodejs@16.17.0"
ZLIB = "pkg:generic/zlib@1.2.11"
CVE = "CVE-2022-37434"
NVD: Json = {"id": CVE, **any_of(cpe("a:zlib:zlib", "<=1.2.12"))}
REASON = {"justification": "vulnerable_code_not_in_execute_path"}


def said(status: str, product: object, part: object = None, **more: Any) -> Json:
    """One OpenVEX statement."""
    stated: Json = {"vulnerability": {"name": CVE}, "status": status, **more}
    named: Json = {"@id": product} if isinstance(product, str) else dict(product or {})  # type: ignore[call-overload]
    if part:
        named["subcomponents"] = [{"@id": part}]
    return stated | {"products": [named]}


def openvex(*statements: Json, **more: Any) -> Json:
    context = "https://openvex.dev/ns/v0.2.0"
    return {"@context": context, "author": "Acme", "statements": list(statements), **more}


def cyclonedx(state: str, ref: str = "zlib", **analysis: Any) -> Json:
    return {
        "bomFormat": "CycloneDX",
        "metadata": {"component": {"bom-ref": "gw", "name": "acme-gateway", "version": "1.0",
                                   "purl": GATEWAY}},
        "components": [{"bom-ref": "zlib", "name": "zlib", "version": "1.2.11", "purl": ZLIB}],
        "vulnerabilities": [{"id": CVE, "analysis": {"state": state, **analysis},
                             "affects": [{"ref": ref}]}],
    }  # fmt: skip


def csaf(status: str, *, flags: bool = True) -> Json:
    """A CSAF document on zlib inside the gateway."""
    helper = "product_identification_helper"
    return {
        "document": {"category": "csaf_vex", "csaf_version": "2.0", "title": "x",
                     "tracking": {"id": "A-1", "current_release_date": "2024-01-01T00:00:00Z"}},
        "product_tree": {
            "full_product_names": [
                {"product_id": "GW", "name": "Gateway 1.0", helper: {"purl": GATEWAY}},
                {"product_id": "ZL", "name": "zlib", helper: {"purl": ZLIB}},
            ],
            "relationships": [
                {"category": "default_component_of", "product_reference": "ZL",
                 "relates_to_product_reference": "GW",
                 "full_product_name": {"product_id": "GW:ZL", "name": "zlib in the gateway"}},
            ],
        },
        "vulnerabilities": [
            {"cve": CVE, "product_status": {status: ["GW:ZL"]},
             "flags": [{"label": "component_not_present", "product_ids": ["GW:ZL"]}] * flags},
        ],
    }  # fmt: skip


def in_gateway(vex: object, component: object = ZLIB, parent: str = GATEWAY) -> str:
    return verdict(component, NVD, format="nvd", context={"parent": parent, "vex": vex})


SHAPES: list[tuple[object, str]] = [
    (openvex(said("not_affected", GATEWAY, ZLIB, **REASON)), "not_affected"),
    (said("not_affected", GATEWAY, ZLIB, **REASON), "not_affected"),
    (openvex(said("fixed", GATEWAY, ZLIB)), "fixed"),
    (openvex(said("under_investigation", GATEWAY, ZLIB)), "under_investigation"),
    (openvex(said("not_affected", GATEWAY, ZLIB)), "under_investigation"),
    (openvex(said("not_affected", GATEWAY, ZLIB, impact_statement="x")), "not_affected"),
    (openvex(said("not_affected", GATEWAY, **REASON)), "not_affected"),
    (openvex(said("not_affected", "pkg:generic/acme-gateway", ZLIB, **REASON)), "not_affected"),
    (openvex(said("not_affected", GATEWAY, "pkg:generic/zlib", **REASON)), "not_affected"),
    (openvex(said("not_affected", ZLIB, **REASON)), "not_affected"),
    (openvex(said("not_affected", OTHER, ZLIB, **REASON)), "affected"),
    (openvex(said("not_affected", GATEWAY, "pkg:generic/zlib@1.2.13", **REASON)), "affected"),
    (openvex(said("not_affected", GATEWAY, "pkg:generic/curl@1.2.11", **REASON)), "affected"),
    (openvex(said("not_affected", "pkg:generic/acme-gateway@2.0", ZLIB, **REASON)), "affected"),
    (cyclonedx("not_affected", justification="code_not_reachable"), "not_affected"),
    (cyclonedx("not_affected"), "under_investigation"),
    (cyclonedx("false_positive"), "not_affected"),
    (cyclonedx("in_triage"), "under_investigation"),
    (cyclonedx("resolved"), "fixed"),
    (cyclonedx("exploitable"), "affected"),
    (cyclonedx("false_positive", ref="gw"), "not_affected"),
    (cyclonedx("false_positive", ref="curl"), "affected"),
    (csaf("known_not_affected"), "not_affected"),
    (csaf("known_not_affected", flags=False), "under_investigation"),
    (csaf("fixed"), "fixed"),
    (csaf("under_investigation"), "under_investigation"),
    ({"status": "not_affected", "product": GATEWAY, "subcomponent": ZLIB, "vulnerability": CVE,
      **REASON}, "not_affected"),
    ({"status": "not_affected", "product": OTHER, "subcomponent": ZLIB, "vulnerability": CVE,
      **REASON}, "affected"),
    ("no VEX at all", "affected"),
    ({"something": "else"}, "affected"),
]  # fmt: skip


@pytest.mark.parametrize(("vex", "expected"), SHAPES)
def test_a_statement_counts_if_product_and_part_are_meant(vex: object, expected: str) -> None:
    assert in_gateway(vex) == expected


def test_a_document_does_not_apply_to_another_vulnerability() -> None:
    stated = said("not_affected", GATEWAY, ZLIB, **REASON) | {"vulnerability": "CVE-2018-25032"}

    assert in_gateway(stated) == "affected"


def test_an_alias_of_the_vulnerability_is_the_vulnerability() -> None:
    named = {"name": "GHSA-cfmr-vrgj-vqwv", "aliases": [CVE]}

    assert in_gateway(said("fixed", GATEWAY, ZLIB) | {"vulnerability": named}) == "fixed"


def test_the_newest_of_equals_counts_and_the_worse_at_one_instant() -> None:
    old = said("affected", GATEWAY, ZLIB, timestamp="2024-01-01T00:00:00Z")
    new = said("fixed", GATEWAY, ZLIB, timestamp="2024-02-01T00:00:00Z")
    same = said("affected", GATEWAY, ZLIB, timestamp="2024-02-01T00:00:00Z")

    assert in_gateway(openvex(old, new)) == "fixed"
    assert in_gateway(openvex(new, old)) == "fixed"
    assert in_gateway([openvex(new), openvex(same)]) == "affected"


def test_the_more_specific_statement_counts_whatever_its_age() -> None:
    general = said("affected", GATEWAY, timestamp="2024-02-01T00:00:00Z")
    specific = said("fixed", GATEWAY, ZLIB, timestamp="2023-01-01T00:00:00Z")
    of_maker = said("not_affected", ZLIB, timestamp="2025-01-01T00:00:00Z", **REASON)

    assert in_gateway(openvex(general, specific, of_maker)) == "fixed"
    assert in_gateway(openvex(general, of_maker)) == "affected"


@given(st.permutations(range(4)))
def test_the_order_of_statements_does_not_matter(order: list[int]) -> None:
    moments = ("2024-01-01T00:00:00Z", "2024-03-01T00:00:00Z", "2024-03-01T00:00:00Z", None)
    kinds = ("fixed", "under_investigation", "affected", "not_affected")
    stated = [said(kind, GATEWAY, ZLIB, timestamp=moment, **REASON)
              for kind, moment in zip(kinds, moments, strict=True)]  # fmt: skip

    assert in_gateway(openvex(*(stated[place] for place in order))) == "affected"


def test_the_computed_verdict_stays_in_the_trail() -> None:
    vex = openvex(said("not_affected", GATEWAY, ZLIB, **REASON))

    answer = asked(ZLIB, NVD, context={"parent": GATEWAY, "vex": vex})

    rules = [remark.rule for remark in answer.steps]
    assert rules == ["component", "record", "statement", "vex"]
    assert answer.steps[2].facts["verdict"] == "affected"
    assert answer.deciding.facts["justification"] == REASON["justification"]


def test_a_statement_and_a_record_may_come_in_one_object() -> None:
    both = {"status": "not_affected", "product": OTHER, "subcomponent": ZLIB,
            "vulnerability": CVE, **REASON, "nvd": NVD}  # fmt: skip

    assert verdict(ZLIB, both, format="vex+nvd", context={"parent": GATEWAY}) == "affected"
    assert verdict(ZLIB, both, format="vex+nvd", context={"parent": OTHER}) == "not_affected"


def test_vex_alone_answers_where_it_applies_and_else_nobody_can_tell() -> None:
    document = openvex(said("not_affected", GATEWAY, ZLIB, **REASON))

    assert verdict(ZLIB, document, format="openvex", context={"parent": GATEWAY}) == "not_affected"
    assert verdict(ZLIB, document, format="openvex", context={"parent": OTHER}) == "unknown"
    assert verdict(ZLIB, document) == "unknown"


def test_a_declared_patch_fixes_what_it_resolves() -> None:
    resolved = {"patches": [{"type": "backport", "resolves": [{"id": CVE}]}]}
    component = {"purl": ZLIB, "pedigree": resolved}

    assert verdict(component, NVD) == "fixed"
    assert verdict(component | {"pedigree": {"patches": []}}, NVD) == "affected"
    assert verdict(component | {"purl": "pkg:generic/zlib@1.3"}, NVD) == "not_affected"


def test_versions_of_an_affected_part_have_their_own_status() -> None:
    vex = cyclonedx("exploitable")
    versions = [{"version": "1.2.10", "status": "affected"},
                {"range": "vers:generic/>=1.2.11|<1.2.13", "status": "unaffected"}]  # fmt: skip
    vex["vulnerabilities"][0]["affects"][0]["versions"] = versions
    vex["vulnerabilities"][0]["analysis"]["detail"] = "patched in our tree"

    assert in_gateway(vex) == "not_affected"


@pytest.mark.corpus
def test_every_real_document_is_read(corpus: Path) -> None:
    read = []
    for path in sorted((corpus / "vex").rglob("*.json")):
        document = json.loads(path.read_bytes())
        if detected(document) is Format.CSAF:
            found = sum(len(one.statements) for one in vex_records_of(document))
        elif is_vex(document):
            found = len(statements_of(document))
        else:
            continue
        read.append((path.name, found))

    assert len(read) > 35
    assert sum(1 for _, found in read if found) > 30
