"""Judging SBOMs by profiles: what is lacked, where, and how to mend it."""

import copy
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.errors import Invalid
from longmark.core.formats.sboms.quality import (
    PROFILES,
    QualityReport,
    RuleReport,
    State,
    judged,
    lacks,
    plain,
    profile,
    read_facts,
)

DOCUMENTS = Path(__file__).parent / "documents"

ZLIB: dict[str, Any] = {
    "type": "library",
    "bom-ref": "zlib",
    "name": "zlib",
    "version": "1.2.12",
    "purl": "pkg:generic/zlib@1.2.12",
    "manufacturer": {"name": "zlib", "contact": [{"email": "zlib@gzip.example"}]},
    "hashes": [{"alg": "SHA-512", "content": "a" * 128}],
    "licenses": [{"license": {"id": "Zlib", "acknowledgement": "concluded"}}],
    "properties": [
        {"name": "bsi:component:filename", "value": "libz.so"},
        {"name": "bsi:component:executable", "value": "executable"},
        {"name": "bsi:component:archive", "value": "no archive"},
        {"name": "bsi:component:structured", "value": "unstructured"},
    ],
}
DRIVE: dict[str, Any] = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
    "version": 1,
    "metadata": {
        "timestamp": "2026-11-24T09:00:00Z",
        "lifecycles": [{"phase": "build"}],
        "tools": {"components": [{"type": "application", "name": "acme", "version": "1"}]},
        "manufacturer": {"name": "Tallgrass", "contact": [{"email": "psirt@tallgrass.example"}]},
        "component": {**ZLIB, "bom-ref": "drive", "name": "drive", "purl": "pkg:generic/drive@1"}
        | {"version": "1"},
    },
    "components": [ZLIB],
    "dependencies": [{"ref": "drive", "dependsOn": ["zlib"]}, {"ref": "zlib", "dependsOn": []}],
    "compositions": [{"aggregate": "complete", "dependencies": ["drive", "zlib"]}],
}


def drive(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(DRIVE), **changes}


def with_zlib(**changes: Any) -> dict[str, Any]:
    return drive(components=[{k: v for k, v in {**ZLIB, **changes}.items() if v is not None}])


def report_on(document: dict[str, Any] | bytes, *profiles: str) -> QualityReport:
    content = document if isinstance(document, bytes) else orjson.dumps(document)
    return judged(*read_facts(content), profiles or PROFILES)


def rule(report: QualityReport, identifier: str) -> RuleReport:
    return next(r for each in report.profiles for r in each.rules if r.id == identifier)


@pytest.mark.parametrize("identifier", ["cra-min", "cisa-2026", "bsi-2.1.0", "matching"])
def test_a_whole_document_passes(identifier):
    (found,) = report_on(DRIVE, identifier).profiles

    assert [each.id for each in found.rules if each.lack_count and each.level == "must"] == []
    assert found.passes


@pytest.mark.parametrize(
    ("changes", "identifier"),
    [
        ({"version": None}, "tr2.c.version"),
        ({"manufacturer": {"name": "zlib"}}, "tr2.c.creator"),
        ({"licenses": [{"license": {"name": "see COPYING"}}]}, "tr2.c.lic.dist"),
        ({"hashes": [{"alg": "SHA-256", "content": "a" * 64}]}, "tr2.c.hash"),
        ({"properties": None}, "tr2.c.exec"),
        ({"properties": [{"name": "bsi:component:archive", "value": "yes"}]}, "tr2.c.archive"),
        ({"purl": None}, "match.identity"),
        ({"purl": "zlib@1.2.12"}, "match.purl"),
        ({"purl": "pkg:generic/zlib@1.3.1"}, "match.agrees"),
        ({"purl": "pkg:deb/debian/zlib1g@1.2.13"}, "match.distribution"),
        ({"cpe": "cpe:2.3:a:zlib:zlib:1.2.12:*:*:*:*:*:*:*:*"}, "match.cpe"),
        ({"manufacturer": None}, "cisa.c.producer"),
        ({"hashes": None}, "cisa.c.hash"),
    ],
)
def test_a_lack_is_told_with_its_place(changes, identifier):
    report = report_on(with_zlib(**changes))

    (lack,) = lacks(report, rule(report, identifier))
    assert (lack.path, lack.name) == ("/components/0", "zlib")


def test_a_lack_names_the_member_to_write():
    report = report_on(with_zlib(manufacturer=None), "bsi-2.1.0")

    assert rule(report, "tr2.c.creator").member == "manufacturer/contact/0/email"


def test_what_an_older_format_cannot_hold_asks_to_move():
    older = with_zlib(manufacturer=None, licenses=None) | {"specVersion": "1.5"}
    older["metadata"] = {"component": {"type": "firmware", "name": "drive"}}

    assert rule(report_on(older, "bsi-2.1.0"), "tr2.c.creator").moves_to == "CycloneDX 1.6"


def test_unknown_and_withheld_are_told_apart_and_are_answers_to_cisa():
    marked = drive(
        components=[
            {**ZLIB, "bom-ref": "a", "version": "NOASSERTION", "purl": "pkg:generic/a"},
            {**ZLIB, "bom-ref": "b", "version": "withheld", "purl": "pkg:generic/b"},
        ],
    )
    version = rule(report_on(marked), "cisa.c.version")

    assert (version.unknown_count, version.withheld_count, version.lack_count) == (1, 1, 0)
    assert rule(report_on(marked), "tr2.c.version").lack_count == 2


