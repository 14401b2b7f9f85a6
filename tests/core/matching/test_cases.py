"""Real cases with the answers they must have, from sources as published.

Each row: component, what a source says of it, verdict. ``no`` is "not affected or not said".
"""

import json
from typing import Any

import pytest

from longmark.core.formats.advisories import cve5, nvd, osv
from longmark.core.formats.advisories.records import AdvisoryRecord, State
from longmark.core.matching import Claim, Decision, Subject, decide

Json = dict[str, Any]


def cpe(name: str, vulnerable: bool = True, **bounds: str) -> Json:
    """A CPE match; the name is ``part:vendor:product:version:update…`` and is filled up."""
    fields = name.split(":")
    full = ":".join([*fields, *["*"] * (11 - len(fields))])
    return {"vulnerable": vulnerable, "criteria": f"cpe:2.3:{full}", **bounds}


def node(*matches: Json) -> Json:
    return {"operator": "OR", "negate": False, "cpeMatch": list(matches)}


def from_nvd(*configurations: Json, status: str = "Analyzed") -> AdvisoryRecord:
    cve = {
        "id": "CVE-2024-0001",
        "published": "2024-01-01T00:00:00.000",
        "lastModified": "2024-01-01T00:00:00.000",
        "vulnStatus": status,
        "descriptions": [{"lang": "en", "value": "x"}],
        "references": [],
        "metrics": {},
        "configurations": list(configurations),
    }
    return nvd.read(json.dumps({"cve": cve}).encode())


def any_of(*matches: Json) -> AdvisoryRecord:
    return from_nvd({"nodes": [node(*matches)]})


def all_of(*nodes: Json) -> Json:
    return {"operator": "AND", "nodes": list(nodes)}


def from_osv(
    ecosystem: str, name: str, *ranges: list[Json], kind: str = "ECOSYSTEM"
) -> AdvisoryRecord:
    package = {"ecosystem": ecosystem, "name": name}
    affected = [{"package": package, "ranges": [{"type": kind, "events": one}]} for one in ranges]
    record = {"id": "X-1", "modified": "2024-01-01T00:00:00Z", "affected": affected}
    return osv.read(json.dumps(record).encode())


def events(*bounds: str) -> list[Json]:
    """Bounds in turn: introduced, fixed, introduced …"""
    kinds = ("introduced", "fixed")
    return [{kinds[place % 2]: bound} for place, bound in enumerate(bounds)]


def from_tags(repository: str, *tags: str) -> AdvisoryRecord:
    package = {"ecosystem": "OSS-Fuzz", "name": "x"}
    git = {"type": "GIT", "repo": repository, "events": [{"introduced": "a" * 40}]}
    affected = [{"package": package, "ranges": [git], "versions": list(tags)}]
    record = {"id": "OSV-1", "modified": "2024-01-01T00:00:00Z", "affected": affected}
    return osv.read(json.dumps(record).encode())


def from_cna(
    vendor: str, product: str, *versions: Json, default: str = "", **more: Any
) -> AdvisoryRecord:
    affected = {"vendor": vendor, "product": product, "versions": list(versions), **more}
    if default:
        affected["defaultStatus"] = default
    metadata = {
        "cveId": "CVE-2024-0001",
        "assignerOrgId": "x",
        "state": "PUBLISHED",
        "dateUpdated": "2024-01-01T00:00:00Z",
    }
    cna = {
        "providerMetadata": {"orgId": "x", "shortName": "x"},
        "descriptions": [{"lang": "en", "value": "x"}],
        "affected": [affected],
    }
    record = {
        "dataType": "CVE_RECORD",
        "dataVersion": "5.1",
        "cveMetadata": metadata,
        "containers": {"cna": cna},
    }
    return cve5.read(json.dumps(record).encode())


def span(low: str, status: str = "affected", kind: str = "custom", **ends: Any) -> Json:
    return {"status": status, "version": low, "versionType": kind, **ends}


def judged(component: str, *records: AdvisoryRecord) -> Decision | None:
    is_purl = component.startswith("pkg:")
    subject = Subject.of(purl=component) if is_purl else Subject.of(purl=None, cpes=[component])
    standing = (record for record in records if record.state is State.PUBLISHED)
    return decide(
        subject,
        [Claim(one.source, one.id, stated) for one in standing for stated in one.statements],
    )


