"""Documents of the shapes that the world sends, small and whole: what damage starts from."""

import gzip
import hashlib
import io
import json
import lzma
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import openpyxl

from longmark.core.formats.advisories import bundles

HERE = Path(__file__).parent / "documents"
SBOM_FILES = Path(__file__).parents[1] / "formats" / "sboms" / "documents"
CRITERIA = "cpe:2.3:a:libmodbus:libmodbus:*:*:*:*:*:*:*:*"


def packed(document: Any) -> bytes:
    return json.dumps(document).encode()


def kept(*names: str) -> list[bytes]:
    """Return the named documents; JSON loses its blanks, so that damage meets what is said."""
    contents = [(HERE / name).read_bytes() for name in names]
    return [
        packed(json.loads(content)) if name.endswith(".json") else content
        for name, content in zip(names, contents, strict=True)
    ]


SBOMS = [path.read_bytes() for path in sorted(SBOM_FILES.iterdir())]
OSV, NVD, CVE, CSAF = kept("osv.json", "nvd.json", "cve.json", "csaf.json")
EUVD, KEV, METADATA, ROLIE = kept("euvd.json", "kev.json", "provider-metadata.json", "rolie.json")
OPENVEX, CYCLONEDX_VEX, SPDX_VEX = kept("openvex.json", "cyclonedx-vex.json", "spdx-vex.json")
FACTS = [
    *(OPENVEX, CYCLONEDX_VEX, SPDX_VEX),
    *kept("cve-check.json", "buildroot.json", "buildroot-stats.json", "kbuild-map.json"),
    *kept("compile-commands.json", "buildroot.mk", "kernel.config", "compiled.txt"),
]
EUVD_IDS = b"euvd_id,cve_id\nEUVD-2026-1001,CVE-2026-0001\nEUVD-2026-1002,CVE-2026-0002\n"
EPSS = (
    b"#model_version:v2026.03.14,score_date:2026-06-21T00:00:00+0000\ncve,epss,percentile\n"
    b"CVE-2026-0001,0.97512,0.99971\nCVE-2026-0002,0.00043,0.08\n"
)
CHANGES = b'"2026/a.json","2026-01-01T00:00:00Z"\n2026/b.json,2026-01-02T00:00:00+01:00\n'
INDEX = b"2026/a.json\n2026/b.json\n"
SECURITY_TXT = b"Contact: mailto:a@acme.test\nCSAF: https://acme.test/provider-metadata.json\n"
DIGEST = b"AB" * 32 + b"  a.json\n"
QUESTIONS = [
    packed(
        {
            "id": "q1",
            "component": {
                "purl": "pkg:generic/libmodbus@3.1.6",
                "name": "libmodbus",
                "version": "3.1.6",
                "cpe": CRITERIA,
                "patches": [{"resolves": [{"id": "CVE-2026-0009"}]}],
            },
            "advisory": json.loads(OSV),
            "format": "",
            "context": {
                "platform": ["cpe:2.3:o:linux:linux_kernel:6.1:*:*:*:*:*:*:*"],
                "parent": "pkg:generic/fw@1",
                "vex": [json.loads(OPENVEX), json.loads(CYCLONEDX_VEX), json.loads(CSAF)],
            },
        }
    ),
    packed({"component": "libmodbus 3.1.6", "advisory": json.loads(NVD)}),
    packed({"component": "cpe:2.3:o:acme:pump_os:2.1:*:*:*:*:*:*:*", "advisory": json.loads(CVE)}),
    packed({"component": {"name": "TG-700", "version": "2.1"}, "advisory": json.loads(CSAF)}),
    packed({"component": "libmodbus@3.1.6", "advisory": OSV.decode()}),
]
SHEET = (
    "item;serial;customer;country;delivered on;firmware;control-board serial;P0.15\r\n"
    "TG-700;0042;Müller;DE;2026-03-31;4.2;CB-1;7\r\nTG-700;0043;Größe;AT;31.03.2026;4.2;CB-2;\r\n"
).encode()
NAME_MAPS = [
    b"purl,cpe\npkg:generic/zlib,cpe:2.3:a:zlib:zlib:*:*:*:*:*:*:*:*\n",
    packed([{"purl": "pkg:generic/zlib", "cpe": "cpe:2.3:a:zlib:zlib:*:*:*:*:*:*:*:*"}]),
    packed({"pkg:generic/zlib": ["cpe:2.3:a:zlib:zlib:*:*:*:*:*:*:*:*"]}),
]
NAME_LIST = (
    b"# tools\npurls:\n  - pkg:npm/nx  # a tool\n  - 'pkg:npm/%40nx/nx'\n  - \"pkg:a/\\u00e9\"\n"
)
VERSIONS = [
    *(b"1.2.3-rc.1+build.7", b"1:2.3.4-5ubuntu0.1~bpo12+1", b"2.0.post1.dev3+local.1", b"1.0.2zd"),
    *(b"3.1.4.el8_6", b"v2.4.1-yocto", b"FW 02.04.01", b"2024-01-01T00:00:00Z", b"1.0a~rc1^git2"),
    *(b"5.6.1+really5.4.5", b"1.2.x-dev", b"1.0-SNAPSHOT", b"R8_p2-r1", b"1-z-1-z-1-z-1"),
]
RANGES = [b"vers:npm/>=1.0.0|<2.0.0|!=1.5|3.0", b"vers:deb/<1:2.0-1%2B2|>=3", b"vers:pypi/*"]
NAMES = [
    b"pkg:deb/debian/libmodbus@3.1.6-2?arch=armhf&distro=debian-12#usr/lib",
    b"pkg:generic/openssl@1.1.1w?vcs_url=git%2Bhttps://github.com/openssl/openssl.git%40abc",
    *(b"pkg:github/stephane/libmodbus@v3.1.6", b"pkg:npm/%40acme/bus@1.0.0", CRITERIA.encode()),
    *(b"pkg:golang/a.b/c/v2@v2.0.0", b"cpe:/a:acme:pump_os:2.1::~~lite~arm~x~", b"product:curl"),
    *(b"libmodbus 3.1.6", b"bare:treck:tcp/ip", b"https://github.com/madler/zlib.git"),
    b"name:acme:pump os",
]
VECTORS = [
    b"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    b"(AV:N/AC:L/Au:N/C:P/I:P/A:P)",
    b"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:P",
]
LICENCES = [
    b"MIT OR (GPL-2.0-only WITH Classpath-exception-2.0 AND Zlib)",
    b"GPLv2+",
    b"https://spdx.org/licenses/MIT.html",
]
MAKEFILE = (
    b"obj-$(CONFIG_CAN) += can/\nobj-y += core.o \\\n  net.o\ncan-objs := bcm.o raw.o\n"
    b"ifdef CONFIG_X\nobj-m += x.o\nendif\n"
)


