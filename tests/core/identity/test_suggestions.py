"""What a component without identifier may be."""

import pytest

from longmark.core.identity.rules import NameRule, NameRuleKind, VersionLine
from longmark.core.identity.suggestions import Because, name_of, neighbours, suggestions

ACME = "bare:acme:libmodbus"
KNOWN_AS, IS_NOT, CORRECTED = NameRuleKind


def told(stated: str = ACME, elsewhere=None, rules: tuple[NameRule, ...] = ()):
    book: dict[str, list[NameRule]] = {}
    for rule in rules:
        book.setdefault(rule.stated, []).append(rule)
    found = suggestions(stated, elsewhere=elsewhere or {}, rulebook=book)
    return [(one.because.value, one.target or one.purl) for one in found]


def test_a_name_is_suggested_as_what_it_is_stated_as_elsewhere_most_often_first():
    stated = {"cpe:libmodbus:libmodbus": 1, "pkg:generic/libmodbus": 3}

    assert told(elsewhere=stated) == [
        ("elsewhere", "pkg:generic/libmodbus"),
        ("elsewhere", "cpe:libmodbus:libmodbus"),
    ]


def test_a_name_that_is_many_things_elsewhere_says_nothing():
    assert told(elsewhere={f"pkg:generic/{one}/log": 1 for one in "abcd"}) == []


@pytest.mark.parametrize("stated", ["pkg:deb/debian/libmodbus", "cpe:*:libmodbus", "cpe:-:x"])
def test_what_belongs_to_a_distribution_or_to_anybody_is_no_identity(stated: str):
    assert told(elsewhere={stated: 5}) == []


@pytest.mark.parametrize("stated", ["bare::libmodbus", "pkg:generic/libmodbus"])
def test_what_a_rule_says_of_the_same_name_is_suggested(stated: str):
    rule = NameRule(stated, KNOWN_AS, "cpe:acme:modbus")

    assert told(rules=(rule,)) == [("rule", "cpe:acme:modbus")]


def test_a_correction_is_adopted_whole():
    rule = NameRule("bare::libmodbus", CORRECTED, purl="pkg:generic/modbus", cpes=("cpe:/a:x:y",))

    (found,) = suggestions(ACME, elsewhere={}, rulebook={"bare::libmodbus": [rule]})
    assert (found.purl, found.cpes, found.because) == (rule.purl, rule.cpes, Because.RULE)


def test_a_rule_about_some_versions_or_what_it_is_not_is_not_suggested():
    some = NameRule("bare::libmodbus", KNOWN_AS, "cpe:a:b", VersionLine(only="1.0"))
    other = NameRule("bare::libmodbus", IS_NOT, "cpe:c:d")

    assert told(rules=(some, other)) == []


def test_what_somebody_denied_is_not_suggested_again():
    denied = NameRule(ACME, IS_NOT, "cpe:libmodbus:libmodbus")

    assert told(elsewhere={"cpe:libmodbus:libmodbus": 2}, rules=(denied,)) == []


def test_the_same_from_two_sides_is_suggested_once():
    rule = NameRule("bare::libmodbus", KNOWN_AS, "cpe:acme:modbus")

    assert told(elsewhere={"cpe:acme:modbus": 1}, rules=(rule,)) == [
        ("elsewhere", "cpe:acme:modbus")
    ]


@pytest.mark.parametrize(
    ("name", "product"),
    [("lwip-2.1.2", "lwip"), ("openssl_1.1.1k", "openssl"), ("busybox v1.31.0", "busybox")],
)
def test_a_version_at_the_end_hides_no_product_of_the_table(name: str, product: str):
    assert told(f"bare::{name}") == [("table", f"product:{product}")]


@pytest.mark.parametrize("name", ["customer-hal-4.2", "2.1.2", "x", "", "lwip-port"])
def test_what_the_table_does_not_know_is_not_guessed(name: str):
    assert told(f"bare::{name}") == []


def test_neighbours_are_the_same_name_without_group_and_as_plain_purls():
    assert name_of("bare:treck:tcp/ip") == "tcp/ip"
    assert neighbours("bare::lwip") == ("pkg:generic/lwip", "git:github.com/lwip/lwip")
