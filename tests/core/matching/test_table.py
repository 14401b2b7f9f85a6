"""Situations that matchers are known to get wrong, and their neighbours, one line each.

*no* is not affected or not spoken of; *cannot tell* is for review and never clean.
"""

from typing import Any

import pytest
from tests.core.matching.questions import (
    Json,
    all_of,
    any_of,
    cna,
    cpe,
    name,
    node,
    osv,
    span,
    tags,
    verdict,
)

YES, NO, UNSURE, FIXED = "affected", "not_affected", "unknown", "fixed"

MODBUS = any_of(cpe("a:libmodbus:libmodbus", "<3.1.7"))
MODBUS_TWICE = any_of(
    cpe("a:libmodbus:libmodbus", "<3.0.7"), cpe("a:libmodbus:libmodbus", ">=3.1.0", "<3.1.5")
)
IN_WORDS = {
    "vulnStatus": "Awaiting Analysis", "configurations": [],
    "descriptions": [{"lang": "en", "value": "An overflow was found in libmodbus v3.1.10."}],
}  # fmt: skip
HTTPD = any_of(*(cpe(f"a:apache:http_server:{one}") for one in ("2.2.0", "2.2.6", "-")))
OPENSSL = any_of(
    cpe("a:openssl:openssl", ">=1.0.2", "<1.0.2zd"),
    cpe("a:openssl:openssl", ">=1.1.0", "<1.1.1n"),
    cpe("a:openssl:openssl", ">=3.0.0", "<3.0.2"),
)
OPENSSL_1_1_1 = any_of(cpe("a:openssl:openssl", ">=1.1.1", "<1.1.1l"))
OPENSSL_CNA = cna("OpenSSL", "OpenSSL", span("1.1.1", "<1.1.1za"), span("1.0.2", "<1.0.2zk"),
                  default="unaffected")  # fmt: skip
BUSYBOX = any_of(cpe("a:busybox:busybox", "<=1.35.0"))
ALPINE = osv("Alpine:v3.19", "busybox", "0 1.36.1-r17")
CURL = any_of(cpe("a:haxx:libcurl", ">=7.69.0", "<8.4.0"))
CURL_EMPTY = cna("curl", "curl", span("8.4.0", "<8.4.0"), span("7.69.0", "<7.69.0", "unaffected"))
DEBIAN_CURL = osv("Debian:12", "curl", "0 7.88.1-10+deb12u4")
LOG4J = osv(
    "Maven", "org.apache.logging.log4j:log4j-core", "2.13.0 2.15.0", "0 2.3.1", "2.4 2.12.2"
)
LOG4J_AT = "pkg:maven/org.apache.logging.log4j/log4j-core@"
DEBIAN_ZLIB = osv("Debian:11", "zlib", "0 1:1.2.11.dfsg-2+deb11u2")
XZ = any_of(cpe("a:tukaani:xz:5.6.0"), cpe("a:tukaani:xz:5.6.1"))
KERNEL = any_of(*(cpe("o:linux:linux_kernel", f">={low}", f"<{high}") for low, high in (
    ("5.8", "5.10.102"), ("5.15", "5.15.25"), ("5.16", "5.16.11"))))  # fmt: skip
KERNEL_CNA = cna(
    "Linux", "Linux",
    {"status": "affected", "version": "6.5"},
    span("0", "<6.5", "unaffected"),
    span("6.1.78", "<=6.1.*", "unaffected"),
    span("6.6.17", "<=6.6.*", "unaffected"),
    span("6.7.5", "<=6.7.*", "unaffected"),
    span("6.8", "<=*", "unaffected", versionType="original_commit_for_fix"),
    default="affected",
)  # fmt: skip
U_BOOT = any_of(cpe("a:denx:u-boot", "<2022.07"), cpe("a:denx:u-boot:2022.07:rc5"))
FREERTOS = any_of(cpe("o:amazon:freertos", "<10.4.3"))
AWS = any_of(cpe("a:amazon:amazon_web_services_freertos", "<=1.3.1"))
MBEDTLS = any_of(
    cpe("a:arm:mbed_tls", "<2.16.12"),
    cpe("a:arm:mbed_tls", ">=2.17.0", "<2.28.0"),
    cpe("a:arm:mbed_tls:3.0.0:-"),
    cpe("a:arm:mbed_tls:3.0.0:preview1"),
)
OPENSSH = cna("OpenBSD", "OpenSSH", span("8.5p1", "<=9.7p1"), default="unaffected")
RHEL = cna("Red Hat", "Red Hat Enterprise Linux 9",
           span("0:8.7p1-38.el9_4.1", "<*", "unaffected", versionType="rpm"), default="affected",
           packageName="openssh", cpes=["cpe:/o:redhat:enterprise_linux:9::baseos"])  # fmt: skip
