"""Neighbours of the known situations: commits, parts of records, epochs, names that are close."""

from typing import Any

import pytest
from tests.core.matching.questions import any_of, cna, cpe, name, osv, tags, verdict

A, B, C = "a" * 40, "b" * 40, "c" * 40
GIT = tags("https://github.com/foo/bar", "v1.0")
CRYPTO = osv("Go", "golang.org/x/crypto", "0 0.0.0-20200220183623-bac4c82f6975")
RHSA = osv("Red Hat:enterprise_linux:8::baseos", "openssl", "0 1:1.1.1k-7.el8_6")
KERNEL = any_of(*(cpe("o:linux:linux_kernel", f">={low}", f"<{high}") for low, high in (
    ("5.8", "5.10.102"), ("5.15", "5.15.25"))))  # fmt: skip
KERNEL_BY_COMMIT = cna("Linux", "Linux", {"version": A, "lessThan": B, "status": "affected",
                                          "versionType": "git"}, default="unaffected")  # fmt: skip

CASES: list[tuple[str, Any, str]] = [
    (f"pkg:github/foo/bar@{A}", GIT, "affected"),
    (f"pkg:github/foo/bar@{B}", GIT, "not_affected"),
    (f"pkg:github/foo/bar@{C}", GIT, "unknown"),
    ("pkg:github/foo/bar@v1.0", GIT, "affected"),
    ("pkg:github/foo/bar@v1.1", GIT, "not_affected"),
    ("pkg:github/foo/bar", GIT, "unknown"),
    ("pkg:golang/golang.org/x/crypto/ssh@v0.0.0-20191011191535-87dc89f01550", CRYPTO, "affected"),
    ("pkg:golang/golang.org/x/crypto/v2@v2.0.0", CRYPTO, "not_affected"),
    (
        "pkg:golang/golang.org/x/cryptography@v0.0.0-20191011191535-87dc89f01550",
        CRYPTO,
        "not_affected",
    ),
    ("pkg:rpm/redhat/openssl@1.1.1k-9.el8_7?distro=rhel-8", RHSA, "not_affected"),
    ("pkg:rpm/redhat/openssl@1.1.1k-5.el8_5?distro=rhel-8", RHSA, "affected"),
    ("pkg:deb/ubuntu/linux@5.13.0-20.20?distro=ubuntu-22.04", KERNEL, "unknown"),
    ("pkg:deb/ubuntu/linux@6.8.0-20.20?distro=ubuntu-24.04", KERNEL, "not_affected"),
    ("pkg:golang/stdlib@go1.16rc1", osv("Go", "stdlib", "1.16.0-0 1.16.1"), "affected"),
    ("pkg:golang/stdlib@go1.16.1", osv("Go", "stdlib", "1.16.0-0 1.16.1"), "not_affected"),
    ("pkg:generic/linux@6.6.1", KERNEL_BY_COMMIT, "unknown"),
    ("pkg:npm/a@1.0.0", {"affected": [{"package": {"ecosystem": "npm", "name": "a"}}]}, "unknown"),
    (
        "pkg:npm/a@1.0.0",
        {"withdrawn": "2024-01-01T00:00:00Z", **osv("npm", "a", "0")},
        "not_affected",
    ),
    (
        "pkg:pypi/x@1.0",
        {
            "affected": [
                {
                    "package": {"purl": "pkg:pypi/x"},
                    "ranges": [
                        {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2"}]}
                    ],
                }
            ]
        },
        "affected",
    ),
    (
        "pkg:npm/a@1.0.0",
        {
            "affected": [
                {
                    "package": {"ecosystem": "npm", "name": "a", "purl": "pkg:npm/a"},
                    "versions": ["1.0.0"],
                }
            ]
        },
        "affected",
    ),
    (
        name("a:acme:frob:1.0"),
        {
            "affected": [
                {
                    "vendor": "n/a",
                    "product": "n/a",
                    "versions": [{"status": "affected", "version": "n/a"}],
                }
            ],
            "descriptions": [{"lang": "en", "value": "Frob 1.0 has a bug"}],
        },
        "unknown",
    ),
    (
        name("a:acme:frob:1.0"),
        {
            "affected": [
                {
                    "vendor": "Acme",
                    "product": "Frob",
                    "versions": [{"status": "affected", "version": "< 1.2"}],
                }
            ]
        },
        "affected",
    ),
    (
        name("a:acme:frob:1.0"),
        {"affected": [{"vendor": "Acme", "product": "Frob", "defaultStatus": "affected"}]},
        "affected",
    ),
    (
        name("a:acme:frob:1.0"),
        {
            "affected": [
                {
                    "vendor": "Acme",
                    "product": "Frob",
                    "versions": [{"status": "unaffected", "version": "2.0"}],
                }
            ]
        },
        "unknown",
    ),
    (name("a:acme:frob:1.0"), {"state": "REJECTED", "affected": []}, "not_affected"),
    ("pkg:generic/frob@1.0", {"cveMetadata": {"state": "REJECTED"}}, "not_affected"),
    (
        name("a:acme:frob:1.0"),
        {"cpeApplicability": any_of(cpe("a:acme:frob", "<2"))["configurations"]},
        "affected",
    ),
    (
        "pkg:npm/frob@1.0.0",
        {
            "affected": [
                {
                    "packageURL": "pkg:npm/frob",
                    "versions": [
                        {
                            "version": "0",
                            "lessThan": "1.2",
                            "status": "affected",
                            "versionType": "semver",
                        }
                    ],
                }
            ]
        },
        "affected",
    ),
    (
        "pkg:npm/frob@1.0.0",
        {
            "affected": [
                {
                    "collectionURL": "https://www.npmjs.com",
                    "packageName": "frob",
                    "versions": [{"version": "0", "lessThan": "1.2", "status": "affected"}],
                }
            ]
        },
        "affected",
    ),
    ("pkg:apk/alpine/x@1.0-r0?distro=alpine-3.19", osv("Alpine:v3.19", "x", "0 0"), "not_affected"),
    (
        name("a:acme:frob:1.0"),
        {"cveTags": ["disputed"], **any_of(cpe("a:acme:frob", "<2"))},
        "affected",
    ),
    (name("a:acme:frob:-"), any_of(cpe("a:acme:frob", "<2")), "unknown"),
    (name("a:acme:frob"), any_of(cpe("a:acme:frob")), "affected"),
    (name("o:acme:frob:1.0"), any_of(cpe("h:acme:frob:-")), "not_affected"),
    (name("h:acme:frob:1.0"), any_of(cpe("o:acme:frob", "<2")), "not_affected"),
    (name("h:acme:frob:1.0"), any_of(cpe("h:acme:frob", "<2")), "affected"),
    (name("h:acme:frob:2.0"), any_of(cpe("h:acme:frob", "<2")), "not_affected"),
    (name("h:acme:frob:-"), any_of(cpe("h:acme:frob:-")), "affected"),
    (name("h:acme:frob:1.0"), any_of(cpe("h:acme:frob:-")), "affected"),
    (name("h:acme:frob:-"), any_of(cpe("h:acme:frob", "<2")), "unknown"),
    (name("h:acme:frob"), any_of(cpe("h:acme:frob")), "affected"),
    (name("h:acme:frob_firmware:1.0"), any_of(cpe("h:acme:frob:-")), "not_affected"),
    ("pkg:cargo/foo_bar@1.0.0", osv("crates.io", "foo-bar", "0 2.0.0"), "affected"),
    ("pkg:maven/g/a@1.0?classifier=sources&type=jar", osv("Maven", "g:a", "0 2"), "affected"),
    ("pkg:composer/Vendor/Name@v1.0.0", osv("Packagist", "vendor/name", "0 2.0.0"), "affected"),
    (name("o:acme:x_firmware:rp2613"), any_of(cpe("o:acme:x_firmware", "<=RP2613")), "affected"),
    (name("o:acme:x_firmware:rp2600"), any_of(cpe("o:acme:x_firmware", "<=RP2613")), "unknown"),
    (name("o:acme:x_firmware:rp2613"), any_of(cpe("o:acme:x_firmware", "<RP2613")), "not_affected"),
    (
        name("o:acme:x_firmware:rp2613"),
        any_of(cpe("o:acme:x_firmware", "<RP2613"), cpe("o:acme:x_firmware", "<RP2700")),
        "unknown",
    ),
    ("linux-raspberrypi 6.1.94-v8", any_of(cpe("o:linux:linux_kernel", "<6.1.95")), "affected"),
    ("pkg:deb/debian/x@1.0-1?distro=debian-11", osv("Debian", "x", "0 2.0-1"), "unknown"),
    ("pkg:deb/debian/x@2.0-1?distro=debian-11", osv("Debian", "x", "0 2.0-1"), "not_affected"),
    ("pkg:apk/wolfi/x@1.0-r0", osv("Wolfi", "x", "0 2.0-r0"), "affected"),
    ("pkg:rpm/redhat/x@1-2.module+el9.2.0+1+a", osv("Red Hat:8", "x", "0 2-1"), "not_affected"),
    ("pkg:rpm/redhat/x@1-2.module+el9.2.0+1+a", osv("Red Hat:9", "x", "0 2-1"), "affected"),
    ("pkg:pypi/foo@1.0.dev1", osv("PyPI", "foo", "1.0a1 2"), "not_affected"),
]


@pytest.mark.parametrize(("component", "advisory", "expected"), CASES)
def test_a_neighbour_has_its_answer(component: str, advisory: Any, expected: str) -> None:
    assert verdict(component, advisory) == expected


PROSE_BOUNDS = [
    ("Fixed in OpenSSL 1.1.1m (Affected 1.1.1-1.1.1l)", "1.1.1l", "affected"),
    ("Fixed in OpenSSL 1.1.1m (Affected 1.1.1-1.1.1l)", "1.1.1m", "unknown"),
    ("Fixed in OpenSSL 3.0.1 (Affected 3.0.0)", "3.0.0", "affected"),
    ("Fixed in v3.0.1", "2.9", "affected"),
    ("before 1.1.1", "1.1.0l", "affected"),
]


@pytest.mark.parametrize(("text", "version", "expected"), PROSE_BOUNDS)
def test_bounds_in_words_are_read(text: str, version: str, expected: str) -> None:
    advisory = cna("OpenSSL", "OpenSSL", {"version": text, "status": "affected"})

    assert verdict(f"pkg:generic/openssl@{version}", advisory) == expected


NETTY = "pkg:maven/io.netty/netty-codec@4.1.94.Final-redhat-00001"
EAP = "cpe:/a:redhat:jboss_enterprise_application_platform:7"


def inside_a_product(status: str) -> Any:
    """A CSAF document on a component inside a product."""
    helper = "product_identification_helper"
    return {
        "product_tree": {
            "full_product_names": [
                {"product_id": "C", "name": "netty", helper: {"purl": NETTY}},
                {"product_id": "E", "name": "EAP 7", helper: {"cpe": EAP}},
            ],
            "relationships": [
                {
                    "category": "default_component_of",
                    "product_reference": "C",
                    "relates_to_product_reference": "E",
                    "full_product_name": {"product_id": "B", "name": "netty in EAP 7"},
                }
            ],
        },
        "vulnerabilities": [{"cve": "CVE-2024-0001", "product_status": {status: ["B"]}}],
    }


INSIDE = [
    ("known_affected", EAP, "affected"),
    ("known_affected", "", "unknown"),
    ("known_affected", "pkg:generic/acme-gateway@1.0", "not_affected"),
    ("known_not_affected", EAP, "not_affected"),
    ("known_not_affected", "", "unknown"),
    ("fixed", EAP, "fixed"),
    ("fixed", "", "unknown"),
]


@pytest.mark.parametrize(("status", "parent", "expected"), INSIDE)
def test_what_is_said_inside_a_product_holds_there(status: str, parent: str, expected: str) -> None:
    document = inside_a_product(status)

    assert verdict(NETTY, document, context={"parent": parent}) == expected
