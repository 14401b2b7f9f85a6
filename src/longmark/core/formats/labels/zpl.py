"""Labels in ZPL II, the language of Zebra's and many others' label printers.

One format (``^XA`` … ``^XZ``) for each unit: a QR code that the printer draws itself (``^BQ``), in
the frame that marks an identification link, and the words beside it. All measures are dots.

A printer draws ``^BQ`` ten dots lower than ``^FO`` says; the place is given with that in mind. The
frame stands around the code as the printer makes it: the smallest that holds the link at level M.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from longmark.core.errors import Invalid
from longmark.core.formats.labels.codes import QUIET_MODULES, qr_code
from longmark.core.formats.labels.contents import Label
from longmark.core.formats.labels.papers import Paper

RESOLUTIONS: Final = {203: 8.0, 300: 11.8, 600: 23.6}
"""Dots an inch as printers are sold, and dots a millimetre as they are built."""

USUAL_DPI: Final = 203
DROP_DOTS: Final = 10
MOST_MAGNIFIED: Final = 10
CHARACTER_EM: Final = 0.58
"""How wide a character of the scalable font is, at most, of its height."""


def labels_zpl(paper: Paper, labels: Sequence[Label], *, dpi: int = USUAL_DPI) -> Iterator[str]:
    """Yield the format of each label, in the size of a roll.

    Raises:
        Invalid: the paper is a sheet; no printer has this resolution; the label is too small for
            the code.
    """
    if paper.label_count > 1:
        raise Invalid(
            "{paper} is a sheet; a label printer takes rolls, as 57x32.",
            field="paper",
            paper=paper.name,
        )
    if dpi not in RESOLUTIONS:
        known = ", ".join(map(str, RESOLUTIONS))
        raise Invalid(
            "Label printers have {known} dots an inch, not {dpi}.",
            field="dpi",
            known=known,
            dpi=dpi,
        )
    scale = RESOLUTIONS[dpi]
    width, height = round(paper.label_width * scale), round(paper.label_height * scale)
    for label in labels:
        yield _format(label, width, height, round(scale))


def _format(label: Label, width: int, height: int, margin: int) -> str:
    modules = qr_code(label.link).side
    whole = modules + 2 * (QUIET_MODULES + 1)
    module = min(MOST_MAGNIFIED, min(height - 2 * margin, width // 2) // whole)
    if module < 2:
        raise Invalid(
            "On a label of this size the code of {serial} cannot be read: take a larger one, or a"
            " printer with more dots.",
            field="paper",
            serial=label.serial,
        )
    side = whole * module
    top = (height - side) // 2
    inner = (QUIET_MODULES + 1) * module
    parts = [
        "^XA^CI28^LH0,0",
        f"^PW{width}^LL{height}",
        f"^FO{margin},{top}^GB{side},{side},{module}^FS",
        *_corner(margin + side - module, top + side - module, round(3.5 * module)),
        f"^FO{margin + inner},{max(0, top + inner - DROP_DOTS)}^BQN,2,{module}",
        f"^FH_^FDMA,{_held(label.link)}^FS",
        *_words(label, 2 * margin + side, width - margin, height),
        "^XZ\n",
    ]
    return "\n".join(parts)


def _corner(right: int, bottom: int, size: int) -> Iterator[str]:
    """Fill the lower right corner of the frame, line by line."""
    for line in range(size):
        length = line + 1
        yield f"^FO{right - length},{bottom - size + line}^GB{length},1,1^FS"


def _words(label: Label, left: int, right: int, height: int) -> Iterator[str]:
    room, usual = right - left, max(14, height // 10)
    words = [(label.company, 0.85, 1), (label.item, 1.15, 1), (label.title, 0.75, 2)]
    lines = [
        (_cut(text, lines * room, size), size, min(lines, _lines(text, room, size)))
        for text, share, lines in [*words, ("S/N", 0.7, 1)]
        if text
        for size in [max(12, int(usual * share))]
    ]
    lines.append((label.serial, _fitting(label.serial, room, int(usual * 1.15)), 1))
    y = (height - sum(int(size * 1.3) * count for _text, size, count in lines)) // 2
    for text, size, count in lines:
        block = f"^FB{room},{count}" if count > 1 else ""
        yield f"^FO{left},{max(0, y)}^A0N,{size}{block}^FH_^FD{_held(text)}^FS"
        y += int(size * 1.3) * count


def _lines(text: str, room: int, size: int) -> int:
    """Return how many lines a text takes that the printer breaks at spaces."""
    return 1 if len(text) * size * CHARACTER_EM <= room else 2


def _fitting(text: str, room: int, usual: int) -> int:
    """Return a height at which all of a text stands in the room that there is."""
    return max(10, min(usual, int(room / (len(text) * CHARACTER_EM or 1))))


def _cut(text: str, room: int, size: int) -> str:
    most = max(4, int(room / (size * CHARACTER_EM)))
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _held(text: str) -> str:
    """Return a text as the data of a field, with what is a command to printers in hexadecimal.

    >>> _held("^XA~ 50_x")
    '_5EXA_7E 50_5Fx'
    """
    return "".join(
        f"_{ord(each):02X}" if each in "^~_\\\\" or not each.isprintable() else each
        for each in text
    )
