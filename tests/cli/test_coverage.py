"""What the command says where sources are not known in full."""

import json
from pathlib import Path

import pytest
from django.utils import timezone

from tests.findings.world import an_sbom, criterion, nvd, sbom_bytes, take_in
from tests.intel.covering import all_followed, followed
from tests.world import a_release


@pytest.fixture
def sbom(tmp_path: Path, db: None) -> Path:
    path = tmp_path / "bom.json"
    path.write_bytes(sbom_bytes("pkg:npm/left-pad@1.3.0"))
    return path


def test_check_names_the_sources_that_could_know_more(command, sbom, capsys):
    assert command("sbom", "check", sbom) == 0

    said = capsys.readouterr().out
    assert "Partial: not every source is known in full" in said
    assert "OSV: nothing of it is here (concerns npm)" in said
    assert "NVD" not in said


def test_check_with_all_that_matters_here_is_complete(command, sbom, capsys):
    all_followed(timezone.now())
    followed("nvd", timezone.now(), is_whole=False)

    assert command("sbom", "check", sbom, "--fail-on-partial") == 0

    assert "Partial" not in capsys.readouterr().out


def test_partial_check_can_be_a_gate(command, sbom, capsys):
    assert command("sbom", "check", sbom, "--fail-on-partial", "--json") == 1

    answer = json.loads(capsys.readouterr().out)
    assert (answer["coverage"], answer["findings"]) == ("partial", [])
    assert answer["coverage_gaps"][0]["kinds"] == ["npm"]


def test_added_sbom_is_qualified_too(command, sbom, capsys):
    release = a_release()
    words = ["sbom", "add", sbom, "--item", release.item.name, "--version", release.version]

    assert command(*words) == 0

    assert "OSV: nothing of it is here (concerns npm)" in capsys.readouterr().out


@pytest.mark.parametrize("is_whole", [True, False])
def test_nobody_affected_is_said_plainly_only_if_all_is_known(command, tmp_path, capsys, is_whole):
    take_in(tmp_path, nvd("CVE-2024-0001", criterion("zlib:zlib")))
    an_sbom(None, "pkg:npm/left-pad@1.3.0")
    all_followed(timezone.now())
    followed("cve", timezone.now(), is_whole=is_whole)

    assert command("affected", "CVE-2024-0001") == 0

    said = capsys.readouterr().out
    assert ("No release is affected." in said) is is_whole
    assert ("CVE list: it was never taken in whole" in said) is not is_whole
