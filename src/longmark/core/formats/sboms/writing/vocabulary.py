"""The words of CycloneDX and SPDX for the same things, and what each of them can hold.

CycloneDX 1.6 and 1.7; SPDX 2.3 clause 7 and annex; SPDX 3.0.1 vocabularies.
"""

import re

from longmark.core.formats.sboms.document import Hash
from longmark.core.formats.sboms.gathering import UNSTATED

UNKNOWN_KIND = "application"
"""CycloneDX asks to use this one where no more specific one is known."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CYCLONEDX_KINDS = _words(
    "application framework library container platform operating-system device device-driver"
    " firmware file machine-learning-model data cryptographic-asset"
)
_KINDS_OF_FILES = frozenset(
    {"archive", "source", "install", "disk-image", "diskimage", "executable"}
)

_LINKS_1_6 = (
    "vcs issue-tracker website advisories bom mailing-list social chat documentation support"
    " source-distribution distribution distribution-intake license build-meta build-system"
    " release-notes security-contact model-card log configuration evidence formulation"
    " attestation threat-model adversary-model risk-assessment vulnerability-assertion"
    " exploitability-statement pentest-report static-analysis-report dynamic-analysis-report"
    " runtime-analysis-report component-analysis-report maturity-report certification-report"
    " codified-infrastructure quality-metrics poam electronic-signature digital-signature"
    " rfc-9116 other"
)
CYCLONEDX_LINKS = {
    "1.6": _words(_LINKS_1_6),
    "1.7": _words(f"{_LINKS_1_6} patent patent-family patent-assertion citation"),
}
_HASHES_1_6 = (
    "MD5 SHA-1 SHA-256 SHA-384 SHA-512 SHA3-256 SHA3-384 SHA3-512 BLAKE2b-256 BLAKE2b-384"
    " BLAKE2b-512 BLAKE3"
)
CYCLONEDX_HASHES = {
    "1.6": _words(_HASHES_1_6),
    "1.7": _words(f"{_HASHES_1_6} Streebog-256 Streebog-512"),
}
_SPDX2_HASHES = _words(
    "SHA1 SHA224 SHA256 SHA384 SHA512 SHA3-256 SHA3-384 SHA3-512 BLAKE2b-256 BLAKE2b-384"
    " BLAKE2b-512 BLAKE3 MD2 MD4 MD5 MD6 ADLER32"
)
_SPDX3_HASHES = _words(
    "adler32 blake2b256 blake2b384 blake2b512 blake3 crystalsDilithium crystalsKyber falcon md2 md4"
    " md5 md6 other sha1 sha224 sha256 sha384 sha3_224 sha3_256 sha3_384 sha3_512 sha512"
)
_DIGEST = re.compile(r"(?:[0-9a-fA-F]{2})+")
_CYCLONEDX_DIGEST_LENGTHS = frozenset({32, 40, 64, 96, 128})

SPDX2_PURPOSES = _words(
    "APPLICATION FRAMEWORK LIBRARY CONTAINER OPERATING_SYSTEM DEVICE FIRMWARE SOURCE ARCHIVE FILE"
    " INSTALL OTHER"
)
SPDX3_PURPOSES = _words(
    "application archive bom configuration container data device deviceDriver diskImage"
    " documentation evidence executable file filesystemImage firmware framework install library"
    " manifest model module operatingSystem other patch platform requirement source specification"
    " test"
)

# Either a formatted string of version 2.3 (NISTIR 7695) or a URI of version 2.2, as
# CycloneDX's XML schema asks; what is none may not stand there.
_ATTRIBUTE = (
    r"""(?:(?:\?*|\*?)(?:[a-zA-Z0-9\-._]|\\[\\*?!"#$%&'()+,/:;<=>@\[\]^`{|}~])+(?:\?*|\*?)|[*\-])"""
)
_LANGUAGE = r"(?:[a-zA-Z]{2,3}(?:-(?:[a-zA-Z]{2}|[0-9]{3}))?|[*\-])"
CPE_23 = re.compile(
    rf"cpe:2\.3:[aho*\-](?::{_ATTRIBUTE}){{5}}:{_LANGUAGE}(?::{_ATTRIBUTE}){{4}}", re.ASCII
)
CPE_22 = re.compile(r"[cC][pP][eE]:/[AHOaho]?(?::[A-Za-z0-9._\-~%]*){0,6}", re.ASCII)
_ADDRESS = re.compile(r"""[^\s<>"{}|\\^`\x00-\x1f\x7f\[\]]+""")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*")
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def cyclonedx_kind(kind: str) -> str:
    """Return CycloneDX's type of a component."""
    if kind in CYCLONEDX_KINDS:
        return kind
    return "file" if kind in _KINDS_OF_FILES else UNKNOWN_KIND


def spdx2_purpose(kind: str) -> str:
    """Return SPDX 2.3's purpose of a package, empty if the kind is not known."""
    word = kind.upper().replace("-", "_")
    return word if word in SPDX2_PURPOSES else ("OTHER" if kind else "")


_SPDX3_OF = {"machine-learning-model": "model", "cryptographic-asset": "other"}


def spdx3_purpose(kind: str) -> str:
    """Return SPDX 3's purpose of a package, empty if the kind is not known.

    >>> spdx3_purpose("operating-system")
    'operatingSystem'
    """
    first, *rest = _SPDX3_OF.get(kind, kind).split("-")
    word = first + "".join(each.capitalize() for each in rest)
    return word if word in SPDX3_PURPOSES else ("other" if kind else "")


def _bare(algorithm: str) -> str:
    return algorithm.casefold().replace("-", "").replace("_", "")


_BY_BARE_CYCLONEDX = {
    version: {_bare(word): word for word in words} for version, words in CYCLONEDX_HASHES.items()
}
_BY_BARE_SPDX2 = {_bare(word): word for word in _SPDX2_HASHES}
_BY_BARE_SPDX3 = {_bare(word): word for word in _SPDX3_HASHES}


def cyclonedx_algorithm(each: Hash, spec_version: str) -> str | None:
    """Return CycloneDX's word for the algorithm, ``None`` if it cannot hold this hash."""
    fits = _DIGEST.fullmatch(each.digest) and len(each.digest) in _CYCLONEDX_DIGEST_LENGTHS
    return _BY_BARE_CYCLONEDX[spec_version].get(_bare(each.algorithm)) if fits else None


def spdx2_algorithm(each: Hash) -> str | None:
    """Return SPDX 2.3's word for the algorithm, ``None`` if it cannot hold this hash.

    The digest is as long as the algorithm says, except where several lengths are possible.
    """
    word = _BY_BARE_SPDX2.get(_bare(each.algorithm))
    if word is None or not _DIGEST.fullmatch(each.digest):
        return None
    return word if len(each.digest) == _DIGEST_LENGTHS.get(word, len(each.digest)) else None


_DIGEST_LENGTHS = {
    "ADLER32": 8,
    "MD2": 32,
    "MD4": 32,
    "MD5": 32,
    "SHA1": 40,
    "SHA224": 56,
    "SHA256": 64,
    "SHA384": 96,
    "SHA512": 128,
    "SHA3-256": 64,
    "SHA3-384": 96,
    "SHA3-512": 128,
    "BLAKE2b-256": 64,
    "BLAKE2b-384": 96,
    "BLAKE2b-512": 128,
}


def spdx3_algorithm(each: Hash) -> str | None:
    """Return SPDX 3's word for the algorithm, ``None`` if it cannot hold this hash."""
    return _BY_BARE_SPDX3.get(_bare(each.algorithm)) if each.digest else None


def is_cpe(text: str) -> bool:
    """Tell whether a text may stand where the formats want a CPE name."""
    return bool(CPE_23.fullmatch(text) or CPE_22.fullmatch(text))


def is_address(text: str) -> bool:
    """Tell whether a text is a URI reference (RFC 3986), as far as validators look.

    >>> is_address("https://example.com:8080/a?b#c"), is_address("git@example.com:a/b.git")
    (True, False)
    """
    if not _ADDRESS.fullmatch(text) or _PERCENT.search(text) or text.count("#") > 1:
        return False
    scheme, rest = _parted(text)
    return rest != "" and (scheme is None or bool(_SCHEME.fullmatch(scheme))) and _has_port(rest)


def is_absolute_address(text: str) -> bool:
    """Tell whether a text is a whole URI, with its scheme."""
    return is_address(text) and _parted(text)[0] is not None


def _parted(text: str) -> tuple[str | None, str]:
    """Return what stands before the first colon of the first segment, and the rest."""
    segment = re.split(r"[/?#]", text, maxsplit=1)[0]
    if ":" not in segment:
        return None, text
    scheme, _, rest = text.partition(":")
    return scheme, rest


def _has_port(rest: str) -> bool:
    """Tell whether the port of an authority, if there is one, is a number."""
    if not rest.startswith("//"):
        return True
    host = re.split(r"[/?#]", rest[2:], maxsplit=1)[0].rpartition("@")[2]
    port = host.partition(":")[2]
    return port == "" or (port.isascii() and port.isdecimal())


def is_stated(text: str) -> bool:
    """Tell whether a text would be read as a value, not as the absence of one."""
    return text.strip().casefold() not in UNSTATED
