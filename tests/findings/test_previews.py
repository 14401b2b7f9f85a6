"""What a rule would do is what it then does."""

import tempfile
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from longmark.core.actors import SYSTEM, Role
from longmark.core.errors import LongmarkError
from longmark.findings.models import Finding
from longmark.findings.queries import previews
from longmark.names.models import NameRule
from longmark.names.services import rules
from longmark.names.services.rules import Said
from tests.findings import test_names as names
from tests.findings.world import criterion, nvd, take_in
from tests.world import NINE

pytestmark = pytest.mark.django_db


def open_pairs() -> set[tuple[int, int]]:
    rows = Finding.objects.filter(closed_at=None)
    return set(rows.values_list("release_id", "vulnerability_id"))


def test_a_preview_tells_components_releases_and_findings(tmp_path: Path):
    take_in(tmp_path, names.ACME, names.NX)
    names.upload(names.STACK, names.SIEMENS)
    rule = rules.read_rule(Said("pkg:npm/nx", names.NOT, "cpe:siemens:nx"))

    found = previews.preview_of_rule(rule)

    assert (found.component_count, len(found.release_ids), found.is_whole) == (1, 1, True)
    assert found.renamed[0].lost == ("cpe:siemens:nx",)
    assert (len(found.opened), len(found.closed)) == (0, 1)
    assert not NameRule.objects.exists()


def test_what_the_sbom_declares_patched_does_not_open(tmp_path: Path):
    take_in(tmp_path, names.ACME)
    patch = {"type": "backport", "resolves": [{"type": "security", "id": "CVE-2024-1"}]}
    component = {
        "type": "library",
        "name": "acme-stack-lib",
        "version": "1.5",
        "purl": names.STACK,
        "pedigree": {"patches": [patch]},
    }
    names.upload(component)
    rule = names.say("pkg:generic/acme-stack-lib", names.KNOWN, "cpe:acme:stack")

    assert Finding.objects.get().reason == "patched"
    found = previews.preview_of_withdrawal(rule.rule)
    assert (found.opened, found.closed) == ((), ())


@pytest.mark.parametrize("count", [1, 200])
def test_a_preview_costs_the_same_for_any_number(
    count: int, tmp_path: Path, django_assert_max_num_queries
):
    take_in(tmp_path, names.ACME)
    names.upload(*(f"pkg:generic/acme-stack-lib@1.{number}" for number in range(count)))
    rule = rules.read_rule(Said("pkg:generic/acme-stack-lib", names.KNOWN, "cpe:acme:stack"))

    with django_assert_max_num_queries(20):
        found = previews.preview_of_rule(rule)
    assert (found.component_count, len(found.opened)) == (count, 1)


class TestAnyPreview(TestCase):
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(names.STEPS, min_size=2, max_size=5),
        st.sampled_from(names.NAMES),
        st.sampled_from([names.KNOWN, names.NOT, names.CORRECTED]),
        st.sampled_from(names.TARGETS),
        st.sampled_from(names.LINES),
    )
    def test_comes_true(self, steps, stated, kind, target, versions) -> None:
        with tempfile.TemporaryDirectory() as folder:
            zlib = nvd("CVE-2024-3", criterion("zlib:zlib", versionEndExcluding="9"))
            take_in(Path(folder), names.ACME, names.NX, zlib)
        names.play(steps, iter(range(1, 99)))
        is_correction = kind is names.CORRECTED
        said = Said(
            stated,
            kind,
            "" if is_correction else target,
            versions,
            purl="pkg:generic/b" if is_correction else "",
        )
        try:
            rule = rules.read_rule(said)
            rules.refuse_contradiction(rule)
        except LongmarkError:
            assume(False)
        before, told = open_pairs(), previews.preview_of_rule(rule)

        row = rules.add_rule(said, reason="x", actor=SYSTEM, now=NINE)
        names.react()
        assert (set(told.opened), set(told.closed)) == (
            open_pairs() - before,
            before - open_pairs(),
        )

        told = previews.preview_of_withdrawal(row.rule)
        names.unsay(row)
        assert open_pairs() == before
        assert not set(told.opened) - before


def test_over_rest_a_rule_is_previewed_added_listed_and_withdrawn(caller, tmp_path: Path):
    take_in(tmp_path, names.NX)
    names.upload(names.SIEMENS)
    engineer: Client = caller(Role.ENGINEER)
    said = {"stated": "pkg:npm/nx@15", "kind": "is-not", "target": "cpe:siemens:nx"}

    preview = engineer.post("/api/v1/names/preview", said, "application/json").json()
    assert (preview["closed_count"], preview["closed"][0]["vulnerability"]) == (1, "CVE-2024-2")

    answer = engineer.post(
        "/api/v1/names/rules", said | {"reason": "Build tool."}, "application/json"
    )
    assert answer.status_code == 201
    pk = answer.json()["id"]
    names.react()
    assert Finding.objects.get().reason == "renamed"
    listed = engineer.get("/api/v1/names/rules").json()["items"]
    assert [(each["id"], each["stated"], each["kind"]) for each in listed] == [
        (pk, "pkg:npm/nx", "is-not")
    ]
    called = engineer.get(f"/api/v1/names/rules/{pk}/components").json()["items"]
    assert [each["purl"] for each in called] == ["pkg:npm/nx@15.0.0"]

    path = f"/api/v1/names/rules/{pk}/withdrawal"
    assert engineer.post(path, {"reason": " "}, "application/json").status_code == 422
    assert engineer.post(path, {"reason": "No."}, "application/json").status_code == 200
    assert engineer.post(path, {"reason": "No."}, "application/json").status_code == 409
    assert engineer.get("/api/v1/names/rules").json()["items"] == []


def test_over_rest_a_viewer_names_nothing_and_errors_name_their_field(caller):
    viewer, engineer = caller(Role.VIEWER), caller(Role.ENGINEER)
    said = {"stated": "pkg:npm/nx", "kind": "known-as", "target": "nx", "reason": "x"}

    sound = said | {"target": "cpe:siemens:nx"}
    assert viewer.post("/api/v1/names/rules", sound, "application/json").status_code == 403
    answer = engineer.post("/api/v1/names/rules", said, "application/json")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "target")
    assert engineer.get("/api/v1/names/rules/7").status_code == 404
