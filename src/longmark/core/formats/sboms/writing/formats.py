"""The formats in which a release is exported, and the one door to their writers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from longmark.core.formats.sboms.writing import cyclonedx_json
from longmark.core.formats.sboms.writing.release import ReleaseBom


class ExportFormat(StrEnum):
    """A format with its version and encoding, as users ask for it."""

    CYCLONEDX_1_6_JSON = "cyclonedx-1.6-json"
    CYCLONEDX_1_7_JSON = "cyclonedx-1.7-json"


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


WRITINGS: Mapping[ExportFormat, Writing] = {
    ExportFormat.CYCLONEDX_1_6_JSON: _cyclonedx_json("1.6"),
    ExportFormat.CYCLONEDX_1_7_JSON: _cyclonedx_json("1.7"),
}


def write(bom: ReleaseBom, export_format: ExportFormat) -> Iterator[bytes]:
    """Yield the release in a format, piece by piece; the same input gives the same bytes."""
    return WRITINGS[export_format].write(bom)