def named(component: str) -> str:
    """Fill up a CPE name that is written short."""
    if component.startswith("pkg:"):
        return component
    return str(cpe(component)["criteria"])


BELOW_3_1_7 = any_of(cpe("a:libmodbus:libmodbus", versionEndExcluding="3.1.7"))
TWO_BRANCHES = any_of(
    cpe("a:libmodbus:libmodbus", versionEndExcluding="3.0.7"),
    cpe("a:libmodbus:libmodbus", versionStartIncluding="3.1.0", versionEndExcluding="3.1.5"),
)
HTTPD = any_of(cpe("a:apache:http_server:2.2.0"), cpe("a:apache:http_server:-"))
OPENSSL = any_of(
    cpe("a:openssl:openssl", versionStartIncluding="1.0.2", versionEndExcluding="1.0.2zd"),
    cpe("a:openssl:openssl", versionStartIncluding="1.1.0", versionEndExcluding="1.1.1n"),
    cpe("a:openssl:openssl", versionStartIncluding="3.0.0", versionEndExcluding="3.0.2"),
)
OPENSSL_CNA = from_cna(
    "OpenSSL",
    "OpenSSL",
    span("1.1.1", lessThan="1.1.1za"),
    span("3.0.0", lessThan="3.0.15", kind="semver"),
    default="unaffected",
)
ALPINE = from_osv("Alpine:v3.19", "busybox", events("0", "1.36.1-r17"))
CURL_EMPTY = from_cna(
    "curl",
    "curl",
    span("8.4.0", lessThan="8.4.0", kind="semver"),
    span("7.69.0", "unaffected", lessThan="7.69.0", kind="semver"),
)
LOG4J = from_osv(
    "Maven",
    "org.apache.logging.log4j:log4j-core",
    events("2.13.0", "2.15.0"),
    events("0", "2.3.1"),
    events("2.4", "2.12.2"),
)
KERNEL_NVD = any_of(
    cpe("o:linux:linux_kernel", versionStartIncluding="5.8", versionEndExcluding="5.10.102"),
    cpe("o:linux:linux_kernel", versionStartIncluding="5.15", versionEndExcluding="5.15.25"),
)
KERNEL_CNA = from_cna(
    "Linux",
    "Linux",
    {"status": "affected", "version": "6.5"},
    span("0", "unaffected", lessThan="6.5"),
    span("6.6.17", "unaffected", lessThanOrEqual="6.6.*"),
    span("6.7.5", "unaffected", lessThanOrEqual="6.7.*"),
    span("6.8", "unaffected", lessThanOrEqual="*", kind="original_commit_for_fix"),
    default="affected",
)
U_BOOT = any_of(
    cpe("a:denx:u-boot", versionEndExcluding="2022.07"), cpe("a:denx:u-boot:2022.07:rc5")
)
MBEDTLS = any_of(
    cpe("a:arm:mbed_tls", versionEndExcluding="2.16.12"),
    cpe("a:arm:mbed_tls", versionStartIncluding="2.17.0", versionEndExcluding="2.28.0"),
)
OPENSSH = from_cna(
    "OpenBSD", "OpenSSH", span("8.5p1", lessThanOrEqual="9.7p1"), default="unaffected"
)
RHEL = from_cna(
    "Red Hat",
    "Red Hat Enterprise Linux 9",
    span("0:8.7p1-38.el9_4.1", "unaffected", lessThan="*", kind="rpm"),
    default="affected",
    packageName="openssh",
    cpes=["cpe:/o:redhat:enterprise_linux:9::baseos"],
)
PAN_OS = from_cna(
    "Palo Alto Networks",
    "PAN-OS",
    span("10.2.0", lessThan="10.2.9-h1", changes=[{"at": "10.2.9-h1", "status": "unaffected"}]),
    default="unaffected",
)
ROUTER = from_nvd(
    all_of(
        node(cpe("o:tp-link:archer_ax21_firmware", versionEndExcluding="1.1.4")),
        node(cpe("h:tp-link:archer_ax21:-", False)),
    )
)
REDIS_ON_WINDOWS = from_nvd(
    all_of(node(cpe("a:redis:redis:-")), node(cpe("o:microsoft:windows:-", False)))
)
CHROME_ON_LINUX = from_nvd(
    all_of(
        node(cpe("a:google:chrome", False, versionEndExcluding="114.0.5735.110")),
        node(cpe("o:linux:linux_kernel:-")),
    )
)
RUST_THROUGH = any_of(
    cpe("a:through_project:through:*:*:*:*:*:rust", versionEndIncluding="2021-02-18")
)
BABEL = from_osv(
    "npm", "@babel/traverse", events("0", "7.23.2"), events("8.0.0-alpha.0", "8.0.0-alpha.4")
)
ANSIBLE = events("2.7.0", "2.8.0a1", "2.8.0", "2.8.13", "2.9.0", "2.9.10")
PYSPARK = events("0", "3.1.1", "3.2.0", "3.2.2", "3.1.1", "3.1.3")
GO_CRYPTO = from_osv(
    "Go", "golang.org/x/crypto", events("0", "0.0.0-20200220183623-bac4c82f6975"), kind="SEMVER"
)
SPRING = from_osv(
    "Maven",
    "org.springframework:spring-beans",
    events("0", "5.2.20.RELEASE"),
    events("5.3.0", "5.3.18"),
)
RHSA = from_osv("Red Hat:enterprise_linux:8::baseos", "openssl", events("0", "1:1.1.1k-7.el8_6"))
DEBIAN_CURL = from_osv("Debian:12", "curl", events("0", "7.88.1-10+deb12u4"))

