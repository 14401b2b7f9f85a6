"""Papers that labels are printed on: grids on sheets of A4 or Letter, and rolls of single labels.

Measures are millimetres. The grids are those that label makers share; the number of one maker is
told, since shops list by it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from longmark.core.errors import Invalid


@dataclass(frozen=True)
class Paper:
    """A grid of equal labels on a sheet."""

    name: str
    label_width: float
    label_height: float
    columns: int = 1
    rows: int = 1
    left: float = 0.0
    top: float = 0.0
    pitch_x: float = 0.0
    pitch_y: float = 0.0
    width: float = 210.0
    height: float = 297.0

    @property
    def label_count(self) -> int:
        """How many labels a sheet holds."""
        return self.columns * self.rows

    def corner(self, place: int) -> tuple[float, float]:
        """Return the upper left corner of a label, counted by rows from nought."""
        row, column = divmod(place, self.columns)
        return self.left + column * self.pitch_x, self.top + row * self.pitch_y


A4 = (210.0, 297.0)
LETTER = (215.9, 279.4)
ROLL = re.compile(r"(\d{2,3})x(\d{2,3})")
ROLL_LIMITS_MM = (15, 300)


def _roll(width: float, height: float) -> Paper:
    return Paper(f"{width:g}x{height:g}", width, height, width=width, height=height)


def _sheet(
    begin: str, columns: int, rows: int, size: tuple[float, float], gap: float = 0.0
) -> Paper:
    """Return a sheet whose grid stands in its middle; gaps lie between columns only."""
    width, height = size
    whole_width, whole_height = LETTER if begin == "letter" else A4
    left = (whole_width - columns * width - (columns - 1) * gap) / 2
    top = (whole_height - rows * height) / 2
    name, pitch = f"{begin}-{columns * rows}", width + gap
    return Paper(
        name, width, height, columns, rows, left, top, pitch, height, whole_width, whole_height
    )


PAPERS: Mapping[str, Paper] = {
    paper.name: paper
    for paper in (
        _sheet("a4", 2, 7, (99.1, 38.1), 2.5),  # L7163
        _sheet("a4", 3, 7, (63.5, 38.1), 2.5),  # L7160
        _sheet("a4", 3, 8, (70.0, 37.0)),  # 3474
        _sheet("a4", 3, 9, (63.5, 29.6), 2.5),  # L4773, L6011: plastics and metal foil
        _sheet("a4", 4, 12, (45.7, 21.2), 2.5),  # L4778, L6009: plastics and metal foil
        _sheet("a4", 5, 13, (38.1, 21.2), 2.5),  # L7651
        _sheet("letter", 2, 5, (101.6, 50.8), 4.76),  # 5163
        _sheet("letter", 2, 10, (101.6, 25.4), 4.76),  # 5161
        _sheet("letter", 3, 10, (66.675, 25.4), 3.175),  # 5160
        _roll(50.0, 30.0),
        _roll(57.0, 32.0),
        _roll(62.0, 29.0),
        _roll(100.0, 50.0),
    )
}

USUAL = "a4-24"


def paper_named(name: str) -> Paper:
    """Return a paper by its name; a roll of any size is called by its millimetres, as ``80x40``.

    Raises:
        Invalid: no paper has this name; the message says which there are.
    """
    found = PAPERS.get(name)
    if found is None and (measures := ROLL.fullmatch(name)):
        low, high = ROLL_LIMITS_MM
        width, height = (int(each) for each in measures.groups())
        if low <= min(width, height) and max(width, height) <= high:
            found = _roll(width, height)
    if found is None:
        raise Invalid(
            'No paper is called "{name}". There are: {known}; and rolls by their millimetres,'
            " 15 to 300, as 80x40.",
            field="paper",
            name=name,
            known=", ".join(PAPERS),
        )
    return found
