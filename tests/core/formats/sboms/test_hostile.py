"""Hostile files: each is refused plainly, in bounded time, and touches nothing outside."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from longmark.core.formats.sboms import SbomDocument, SbomInvalid, limits, read_sbom

DOCUMENTS = Path(__file__).parent / "documents"
WHOLE = [path.read_bytes() for path in sorted(DOCUMENTS.iterdir())]
BOM = b'<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components>%s</components></bom>'
LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (level, b"&l%d;" % (level - 1) * 10) for level in range(1, 12)
)


def bom_of(value: object, **members: object) -> bytes:
    component = {"type": "library", "name": value, **members}
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [component]}
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!ENTITY l0 "ha">' + LAUGHS,
        b'<!ENTITY l11 SYSTEM "file:///etc/hostname">',
        b'<!ENTITY l11 SYSTEM "http://127.0.0.1:9/x">',
        b'<!ENTITY % outer SYSTEM "http://127.0.0.1:9/x.dtd"> %outer;',
        b'<!ENTITY l11 "harmless">',
    ],
    ids=["billion-laughs", "file", "network", "parameter", "harmless"],
)
def test_entities_are_refused(declaration: bytes) -> None:
    inner = b'<component type="library"><name>&l11;</name></component>'
    content = b"<!DOCTYPE bom [" + declaration + b"]>" + BOM % inner

    with pytest.raises(SbomInvalid, match="document type declaration"):
        read_sbom(content)


def test_external_document_type_is_refused() -> None:
    content = b'<!DOCTYPE bom SYSTEM "http://127.0.0.1:9/bom.dtd">' + BOM % b""

    with pytest.raises(SbomInvalid, match="document type declaration"):
        read_sbom(content)


def test_document_type_in_a_text_is_text() -> None:
    inner = b"<component type='library'><name><![CDATA[<!DOCTYPE x>]]></name></component>"

    assert read_sbom(BOM % inner).components[0].name == "<!DOCTYPE x>"


def test_deep_xml_is_refused_in_our_words() -> None:
    opening = b'<component type="library"><name>a</name><components>' * 1_000

    with pytest.raises(SbomInvalid, match=r"^The document nests deeper than 200 levels\.$"):
        read_sbom(BOM % (opening + b"</components></component>" * 1_000))


@pytest.mark.parametrize("depth", [300, 1_000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"components":', b"}")])
def test_deep_json_is_refused(depth: int, opening: bytes, closing: bytes) -> None:
    inner = opening * depth + b"1" + closing * depth

    with pytest.raises(SbomInvalid, match="nests deeper"):
        read_sbom(b'{"bomFormat":"CycloneDX","specVersion":"1.6","components":' + inner + b"}")


@pytest.mark.parametrize("depth", [110, 220, 100_000])
def test_deep_xml_is_refused(depth: int) -> None:
    opening = b'<component type="library"><name>a</name><components>' * depth

    with pytest.raises(SbomInvalid, match=r"nests deeper|not well-formed"):
        read_sbom(BOM % (opening + b"</components></component>" * depth))


def test_depth_below_the_bar_is_read() -> None:
    nested: dict[str, object] = {"type": "library", "name": "innermost"}
    for level in range(90):
        nested = {"type": "library", "name": f"level {level}", "components": [nested]}
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [nested]}

    innermost = read_sbom(json.dumps(document).encode()).components[-1]

    assert len(innermost.path) == 90


@pytest.mark.parametrize("whole", WHOLE, ids=[path.name for path in sorted(DOCUMENTS.iterdir())])
def test_truncated_document_is_refused_or_read(whole: bytes) -> None:
    for end in range(0, len(whole), 97):
        reads_or_refuses(whole[:end])


def test_truncated_json_names_line_and_column() -> None:
    with pytest.raises(SbomInvalid, match=r"not valid JSON, at line 1, column \d+"):
        read_sbom(bom_of("zlib")[:-9])


def test_wrong_encoding_names_the_byte() -> None:
    with pytest.raises(SbomInvalid, match=r"not UTF-8: byte 94 does not belong"):
        read_sbom(bom_of("M@ller").replace(b"@", b"\xfc"))


def test_nul_character_in_json_is_refused() -> None:
    with pytest.raises(SbomInvalid, match="holds a NUL character, at byte 97"):
        read_sbom(bom_of("zlib\0"))


def test_nul_character_in_tags_is_refused() -> None:
    content = (DOCUMENTS / "drive.spdx").read_bytes().replace(b"libmodbus", b"lib\0modbus")

    with pytest.raises(SbomInvalid, match="holds a NUL character"):
        read_sbom(content)


def test_spelt_out_nul_is_text() -> None:
    assert read_sbom(bom_of("zlib\\u0000")).components[0].name == "zlib\\u0000"


@pytest.mark.parametrize("whole", WHOLE)
def test_nul_byte_is_refused_or_read(whole: bytes) -> None:
    reads_or_refuses(whole.replace(b"libmodbus", b"lib\0modbus"))


def test_long_name_is_refused() -> None:
    with pytest.raises(SbomInvalid, match=r"Is 5,000 characters long; at most 1,000 are read"):
        read_sbom(bom_of("x" * 5_000))


@pytest.mark.parametrize("number", ["1e400", "-1e400", "9" * 5_000, "NaN", "Infinity", "1" * 400])
def test_huge_number_is_refused_or_read(number: str) -> None:
    reads_or_refuses(bom_of("zlib").replace(b'"zlib"', b'"zlib", "x": ' + number.encode()))
    document = bom_of("zlib").replace(b'"specVersion"', b'"version": %b, "specVersion"')
    reads_or_refuses(document.replace(b"%b", number.encode()))


def test_lone_surrogate_is_refused() -> None:
    with pytest.raises(SbomInvalid, match="not valid JSON"):
        read_sbom(bom_of("zlib").replace(b"zlib", b"\\ud800"))


def test_document_above_the_bar_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DOCUMENT_BYTES", 2 * 1024 * 1024)

    with pytest.raises(SbomInvalid, match="has 3 MB; at most 2 MB are read"):
        read_sbom(b" " * 3 * 1024 * 1024)


def test_ring_of_containers_is_read() -> None:
    document = json.loads((DOCUMENTS / "drive.spdx.json").read_bytes())
    ids = [package["SPDXID"] for package in document["packages"][1:]]
    document["relationships"] = [
        {"spdxElementId": one, "relationshipType": "CONTAINS", "relatedSpdxElement": other}
        for one, other in zip(ids, ids[1:] + ids[:1], strict=True)
    ]

    assert len(read_sbom(json.dumps(document).encode()).components) == 5


def test_long_chain_of_containers_is_read() -> None:
    document = json.loads((DOCUMENTS / "drive.spdx.json").read_bytes())
    document["packages"] = [{"SPDXID": f"p{n}", "name": f"p{n}"} for n in range(3_000)]
    document["relationships"] = [
        {
            "spdxElementId": f"p{n + 1}",
            "relationshipType": "CONTAINS",
            "relatedSpdxElement": f"p{n}",
        }
        for n in range(2_999)
    ]

    components = read_sbom(json.dumps(document).encode()).components

    assert max(len(each.path) for each in components) <= limits.DEPTH


@given(st.binary(max_size=400))
@example(b"\xff\xfe")
@example(b"<")
@example(b"{")
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    reads_or_refuses(content)


@given(st.sampled_from(WHOLE), st.data())
def test_damaged_document_is_read_or_refused(whole: bytes, draw: st.DataObject) -> None:
    at = draw.draw(st.integers(0, len(whole)))
    width = draw.draw(st.integers(0, 40))

    reads_or_refuses(whole[:at] + draw.draw(st.binary(max_size=20)) + whole[at + width :])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)
HEADS = (
    {"bomFormat": "CycloneDX", "specVersion": "1.6"},
    {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "x"},
    {"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"},
)
MEMBERS = ("components", "dependencies", "metadata", "packages", "relationships", "@graph")


@given(st.sampled_from(HEADS), st.dictionaries(st.sampled_from(MEMBERS), JSON))
def test_any_members_are_read_or_refused(head: dict[str, str], members: dict[str, object]) -> None:
    reads_or_refuses(json.dumps(head | members).encode())


STRUCTURED = [path.read_bytes() for path in sorted(DOCUMENTS.glob("*.json"))]
ODD = JSON | st.sampled_from(["", "NOASSERTION", "urn:tls", "SPDXRef-tls", ["urn:tls"], [{}]])


@given(st.sampled_from(STRUCTURED), st.lists(st.tuples(st.integers(0), ODD), max_size=4))
def test_misplaced_values_are_read_or_refused(
    whole: bytes, changes: list[tuple[int, object]]
) -> None:
    tree = json.loads(whole)
    for number, value in changes:
        places = list(places_in(tree))
        owner, key = places[number % len(places)]
        owner[key] = copy.deepcopy(value)  # one value placed twice could come to hold itself
    reads_or_refuses(json.dumps(tree).encode())


def places_in(tree: Any) -> Iterator[tuple[Any, Any]]:
    members = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in list(members):
        yield tree, key
        if isinstance(value, dict | list):
            yield from places_in(value)


def reads_or_refuses(content: bytes) -> None:
    try:
        assert isinstance(read_sbom(content), SbomDocument)
    except SbomInvalid as refusal:
        assert str(refusal)
