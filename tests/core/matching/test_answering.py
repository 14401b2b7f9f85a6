"""Questions about one component and one advisory, as a batch asks them."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.matching.questions import (
    all_of,
    any_of,
    asked,
    cna,
    cpe,
    name,
    node,
    osv,
    span,
    verdict,
)

from longmark.core.matching import Verdict, answer_line

BELOW_3_1_7 = any_of(cpe("a:libmodbus:libmodbus", "<3.1.7"))


def test_an_answer_names_rule_source_place_range_and_comparison() -> None:
    answer = asked("pkg:generic/libmodbus@3.1.6", BELOW_3_1_7, format="nvd", id="Q1")

    step = answer.deciding.as_json()
    assert answer.verdict is Verdict.AFFECTED
    assert step["source"] == "nvd"
    assert step["pointer"] == "/cve/configurations/0/nodes/0"
    assert (step["interval"], step["version"], step["scheme"]) == ("[0, 3.1.7)", "3.1.6", "generic")
    assert step["decides"]


@pytest.mark.parametrize(
    "component",
    [
        "pkg:generic/libmodbus@3.1.6",
        name("a:libmodbus:libmodbus:3.1.6"),
        "cpe:/a:libmodbus:libmodbus:3.1.6",
        "libmodbus 3.1.6",
        "libmodbus@v3.1.6",
        {"purl": "pkg:generic/libmodbus@3.1.6"},
        {"cpe": name("a:libmodbus:libmodbus:3.1.6")},
        {"cpes": [name("a:libmodbus:libmodbus:3.1.6")], "name": "x", "version": "1"},
        {"name": "libmodbus", "version": "3.1.6"},
        {"purl": "pkg:generic/libmodbus", "version": "3.1.6"},
    ],
)
def test_a_component_may_be_written_in_many_ways(component: object) -> None:
    assert verdict(component, BELOW_3_1_7) == "affected"


PARTS: list[tuple[str, Any]] = [
    ("pkg:generic/libmodbus@3.1.6", BELOW_3_1_7),
    ("pkg:generic/libmodbus@3.1.6", BELOW_3_1_7["configurations"]),
    ("pkg:generic/libmodbus@3.1.6", {"nodes": BELOW_3_1_7["configurations"][0]["nodes"]}),
    ("pkg:generic/libmodbus@3.1.6", node(cpe("a:libmodbus:libmodbus", "<3.1.7"))),
    ("pkg:generic/libmodbus@3.1.6", {"cve": {"id": "CVE-2022-1", **BELOW_3_1_7}}),
    ("pkg:generic/libmodbus@3.1.6", {"vulnerabilities": [{"cve": {"id": "C", **BELOW_3_1_7}}]}),
    ("pkg:npm/a@1.0.0", osv("npm", "a", "0 2.0.0")),
    ("pkg:npm/a@1.0.0", osv("npm", "a", "0 2.0.0")["affected"]),
    ("pkg:npm/a@1.0.0", osv("npm", "a", "0 2.0.0")["affected"][0]),
    ("pkg:generic/curl@8.0.0", cna("curl", "curl", span("7", "<8.1"))),
    ("pkg:generic/curl@8.0.0", cna("curl", "curl", span("7", "<8.1"))["affected"]),
    ("pkg:generic/curl@8.0.0", {"cna": cna("curl", "curl", span("7", "<8.1"))}),
    ("pkg:generic/curl@8.0.0", {"containers": {"cna": cna("curl", "curl", span("7", "<8.1"))}}),
    ("pkg:generic/libmodbus@3.1.6", json.dumps(BELOW_3_1_7)),
]


@pytest.mark.parametrize(("component", "advisory"), PARTS)
def test_a_part_of_a_record_is_read_as_the_whole(component: str, advisory: object) -> None:
    assert verdict(component, advisory) == "affected"


def test_context_may_be_null_and_the_format_missing() -> None:
    assert verdict("pkg:generic/libmodbus@3.1.6", BELOW_3_1_7, context=None) == "affected"
    assert verdict("pkg:generic/libmodbus@3.1.6", BELOW_3_1_7, format=None) == "affected"


SILENCE = [
    ("only prose names it", "pkg:generic/libmodbus@3.1.10", "unknown",
     {"vulnStatus": "Received", "configurations": [], "descriptions": ["libmodbus v3.1.10 fails"]}),
    ("prose in a list of texts", "pkg:generic/mbedtls@2.1", "unknown",
     {"vulnStatus": "Received", "descriptions": [{"lang": "en", "value": "Mbed TLS before 3"}]}),
    ("prose about something else", "pkg:generic/zlib@1.2", "not_affected",
     {"vulnStatus": "Received", "descriptions": [{"lang": "en", "value": "A plugin for blogs"}]}),
    ("nothing at all", "pkg:generic/zlib@1.2", "unknown",
     {"vulnStatus": "Received", "configurations": []}),
    ("rejected", "pkg:npm/next@15.0.0", "not_affected",
     {"vulnStatus": "Rejected", "configurations": []}),
    ("another product", "pkg:generic/zlib@1.2", "not_affected", BELOW_3_1_7),
    ("a package without a version", "pkg:generic/libmodbus", "unknown", BELOW_3_1_7),
    ("the same name elsewhere, inside", "pkg:generic/frob@1.0", "unknown",
     any_of(cpe("a:acme:frob", "<2"))),
    ("the same name elsewhere, outside", "pkg:generic/frob@3.0", "not_affected",
     any_of(cpe("a:acme:frob", "<2"))),
    ("the same name and vendor, with a slash", "pkg:generic/treck/tcp%2Fip@6.0.1.60", "unknown",
     any_of(cpe("a:treck:tcp\\/ip", "<6.0.1.66"))),
    ("the same name in an ecosystem", "pkg:npm/frob@1.0.0", "not_affected",
     any_of(cpe("a:acme:frob", "<2"))),
    ("the same product of another vendor", name("a:umbrella:frob:1.0"), "not_affected",
     any_of(cpe("a:acme:frob", "<2"))),
    ("any vendor", name("a:*:frob:1.0"), "unknown", any_of(cpe("a:acme:frob", "<2"))),
]  # fmt: skip


@pytest.mark.parametrize(("component", "expected", "advisory"), [row[1:] for row in SILENCE])
def test_ignorance_is_never_clean_and_a_name_never_enough(
    component: str, expected: str, advisory: object
) -> None:
    assert verdict(component, advisory) == expected


UNUSABLE: list[bytes] = [
    b"{",
    b"[]",
    b"null",
    b"\xff\xfe",
    b'{"id": "Q"}',
    b'{"id": "Q", "component": "x 1"}',
    b'{"id": "Q", "component": "x 1", "advisory": "no json"}',
    b'{"id": "Q", "component": "x 1", "advisory": 7}',
    b'{"id": "Q", "component": "x 1", "advisory": {}}',
    b'{"id": "Q", "component": {}, "advisory": {"configurations": []}}',
    b'{"id": "Q", "component": "x 1", "advisory": {"configurations": 7}}',
    b'{"id": "Q", "component": "x 1", "format": "osv", "advisory": {"affected": "x"}}',
    b'{"id": "Q", "component": "x 1", "format": "cve5", "advisory": {"affected": [[]]}}',
    b"[" * 100_000,
    b'{"id": "Q", "component": "x 1", "advisory": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
]


@pytest.mark.parametrize("line", UNUSABLE)
def test_a_question_that_cannot_be_read_is_answered_with_its_line(line: bytes) -> None:
    answer = answer_line(line, number=7)

    assert answer.verdict is Verdict.UNKNOWN
    assert answer.confidence == "low"
    assert str(answer.trail[-1].said)


def test_the_id_of_an_unusable_question_is_kept() -> None:
    assert answer_line(b'{"id": 12, "component": "x 1"}', number=3).id == "12"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["affected", "versions", "package", "ranges", "configurations", "nodes", "cpeMatch",
             "criteria", "events", "name", "purl", "platform", "vex", "parent", "statements"]
        ),
        inner,
        max_size=3,
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(component=VALUES, advisory=VALUES, context=VALUES, label=VALUES)
def test_no_question_breaks_the_one_who_answers(
    component: object, advisory: object, context: object, label: object
) -> None:
    question = {"component": component, "advisory": advisory, "context": context}

    answer = answer_line(json.dumps(question | {"format": label}).encode(), number=1)

    assert answer.verdict in set(Verdict)


def test_conditions_that_contradict_are_told() -> None:
    advisory = all_of(
        node(cpe("a:redis:redis", "<9")),
        node(cpe("o:microsoft:windows:-", vulnerable=False)),
    )

    answer = asked("pkg:deb/debian/redis@5:7.0.11-1?distro=debian-12", advisory)

    assert answer.verdict is Verdict.NOT_AFFECTED
    assert answer.deciding.facts["reasons"] == ["platform-contradicted"]


HINTS = [
    ("pkg:generic/libmodbus@3.1.6", BELOW_3_1_7, "A version of 3.1.7 or later."),
    ("pkg:generic/libmodbus@3.1.7", BELOW_3_1_7, "A version in [0, 3.1.7)."),
    ("pkg:generic/libmodbus", BELOW_3_1_7, "A version: it is affected if that lies in [0, 3.1.7)."),
    ("pkg:generic/frob@1.0", any_of(cpe("a:acme:frob", "<2")),
     "A purl or CPE name that says whether it is acme:frob."),
    ("pkg:apk/alpine/busybox@1.36.1-r15", osv("Alpine:v3.19", "busybox", "0 1.36.1-r17"),
     "The release of the distribution in its purl, as in ?distro=debian-12."),
    (name("a:acme:frob:1"), all_of(node(cpe("a:acme:frob", "<2")),
                                   node(cpe("o:microsoft:windows:-", vulnerable=False))),
     "A recorded platform: it holds only with microsoft windows."),
    ("pkg:generic/u-boot@2020.01",
     any_of(cpe("a:denx:u-boot", "<=2021.01"), cpe("a:denx:u-boot:2021.04:rc1")),
     "A version above 2021.01 that is not in {2021.04-rc1}, affected too."),
    ("pkg:npm/frob@1.0.0", osv("npm", "frob", "0 1.1.0", "2.0.0 2.0.5"),
     "A version of 1.1.0 or later that is not in [2.0.0, 2.0.5), affected too."),
    ("pkg:npm/frob@1.0.0", osv("npm", "frob", "0"),
     "A source that names a fixed version: this one has none."),
]  # fmt: skip


@pytest.mark.parametrize(("component", "advisory", "hint"), HINTS)
def test_an_answer_says_what_would_change_it(component: str, advisory: Any, hint: str) -> None:
    assert hint in [str(one) for one in asked(component, advisory).hints]
