"""What SBOMs call a component, what people say of that, and what it does to its coordinates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.errors import Invalid
from longmark.core.identity import coordinates, rules_of, stated_names
from longmark.core.identity.names import read_lookup_name, read_stated_name
from longmark.core.identity.rules import (
    NameRule,
    NameRuleKind,
    VersionLine,
    contradiction,
    is_across_ecosystems,
)
from longmark.core.versions import Scheme

KNOWN, NOT, CORRECTED = NameRuleKind.KNOWN_AS, NameRuleKind.IS_NOT, NameRuleKind.CORRECTED
SIEMENS = "cpe:2.3:a:siemens:nx:15.0.0:*:*:*:*:*:*:*"


def known(stated: str, target: str, versions: str = "", *, declared: bool = False) -> NameRule:
    return NameRule(stated, KNOWN, target, VersionLine.read(versions), is_declared=declared)


def barred(stated: str, target: str, versions: str = "") -> NameRule:
    return NameRule(stated, NOT, target, VersionLine.read(versions))


def corrected(stated: str, purl: str = "", *cpes: str, versions: str = "") -> NameRule:
    line = VersionLine.read(versions)
    return NameRule(stated, CORRECTED, versions=line, purl=purl, cpes=cpes)


def names_by(
    *rules: NameRule,
    purl: str | None = None,
    cpes: tuple[str, ...] = (),
    name: str = "",
    version: str | None = None,
) -> dict[str, tuple[str, str]]:
    book: dict[str, list[NameRule]] = {}
    for rule in rules:
        book.setdefault(rule.stated, []).append(rule)
    own = rules_of(book, purl=purl, cpes=cpes, group="", name=name, version=version)
    found = coordinates(purl=purl, cpes=cpes, name=name, version=version, rules=own)
    return {each.package: (each.version, each.provenance.value) for each in found}


STATED = [
    ("pkg:npm/%40babel/traverse@7.23.2", ("pkg:npm/%40babel/traverse",)),
    ("pkg:github/Madler/zlib@v1.2.12", ("git:github.com/madler/zlib",)),
    ("pkg:maven/org.x/core.jar@1?type=jar", ("pkg:maven/org.x/core.jar",)),
    (
        "pkg:deb/debian/zlib1g@1:1.2.13?distro=debian-12&upstream=zlib",
        ("pkg:deb/debian/zlib1g", "pkg:deb/debian/zlib"),
    ),
    (
        "pkg:generic/foo@1?vcs_url=git%2Bhttps://github.com/acme/foo.git",
        ("pkg:generic/foo", "git:github.com/acme/foo"),
    ),
    ("pkg:generic/treck/tcp%2Fip@6", ("pkg:generic/treck/tcp%2Fip",)),
]


@pytest.mark.parametrize(("purl", "names"), STATED)
def test_what_is_stated_holds_no_version(purl: str, names: tuple[str, ...]) -> None:
    assert stated_names(purl=purl, cpes=(), group="", name="x") == names


def test_what_carries_no_identifier_is_called_by_group_and_name() -> None:
    assert stated_names(purl=None, cpes=(), group="HCC", name="NicheStack") == (
        "bare:hcc:nichestack",
    )
    assert stated_names(purl="nonsense", cpes=("cpe:x",), group="", name="a") == ("bare::a",)


@pytest.mark.parametrize(("purl", "names"), STATED)
def test_a_stated_name_is_read_as_it_is_written(purl: str, names: tuple[str, ...]) -> None:
    assert [read_stated_name(name) for name in names] == list(names)


@pytest.mark.parametrize(
    ("text", "package"),
    [
        ("cpe:/a:haxx:curl:7.1", "cpe:haxx:curl"),
        ("cpe:arm:mbed_tls", "cpe:arm:mbed_tls"),
        ("pkg:pypi/Jw.Util", "pypi:jw-util"),
        ("pkg:deb/debian/zlib?distro=debian-12", "deb:debian:12:zlib"),
        ("git@gitlab.com:libtiff/libtiff.git", "git:gitlab.com/libtiff/libtiff"),
        ("https://github.com/ARMmbed/mbedtls", "git:github.com/mbed-tls/mbedtls"),
        ("product:zlib", "product:zlib"),
        ("npm:nx", "npm:nx"),
    ],
)
def test_a_lookup_name_is_read_in_every_spelling(text: str, package: str) -> None:
    assert read_lookup_name(text) == package


@pytest.mark.parametrize(
    "text",
    ["", " ", "zlib", "siemens:nx", "product:nothing-like-it", "cpe:*:nx", "pkg:", "a\x00b",
     "cpe:2.3:h:acme:board:*:*:*:*:*:*:*:*", "cpe:2.3:a:*:nx:*:*:*:*:*:*:*:*", "x" * 501],
)  # fmt: skip
def test_what_names_nothing_to_look_up_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_lookup_name(text)
    assert refused.value.field == "target"


@pytest.mark.parametrize("text", ["", "zlib", "bare:zlib", "pkg:npm", "1.2.3"])
def test_what_no_sbom_says_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_stated_name(text)
    assert refused.value.field == "stated"


LINES = [
    ("", "1.0", True),
    ("= 1.0", "1.0", True),
    ("= 1.0", "1.0.1", False),
    (">= 1.0", "0.9", False),
    (">= 1.0", "1.0", True),
    ("< 2.0", "2.0", False),
    (">=1.0, <2.0", "1.9.9", True),
    (">= 1.0 < 2.0", "nightly", False),
]


@pytest.mark.parametrize(("line", "version", "holds"), LINES)
def test_a_line_holds_the_versions_that_it_says(line: str, version: str, holds: bool) -> None:
    read = VersionLine.read(line)

    assert read.holds(version, Scheme.GENERIC) is holds
    assert VersionLine.read(str(read)) == read


@pytest.mark.parametrize("text", ["1.0", "> 1", ">= 1 2", "= 1 < 2", "=" * 300, ">= 1\n<"])
def test_what_is_no_line_of_versions_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="no line of versions"):
        VersionLine.read(text)


VERSIONS = st.sampled_from(["", "0.9", "1.0", "1.5", "2.0", "3.0"])


@given(VERSIONS, VERSIONS, VERSIONS, VERSIONS, st.sampled_from(["0.9", "1.0", "1.5", "2.0", "9"]))
def test_lines_that_do_not_meet_have_no_version_in_common(
    first: str, limit: str, other_first: str, other_limit: str, version: str
) -> None:
    line, other = VersionLine("", first, limit), VersionLine("", other_first, other_limit)
    scheme = Scheme.GENERIC

    assert line.meets(other, scheme) == other.meets(line, scheme)
    if line.holds(version, scheme) and other.holds(version, scheme):
        assert line.meets(other, scheme)


# Names that look alike and are not: each was a false positive of a matcher that trusts names.
LOOKALIKES = [
    ("pkg:npm/nx@15.0.0", "cpe:siemens:nx"),
    ("pkg:npm/through@2.3.8", "cpe:through_project:through"),
    ("pkg:npm/netaddr@1.0", "pypi:netaddr"),
    ("pkg:pypi/netaddr@1.0", "gem:netaddr"),
    ("pkg:maven/com.acme/core.jar@1.0", "cpe:core_project:core"),
    ("pkg:generic/core.jar@1.0", "cpe:core_project:core"),
    ("pkg:npm/openssl@1.0", "cpe:openssl:openssl"),
    ("pkg:pypi/zlib@1.0", "cpe:zlib:zlib"),
    ("pkg:cargo/curl@0.4.44", "cpe:haxx:curl"),
]


@pytest.mark.parametrize(("purl", "stranger"), LOOKALIKES)
def test_a_name_alone_joins_nothing(purl: str, stranger: str) -> None:
    assert stranger not in names_by(purl=purl)


@given(
    st.sampled_from(["npm", "pypi", "gem", "cargo", "nuget", "composer", "golang"]),
    st.sampled_from(["zlib", "curl", "openssl", "nx", "through", "netaddr", "busybox", "core.jar"]),
)
def test_a_package_of_an_ecosystem_is_looked_up_there_and_nowhere_else(
    kind: str, name: str
) -> None:
    assert {package.partition(":")[0] for package in names_by(purl=f"pkg:{kind}/{name}@1.0")} == {
        kind
    }


@pytest.mark.parametrize(
    ("stated", "target", "across"),
    [
        ("pkg:npm/through", "pypi:through", True),
        ("pkg:npm/nx", "cpe:siemens:nx", False),
        ("pkg:npm/nx", "npm:@nx/nx", False),
        ("pkg:generic/requests", "pypi:requests", False),
        ("pkg:deb/debian/python3-requests", "pypi:requests", True),
    ],
)
def test_a_rule_does_not_make_a_package_one_of_another_ecosystem(
    stated: str, target: str, across: bool
) -> None:
    assert is_across_ecosystems(stated, target) is across


def test_a_known_name_brings_the_other_names_of_its_product() -> None:
    found = names_by(known("pkg:generic/acme-tls", "cpe:arm:mbed_tls"),
                     purl="pkg:generic/acme-tls@2.16.1")  # fmt: skip

    assert found["generic:acme-tls"] == ("2.16.1", "declared")
    assert found["cpe:arm:mbed_tls"] == ("2.16.1", "curated")
    assert found["git:github.com/mbed-tls/mbedtls"] == ("2.16.1", "curated")


def test_a_known_name_is_also_known_by_its_words() -> None:
    found = names_by(known("bare::stack", "cpe:acme-labs:stack"), name="Stack", version="4")

    assert found == {
        "cpe:acme-labs:stack": ("4", "curated"),
        "name:acmelabs:stack": ("4", "curated"),
    }


def test_a_name_that_is_declared_outright_is_trusted_as_the_sbom() -> None:
    rule = known("pkg:npm/nx", "cpe:siemens:nx", declared=True)

    assert names_by(rule, purl="pkg:npm/nx@15.0.0")["cpe:siemens:nx"] == ("15.0.0", "declared")


def test_a_further_name_of_a_distribution_s_package_is_a_guess() -> None:
    purl = "pkg:deb/debian/foo@1:1.2.13-4?distro=debian-12"
    rule = known("pkg:deb/debian/foo", "cpe:acme:foo")

    assert names_by(rule, purl=purl)["cpe:acme:foo"] == ("1.2.13", "guessed")


def test_a_tag_is_read_as_the_project_writes_it() -> None:
    rule = known("git:github.com/acme/tls", "product:mbedtls")

    found = names_by(rule, purl="pkg:github/acme/tls@mbedtls-2.16.11")
    assert found["cpe:arm:mbed_tls"] == ("2.16.11", "curated")


def test_what_it_is_not_goes_wherever_it_comes_from() -> None:
    rule = barred("pkg:npm/nx", "cpe:siemens:nx")

    found = names_by(rule, purl="pkg:npm/nx@15.0.0", cpes=(SIEMENS,))
    assert found == {"npm:nx": ("15.0.0", "declared")}


def test_a_product_is_barred_under_all_its_names() -> None:
    found = names_by(barred("pkg:generic/zlib", "product:zlib"), purl="pkg:generic/zlib@1.2.12")

    assert found == {"generic:zlib": ("1.2.12", "declared")}


def test_a_private_package_is_not_the_public_one_of_its_name() -> None:
    assert names_by(barred("pkg:npm/nx", "npm:nx"), purl="pkg:npm/nx@1.0") == {}


def test_taking_away_wins_over_adding() -> None:
    rules = known("cpe:siemens:nx", "cpe:acme:nx"), barred("pkg:npm/nx", "cpe:acme:nx")

    assert "cpe:acme:nx" not in names_by(*rules, purl="pkg:npm/nx@1", cpes=(SIEMENS,))


def test_a_correction_stands_in_place_of_what_was_stated() -> None:
    rule = corrected("pkg:generic/lwip-2.1.2", "pkg:generic/lwip@2.1.2", versions="")

    found = names_by(rule, purl="pkg:generic/lwip-2.1.2")
    assert found["generic:lwip"] == ("2.1.2", "declared")
    assert "generic:lwip-2.1.2" not in found


def test_a_correction_leaves_the_version_to_the_sbom() -> None:
    rule = corrected("bare:treck:tcp/ip", "", "cpe:2.3:a:treck:tcp\\/ip:*:*:*:*:*:*:*:*")
    book = {rule.stated: [rule]}
    own = rules_of(book, purl=None, cpes=(), group="Treck", name="TCP/IP", version="6.0.1.66")
    found = coordinates(purl=None, cpes=(), name="TCP/IP", version="6.0.1.66", rules=own)

    assert ("cpe:treck:tcp/ip", "6.0.1.66") in {(each.package, each.version) for each in found}


def test_rules_under_the_corrected_names_hold_and_further_corrections_do_not() -> None:
    rules = (
        corrected("pkg:generic/a", "pkg:generic/b"),
        corrected("pkg:generic/b", "pkg:generic/c"),
        known("pkg:generic/b", "cpe:acme:b"),
    )

    assert set(names_by(*rules, purl="pkg:generic/a@1")) == {
        "generic:b",
        "cpe:acme:b",
        "name:acme:b",
    }


def test_a_correction_of_another_version_brings_no_rules_along() -> None:
    rules = (
        corrected("pkg:generic/a", "pkg:generic/b", versions="= 1"),
        known("pkg:generic/b", "cpe:acme:b"),
    )

    assert set(names_by(*rules, purl="pkg:generic/a@2")) == {"generic:a"}


def test_a_version_that_is_not_stated_may_lie_in_any_line() -> None:
    rules = (
        known("pkg:generic/a", "cpe:acme:a", ">= 2"),
        barred("pkg:generic/a", "generic:a", ">= 2"),
    )

    assert set(names_by(*rules, purl="pkg:generic/a")) == {"generic:a", "cpe:acme:a", "name:acme:a"}


@pytest.mark.parametrize("purl", [purl for purl, _names in STATED])
def test_rules_that_are_about_other_versions_change_nothing(purl: str) -> None:
    rules = [corrected(name, "pkg:generic/x", versions="= 99") for name in dict(STATED)[purl]]

    assert names_by(*rules, purl=purl) == names_by(purl=purl)


CONTRADICTIONS = [
    (known("pkg:npm/a", "cpe:x:a"), known("pkg:npm/a", "cpe:x:a"), True),
    (known("pkg:npm/a", "cpe:x:a"), known("pkg:npm/a", "cpe:y:a"), False),
    (known("pkg:npm/a", "cpe:x:a"), barred("pkg:npm/a", "cpe:x:a"), True),
    (known("pkg:npm/a", "cpe:x:a", "< 2"), barred("pkg:npm/a", "cpe:x:a", ">= 2"), False),
    (known("pkg:npm/a", "cpe:x:a", "< 2"), barred("pkg:npm/a", "cpe:x:a", "= 1"), True),
    (known("pkg:npm/a", "cpe:haxx:curl"), barred("pkg:npm/a", "product:curl"), True),
    (known("pkg:npm/a", "product:curl"), barred("pkg:npm/a", "cpe:haxx:curl"), True),
    (corrected("pkg:npm/a", "pkg:npm/b"), corrected("pkg:npm/a", "pkg:npm/c"), True),
    (corrected("pkg:npm/a", "pkg:npm/b"), known("pkg:npm/a", "cpe:x:a"), False),
    (corrected("pkg:npm/a", "pkg:npm/b", versions="= 1"),
     corrected("pkg:npm/a", "pkg:npm/c", versions="= 2"), False),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "other", "contradicts"), CONTRADICTIONS)
def test_rules_that_cannot_stand_side_by_side_are_told(
    rule: NameRule, other: NameRule, contradicts: bool
) -> None:
    assert (contradiction(rule, [other]) is not None) is contradicts
    assert (contradiction(other, [rule]) is not None) is contradicts