CASES = [
    ("a:libmodbus:libmodbus:3.1.6", BELOW_3_1_7, "affected"),
    ("pkg:generic/libmodbus@3.1.10", BELOW_3_1_7, "no"),
    ("pkg:generic/libmodbus", BELOW_3_1_7, "unknown"),
    ("pkg:generic/libmodbus@3.1.4", TWO_BRANCHES, "affected"),
    ("a:apache:http_server:2.4.53", HTTPD, "no"),
    ("pkg:generic/openssl@1.0.2zc", OPENSSL, "affected"),
    ("pkg:generic/openssl@1.1.1n", OPENSSL, "no"),
    ("pkg:generic/openssl@3.0.0-alpha17", OPENSSL, "no"),
    ("pkg:generic/openssl@1.1.1za", OPENSSL_CNA, "no"),
    ("pkg:generic/openssl@1.1.1z", OPENSSL_CNA, "affected"),
    ("pkg:apk/alpine/busybox@1.36.1-r19?distro=alpine-3.19", ALPINE, "no"),
    ("pkg:apk/alpine/busybox@1.36.1-r15?distro=alpine-3.19", ALPINE, "affected"),
    ("pkg:apk/alpine/busybox@1.36.1-r15", ALPINE, "unknown"),
    ("pkg:generic/curl@8.3.0", CURL_EMPTY, "unknown"),
    ("pkg:deb/debian/curl@7.88.1-10+deb12u4?distro=debian-12", DEBIAN_CURL, "no"),
    ("pkg:maven/org.apache.logging.log4j/log4j-core@2.12.1", LOG4J, "affected"),
    ("pkg:maven/org.apache.logging.log4j/log4j-core@2.12.2", LOG4J, "no"),
    ("pkg:maven/org.apache.logging.log4j/log4j-api@2.14.1", LOG4J, "no"),
    ("pkg:npm/nx@13.1.4", any_of(cpe("a:siemens:nx")), "no"),
    ("pkg:generic/xz@5.6.1", any_of(cpe("a:tukaani:xz:5.6.1")), "affected"),
    ("o:linux:linux_kernel:5.10.101", KERNEL_NVD, "affected"),
    ("o:linux:linux_kernel:5.13.19", KERNEL_NVD, "no"),
    ("pkg:deb/ubuntu/linux@5.15.0-20.20?distro=ubuntu-22.04", KERNEL_NVD, "unknown"),
    ("pkg:generic/linux@6.6.17", KERNEL_CNA, "no"),
    ("pkg:generic/linux@6.7.4", KERNEL_CNA, "affected"),
    ("pkg:generic/u-boot@2022.07-rc5", U_BOOT, "affected"),
    ("pkg:github/Mbed-TLS/mbedtls@mbedtls-2.16.11", MBEDTLS, "affected"),
    ("pkg:generic/mbedtls@2.28.3", MBEDTLS, "no"),
    ("pkg:generic/openssh@9.7p1", OPENSSH, "affected"),
    ("pkg:generic/openssh@9.8p1", OPENSSH, "no"),
    ("pkg:rpm/redhat/openssh@8.7p1-38.el9_4.1?distro=rhel-9", RHEL, "no"),
    ("pkg:rpm/redhat/openssh@8.7p1-34.el9?distro=rhel-9", RHEL, "affected"),
    ("o:paloaltonetworks:pan-os:10.2.9", PAN_OS, "affected"),
    ("o:paloaltonetworks:pan-os:10.2.9-h1", PAN_OS, "no"),
    ("o:tp-link:archer_ax21_firmware:1.1.3", ROUTER, "affected"),
    ("pkg:deb/debian/redis-server@5:7.0.11-1?distro=debian-12", REDIS_ON_WINDOWS, "no"),
    ("o:linux:linux_kernel:5.14.0", CHROME_ON_LINUX, "no"),
    ("pkg:npm/through@2.3.8", RUST_THROUGH, "no"),
    ("pkg:npm/%40babel/traverse@7.23.2", BABEL, "no"),
    ("pkg:npm/%40babel/traverse@8.0.0-alpha.3", BABEL, "affected"),
    ("pkg:npm/babel-traverse@6.26.0", from_osv("npm", "babel-traverse", events("0")), "affected"),
    ("pkg:pypi/torch@1.13.0%2Bcu117", from_osv("PyPI", "torch", events("0", "1.13.1")), "affected"),
    ("pkg:pypi/ansible@2.8.12", from_osv("PyPI", "ansible", ANSIBLE), "affected"),
    ("pkg:pypi/jw-util@2.2", from_osv("PyPI", "jw.util", events("0", "2.3")), "affected"),
    ("pkg:pypi/pyspark@3.1.2", from_osv("PyPI", "pyspark", PYSPARK), "affected"),
    ("pkg:pypi/hub@0.1.0", from_osv("PyPI", "hub", events("0", "0.2.0-n653")), "unknown"),
    (
        "pkg:golang/golang.org/x/crypto@v0.0.0-20191011191535-87dc89f01550",
        GO_CRYPTO,
        "affected",
    ),
    ("pkg:golang/golang.org/x/crypto@v0.1.0", GO_CRYPTO, "no"),
    ("pkg:maven/org.springframework/spring-beans@5.2.20.RELEASE", SPRING, "no"),
    ("pkg:rpm/redhat/openssl@1.1.1k-9.el8_7?epoch=1&distro=rhel-8", RHSA, "no"),
    (
        "pkg:gem/nokogiri@1.13.6-x86_64-linux",
        from_osv("RubyGems", "nokogiri", events("0", "1.13.6")),
        "no",
    ),
    (
        "pkg:generic/libtiff@4.0.10?vcs_url=git%2Bhttps://gitlab.com/libtiff/libtiff.git",
        from_tags("https://gitlab.com/libtiff/libtiff", "v4.0.10"),
        "affected",
    ),
    (
        "pkg:github/curl/curl@curl-7_58_0",
        from_tags("https://github.com/curl/curl.git", "curl-7_57_0"),
        "no",
    ),
    ("pkg:npm/next@15.0.0", from_nvd(status="Rejected"), "no"),
]


