"""Names of components: which are the same package, and which only look alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packageurl import PackageURL

from longmark.core.errors import Invalid
from longmark.core.identity import (
    Cpe,
    Provenance,
    canonical_purl,
    coordinates,
    package_of_cpe,
    package_of_name,
    package_of_osv,
    package_of_purl,
    package_of_repository,
    package_scheme,
    parse_purl,
    tag_version,
)
from longmark.core.identity.distributions import upstream_version
from longmark.core.versions import Scheme


def names_of(
    purl: str | None = None, *cpes: str, name: str = "", version: str | None = None
) -> dict[str, tuple[str, str]]:
    found = coordinates(purl=purl, cpes=cpes, name=name, version=version)
    return {each.package: (each.version, each.provenance.value) for each in found}


PACKAGES = [
    ("pkg:npm/%40babel/traverse@7.23.2", "npm:@babel/traverse"),
    ("pkg:pypi/jw_util@2.2", "pypi:jw-util"),
    (
        "pkg:maven/org.apache.logging.log4j/log4j-core@2",
        "maven:org.apache.logging.log4j:log4j-core",
    ),
    ("pkg:golang/GitHub.com/Docker/docker@v20", "golang:github.com/docker/docker"),
    ("pkg:cargo/Foo_Bar@1", "cargo:foo-bar"),
    ("pkg:nuget/Newtonsoft.Json@12", "nuget:newtonsoft.json"),
    ("pkg:github/Mbed-TLS/mbedtls@3.6", "git:github.com/mbed-tls/mbedtls"),
    ("pkg:github/ARMmbed/mbedtls@2.28", "git:github.com/mbed-tls/mbedtls"),
    ("pkg:deb/debian/zlib1g@1?distro=debian-12&upstream=zlib", "deb:debian:12:zlib"),
    ("pkg:deb/ubuntu/curl@1?distro=ubuntu-22.04", "deb:ubuntu:22.04:curl"),
    ("pkg:deb/debian/curl@7.88.1-10+deb12u4", "deb:debian:12:curl"),
    ("pkg:apk/alpine/busybox@1?distro=alpine-3.19.1", "apk:alpine:v3.19:busybox"),
    ("pkg:rpm/redhat/openssh@8.7p1-38.el9_4", "rpm:redhat:9:openssh"),
    ("pkg:rpm/rocky/openssh@8.7p1?distro=rocky-9.3", "rpm:rocky:9:openssh"),
    ("pkg:deb/debian/curl@7.88.1-10", "deb:debian:unknown:curl"),
    ("pkg:generic/libmodbus@3.1.6", "generic:libmodbus"),
]

OSV_PACKAGES = [
    ("PyPI", "jw.util", "pypi:jw-util", Scheme.PEP440),
    ("Maven", "io.netty:netty-codec-http", "maven:io.netty:netty-codec-http", Scheme.MAVEN),
    ("crates.io", "foo_bar", "cargo:foo-bar", Scheme.SEMVER),
    ("Go", "stdlib", "golang:stdlib", Scheme.SEMVER),
    ("RubyGems", "nokogiri", "gem:nokogiri", Scheme.GEM),
    ("Debian:12", "openssh", "deb:debian:12:openssh", Scheme.DPKG),
    ("Ubuntu:22.04:LTS", "linux", "deb:ubuntu:22.04:linux", Scheme.DPKG),
    ("Ubuntu:Pro:18.04:LTS", "linux", "deb:ubuntu:pro-18.04-lts:linux", Scheme.DPKG),
    ("Alpine:v3.19", "busybox", "apk:alpine:v3.19:busybox", Scheme.APK),
    ("Red Hat:enterprise_linux:8::baseos", "openssl", "rpm:redhat:8:openssl", Scheme.RPM),
    ("AlmaLinux:9", "openssl", "rpm:almalinux:9:openssl", Scheme.RPM),
    ("Rocky Linux:8", "openssl", "rpm:rocky:8:openssl", Scheme.RPM),
    ("Wolfi", "openssl", "apk:wolfi:rolling:openssl", Scheme.APK),
]


@pytest.mark.parametrize(("purl", "package"), PACKAGES)
def test_a_purl_has_one_package_key(purl: str, package: str) -> None:
    parsed = parse_purl(purl)

    assert parsed is not None
    assert package_of_purl(parsed) == package


@pytest.mark.parametrize(("ecosystem", "name", "package", "scheme"), OSV_PACKAGES)
def test_an_osv_package_has_the_key_of_its_purl(
    ecosystem: str, name: str, package: str, scheme: Scheme
) -> None:
    assert package_of_osv(ecosystem, name) == (package, scheme)


@pytest.mark.parametrize(
    "spelling",
    [
        "https://github.com/Curl/curl.git",
        "git+https://www.github.com/curl/curl",
        "git@github.com:curl/curl.git",
        "ssh://git@github.com:22/curl/curl/",
        "https://github.com/bagder/curl",
    ],
)
def test_spellings_and_mirrors_of_a_repository_are_one(spelling: str) -> None:
    assert package_of_repository(spelling) == "git:github.com/curl/curl"


TAGS = [
    ("git:github.com/curl/curl", "curl-7_57_0", "7.57.0"),
    ("git:github.com/curl/curl", "tiny-curl-7_72_0", "tiny-curl-7_72_0"),
    ("git:github.com/openssl/openssl", "OpenSSL_1_1_1n", "1.1.1n"),
    ("git:github.com/openssl/openssl", "openssl-3.0.2", "3.0.2"),
    ("git:github.com/mbed-tls/mbedtls", "mbedtls-2.16.11", "2.16.11"),
    ("git:github.com/zephyrproject-rtos/zephyr", "zephyr-v2.4.0", "2.4.0"),
    ("git:github.com/libexpat/libexpat", "R_2_4_8", "2.4.8"),
    ("git:github.com/freertos/freertos-kernel", "V10.4.3", "10.4.3"),
    ("git:gitlab.com/libtiff/libtiff", "v4.0.10", "4.0.10"),
    ("git:gitlab.com/libtiff/libtiff", "nightly", "nightly"),
    ("git:github.com/owner/tool", "tool_v1.2.0-rc1", "1.2.0-rc1"),
]


@pytest.mark.parametrize(("package", "tag", "version"), TAGS)
def test_a_tag_means_a_version_of_its_own_project_only(
    package: str, tag: str, version: str
) -> None:
    assert tag_version(package, tag) == version


def test_an_alias_is_curated_and_the_purl_declared() -> None:
    names = names_of("pkg:generic/libmodbus@v3.1.6")

    assert names["generic:libmodbus"] == ("3.1.6", "declared")
    assert names["cpe:libmodbus:libmodbus"] == ("3.1.6", "curated")
    assert names["git:github.com/stephane/libmodbus"] == ("3.1.6", "curated")


def test_an_ecosystem_package_is_looked_up_by_cpe_only_if_declared() -> None:
    assert set(names_of("pkg:npm/nx@13.1.4")) == {"npm:nx"}
    assert "cpe:zlib:zlib" not in names_of("pkg:npm/zlib@1.0.5")

    declared = names_of("pkg:npm/nx@13.1.4", "cpe:2.3:a:nrwl:nx:13.1.4:*:*:*:*:*:*:*")
    assert set(declared) == {"npm:nx", "cpe:nrwl:nx"}


def test_freertos_of_aws_is_another_line_of_versions() -> None:
    kernel = names_of("pkg:github/FreeRTOS/FreeRTOS-Kernel@V10.4.3")
    distribution = names_of("pkg:github/aws/amazon-freertos@v1.3.1")

    assert kernel["cpe:amazon:freertos"] == ("10.4.3", "curated")
    assert "cpe:amazon:freertos" not in distribution
    assert distribution["cpe:amazon:amazon_web_services_freertos"] == ("1.3.1", "curated")
    assert "cpe:amazon:freertos" not in names_of(name="FreeRTOS", version="202012.00")


def test_uclibc_is_another_project_than_uclibc_ng() -> None:
    assert not set(names_of("pkg:generic/uclibc@0.9")) & set(names_of("pkg:generic/uclibc-ng@1.0"))


def test_a_declared_cpe_brings_its_aliases_and_its_folded_name() -> None:
    names = names_of(None, "cpe:2.3:a:treck:tcp\\/ip:6.0.1.66:*:*:*:*:*:*:*")

    assert names["cpe:treck:tcp/ip"] == ("6.0.1.66", "declared")
    assert names["name:treck:tcpip"] == ("6.0.1.66", "derived")
    assert names["cpe:treck:ipv6"] == ("6.0.1.66", "curated")


def test_a_declared_cpe_is_trusted_more_than_the_same_name_from_the_table() -> None:
    names = names_of(
        "pkg:generic/libmodbus@3.1.6", "cpe:2.3:a:libmodbus:libmodbus:3.1.6:*:*:*:*:*:*:*"
    )

    assert names["cpe:libmodbus:libmodbus"] == ("3.1.6", "declared")


def test_another_spelling_of_a_known_vendor_leads_to_the_same_names() -> None:
    names = names_of(None, "cpe:2.3:a:mbed:mbedtls:2.16.0:*:*:*:*:*:*:*")

    assert names["cpe:mbed:mbedtls"] == ("2.16.0", "declared")
    assert names["cpe:arm:mbed_tls"] == ("2.16.0", "curated")


def test_a_wildcard_vendor_identifies_nothing() -> None:
    assert names_of(None, "cpe:2.3:a:*:nx:1.0:*:*:*:*:*:*:*") == {}


def test_hardware_goes_by_a_name_that_no_software_has() -> None:
    names = names_of(None, "cpe:2.3:h:acme:drive:1.0:*:*:*:*:*:*:*")

    assert names == {"cpe:h/acme:drive": ("1.0", "declared")}
    assert names.keys().isdisjoint(names_of(None, "cpe:2.3:o:acme:drive:1.0:*:*:*:*:*:*:*"))


def test_a_bare_name_counts_only_if_the_table_knows_it() -> None:
    assert "cpe:lwip_project:lwip" in names_of(name="lwIP", version="2.1.2")
    assert names_of(name="Acme Gateway", version="1.0") == {}


def test_an_unknown_release_makes_guesses_for_every_supported_one() -> None:
    names = names_of("pkg:apk/alpine/busybox@1.36.1-r15")

    assert names["apk:alpine:v3.19:busybox"] == ("1.36.1-r15", "guessed")
    assert names["apk:alpine:unknown:busybox"] == ("1.36.1-r15", "declared")


def test_what_upstream_says_of_a_distribution_package_is_a_guess() -> None:
    names = names_of("pkg:deb/debian/zlib1g@1:1.2.11.dfsg-2?distro=debian-11&upstream=zlib")

    assert names["deb:debian:11:zlib"] == ("1:1.2.11.dfsg-2", "derived")
    assert names["cpe:zlib:zlib"] == ("1.2.11", "guessed")


def test_an_epoch_qualifier_is_part_of_an_rpm_version() -> None:
    names = names_of("pkg:rpm/redhat/openssl@1.1.1k-9.el8_7?epoch=1&distro=rhel-8")

    assert names["rpm:redhat:8:openssl"] == ("1:1.1.1k-9.el8_7", "declared")


def test_an_unstated_version_has_no_key_and_no_text() -> None:
    found = coordinates(purl="pkg:generic/libmodbus", cpes=(), name="libmodbus", version="unknown")

    assert {(each.version, each.key) for each in found} == {("", None)}


def test_the_scheme_follows_from_the_package() -> None:
    assert package_scheme("cpe:openssl:openssl") is Scheme.OPENSSL
    assert package_scheme("git:github.com/openssl/openssl") is Scheme.OPENSSL
    assert package_scheme("cpe:haxx:curl") is Scheme.GENERIC
    assert package_scheme("golang:stdlib") is Scheme.SEMVER


def test_words_of_a_record_fold_to_the_products_name() -> None:
    assert package_of_name("Wind River", "VxWorks") == "name:windriver:vxworks"
    assert package_of_name("Linux", "Linux") == package_of_name("linux", "linux_kernel")
    assert package_of_name("n/a", "n/a") is None
    assert package_of_name("multiple", "Uclibc-NG") == "cpe:uclibc-ng_project:uclibc-ng"


def test_upstream_versions_lose_what_the_distribution_added() -> None:
    assert upstream_version("2:9.0.1378-2") == "9.0.1378"
    assert upstream_version("5.6.1+really5.4.5-1") == "5.4.5"


def test_both_bindings_of_a_cpe_mean_the_same() -> None:
    uri = Cpe.parse("cpe:/a:hp:insight:7.4.0.1570:-:~~online~win2003~x64~")
    name = Cpe.parse("cpe:2.3:a:hp:insight:7.4.0.1570:-:*:*:online:win2003:x64:*")

    assert uri == name


def test_a_cpe_update_is_part_of_the_version() -> None:
    assert (
        Cpe.parse("cpe:2.3:a:denx:u-boot:2022.07:rc2:*:*:*:*:*:*").stated_version == "2022.07-rc2"
    )
    assert Cpe.parse("cpe:2.3:a:arm:mbed_tls:3.0.0:-:*:*:*:*:*:*").stated_version == "3.0.0"
    assert Cpe.parse("cpe:2.3:a:redis:redis:-:*:*:*:*:*:*:*").stated_version is None


@pytest.mark.parametrize(
    "text", ["", "cpe:2.3", "cpe:2.3:z:a:b", "cpe:/x", "a" * 2000, "pkg:npm/a"]
)
def test_what_is_no_cpe_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        Cpe.parse(text)


@given(st.text(max_size=60))
def test_no_text_breaks_the_readers(text: str) -> None:
    canonical_purl(text)
    package_of_repository(text)
    package_of_name(text, text)

    assert coordinates(purl=text, cpes=(text,), name=text, version=text) is not None


@given(st.sampled_from([purl for purl, _ in PACKAGES]))
def test_the_canonical_purl_is_its_own_canonical_form(purl: str) -> None:
    canonical = canonical_purl(purl)

    assert canonical is not None
    assert canonical_purl(canonical) == canonical


PARTS = st.text("ab1.-_", min_size=1, max_size=5)
TYPES = ["npm", "pypi", "deb", "golang", "maven", "generic", "cargo", "rpm", "github"]


@given(
    st.sampled_from(TYPES), st.lists(PARTS, max_size=2), PARTS, PARTS, st.sampled_from(["", "%2Bb"])
)
def test_plain_purls_read_as_the_librarys_do(
    kind: str, namespace: list[str], name: str, version: str, build: str
) -> None:
    text = f"pkg:{'/'.join([kind, *namespace, name])}@{version}{build}?arch=amd64&distro=debian-12"
    reference = PackageURL.from_string(text)

    parsed = parse_purl(text)

    assert parsed is not None
    assert parsed[:4] == (kind, reference.namespace or "", reference.name, reference.version)
    assert canonical_purl(text) == reference.to_string()


def test_a_key_is_the_same_from_either_cpe_binding() -> None:
    package = package_of_cpe(
        Cpe.parse("cpe:2.3:a:hcc-embedded:nichestack_tcp\\/ip:*:*:*:*:*:*:*:*")
    )

    assert package == package_of_cpe(Cpe.parse("cpe:/a:hcc-embedded:nichestack_tcp%2fip"))
    assert Provenance.DECLARED < Provenance.DERIVED
