"""CVSS v3.0 and v3.1 scores (specification v3.1, sections 7.1 to 7.4 and appendix A).

Both versions share their formulas but for two things: how a score is rounded up, and the
exponent in the modified impact when the scope changes.
"""

import math
from typing import Final

from longmark.core.formats.cvss.vectors import Metrics

_REACH: Final = {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2}
_COMPLEXITY: Final = {"L": 0.77, "H": 0.44}
_PRIVILEGES: Final = {"N": 0.85, "L": 0.62, "H": 0.27}
_PRIVILEGES_CHANGED: Final = {"N": 0.85, "L": 0.68, "H": 0.5}
_INTERACTION: Final = {"N": 0.85, "R": 0.62}
_LOSS: Final = {"H": 0.56, "L": 0.22, "N": 0.0}
_REQUIREMENT: Final = {"L": 0.5, "M": 1.0, "H": 1.5}
_TEMPORAL: Final = {
    "E": {"U": 0.91, "P": 0.94, "F": 0.97},
    "RL": {"O": 0.95, "T": 0.96, "W": 0.97},
    "RC": {"U": 0.92, "R": 0.96},
}
_ENVIRONMENTAL: Final = (
    "CR", "IR", "AR", "MAV", "MAC", "MPR", "MUI", "MS", "MC", "MI", "MA",
)  # fmt: skip


def score(metrics: Metrics, version: str) -> float:
    """Return the score of all metrics present: environmental, else temporal, else base."""
    is_modified = any(metrics.get(name, "X") != "X" for name in _ENVIRONMENTAL)
    changed = _value(metrics, "S", is_modified=is_modified) == "C"
    remaining = 1.0
    for name in "CIA":
        weight = _REQUIREMENT.get(metrics.get(f"{name}R", ""), 1.0) if is_modified else 1.0
        remaining *= 1 - _LOSS[_value(metrics, name, is_modified=is_modified)] * weight
    share = min(1 - remaining, 0.915) if is_modified else 1 - remaining
    impact = _impact(share, version, changed=changed, is_modified=is_modified)
    if impact <= 0:
        return 0.0
    exploitability = 8.22
    for name, weights in (
        ("AV", _REACH),
        ("AC", _COMPLEXITY),
        ("PR", _PRIVILEGES_CHANGED if changed else _PRIVILEGES),
        ("UI", _INTERACTION),
    ):
        exploitability *= weights[_value(metrics, name, is_modified=is_modified)]
    total = _rounded_up(min((1.08 if changed else 1.0) * (impact + exploitability), 10), version)
    for name, weights in _TEMPORAL.items():
        total *= weights.get(metrics.get(name, ""), 1.0)
    return _rounded_up(total, version)


def _impact(share: float, version: str, *, changed: bool, is_modified: bool) -> float:
    if not changed:
        return 6.42 * share
    if is_modified and version == "3.1":
        return float(7.52 * (share - 0.029) - 3.25 * (share * 0.9731 - 0.02) ** 13)
    return float(7.52 * (share - 0.029) - 3.25 * (share - 0.02) ** 15)


def _value(metrics: Metrics, name: str, *, is_modified: bool) -> str:
    stated = metrics.get(f"M{name}", "X") if is_modified else "X"
    return metrics[name] if stated == "X" else stated


def _rounded_up(number: float, version: str) -> float:
    """Round up to one decimal; 3.1 looks at five decimals only, 3.0 at all of them."""
    if version == "3.0":
        return math.ceil(round(number * 10, 12)) / 10
    hundred_thousandths = round(number * 100_000)
    if hundred_thousandths % 10_000 == 0:
        return hundred_thousandths / 100_000
    return (hundred_thousandths // 10_000 + 1) / 10
