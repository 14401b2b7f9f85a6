"""Papers that labels are printed on: sheets of A4 with a grid, and rolls of single labels.

Measures are millimetres. The grids are those that label makers share; the number of one maker is
told, since shops list by it.
"""

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


def _roll(name: str, width: float, height: float) -> Paper:
    return Paper(name, width, height, width=width, height=height)


def _sheet(
    name: str, columns: int, rows: int, size: tuple[float, float], gap: float = 0.0
) -> Paper:
    """Return a sheet of A4 whose grid stands in its middle; gaps lie between columns only."""
    width, height = size
    left = (210 - columns * width - (columns - 1) * gap) / 2
    top = (297 - rows * height) / 2
    return Paper(name, width, height, columns, rows, left, top, width + gap, height)


PAPERS: Mapping[str, Paper] = {
    paper.name: paper
    for paper in (
        _sheet("a4-21", 3, 7, (63.5, 38.1), 2.5),  # L7160
        _sheet("a4-24", 3, 8, (70.0, 37.0)),  # 3474
        _sheet("a4-48", 4, 12, (45.7, 21.2), 2.5),  # L4778, L6009: plastics and metal foil
        _sheet("a4-65", 5, 13, (38.1, 21.2), 2.5),  # L7651
        _roll("50x30", 50.0, 30.0),
        _roll("57x32", 57.0, 32.0),
        _roll("62x29", 62.0, 29.0),
        _roll("100x50", 100.0, 50.0),
    )
}

USUAL = "a4-24"


def paper_named(name: str) -> Paper:
    """Return a paper by its name.

    Raises:
        Invalid: no paper has this name; the message says which there are.
    """
    found = PAPERS.get(name)
    if found is None:
        raise Invalid(
            'No paper is called "{name}". There are: {known}.',
            field="paper",
            name=name,
            known=", ".join(PAPERS),
        )
    return found
