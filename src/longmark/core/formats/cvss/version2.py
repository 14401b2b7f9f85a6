"""CVSS v2.0 scores (complete guide to CVSS v2, section 3.2)."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from longmark.core.formats.cvss.vectors import Metrics

_BASE: Final = {
    "AV": {"L": 0.395, "A": 0.646, "N": 1.0},
    "AC": {"H": 0.35, "M": 0.61, "L": 0.71},
    "Au": {"M": 0.45, "S": 0.56, "N": 0.704},
    "C": {"N": 0.0, "P": 0.275, "C": 0.66},
    "I": {"N": 0.0, "P": 0.275, "C": 0.66},
    "A": {"N": 0.0, "P": 0.275, "C": 0.66},
}
_TEMPORAL: Final = {
    "E": {"U": 0.85, "POC": 0.9, "F": 0.95},
    "RL": {"OF": 0.87, "TF": 0.9, "W": 0.95},
    "RC": {"UC": 0.9, "UR": 0.95},
}
_DAMAGE: Final = {"N": 0.0, "L": 0.1, "LM": 0.3, "MH": 0.4, "H": 0.5}
_TARGETS: Final = {"N": 0.0, "L": 0.25, "M": 0.75, "H": 1.0}
_REQUIREMENT: Final = {"L": 0.5, "M": 1.0, "H": 1.51}
_ENVIRONMENTAL: Final = ("CDP", "TD", "CR", "IR", "AR")


def score(metrics: Metrics) -> float:
    """Return the score of all metrics present: environmental, else temporal, else base."""
    if not any(metrics.get(name, "ND") != "ND" for name in _ENVIRONMENTAL):
        return _temporal(metrics, _base(metrics, _impact(metrics)))
    adjusted = _temporal(metrics, _base(metrics, _impact(metrics, adjusted=True)))
    damage = _DAMAGE.get(metrics.get("CDP", "ND"), 0.0)
    return _rounded(
        (adjusted + (10 - adjusted) * damage) * _TARGETS.get(metrics.get("TD", ""), 1.0)
    )


def _impact(metrics: Metrics, *, adjusted: bool = False) -> float:
    remaining = 1.0
    for name, requirement in (("C", "CR"), ("I", "IR"), ("A", "AR")):
        weight = _REQUIREMENT.get(metrics.get(requirement, ""), 1.0) if adjusted else 1.0
        remaining *= 1 - _BASE[name][metrics[name]] * weight
    impact = 10.41 * (1 - remaining)
    return min(10.0, impact) if adjusted else impact


def _base(metrics: Metrics, impact: float) -> float:
    weights = (_BASE[name][metrics[name]] for name in ("AV", "AC", "Au"))
    exploitability = 20.0
    for weight in weights:
        exploitability *= weight
    scale = 1.176 if impact else 0.0
    return _rounded((0.6 * impact + 0.4 * exploitability - 1.5) * scale)


def _temporal(metrics: Metrics, base: float) -> float:
    for name, weights in _TEMPORAL.items():
        base *= weights.get(metrics.get(name, ""), 1.0)
    return _rounded(base)


def _rounded(score_unrounded: float) -> float:
    """Round half up to one decimal, blind to binary noise far behind the point."""
    tidy = Decimal(str(round(score_unrounded, 9)))
    return float(tidy.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))
