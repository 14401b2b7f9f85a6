"""Real VEX documents, and the records of the kernel's CNA against a small kernel."""

import tarfile
from collections import Counter
from pathlib import Path

import pytest

from longmark.core.facts.kernels import Config, Kernel, Map
from longmark.core.formats.advisories import cve5
from longmark.core.formats.facts import FactsInvalid, read_facts
from longmark.core.matching import Claim, Subject, Verdict, decide
from longmark.demo.facts import kernel

pytestmark = pytest.mark.corpus

KERNEL = "cpe:linux:linux_kernel"


def test_every_real_vex_document_is_read(corpus: Path) -> None:
    folders = (corpus / "vex" / "openvex", corpus / "vex" / "cyclonedx-vex")
    files = [path for folder in folders for path in folder.rglob("*.json")]
    refused = []
    for path in files:
        try:
            assert read_facts(path.read_bytes(), filename=path.name).assertions
        except (FactsInvalid, AssertionError):
            refused.append(path.name)

    # These hold components alone, or name nothing but ranges of versions.
    assert len(files) > 30
    assert len(refused) <= 6, refused


def test_the_export_of_a_real_yocto_build_is_read(corpus: Path) -> None:
    folder = corpus / "sbom" / "embedded" / "yocto-vulnscout"
    content = (folder / "example/spdx2/cyclonedx-export/vex.json").read_bytes()
    recipe = (folder / "tests/spdx_merge/data/recipe-cairo.spdx.json").read_bytes()

    facts, fixed = read_facts(content), read_facts(recipe)

    stands = Counter(one.status for one in facts.assertions)
    wontfix = [one for one in facts.assertions if one.note == "upstream-wontfix"]
    assert len(stands) > 1
    assert wontfix
    assert all(one.status == "under_investigation" for one in wontfix)
    assert len(fixed.assertions) == 5


def findings(corpus: Path, version: str) -> list[set[str]]:
    """The files that each record names which calls the kernel of a version affected."""
    subject = Subject.of(purl=f"pkg:generic/linux@{version}", name="linux", version=version)
    found = []
    for archive in sorted((corpus / "cve5" / "linux-cna").glob("20*.tar.xz")):
        with tarfile.open(archive) as members:
            for member in members:
                file = members.extractfile(member)
                if file is None or not member.name.endswith(".json"):
                    continue
                record = cve5.read(file.read())
                claims = [Claim(record.source, record.id, each) for each in record.statements]
                decision = decide(subject, claims)
                if decision and decision.verdict is Verdict.AFFECTED:
                    stated = (each for each in record.statements if each.package == KERNEL)
                    found.append({path for each in stated for path in each.files})
    return found


def test_a_small_kernel_is_spared_most_records_and_no_compiled_file(corpus: Path) -> None:
    found, built = findings(corpus, "5.10.120"), kernel()
    config = Config(2, frozenset(built.options), "arm", "5.10.120")
    needs = {path: tuple(map(tuple, chains)) for path, chains in built.needs.items()}
    alone = Kernel(compiled={1: built.compiled})
    whole = Kernel(compiled={}, configs=[config], maps=[Map(3, needs, "5.10.120")])

    assert len(found) > 5_000
    settled = [files for files in found if alone.absence(files)]
    assert 0.3 < len(settled) / len(found) < 0.8
    for files in found:
        if files & set(built.compiled):
            assert alone.absence(files) is None
            assert whole.absence(files) is None
