"""What an advisory file is, from its first bytes; its name is not trusted."""

import re
from enum import StrEnum
from typing import Final

PROBE_BYTES: Final = 16_384

_NVD: Final = re.compile(rb'\{\s*"cve"\s*:\s*\{')
_NVD_PAGE: Final = re.compile(rb'"(?:vulnerabilities|resultsPerPage|totalResults)"\s*:')
_NVD_WORDS: Final = re.compile(rb'"(?:NVD_CVE|resultsPerPage|lastModified|sourceIdentifier)"')
_KEV: Final = re.compile(rb'"catalogVersion"\s*:')
_CVE: Final = re.compile(rb'"(?:cveMetadata|dataType)"\s*:')
_OSV: Final = re.compile(rb'"(?:modified|schema_version|affected|withdrawn|aliases)"\s*:')
_ID: Final = re.compile(rb'"id"\s*:\s*"')


class Format(StrEnum):
    """The kinds of file that can be taken in."""

    OSV = "osv"
    NVD = "nvd"
    CVE = "cve"
    KEV = "kev"
    EPSS = "epss"


def detect(content: bytes) -> Format | None:
    """Return the format of a document by its beginning, None if it is none of these."""
    probe = content[:PROBE_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()
    if probe.startswith(b"#model_version"):
        return Format.EPSS
    if not probe.startswith((b"{", b"[")):
        return None
    if _KEV.search(probe):
        return Format.KEV
    if _CVE.search(probe):
        return Format.CVE
    if _NVD.search(probe) or (_NVD_PAGE.search(probe) and _NVD_WORDS.search(probe)):
        return Format.NVD
    return Format.OSV if _ID.search(probe) and _OSV.search(content) else None
