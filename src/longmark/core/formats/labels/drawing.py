"""Labels as SVG, one drawing for each sheet, in millimetres.

A drawing holds no style and no script, so it passes a strict content security policy as a part
of a page; printed at 100 % each label lies where the paper has it. The frame with the corner
around the code says that it is an identification link (IEC 61406-1): a code among the many on a
plate that leads to this one unit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from longmark.core.errors import Invalid
from longmark.core.formats.labels.codes import QUIET_MODULES, Code, qr_code
from longmark.core.formats.labels.contents import Label
from longmark.core.formats.labels.papers import Paper


@dataclass(frozen=True)
class Faces:
    """The type that labels are set in, and how wide its characters are on average, in ems."""

    sans: str
    mono: str
    sans_em: float
    bold_em: float
    mono_em: float


SCREEN = Faces(
    "Arial, Helvetica, 'Liberation Sans', sans-serif",
    "'DejaVu Sans Mono', Menlo, Consolas, monospace",
    0.54,
    0.58,
    0.61,
)
"""What browsers have, a little wider than it is in the named faces."""

SMALLEST_MM = 1.3
"""Capitals of a millimetre, about 4 points: less cannot be read."""

FRAME_MODULES = 1
TITLE_LINES = 2
ELLIPSIS = "…"


@dataclass(frozen=True)
class _Line:
    text: str
    size: float
    em: float
    attributes: str = ""


def sheets(
    paper: Paper, labels: Sequence[Label], *, skip: int = 0, faces: Faces = SCREEN
) -> Iterator[str]:
    """Yield a drawing for each sheet; on the first, so many places are left out.

    Raises:
        Invalid: the first sheet has not so many places.
    """
    if not 0 <= skip < paper.label_count:
        raise Invalid(
            "A sheet has {count} places; {skip} cannot be left out.",
            field="skip",
            count=paper.label_count,
            skip=skip,
        )
    places = [None] * skip + list(labels)
    for begin in range(0, len(places), paper.label_count):
        yield sheet(paper, places[begin : begin + paper.label_count], faces=faces)


def sheet(paper: Paper, places: Sequence[Label | None], *, faces: Faces = SCREEN) -> str:
    """Return the drawing of one sheet."""
    drawn = []
    for number, label in enumerate(places):
        if label is not None:
            x, y = paper.corner(number)
            placed = f"translate({x:.3f} {y:.3f})"
            drawn.append(f'<g transform="{placed}">{_label(paper, label, faces)}</g>')
    size = f'width="{paper.width:g}mm" height="{paper.height:g}mm"'
    box = f'viewBox="0 0 {paper.width:g} {paper.height:g}"'
    serials = ", ".join(label.serial for label in places if label is not None)
    ground = f'<rect width="{paper.width:g}" height="{paper.height:g}" fill="#fff"/>'
    return f"{_opening(f'{size} {box}', serials)}{ground}{''.join(drawn)}</svg>"


def document(paper: Paper, labels: Sequence[Label], *, skip: int = 0) -> Iterator[str]:
    """Yield an HTML document that needs nothing else, to be opened and printed at 100 %."""
    yield (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Labels</title><style>'
        f"@page{{size:{paper.width:g}mm {paper.height:g}mm;margin:0}}"
        "body{margin:0}svg{display:block;break-after:page}svg:last-child{break-after:auto}"
        "</style></head><body>"
    )
    yield from sheets(paper, labels, skip=skip)
    yield "</body></html>\n"


def code_drawing(link: str, *, side_mm: float = 25.0) -> str:
    """Return the framed code of a link alone."""
    size = f'width="{side_mm:g}mm" height="{side_mm:g}mm" viewBox="0 0 {side_mm:g} {side_mm:g}"'
    ground = f'<rect width="{side_mm:g}" height="{side_mm:g}" fill="#fff"/>'
    return f"{_opening(size, 'QR code')}{ground}{_framed(qr_code(link), side_mm)}</svg>"


def _opening(size: str, name: str) -> str:
    """Return the begin of a drawing; pages leave the type of its texts as it is drawn."""
    kept = 'xmlns="http://www.w3.org/2000/svg" data-drawing=""'
    return f'<svg {kept} {size} role="img" aria-label="{escape(name)}">'


def _label(paper: Paper, label: Label, faces: Faces) -> str:
    width, height = paper.label_width, paper.label_height
    margin = min(2.5, height * 0.07)
    side = min(height - 2 * margin, width * 0.46)
    left = margin + side + margin
    room = width - left - margin
    framed = f'<g transform="translate({margin:.3f} {(height - side) / 2:.3f})">'
    text = _text(label, left, room, height, faces)
    return f"{framed}{_framed(qr_code(label.link), side)}</g>{text}"


def _framed(code: Code, side_mm: float) -> str:
    """Return a code in a frame of one module, with the corner that marks a link to one unit."""
    whole = code.side + 2 * (QUIET_MODULES + FRAME_MODULES)
    inner, corner = whole - FRAME_MODULES, QUIET_MODULES - 0.5
    frame = f"M0 0h{whole}v{whole}h-{whole}zM1 1v{whole - 2}h{whole - 2}v-{whole - 2}z"
    mark = f"M{inner} {inner - corner:g}v{corner:g}h-{corner:g}z"
    offset = QUIET_MODULES + FRAME_MODULES
    scale = f'<g transform="scale({side_mm / whole:.6f})" fill="#000">'
    dark = f'<path transform="translate({offset} {offset})" shape-rendering="crispEdges"'
    return f'{scale}<path d="{frame}{mark}"/>{dark} d="{code.path}"/></g>'


def _text(label: Label, left: float, room: float, height: float, faces: Faces) -> str:
    """Return the lines beside the code, in the middle of the label's height."""
    size = min(3.2, height / 10)
    bold = 'font-weight="700"'
    em, lines = faces.sans_em, []
    if label.company:
        lines.append(_fitting(_Line(label.company, size * 0.85, em), room))
    lines.append(_fitting(_Line(label.item, size * 1.15, faces.bold_em, bold), room))
    lines += _wrapped(label.title, size, room, em)
    mono = f'font-family="{faces.mono}" {bold}'
    lines.append(_Line("S/N", size * 0.75, em))
    lines.append(_squeezed(_Line(label.serial, size * 1.15, faces.mono_em, mono), room))
    y = (height - sum(line.size * 1.25 for line in lines)) / 2
    drawn = []
    for line in lines:
        y += line.size * 1.25
        place = f'x="{left:.3f}" y="{y - line.size * 0.25:.3f}" font-size="{line.size:.3f}"'
        drawn.append(f"<text {place} {line.attributes}>{escape(line.text)}</text>")
    return f'<g font-family="{faces.sans}" fill="#000">{"".join(drawn)}</g>'


