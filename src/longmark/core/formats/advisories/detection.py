"""What an advisory file is, from its first bytes; its name is not trusted."""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

PROBE_BYTES: Final = 65_536

_NVD: Final = re.compile(rb'\{\s*"cve"\s*:\s*\{')
_NVD_PAGE: Final = re.compile(rb'"(?:vulnerabilities|resultsPerPage|totalResults)"\s*:')
_NVD_WORDS: Final = re.compile(rb'"(?:NVD_CVE|resultsPerPage|lastModified|sourceIdentifier)"')
_KEV: Final = re.compile(rb'"catalogVersion"\s*:')
_CVE: Final = re.compile(rb'"(?:cveMetadata|dataType)"\s*:')
_CSAF: Final = re.compile(rb'"csaf_version"\s*:|"category"\s*:\s*"csaf_')
_WHOLE_BYTES: Final = 4 * 2**20  # a document's keys may be sorted, its own part last
_OSV: Final = re.compile(rb'"(?:modified|schema_version|affected|withdrawn|aliases)"\s*:')
_EUVD: Final = re.compile(rb'"enisaUuid"\s*:|"id"\s*:\s*"EUVD-')
_EUVD_IDS: Final = re.compile(
    rb"EUVD-\d{4}-\d+\W{1,5}CVE-\d{4}-\d+|CVE-\d{4}-\d+\W{1,5}EUVD-\d{4}-\d+"
)
_ID: Final = re.compile(rb'"id"\s*:\s*"')


class Format(StrEnum):
    """The kinds of file that can be taken in."""

    OSV = "osv"
    NVD = "nvd"
    CVE = "cve"
    CSAF = "csaf"
    KEV = "kev"
    EPSS = "epss"
    EUVD = "euvd"
    EUVD_IDS = "euvd-ids"  # its list of which id is which CVE's


def detect_any(heads: Iterable[bytes]) -> Format | None:
    """Return the format of the first document that has a known one."""
    return next(filter(None, map(detect, heads)), None)


def detect(content: bytes) -> Format | None:
    """Return the format of a document by its beginning, None if it is none of these."""
    probe = content[:PROBE_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()
    if probe.startswith(b"#model_version"):
        return Format.EPSS
    if not probe.startswith((b"{", b"[")):
        return Format.EUVD_IDS if _EUVD_IDS.search(probe) else None
    if _KEV.search(probe):
        return Format.KEV
    if _CSAF.search(content if len(content) < _WHOLE_BYTES else probe):
        return Format.CSAF
    if _EUVD.search(probe):
        return Format.EUVD
    if _CVE.search(probe):
        return Format.CVE
    if _NVD.search(probe) or (_NVD_PAGE.search(probe) and _NVD_WORDS.search(probe)):
        return Format.NVD
    return Format.OSV if _ID.search(probe) and _OSV.search(content) else None