DEBIAN_SSH = osv("Debian:12", "openssh", "0 1:9.2p1-2+deb12u3")
GSOAP = any_of(cpe("a:genivia:gsoap", ">=2.7.0", "<=2.7.17"),
               cpe("a:genivia:gsoap", ">=2.8.0", "<2.8.75"))  # fmt: skip
PAN_OS = cna(
    "Palo Alto Networks", "PAN-OS", {"status": "unaffected", "version": "10.1.0"},
    span("10.2.0", "<10.2.9-h1", changes=[{"at": "10.2.9-h1", "status": "unaffected"}]),
    default="unaffected",
)  # fmt: skip
PATCHED_BETWEEN = cna("Acme", "Frob", span("1.0", "<2.0", changes=[
    {"at": "1.4", "status": "affected"}, {"at": "1.2", "status": "unaffected"}]),
    default="unaffected")  # fmt: skip
ROUTER = all_of(node(cpe("o:tp-link:archer_ax21_firmware", "<1.1.4")),
                node(cpe("h:tp-link:archer_ax21:-", vulnerable=False)))  # fmt: skip
REDIS = all_of(node(cpe("a:redis:redis:-")), node(cpe("o:microsoft:windows:-", vulnerable=False)))
CHROME = {"configurations": [
    all_of(node(cpe("a:google:chrome", "<114")),
           node(cpe("o:microsoft:windows:-", vulnerable=False)))["configurations"][0],
    all_of(node(cpe("a:google:chrome", "<114", vulnerable=False)),
           node(cpe("o:linux:linux_kernel:-")))["configurations"][0],
]}  # fmt: skip
RUST = any_of(cpe("a:through_project:through:*:*:*:*:*:rust", "<=2021-02-18"))
BABEL = osv("npm", "@babel/traverse", "0 7.23.2", "8.0.0-alpha.0 8.0.0-alpha.4")
BABEL["affected"] += osv("npm", "babel-traverse", "0")["affected"]
UA = osv("npm", "ua-parser-js", "0.7.29 0.7.30", versions=["0.7.29"])
TORCH = osv("PyPI", "torch", "0 1.13.1")
BEAKER = osv("PyPI", "beaker", "0 1.6.5.post1")
ANSIBLE = osv("PyPI", "ansible", "2.7.0 2.8.0a1 2.8.0 2.8.13 2.9.0 2.9.10")
AIRFLOW = osv("PyPI", "apache-airflow", "0 1.10.11rc1")
JW_UTIL = osv("PyPI", "jw.util", "0 2.3")
PYSPARK = osv("PyPI", "pyspark", "0 3.1.1 3.2.0 3.2.2 3.1.1 3.1.3")
HUB = osv("PyPI", "binderhub", "0 0.2.0-n653")
CRYPTO = osv("Go", "golang.org/x/crypto", "0 0.0.0-20200220183623-bac4c82f6975")
CRYPTO_AT = "pkg:golang/golang.org/x/crypto@"
STDLIB = osv("Go", "stdlib", "1.16.0-0 1.16.1")
DOCKER = osv("Go", "github.com/docker/docker", "0 20.10.14+incompatible")
SPRING = osv("Maven", "org.springframework:spring-beans", "0 5.2.20.RELEASE", "5.3.0 5.3.18")
NETTY = osv("Maven", "io.netty:netty-codec-http", "0 4.1.71.Final")
GUAVA = osv("Maven", "com.google.guava:guava", "1.0 32.0.0-android")
RHSA = osv("Red Hat:enterprise_linux:8::baseos", "openssl", "0 1:1.1.1k-7.el8_6")
VIM = any_of(cpe("a:vim:vim", "<8.0.0322"))
NOKOGIRI = osv("RubyGems", "nokogiri", "0 1.13.6")
JSON_NET = osv("NuGet", "Newtonsoft.Json", "0 13.0.1")
TIFF = tags("https://gitlab.com/libtiff/libtiff", "v4.0.10")
TIFF_AT = "pkg:generic/libtiff@{}?vcs_url=git%2Bhttps%3A%2F%2Fgitlab.com%2Flibtiff%2Flibtiff.git"
CURL_TAGS = tags("https://github.com/curl/curl.git", "curl-7_57_0")
LOOPED = osv("npm", "a", "0")
LOOPED["affected"][0]["ranges"][0]["events"] += [{"last_affected": "1.2.0"}, {"limit": "*"}]
LIMITED = osv("npm", "a", "1.0.0")
LIMITED["affected"][0]["ranges"][0]["events"].append({"limit": "2.0.0"})


