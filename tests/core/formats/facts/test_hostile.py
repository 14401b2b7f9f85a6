"""Files of facts as hostile input: refused by name and reason, never a crash."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.formats.facts import FactsInvalid, facts_in_sbom, read_facts
from longmark.core.formats.facts import records as limits


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no facts"),
        (b"Dear all, please find enclosed", "holds no facts"),
        (b"{", "not valid JSON"),
        (b"[{", "not valid JSON"),
        (b"{}", "holds no facts"),
        (b"[]", "holds no facts"),
        (b"\x1f\x8b\x08", "unpack it first"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"init/main.c\0", "NUL"),
        (b'{"format": "longmark-kbuild-map", "version": 9}', "another version"),
        (b'{"format": "longmark-kbuild-map", "version": 1}', 'no object "files"'),
        (b'{"format": "longmark-kbuild-map", "version": 1, "files": {"a.c": 3}}', "alternatives"),
        (b'{"format": "longmark-kbuild-map", "version": 1, "files": {"a.c": [1]}}', "no list of"),
        (b'{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": []}', "holds no facts"),
        (b'{"package": [{"issue": ' + b"[" * 300 + b"]" * 300 + b"}]}", "deeper"),
    ],
)
def test_what_holds_no_facts_is_refused_with_a_reason(content: bytes, message: str) -> None:
    with pytest.raises(FactsInvalid, match=message):
        read_facts(content, filename="upload.bin")


@pytest.mark.parametrize(
    "document",
    [
        {"package": [{"issue": [None, 3, {"id": 5, "status": "Patched"}], "products": 7}]},
        {"package": [{"issue": "x"}, None]},
        {"@context": "https://openvex.dev/ns/v0.2.0", "statements": [None, {"products": [4]}]},
        {"@context": "https://openvex.dev/ns", "statements": [{"vulnerability": [], "status": 1}]},
        {"bomFormat": "CycloneDX", "vulnerabilities": [{"analysis": {}, "affects": [None]}]},
        {"vulnerabilities": [{"id": "C", "analysis": {"state": "resolved"}, "affects": [[], {}]}]},
        {"@graph": [{"type": "security_VexFixedVulnAssessmentRelationship", "to": [None, {}]}]},
        {"packages": {"zlib": {"ignored_cves": [None, 3]}}},
    ],
)
def test_members_of_wrong_types_are_passed_over(document: object) -> None:
    facts = read_facts(json.dumps(document).encode())

    assert facts.assertions == ()


def test_more_statements_than_are_read_are_refused() -> None:
    with pytest.raises(FactsInvalid, match="more than 2 issues"):
        limits.refuse_many(3, 2, "issues")


@given(st.binary(max_size=200))
def test_any_bytes_are_facts_or_are_refused(content: bytes) -> None:
    try:
        assert read_facts(content).count >= 0
    except FactsInvalid as error:
        assert str(error)
    facts_in_sbom(b'"analysis"' + content)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["package", "issue", "id", "status", "products", "statements", "vulnerabilities",
             "analysis", "affects", "state", "ref", "@graph", "type", "from", "to", "files",
             "packages", "ignore_cves", "file", "directory", "components", "metadata"]
        ),
        inner,
        max_size=5,
    ),
    max_leaves=30,
)  # fmt: skip


@given(JSON)
def test_any_json_is_facts_or_is_refused(document: object) -> None:
    content = json.dumps(document).encode()
    try:
        read_facts(content)
    except FactsInvalid as error:
        assert str(error)