def archives() -> list[bytes]:
    """Return the kinds of archive in which advisories come, each with two documents."""
    zipped, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", OSV)
        archive.writestr("b/c.json", CVE)
    with tarfile.open(fileobj=tarred, mode="w") as tape:
        for name, content in (("a.json", OSV), ("b/c.json", NVD)):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tape.addfile(entry, io.BytesIO(content))
    feed = b'{"resultsPerPage":2,"vulnerabilities":[' + NVD + b", " + NVD + b"]}"
    packed_tape = gzip.compress(tarred.getvalue(), mtime=0)
    feeds = [lzma.compress(feed), feed, gzip.compress(EPSS, mtime=0)]
    return [zipped.getvalue(), tarred.getvalue(), packed_tape, *feeds]


def bundle() -> bytes:
    """Return a bundle with one member, unsigned."""
    manifest = {
        "format": bundles.FORMAT,
        "version": bundles.VERSION,
        "made_at": "2026-01-01T00:00:00Z",
        "made_by": "Longmark",
        "since": None,
        "left_out_count": 0,
        "members": [
            {
                "name": "records/osv-0001.zip",
                "format": "osv",
                "sha256": hashlib.sha256(b"x").hexdigest(),
                "size_bytes": 1,
                "record_count": 1,
            }
        ],
        "sources": [{"name": "osv", "as_of": "2026-01-01T00:00:00Z", "is_whole": True}],
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(bundles.MANIFEST, packed(manifest))
        archive.writestr(bundles.SIGNATURE, b"signed")
        archive.writestr("records/osv-0001.zip", b"x")
    return file.getvalue()


def workbook() -> bytes:
    """Return a small workbook."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (("item", "serial", "delivered on"), ("TG-700", 42, "2026-03-31")):
        page.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


DEFINITIONS = (
    b"parameter;type;meaning;unit;min;max;default;options;secret;counter;individual\n"
    b"P10.07;bool;IPv6;;;;off;;;;\nP2.01;decimal;Ramp;s;0,1;600;5.0;;;;\n"
    b"P3.01;enum;Fieldbus;;;;0;0=off|1=Modbus/TCP;;;\nP90.01;text;Password;;;;;;x;;\n"
    b"P99.01;int;Revision;;;;;;;yes;\nP1.01;text;Address;;;;;;;;yes\n"
)

PARAMETERS = [
    b'# read out\n[P10]\n07 = on\nP2.01: 5.0\nP90.01 = "0000"\n',
    b"parameter;meaning;value\nP10.07;IPv6;on\nP2.01;Ramp;5.0\nP99.01;;0x2A\n",
    b'{"device": "x", "parameters": [{"name": "P10.07", "value": true, "title": "IPv6"}]}',
    b'{"P10": {"07": 1.10, "08": null}, "P3.01": {"value": "Modbus/TCP", "unit": ""}}',
    b'<p><group name="P10"><parameter id="07" value="on"/></group><par><name>P2.01</name>'
    b"<value>5</value></par><P3.01>1</P3.01></p>",
]