def csaf(vendor: str, product: str, *leaves: tuple[str, str, str], **more: Any) -> Json:
    """A document without its head; leaves are (category, version, status)."""
    status: dict[str, list[str]] = {}
    branches = []
    for number, (category, version, group) in enumerate(leaves):
        product_id = f"P{number}"
        branches.append({"category": f"product_version{category}", "name": version,
                         "product": {"product_id": product_id}})  # fmt: skip
        status.setdefault(group, []).append(product_id)
    named = {"category": "product_name", "name": product, "branches": branches}
    tree = {"branches": [{"category": "vendor", "name": vendor, "branches": [named]}]}
    return {"product_tree": tree, "product_status": status, **more}


VXWORKS = csaf("Wind River", "VxWorks", ("_range", ">=6.5", "known_affected"),
               ("", "7_SR620", "known_not_affected"),
               ("_range", ">=5.3|<=6.4", "known_not_affected"))  # fmt: skip
ZEPHYR = csaf("multiple", "Zephyr Project RTOS", ("_range", "< 2.5", "known_affected"))
SIMATIC = csaf("Siemens", "SIMATIC S7-400 CPU 414-3 PN/DP V7 (6ES7414-3EM07-0AB0)",
               ("_range", "vers:all/<V7.0.3", "known_affected"))  # fmt: skip
UCLIBC_NG = csaf("multiple", "Uclibc-NG", ("_range", "< 1.0.36", "known_affected"))
FROB = csaf("Acme", "Frob", ("_range", "<2.0", "known_affected"), ("", "2.0", "fixed"),
            ("", "1.5", "known_not_affected"), ("", "1.6", "under_investigation"))  # fmt: skip
CPU = name("o:siemens:simatic_s7-400_cpu_414-3_pn_dp_v7_firmware:{}")

