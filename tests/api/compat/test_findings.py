"""Findings, counts and badges, as gates read them."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from longmark.core.actors import Action, Role
from longmark.jobs.models import Job
from tests.api.compat.clients import Caller, a_caller, curl
from tests.findings.world import criterion, nvd, osv, take_in
from tests.sboms.samples import a_bom, a_library

pytestmark = pytest.mark.django_db

VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
ZLIB = a_library("zlib", "1.2.11", cpe="cpe:2.3:a:zlib:zlib:1.2.11:*:*:*:*:*:*:*")
VAGUE = a_library("musl", "", cpe="cpe:2.3:a:musl:musl:*:*:*:*:*:*:*:*", purl="pkg:generic/musl")
FIELDS = {"projectName": "vfd-fw", "projectVersion": "2.4.1", "autoCreate": "true"}


def rated(name: str, *criteria: Any) -> Any:
    record = nvd(name, *criteria)
    metric = {
        "source": "nvd@nist.gov",
        "type": "Primary",
        "cvssData": {"version": "3.1", "vectorString": VECTOR, "baseScore": 9.8},
    }
    record["cve"]["metrics"] = {"cvssMetricV31": [metric]}
    weakness = {
        "source": "nvd@nist.gov",
        "type": "Primary",
        "description": [{"lang": "en", "value": "CWE-787"}],
    }
    record["cve"]["weaknesses"] = [weakness]
    return record


@pytest.fixture
def ci() -> Caller:
    return a_caller(Role.ENGINEER)


@pytest.fixture
def project(ci: Caller, tmp_path: Path) -> str:
    """A project with one affected component, one that cannot be judged, and one that is clean."""
    alias = osv("GHSA-cfmr-vrgj-vqwv", "npm", "none", {"introduced": "0"}) | {
        "aliases": ["CVE-2022-37434"]
    }
    take_in(
        tmp_path,
        rated("CVE-2022-37434", criterion("zlib:zlib", versionEndExcluding="1.2.13")),
        nvd("CVE-2020-28928", criterion("musl:musl", versionEndIncluding="1.2.1")),
        alias,
    )
    bom = a_bom(ZLIB, VAGUE, a_library("clean"))
    uuid: str = ci.upload(curl(bom, **FIELDS)).json()["projectUuid"]
    return uuid


def findings(ci: Caller, project: str, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ci.get(f"/v1/finding/project/{project}", **query).json()
    return found


def test_a_finding_says_component_vulnerability_and_why(ci: Caller, project: str):
    worst, _ = findings(ci, project)

    component, known = worst["component"], worst["vulnerability"]
    assert (component["name"], component["version"]) == ("zlib", "1.2.11")
    assert component["purl"] == "pkg:generic/zlib@1.2.11"
    assert (known["vulnId"], known["source"]) == ("CVE-2022-37434", "NVD")
    assert (known["severity"], known["severityRank"]) == ("CRITICAL", 0)
    assert (known["cvssV3BaseScore"], known["cvssV3Vector"]) == (9.8, VECTOR)
    assert known["cwes"] == [{"cweId": 787, "name": "CWE-787"}]
    assert known["aliases"] == [{"cveId": "CVE-2022-37434", "ghsaId": "GHSA-cfmr-vrgj-vqwv"}]
    assert worst["matrix"] == f"{project}:{component['uuid']}:{known['uuid']}"
    assert worst["analysis"]["state"] == "NOT_SET"
    assert "lies in" in worst["analysis"]["detail"]


def test_what_cannot_be_judged_is_listed_as_in_triage(ci: Caller, project: str):
    _, vague = findings(ci, project)

    assert (vague["component"]["name"], vague["analysis"]["state"]) == ("musl", "IN_TRIAGE")
    assert (vague["vulnerability"]["severity"], vague["analysis"]["isSuppressed"]) == (
        "UNASSIGNED",
        False,
    )
    assert "version" not in vague["component"]


def test_no_value_is_null_where_clients_compute_with_it(ci: Caller, project: str):
    for row in findings(ci, project):
        assert None not in row["vulnerability"].values()
        assert None not in row["component"].values()


def test_all_findings_come_unless_a_page_is_asked_for(ci: Caller, tmp_path: Path):
    records = [
        nvd(f"CVE-2022-{1000 + number}", criterion("zlib:zlib", versionEndExcluding="1.2.13"))
        for number in range(130)
    ]
    take_in(tmp_path, *records)
    project = ci.upload(curl(a_bom(ZLIB), **FIELDS)).json()["projectUuid"]

    answer = ci.get(f"/v1/finding/project/{project}")
    assert (len(answer.json()), answer["X-Total-Count"]) == (130, "130")
    pages = [findings(ci, project, pageNumber=page, pageSize="100") for page in ("1", "2", "3")]
    assert [len(page) for page in pages] == [100, 30, 0]


@pytest.mark.parametrize("count", [1, 40])
def test_findings_cost_the_same_queries_for_few_and_many(
    ci: Caller, tmp_path: Path, count: int, django_assert_num_queries: Any
):
    bound = criterion("zlib:zlib", versionEndExcluding="1.2.13")
    take_in(tmp_path, *(nvd(f"CVE-2022-{1000 + number}", bound) for number in range(count)))
    project = ci.upload(curl(a_bom(ZLIB), **FIELDS)).json()["projectUuid"]

    with django_assert_num_queries(7):
        assert len(findings(ci, project)) == count


def test_findings_are_narrowed_by_source(ci: Caller, project: str):
    assert len(findings(ci, project, source="NVD")) == 2
    assert findings(ci, project, source="GITHUB") == []


def test_what_an_sbom_declares_patched_is_settled(ci: Caller, project: str):
    issue = {"type": "security", "id": "CVE-2022-37434"}
    patched = ZLIB | {"pedigree": {"patches": [{"type": "backport", "resolves": [issue]}]}}
    ci.upload(curl(a_bom(patched), **FIELDS))

    assert findings(ci, project) == []
    settled = [
        each
        for each in findings(ci, project, suppressed="true")
        if each["component"]["name"] == "zlib"
    ]
    assert [each["analysis"]["state"] for each in settled] == ["RESOLVED"]
    assert settled[0]["analysis"]["isSuppressed"] is True


def test_findings_are_packed_into_a_file(ci: Caller, project: str):
    packed = ci.get(f"/v1/finding/project/{project}/export").json()

    assert (packed["version"], packed["meta"]["application"]) == ("1.4", "Dependency-Track")
    assert (packed["project"]["name"], len(packed["findings"])) == ("vfd-fw", 2)


def test_analysis_is_asked_for_and_watched_by_its_token(ci: Caller, project: str):
    token = ci.send("POST", f"/v1/finding/project/{project}/analyze", {}).json()["token"]

    assert ci.get(f"/v1/event/token/{token}").json() == {"processing": True}
    Job.objects.update(state="done")
    assert ci.get(f"/v1/event/token/{token}").json() == {"processing": False}


def test_counts_and_risk_are_those_of_the_findings(ci: Caller, project: str):
    counts = ci.get(f"/v1/metrics/project/{project}/current").json()

    assert (counts["critical"], counts["unassigned"], counts["vulnerabilities"]) == (1, 1, 2)
    assert (counts["inheritedRiskScore"], counts["components"]) == (15.0, 3)
    assert counts["policyViolationsTotal"] == 0
    assert ci.get(f"/v1/metrics/project/{project}/refresh").status_code == 200


def test_vulnerabilities_name_the_components_that_they_meet(ci: Caller, project: str):
    worst, _ = ci.get(f"/v1/vulnerability/project/{project}").json()

    assert [each["name"] for each in worst["components"]] == ["zlib"]


def test_there_are_no_policies_and_no_violations(ci: Caller, project: str):
    answer = ci.get(f"/v1/violation/project/{project}")

    assert (answer.json(), answer["X-Total-Count"]) == ([], "0")


@pytest.mark.parametrize(
    ("query", "media_type", "vulnerable"),
    [
        ({}, "application/vnd.cyclonedx+json; version=1.6", 0),
        (
            {"variant": "withVulnerabilities", "format": "JSON"},
            "application/vnd.cyclonedx+json; version=1.6",
            2,
        ),
        ({"variant": "vdr", "version": "1.7"}, "application/vnd.cyclonedx+json; version=1.7", 2),
    ],
)
def test_a_project_is_handed_out_as_a_bom(
    ci: Caller, project: str, query: dict[str, str], media_type: str, vulnerable: int
):
    answer = ci.get(f"/v1/bom/cyclonedx/project/{project}", download="true", **query)

    content = b"".join(answer.streaming_content)
    assert answer["Content-Type"] == media_type
    assert content.count(b'"bom-ref":"vulnerability:') == vulnerable


def test_a_bom_of_another_kind_is_refused(ci: Caller, project: str):
    for query in ({"format": "yaml"}, {"variant": "none"}, {"version": "1.0"}):
        answer = ci.get(f"/v1/bom/cyclonedx/project/{project}", **query)
        assert answer.status_code == 400


def test_the_statements_of_a_project_are_handed_out(ci: Caller, project: str):
    answer = ci.get(f"/v1/vex/cyclonedx/project/{project}")

    assert b"CVE-2022-37434" in b"".join(answer.streaming_content)


def test_the_version_is_told_to_anyone():
    answer = Client().get("/api/version")

    assert answer.json()["application"] == "Dependency-Track"
    assert tuple(int(part) for part in answer.json()["version"].split("."))[:2] >= (4, 12)
    assert answer.json()["framework"]["name"] == "Longmark"


def test_a_key_tells_what_it_opens_in_their_words():
    everything = a_caller(Role.ENGINEER).get("/v1/team/self").json()["permissions"]
    reading = a_caller(Role.VIEWER, scopes=[Action.READ]).get("/v1/team/self").json()

    assert {"BOM_UPLOAD", "PROJECT_CREATION_UPLOAD", "VULNERABILITY_ANALYSIS"} <= {
        each["name"] for each in everything
    }
    assert "BOM_UPLOAD" not in {each["name"] for each in reading["permissions"]}


BADGE = "/api/v1/badge/vulns/project"


def test_badges_are_closed_until_they_are_opened(ci: Caller, project: str, settings: Any):
    assert Client().get(f"{BADGE}/{project}").status_code == 403
    settings.PUBLIC_BADGES = True

    badge = Client().get(f"{BADGE}/vfd-fw/2.4.1")
    assert (badge.status_code, badge["Content-Type"]) == (200, "image/svg+xml")
    assert b"1 critical" in badge.content
    assert b"no policies" in Client().get(f"/api/v1/badge/violations/project/{project}").content


def test_a_signed_address_opens_its_own_badge_and_no_other(ci: Caller, project: str):
    url = ci.get(f"/v1/badge/vulns/project/{project}/address").json()["url"]
    path = url.partition("/api/")[2]
    other = ci.send("PUT", "/v1/project", {"name": "other"}).json()["uuid"]

    assert Client().get(f"/api/{path}").status_code == 200
    assert Client().get(f"/api/{path.replace(project, other)}").status_code == 403
    assert Client().get(f"{BADGE}/{project}?signature=x").status_code == 403


def test_a_badge_is_shown_to_who_has_a_key(ci: Caller, project: str):
    assert ci.get(f"/v1/badge/vulns/project/{project}").status_code == 200
    assert ci.get("/v1/badge/vulns/project/none/1").status_code == 404


def test_a_project_without_sbom_has_no_counts_on_its_badge(ci: Caller):
    uuid = ci.send("PUT", "/v1/project", {"name": "empty"}).json()["uuid"]

    assert b"no metrics" in ci.get(f"/v1/badge/vulns/project/{uuid}").content


def test_the_older_header_and_a_bearer_token_are_keys_too(ci: Caller):
    key = ci.key

    assert Caller(key, "X-API-KEY").get("/v1/team/self").status_code == 200
    assert Caller(f"Bearer {key}", "Authorization").get("/v1/team/self").status_code == 200
