"""Releases written in every format: what each one must spell its own way, and still say."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from tests.core.formats.sboms.round_trips import losses, release_of, written
from tests.sboms.samples import a_bom, a_library, the_drive

from longmark.core.formats.sboms import read_sbom
from longmark.core.formats.sboms.gathering import NO_OWN_FACTS, own_facts
from longmark.core.formats.sboms.writing.formats import ExportFormat
from longmark.core.formats.sboms.writing.release import ReleaseBom

XML = ExportFormat.CYCLONEDX_1_6_XML
SPDX_JSON = ExportFormat.SPDX_2_3_JSON
TAGS = ExportFormat.SPDX_2_3_TAG_VALUE


def of(*components: dict[str, Any]) -> ReleaseBom:
    return release_of(a_bom(*components), name="fw", version="9")


def awkward() -> ReleaseBom:
    """Return a release with what SPDX has no field for, and what ends a text of tag-value."""
    return of(
        a_library(
            "zlib", group="net", scope="optional", hashes=[{"alg": "MD5", "content": "0" * 40}]
        ),
        a_library("two", licenses=[{"license": {"name": "Ours"}}, {"license": {"id": "MIT"}}]),
        a_library("end", description="</text> &amp; ]]> <a>", copyright="© Ünïcode\nand a line"),
        a_library("os", type="operating-system", scope="excluded"),
        a_library(
            "mended",
            pedigree={
                "patches": [
                    {"type": "backport", "resolves": [{"type": "security", "id": "CVE-2022-37434"}]}
                ]
            },
        ),
    )


@pytest.mark.parametrize("export_format", ExportFormat)
def test_a_release_comes_back_from_every_format(export_format: ExportFormat):
    assert losses(release_of(the_drive()), export_format) == {}


@pytest.mark.parametrize("export_format", ExportFormat)
def test_what_a_format_has_no_field_for_comes_back_too(export_format: ExportFormat):
    assert losses(awkward(), export_format) == {}


@pytest.mark.parametrize("export_format", ExportFormat)
def test_the_same_release_gives_the_same_bytes(export_format: ExportFormat):
    assert written(awkward(), export_format) == written(awkward(), export_format)


@pytest.mark.parametrize("export_format", ExportFormat)
@given(text=st.text(alphabet=st.characters(categories=["L", "N", "P", "S"]), min_size=1))
def test_any_printable_text_comes_back(export_format: ExportFormat, text: str):
    bom = of(a_library("zlib", licenses=[{"license": {"name": text}}], group=f"g{text}"))

    assert losses(bom, export_format) == {}


def test_xml_nests_what_json_nests():
    inner = a_library("lzma")
    tree = etree.fromstring(written(of(a_library("boot", components=[inner])), XML))

    assert etree.QName(tree).namespace == "http://cyclonedx.org/schema/bom/1.6"
    names = tree.xpath("/*/*[local-name()='components']//*[local-name()='name']/text()")
    assert names == ["boot", "lzma"]


def test_an_operating_system_is_spelt_as_each_encoding_spells_it():
    bom = of(a_library("os", type="operating-system"))

    packages = json.loads(written(bom, SPDX_JSON))["packages"]
    assert packages[1]["primaryPackagePurpose"] == "OPERATING_SYSTEM"
    assert b"\nPrimaryPackagePurpose: OPERATING-SYSTEM\n" in written(bom, TAGS)
    kinds = [read_sbom(written(bom, each)).components[0].kind for each in (SPDX_JSON, TAGS)]
    assert kinds == ["operating-system"] * 2


def test_a_text_cannot_end_itself_in_tag_value():
    text = "one </text>\nPackageName: forged"
    content = written(of(a_library("zlib", description=text)), TAGS)

    assert [each.name for each in read_sbom(content).components] == ["zlib"]


@pytest.mark.parametrize("comment", [None, "", "group=net", "built by longmark: group=net"])
def test_comments_of_others_state_no_facts(comment: str | None):
    assert own_facts(comment) == NO_OWN_FACTS


def test_a_broken_line_of_our_own_is_taken_as_it_stands():
    assert own_facts('longmark:group="net').group == '"net'
    assert own_facts("longmark:hash=sha1\nlongmark:group").hashes == ()