CASES: list[tuple[str, Json, str]] = [
    (name("a:libmodbus:libmodbus:3.1.6"), MODBUS, YES),
    ("pkg:generic/libmodbus@3.1.10", MODBUS, NO),
    ("pkg:generic/libmodbus@3.1.7-rc1", MODBUS, YES),
    ("pkg:generic/libmodbus", MODBUS, UNSURE),
    ("pkg:generic/libmodbus@master", MODBUS, UNSURE),
    ("pkg:generic/libmodbus@3.1.4", MODBUS_TWICE, YES),
    ("pkg:generic/libmodbus@3.0.8", MODBUS_TWICE, NO),
    ("pkg:generic/libmodbus@3.1.10", IN_WORDS, UNSURE),
    ("pkg:generic/zlib@1.2.11", IN_WORDS, NO),
    (name("a:apache:http_server:2.4.53"), HTTPD, NO),
    (name("a:apache:http_server:2.2.6"), HTTPD, YES),
    (name("a:apache:http_server:2.2.6"), any_of(cpe("a:apache:http_server:-")), UNSURE),
    ("pkg:generic/openssl@1.0.2zc", OPENSSL, YES),
    ("pkg:generic/openssl@1.0.2zd", OPENSSL, NO),
    ("pkg:generic/openssl@1.1.1n", OPENSSL, NO),
    ("pkg:generic/openssl@1.1.1m", OPENSSL, YES),
    ("pkg:generic/openssl@3.0.0-alpha17", OPENSSL, NO),
    ("pkg:generic/openssl@3.0.0", OPENSSL, YES),
    ("pkg:generic/openssl@1.1.0g", OPENSSL_1_1_1, NO),
    ("pkg:generic/openssl@1.1.1za", OPENSSL_CNA, NO),
    ("pkg:generic/openssl@1.1.1z", OPENSSL_CNA, YES),
    ("pkg:generic/busybox@1.35.0", BUSYBOX, YES),
    ("pkg:generic/busybox@1.36.0", BUSYBOX, NO),
    ("pkg:apk/alpine/busybox@1.36.1-r19?distro=alpine-3.19", ALPINE, NO),
    ("pkg:apk/alpine/busybox@1.36.1-r15?distro=alpine-3.19", ALPINE, YES),
    ("pkg:apk/alpine/busybox@1.36.1-r15?distro=alpine-3.18", ALPINE, NO),
    ("pkg:apk/alpine/busybox@1.36.1-r15", ALPINE, UNSURE),
    (name("a:haxx:libcurl:7.69.0"), CURL, YES),
    (name("a:haxx:libcurl:8.4.0"), CURL, NO),
    ("pkg:generic/curl@8.3.0", CURL_EMPTY, UNSURE),
    ("pkg:deb/debian/curl@7.88.1-10+deb12u4?distro=debian-12", DEBIAN_CURL, NO),
    ("pkg:deb/debian/curl@7.88.1-10+deb12u3?distro=debian-12", DEBIAN_CURL, YES),
    ("pkg:deb/debian/curl@7.74.0-1.3?distro=debian-11", DEBIAN_CURL, NO),
    (f"{LOG4J_AT}2.14.1", LOG4J, YES),
    (f"{LOG4J_AT}2.12.1", LOG4J, YES),
    (f"{LOG4J_AT}2.12.3", LOG4J, NO),
    ("pkg:maven/org.apache.logging.log4j/log4j-api@2.14.1", LOG4J, NO),
    ("pkg:maven/org.example/log4j-core@2.14.1", LOG4J, NO),
    ("pkg:npm/nx@13.1.4", any_of(cpe("a:siemens:nx")), NO),
    ("pkg:generic/zlib@1.2.12", any_of(cpe("a:zlib:zlib", "<=1.2.12")), YES),
    ("pkg:generic/zlib-ng@1.2.12", any_of(cpe("a:zlib:zlib", "<=1.2.12")), NO),
    ("pkg:deb/debian/zlib1g@1:1.2.11.dfsg-2+deb11u2?distro=debian-11&upstream=zlib",
     DEBIAN_ZLIB, NO),
    ("pkg:deb/debian/zlib1g@1:1.2.11.dfsg-2+deb11u1?distro=debian-11&upstream=zlib",
     DEBIAN_ZLIB, YES),
    ("pkg:generic/xz@5.6.1", XZ, YES),
    ("pkg:generic/xz@5.6.1%2Breally5.4.5", XZ, NO),
    (name("o:linux:linux_kernel:5.10.101"), KERNEL, YES),
    (name("o:linux:linux_kernel:5.13.19"), KERNEL, NO),
    ("pkg:deb/ubuntu/linux@5.15.0-20.20?distro=ubuntu-22.04", KERNEL, UNSURE),
    ("pkg:generic/linux@6.6.17", KERNEL_CNA, NO),
    ("pkg:generic/linux@6.7.4", KERNEL_CNA, YES),
    ("pkg:generic/linux@6.1.80", KERNEL_CNA, NO),
    ("pkg:generic/linux@6.9", KERNEL_CNA, NO),
    ("pkg:generic/u-boot@2022.07-rc5", U_BOOT, YES),
    ("pkg:generic/u-boot@2022.07", U_BOOT, NO),
    ("pkg:github/FreeRTOS/FreeRTOS-Kernel@V10.4.3", FREERTOS, NO),
    ("pkg:github/FreeRTOS/FreeRTOS-Kernel@V10.4.2", FREERTOS, YES),
    ("pkg:github/aws/amazon-freertos@v1.3.1", AWS, YES),
    ("pkg:github/aws/amazon-freertos@v1.3.1", FREERTOS, NO),
    ("pkg:github/Mbed-TLS/mbedtls@mbedtls-2.16.11", MBEDTLS, YES),
    ("pkg:generic/mbedtls@2.28.3", MBEDTLS, NO),
    ("pkg:generic/openssh@9.7p1", OPENSSH, YES),
    ("pkg:generic/openssh@9.8p1", OPENSSH, NO),
    ("pkg:rpm/redhat/openssh@8.7p1-38.el9_4.1?distro=rhel-9", RHEL, NO),
    ("pkg:rpm/redhat/openssh@8.7p1-34.el9?distro=rhel-9", RHEL, YES),
    ("pkg:deb/debian/openssh-server@1:9.2p1-2+deb12u3?distro=debian-12&upstream=openssh",
     DEBIAN_SSH, NO),
    ("pkg:generic/gsoap@2.8.123e", GSOAP, NO),
    (name("o:paloaltonetworks:pan-os:10.2.9"), PAN_OS, YES),
    (name("o:paloaltonetworks:pan-os:10.2.9:h1"), PAN_OS, NO),
    (name("a:acme:frob:1.1"), PATCHED_BETWEEN, YES),
    (name("a:acme:frob:1.3"), PATCHED_BETWEEN, NO),
    (name("a:acme:frob:1.5"), PATCHED_BETWEEN, YES),
    (name("o:tp-link:archer_ax21_firmware:1.1.3"), ROUTER, YES),
    (name("o:tp-link:archer_ax21_firmware:1.1.4"), ROUTER, NO),
    ("pkg:deb/debian/redis-server@5:7.0.11-1?distro=debian-12&upstream=redis", REDIS, NO),
    (name("o:linux:linux_kernel:5.14.0"), CHROME, NO),
    ("pkg:npm/through@2.3.8", RUST, NO),
    ("pkg:npm/%40babel/traverse@7.23.2", BABEL, NO),
    ("pkg:npm/%40babel/traverse@7.23.2-rc.1", BABEL, YES),
    ("pkg:npm/%40babel/traverse@8.0.0-alpha.4", BABEL, NO),
    ("pkg:npm/babel-traverse@6.26.0", BABEL, YES),
    ("pkg:npm/ua-parser-js@0.7.29", UA, YES),
    ("pkg:pypi/torch@1.13.0%2Bcu117", TORCH, YES),
    ("pkg:pypi/beaker@1.6.5.post1", BEAKER, NO),
    ("pkg:pypi/ansible@2.8.12", ANSIBLE, YES),
    ("pkg:pypi/ansible@2.8.0b1", ANSIBLE, NO),
    ("pkg:pypi/apache-airflow@1.10.11.dev0", AIRFLOW, YES),
    ("pkg:pypi/jw-util@2.2", JW_UTIL, YES),
    ("pkg:pypi/pyspark@3.1.2", PYSPARK, YES),
    ("pkg:pypi/binderhub@0.1.0", HUB, UNSURE),
    (f"{CRYPTO_AT}v0.0.0-20191011191535-87dc89f01550", CRYPTO, YES),
    (f"{CRYPTO_AT}v0.1.0", CRYPTO, NO),
    ("pkg:golang/stdlib@1.15.8", STDLIB, NO),
    ("pkg:golang/stdlib@1.16.0", STDLIB, YES),
    ("pkg:golang/github.com/docker/docker@v20.10.9%2Bincompatible", DOCKER, YES),
    ("pkg:maven/org.springframework/spring-beans@5.2.20.RELEASE", SPRING, NO),
    ("pkg:maven/io.netty/netty-codec-http@4.1.70.Final", NETTY, YES),
    ("pkg:maven/com.google.guava/guava@32.0.0-jre", GUAVA, NO),
    ("pkg:rpm/redhat/openssl@1.1.1k-9.el8_7?epoch=1&distro=rhel-8", RHSA, NO),
    ("pkg:rpm/redhat/openssl@1.1.1k-5.el8_5?epoch=1&distro=rhel-8", RHSA, YES),
    ("pkg:deb/debian/vim@2:9.0.1378-2?distro=debian-12", VIM, NO),
    ("pkg:gem/nokogiri@1.13.6-x86_64-linux", NOKOGIRI, NO),
    ("pkg:nuget/newtonsoft.json@12.0.3", JSON_NET, YES),
    ("pkg:npm/next@15.0.0", {"vulnStatus": "Rejected", "configurations": []}, NO),
    (TIFF_AT.format("4.0.10"), TIFF, YES),
    (TIFF_AT.format("4.0.9"), TIFF, NO),
    ("pkg:github/curl/curl@curl-7_58_0", CURL_TAGS, NO),
    ("pkg:github/curl/curl@curl-7_57_0", CURL_TAGS, YES),
    ("pkg:npm/a@1.2.0", LOOPED, YES),
    ("pkg:npm/a@1.2.1", LOOPED, NO),
    ("pkg:npm/a@1.9.0", LIMITED, YES),
    ("pkg:npm/a@2.0.0", LIMITED, NO),
    (name("o:windriver:vxworks:6.9"), VXWORKS, YES),
    (name("o:windriver:vxworks:6.3"), VXWORKS, NO),
    (name("o:windriver:vxworks:7:sr620"), VXWORKS, NO),
    ("pkg:github/zephyrproject-rtos/zephyr@v2.5.0", ZEPHYR, NO),
    ("pkg:github/zephyrproject-rtos/zephyr@zephyr-v2.4.0", ZEPHYR, YES),
    (CPU.format("7.0.2"), SIMATIC, YES),
    (CPU.format("7.0.3"), SIMATIC, NO),
    ("pkg:generic/uclibc@0.9.33.2", UCLIBC_NG, NO),
    ("pkg:generic/uclibc-ng@1.0.35", UCLIBC_NG, YES),
    (name("a:acme:frob:1.4"), FROB, YES),
    (name("a:acme:frob:1.5"), FROB, NO),
    (name("a:acme:frob:1.6"), FROB, "under_investigation"),
    (name("a:acme:frob:2.0"), FROB, FIXED),
]  # fmt: skip


