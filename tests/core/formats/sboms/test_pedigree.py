"""What the pedigree of a component says of fixes: patches, what these are called, commits."""

import json

import pytest

from longmark.core.formats.sboms import Patch, read_sbom

PEDIGREES = [
    (
        {"patches": [{"type": "backport", "resolves": [{"type": "security", "id": "CVE-1999-1"}]}]},
        '<patches><patch type="backport"><resolves><issue type="security"><id>CVE-1999-1</id>'
        "</issue></resolves></patch></patches>",
        (Patch("backport", ("CVE-1999-1",)),),
    ),
    (
        {"patches": [{"type": "cherry-pick", "diff": {"url": "p/0001-CVE-2022-0367.patch"}}]},
        '<patches><patch type="cherry-pick"><diff><url>p/0001-CVE-2022-0367.patch</url></diff>'
        "</patch></patches>",
        (Patch("cherry-pick", ("CVE-2022-0367",)),),
    ),
    (
        {"commits": [{"uid": "1", "message": "rtu: check the length (CVE-2022-0367)"}]},
        "<commits><commit><uid>1</uid><message>rtu: check the length (CVE-2022-0367)</message>"
        "</commit></commits>",
        (Patch("commit", ("CVE-2022-0367",)),),
    ),
    (
        {"commits": [{"uid": "1", "message": 'Revert "rtu: CVE-2022-0367"'}, {"uid": "2"}]},
        '<commits><commit><uid>1</uid><message>Revert "rtu: CVE-2022-0367"</message></commit>'
        "<commit><uid>2</uid></commit></commits>",
        (),
    ),
]


@pytest.mark.parametrize(("pedigree", "_xml", "patches"), PEDIGREES)
def test_json_names_what_was_fixed(
    pedigree: dict[str, object], _xml: str, patches: tuple[Patch, ...]
) -> None:
    component = {"type": "library", "name": "libmodbus", "version": "3.1.6", "pedigree": pedigree}
    document = {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [component]}

    (read,) = read_sbom(json.dumps(document).encode()).components

    assert read.patches == patches


@pytest.mark.parametrize(("_json", "xml", "patches"), PEDIGREES)
def test_xml_names_the_same(_json: dict[str, object], xml: str, patches: tuple[Patch, ...]) -> None:
    document = (
        '<bom xmlns="http://cyclonedx.org/schema/bom/1.5" version="1"><components>'
        '<component type="library"><name>libmodbus</name><version>3.1.6</version>'
        f"<pedigree>{xml}</pedigree></component></components></bom>"
    )

    (read,) = read_sbom(document.encode()).components

    assert read.patches == patches