@pytest.mark.parametrize(("component", "record", "verdict"), CASES)
def test_a_real_case_has_its_answer(component: str, record: AdvisoryRecord, verdict: str) -> None:
    decision = judged(named(component), record)

    assert (decision.verdict.value if decision else "no") == verdict


CONFIDENCES = [
    ("a:libmodbus:libmodbus:3.1.6", BELOW_3_1_7, "exact"),
    ("pkg:generic/libmodbus@3.1.6", BELOW_3_1_7, "medium"),
    ("pkg:pypi/jw-util@2.2", from_osv("PyPI", "jw.util", events("0", "2.3")), "exact"),
    ("o:openssl:openssl:1.0.2zc", OPENSSL, "medium"),
    ("o:paloaltonetworks:pan-os:10.2.9", PAN_OS, "medium"),
    ("o:tp-link:archer_ax21_firmware:1.1.3", ROUTER, "medium"),
    ("a:siemens:nx:13", any_of(cpe("a:siemens:nx")), "low"),
]


@pytest.mark.parametrize(("component", "record", "confidence"), CONFIDENCES)
def test_confidence_is_that_of_the_weakest_step(
    component: str, record: AdvisoryRecord, confidence: str
) -> None:
    decision = judged(named(component), record)

    assert decision is not None
    assert decision.confidence == confidence