@pytest.mark.parametrize(("component", "advisory", "expected"), CASES)
def test_a_situation_has_its_answer(component: str, advisory: Json, expected: str) -> None:
    assert verdict(component, advisory) == expected


LINUX, WINDOWS = name("o:linux:linux_kernel:6.1"), name("o:microsoft:windows_10:1909")
APP = name("a:acme:frob:1.0")
ON_WINDOWS = all_of(node(cpe("a:acme:frob", "<2")),
                    node(cpe("o:microsoft:windows:-", vulnerable=False)))  # fmt: skip
NOT_ON_LINUX = all_of(
    node(cpe("a:acme:frob", "<2")),
    node(cpe("o:linux:linux_kernel", vulnerable=False), negate=True),
)
WITH_OLD_CHROME = all_of(node(cpe("a:acme:frob", "<2")),
                         node(cpe("a:google:chrome", "<114", vulnerable=False)))  # fmt: skip
NESTED = {
    "configurations": [{"nodes": [{"operator": "AND", "children": [
        node(cpe("a:acme:frob", "<2")),
        {"operator": "AND", "children": [
            node(cpe("o:linux:linux_kernel", vulnerable=False)),
            node(cpe("h:acme:board:-", vulnerable=False)),
        ]},
    ]}]}]
}  # fmt: skip
BOARD, OTHER_BOARD = name("h:acme:board:-"), name("h:acme:panel:-")
AX21 = name("o:tp-link:archer_ax21_firmware:1.1.3")