def _wrapped(title: str, size: float, room: float, em: float) -> list[_Line]:
    """Return a title in two lines at most, smaller if it needs that, and cut in the end."""
    sizes = [each for each in (size * 0.85, size * 0.7, size * 0.6) if each >= SMALLEST_MM]
    for each in sizes or [SMALLEST_MM]:
        most = max(4, int(room / (each * em)))
        lines = _filled(title.split(), most)
        if len(lines) <= TITLE_LINES and all(len(line) <= most for line in lines):
            break
    kept = [_cut(line, most) for line in lines[:TITLE_LINES]]
    if len(lines) > len(kept):
        kept[-1] = _cut(f"{kept[-1]} {ELLIPSIS}", most)
    return [_Line(line, each, em) for line in kept]


def _filled(words: Sequence[str], most: int) -> list[str]:
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + 1 + len(word) <= most:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _fitting(line: _Line, room: float) -> _Line:
    """Return a line in a smaller size if it is too long, and cut if that is not enough."""
    size = max(SMALLEST_MM, min(line.size, room / (len(line.text) * line.em or 1)))
    return _Line(_cut(line.text, int(room / (size * line.em))), size, line.em, line.attributes)


def _squeezed(line: _Line, room: float) -> _Line:
    """Return a serial number so that all of it stands there, set closer if need be."""
    size = min(line.size, room / (len(line.text) * line.em or 1))
    if size >= SMALLEST_MM:
        return _Line(line.text, size, line.em, line.attributes)
    narrow = f'{line.attributes} textLength="{room:.3f}" lengthAdjust="spacingAndGlyphs"'
    return _Line(line.text, SMALLEST_MM, line.em, narrow)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: max(1, most - 1)].rstrip() + ELLIPSIS
