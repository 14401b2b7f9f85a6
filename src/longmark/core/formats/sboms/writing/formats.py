"""The formats in which a release is exported, and the one door to their writers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from longmark.core.formats.sboms.writing import (
    cyclonedx_json,
    cyclonedx_xml,
    spdx2_writing,
    spdx3_writing,
)
from longmark.core.formats.sboms.writing.release import ReleaseBom


class ExportFormat(StrEnum):
    """A format with its version and encoding, as users ask for it."""

    CYCLONEDX_1_6_JSON = "cyclonedx-1.6-json"
    CYCLONEDX_1_6_XML = "cyclonedx-1.6-xml"
    CYCLONEDX_1_7_JSON = "cyclonedx-1.7-json"
    CYCLONEDX_1_7_XML = "cyclonedx-1.7-xml"
    SPDX_2_3_JSON = "spdx-2.3-json"
    SPDX_2_3_TAG_VALUE = "spdx-2.3-tag-value"
    SPDX_3_0_1_JSON_LD = "spdx-3.0.1-json-ld"


@dataclass(frozen=True, slots=True)
class Writing:
    """How a format is written, labelled and named."""

    media_type: str
    suffix: str
    holds_vulnerabilities: bool
    write: Callable[[ReleaseBom], Iterator[bytes]]


def _cyclonedx_json(spec_version: str) -> Writing:
    return Writing(
        f"application/vnd.cyclonedx+json; version={spec_version}",
        "cdx.json",
        True,
        partial(cyclonedx_json.write, spec_version=spec_version),
    )


def _cyclonedx_xml(spec_version: str) -> Writing:
    return Writing(
        f"application/vnd.cyclonedx+xml; version={spec_version}",
        "cdx.xml",
        True,
        partial(cyclonedx_xml.write, spec_version=spec_version),
    )


WRITINGS: Mapping[ExportFormat, Writing] = {
    ExportFormat.CYCLONEDX_1_6_JSON: _cyclonedx_json("1.6"),
    ExportFormat.CYCLONEDX_1_6_XML: _cyclonedx_xml("1.6"),
    ExportFormat.CYCLONEDX_1_7_JSON: _cyclonedx_json("1.7"),
    ExportFormat.CYCLONEDX_1_7_XML: _cyclonedx_xml("1.7"),
    ExportFormat.SPDX_2_3_JSON: Writing(
        "application/spdx+json; version=2.3", "spdx.json", False, spdx2_writing.write_json
    ),
    ExportFormat.SPDX_2_3_TAG_VALUE: Writing(
        "text/spdx; charset=utf-8", "spdx", False, spdx2_writing.write_tags
    ),
    ExportFormat.SPDX_3_0_1_JSON_LD: Writing(
        "application/spdx+json; version=3.0.1", "spdx3.json", False, spdx3_writing.write
    ),
}


def write(bom: ReleaseBom, export_format: ExportFormat) -> Iterator[bytes]:
    """Yield the release in a format, piece by piece; the same input gives the same bytes."""
    return WRITINGS[export_format].write(bom)