PLATFORMS: list[tuple[str, Json, list[str], str]] = [
    (APP, ON_WINDOWS, [], YES),
    (APP, ON_WINDOWS, [WINDOWS], YES),
    (APP, ON_WINDOWS, [LINUX], NO),
    (name("a:acme:frob:2.0"), ON_WINDOWS, [WINDOWS], NO),
    (name("o:zephyrproject:zephyr:3.0"), REDIS, [], NO),
    (APP, NOT_ON_LINUX, [LINUX], NO),
    (APP, NOT_ON_LINUX, [WINDOWS], YES),
    (APP, WITH_OLD_CHROME, [], UNSURE),
    (APP, WITH_OLD_CHROME, [name("a:google:chrome:113")], YES),
    (APP, WITH_OLD_CHROME, [name("a:google:chrome:115")], NO),
    (APP, WITH_OLD_CHROME, [LINUX], UNSURE),
    (APP, NESTED, [LINUX, BOARD], YES),
    (APP, NESTED, [LINUX, OTHER_BOARD], NO),
    (APP, NESTED, [WINDOWS, BOARD], NO),
    (AX21, ROUTER, [name("h:tp-link:archer_ax21:-")], YES),
    (AX21, ROUTER, [name("h:tp-link:archer_c7:-")], NO),
    (name("o:linux:linux_kernel:5.14.0"), CHROME, [], NO),
]


@pytest.mark.parametrize(("component", "advisory", "platform", "expected"), PLATFORMS)
def test_what_is_recorded_of_the_platform_decides(
    component: str, advisory: Json, platform: list[str], expected: str
) -> None:
    assert verdict(component, advisory, context={"platform": platform}) == expected
