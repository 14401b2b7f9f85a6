"""Reading CVSS vectors: the metrics of each version and the values they may have."""

from collections.abc import Mapping
from typing import Final, NewType

from longmark.core.errors import Invalid

Metrics = NewType("Metrics", dict[str, str])
"""Metric to value, complete in the mandatory ones, without the optional ones left open."""

MAX_LENGTH: Final = 512  # characters; a vector with every metric of 4.0 has 220


class CvssInvalid(Invalid):
    """The text is not a vector of a CVSS version that is known here."""


def _values(table: str) -> dict[str, str]:
    return dict(pair.split(":") for pair in table.split())


V2_BASE: Final = _values("AV:LAN AC:HML Au:MSN C:NPC I:NPC A:NPC")
V3_BASE: Final = _values("AV:NALP AC:LH PR:NLH UI:NR S:UC C:HLN I:HLN A:HLN")
V3_MORE: Final = _values(
    "E:XUPFH RL:XOTWU RC:XURC CR:XLMH IR:XLMH AR:XLMH MAV:XNALP MAC:XLH MPR:XNLH"
    " MUI:XNR MS:XUC MC:XNLH MI:XNLH MA:XNLH"
)
V4_BASE: Final = _values(
    "AV:NALP AC:LH AT:NP PR:NLH UI:NPA VC:HLN VI:HLN VA:HLN SC:HLN SI:HLN SA:HLN"
)
V4_MORE: Final = _values(
    "E:XAPU CR:XHML IR:XHML AR:XHML MAV:XNALP MAC:XLH MAT:XNP MPR:XNLH MUI:XNPA MVC:XHLN"
    " MVI:XHLN MVA:XHLN MSC:XHLN MSI:XSHLN MSA:XSHLN S:XNP AU:XNY R:XAUI V:XDC RE:XLMH"
)
V4_URGENCY: Final = ("X", "Clear", "Green", "Amber", "Red")
V2_WORDS: Final = {
    "E": ("U", "POC", "F", "H", "ND"),
    "RL": ("OF", "TF", "W", "U", "ND"),
    "RC": ("UC", "UR", "C", "ND"),
    "CDP": ("N", "L", "LM", "MH", "H", "ND"),
    "TD": ("N", "L", "M", "H", "ND"),
    "CR": ("L", "M", "H", "ND"),
    "IR": ("L", "M", "H", "ND"),
    "AR": ("L", "M", "H", "ND"),
}


def version_of(vector: str) -> str:
    """Return ``2.0``, ``3.0``, ``3.1`` or ``4.0``.

    Raises:
        CvssInvalid: the prefix names no version known here.
    """
    if not vector.startswith("CVSS:"):
        return "2.0"
    version = vector[5:].partition("/")[0]
    if version not in ("3.0", "3.1", "4.0"):
        raise CvssInvalid("{vector} names no version of CVSS that is known.", vector=vector[:80])
    return version


def metrics_of(vector: str) -> Metrics:
    """Return the metrics of a vector of any version, checked.

    Raises:
        CvssInvalid: a metric is unknown, doubled or missing, or has an impossible value.
    """
    if len(vector) > MAX_LENGTH:
        raise CvssInvalid("The vector is longer than {limit} characters.", limit=MAX_LENGTH)
    version = version_of(vector)
    parts = vector.strip("()").split("/") if version == "2.0" else vector.split("/")[1:]
    metrics = Metrics({})
    for part in parts:
        name, _, value = part.partition(":")
        if name in metrics or not _may_be(version, name, value):
            raise CvssInvalid("{part} cannot stand in a CVSS {version} vector.",
                              part=part[:40], version=version)  # fmt: skip
        metrics[name] = value
    for name in _base(version):
        if name not in metrics:
            raise CvssInvalid("The CVSS {version} vector lacks {name}.", version=version, name=name)
    return metrics


def base_of(metrics: Metrics, version: str) -> Metrics:
    """Return only the mandatory metrics."""
    return Metrics({name: metrics[name] for name in _base(version)})


def _base(version: str) -> Mapping[str, str]:
    return {"2.0": V2_BASE, "4.0": V4_BASE}.get(version, V3_BASE)


def _may_be(version: str, name: str, value: str) -> bool:
    if version == "2.0" and name in V2_WORDS:
        return value in V2_WORDS[name]
    if version == "4.0" and name == "U":
        return value in V4_URGENCY
    more = {"2.0": {}, "4.0": V4_MORE}.get(version, V3_MORE)
    return len(value) == 1 and value in (_base(version).get(name) or more.get(name, ""))