@pytest.mark.parametrize(
    ("changes", "owed"),
    [
        ({"scope": "excluded"}, {"tr2.c.creator"}),
        ({"externalReferences": [{"type": "bom", "url": "urn:cdx:x/1"}]}, {"tr2.c.creator"}),
        ({}, {"tr2.c.creator", "tr2.c.hash", "tr2.c.lic.dist"}),
    ],
)
def test_a_component_owes_what_its_part_owes(changes, owed):
    bare = {"manufacturer": None, "hashes": None, "licenses": None, "properties": None}
    report = report_on(with_zlib(**{**bare, **changes}), "bsi-2.1.0")

    asked = ("tr2.c.creator", "tr2.c.hash", "tr2.c.lic.dist")
    assert {each for each in asked if rule(report, each).lack_count} == owed


def test_a_group_without_file_owes_no_hash():
    group = {"type": "application", "name": "middleware", "version": "2", "components": [ZLIB]}
    report = report_on(drive(components=[group]), "bsi-2.1.0")

    assert rule(report, "tr2.c.hash").lack_count == 0
    assert rule(report, "tr2.c.creator").lack_count == 1


def test_vulnerabilities_inside_are_told():
    report = report_on(drive(vulnerabilities=[{"id": "CVE-2022-37434"}]), "bsi-2.1.0")

    assert not rule(report, "tr2.no-vuln").is_met


def test_a_claim_of_completeness_beyond_the_content_is_told():
    claims = drive(dependencies=[{"ref": "drive", "dependsOn": ["zlib"]}])
    report = report_on(claims, "cra-min")

    assert [each.path for each in lacks(report, rule(report, "cra.claims"))] == ["zlib"]


def test_a_document_without_components_passes_nothing():
    report = report_on(drive(components=[], dependencies=[], compositions=[]))

    assert not any(each.passes for each in report.profiles)


def test_what_a_document_cannot_show_is_open_and_not_counted():
    (found,) = report_on(DRIVE, "bsi-2.1.0").profiles

    assert "tr2.build-equivalent" in {each.id for each in found.open_rules}


@pytest.mark.parametrize("identifier", PROFILES)
def test_every_rule_cites_its_source_and_asks_for_something(identifier):
    asked = profile(identifier)

    assert asked.source
    assert all(each.section and each.title for each in asked.rules)
    assert len({each.id for each in asked.rules}) == len(asked.rules)


def test_an_unknown_profile_is_refused_by_name():
    with pytest.raises(Invalid, match="no profile iso; there are matching"):
        profile("iso")


@pytest.mark.parametrize(
    "name", ["drive.cdx.json", "drive.cdx.xml", "drive.spdx", "drive.spdx.json", "drive.spdx3.json"]
)
def test_every_format_is_judged_with_places_of_its_own(name):
    report = report_on((DOCUMENTS / name).read_bytes())

    places = {
        lack.path for each in report.profiles for r in each.rules for lack in lacks(report, r)
    }
    marks = {"json": "/", "xml": "/bom", "spdx": "SPDXID: "}
    assert any(each.startswith(marks[name.rpartition(".")[2]]) for each in places)


def test_the_same_content_scores_the_same_in_json_and_xml():
    first, second = (
        report_on((DOCUMENTS / f"drive.cdx.{each}").read_bytes()) for each in ("json", "xml")
    )

    assert [each.score for each in first.profiles] == [each.score for each in second.profiles]


@given(
    st.lists(
        st.fixed_dictionaries(
            {"type": st.just("library"), "name": st.text("abc", min_size=1, max_size=5)},
            optional={
                "version": st.sampled_from(["1", "NOASSERTION", "withheld", " "]),
                "purl": st.sampled_from(["pkg:generic/a@1", "pkg:", "x", "pkg:deb/debian/a@1"]),
                "scope": st.sampled_from(["required", "excluded"]),
            },
        ),
        max_size=8,
    )
)
def test_counts_and_lacks_agree_and_scores_are_shares(components):
    named = [{**each, "bom-ref": str(number)} for number, each in enumerate(components)]
    report = report_on({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": named})

    for each in report.profiles:
        assert 0 <= each.score <= 100
        for result in each.rules:
            assert len(list(lacks(report, result))) >= result.lack_count
            assert result.lack_count <= result.owed_count <= max(len(components), 1)


def test_a_page_of_lacks_begins_behind_a_number():
    report = report_on(_five(), "matching")
    missing = rule(report, "match.identity")

    assert [each.number for each in lacks(report, missing, after=2)] == [3, 4, 5]


def _five() -> dict[str, Any]:
    return drive(components=[{"type": "library", "name": f"c{number}"} for number in range(5)])


def test_plain_data_bounds_the_lacks():
    written: Any = plain(report_on(_five(), "matching"), lack_limit=2)

    identity = next(r for r in written["profiles"][0]["rules"] if r["id"] == "match.identity")
    assert (identity["lack_count"], len(identity["lacks"])) == (5, 2)
    assert identity["lacks"][0]["state"] == State.ABSENT
