"""CVSS v4.0 scores (specification v4.0, section 8).

Every vector belongs to one of 270 macro-vectors, named by six equivalence sets (EQ1 to
EQ6). The table gives the score of the highest vector in each. A vector below the highest
loses the mean, over the sets that have a next lower macro-vector, of the score difference
to it times the share of the way already gone. EQ3 and EQ6 go down together.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Final

from longmark.core.formats.cvss.vectors import Metrics

_LEVELS: Final = {
    "AV": "NALP",
    "PR": "NLH",
    "UI": "NPA",
    "AC": "LH",
    "AT": "NP",
    "VC": "HLN",
    "VI": "HLN",
    "VA": "HLN",
    "SC": "-HLN",
    "SI": "SHLN",
    "SA": "SHLN",
    "CR": "HML",
    "IR": "HML",
    "AR": "HML",
}
"""Values of each metric from the worst down: the position is the severity distance."""

_WORST: Final = {"E": "A", "CR": "H", "IR": "H", "AR": "H"}
"""What the metrics that are not defined count as (section 3.2, table 12, section 4.1)."""

_SETS: Final = (
    ("AV", "PR", "UI"),
    ("AC", "AT"),
    ("VC", "VI", "VA", "CR", "IR", "AR"),
    ("SC", "SI", "SA"),
)
_HIGHEST: Final[Sequence[Mapping[str, Sequence[str]]]] = (
    {"0": ["NNN"], "1": ["ANN", "NLN", "NNP"], "2": ["PNN", "ALP"]},
    {"0": ["LN"], "1": ["HN", "LP"]},
    {
        "00": ["HHHHHH"],
        "01": ["HHLMMH", "HHHMMM"],
        "10": ["LHHHHH", "HLHHHH"],
        "11": ["LHLHMH", "LHHHMM", "HLHMHM", "HLLMHH", "LLHHHM"],
        "21": ["LLLHHH"],
    },
    {"0": ["HSS"], "1": ["HHH"], "2": ["LLL"]},
)
"""The highest vectors of each level of each set (section 8.2, tables 24 to 28)."""

_DEPTH: Final[Sequence[Mapping[str, int]]] = (
    {"0": 1, "1": 4, "2": 5},
    {"0": 1, "1": 2},
    {"00": 7, "01": 6, "10": 8, "11": 8, "21": 10},
    {"0": 6, "1": 5, "2": 4},
)
"""Number of steps within each level of each set."""


def score(metrics: Metrics) -> float:
    """Return the score of all metrics present (CVSS-B, -BT, -BE or -BTE)."""
    values = _effective(metrics)
    if all(values[name] == "N" for name in ("VC", "VI", "VA", "SC", "SI", "SA")):
        return 0.0
    macro = _macro_vector(values)
    table = _macro_scores()
    losses = []
    for number, levels in enumerate((macro[0], macro[1], macro[2] + macro[5], macro[3])):
        lower = _next_lower(macro, number, table)
        if lower is not None:
            share = _distance(values, number, levels) / _DEPTH[number][levels]
            losses.append((table[macro] - lower) * share)
    if _next_lower(macro, 4, table) is not None:
        losses.append(0.0)  # EQ5 has one vector per level: no way within it
    mean = sum(losses) / len(losses) if losses else 0.0
    return min(10.0, max(0.0, int((table[macro] - mean) * 10 + 0.5) / 10))


def _effective(metrics: Metrics) -> dict[str, str]:
    values = {name: metrics.get(name, "X") for name in (*_LEVELS, "E")}
    for name in values:
        modified = metrics.get(f"M{name}", "X")
        if modified != "X":
            values[name] = modified
        elif values[name] == "X":
            values[name] = _WORST[name]
    return values


def _macro_vector(values: Mapping[str, str]) -> str:
    ways_in = [values[name] == "N" for name in ("AV", "PR", "UI")]
    has_high = [values[name] == "H" for name in ("VC", "VI", "VA")]
    wanted = [values[name] == "H" for name in ("CR", "IR", "AR")]
    after = [values[name] for name in ("SC", "SI", "SA")]
    eq1 = 0 if all(ways_in) else 1 if any(ways_in) and values["AV"] != "P" else 2
    eq2 = 0 if values["AC"] == "L" and values["AT"] == "N" else 1
    eq3 = 0 if has_high[0] and has_high[1] else 1 if any(has_high) else 2
    eq4 = 0 if "S" in after else 1 if "H" in after else 2
    eq5 = "APU".index(values["E"])
    eq6 = 0 if any(high and want for high, want in zip(has_high, wanted, strict=True)) else 1
    return f"{eq1}{eq2}{eq3}{eq4}{eq5}{eq6}"


def _next_lower(macro: str, number: int, table: Mapping[str, float]) -> float | None:
    """Return the best score one level down in one set, None if there is no such level."""
    if number != 2:
        return table.get(_lowered(macro, number))
    if macro[5] == "1":
        return table.get(_lowered(macro, 2))
    lower = [table.get(_lowered(macro, 5))]
    if macro[2] == "0":
        lower.append(table.get(_lowered(macro, 2)))
    return max((score for score in lower if score is not None), default=None)


def _lowered(macro: str, place: int) -> str:
    return f"{macro[:place]}{int(macro[place]) + 1}{macro[place + 1 :]}"


def _distance(values: Mapping[str, str], number: int, levels: str) -> int:
    """Return the steps from the first highest vector that is nowhere below this one."""
    for highest in _HIGHEST[number][levels]:
        steps = [
            _LEVELS[name].index(values[name]) - _LEVELS[name].index(top)
            for name, top in zip(_SETS[number], highest, strict=True)
        ]
        if min(steps) >= 0:
            return sum(steps)
    raise AssertionError(f"no highest vector covers set {number} level {levels}")


@cache
def _macro_scores() -> Mapping[str, float]:
    text = resources.files(__package__).joinpath("macrovectors.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {macro: float(value) for macro, value in rows}
