"""A photo: a technician in front of a cabinet books what the name plate says, as a picture."""

import io
import json
from datetime import datetime
from functools import partial
from typing import Final

import typst

from longmark.core.formats.labels.drawing import sheet
from longmark.core.formats.labels.papers import paper_named
from longmark.core.formats.labels.pdf import FACES
from longmark.demo.options import CARD, serial_of
from longmark.demo.stage import Stage
from longmark.fleet.queries import contents, units
from longmark.fleet.services import photos
from longmark.fleet.services.links import links
from longmark.fleet.services.photos import Caption

AGE: Final = 3
TECHNICIAN: Final = "tom"
_PLATE: Final = b"""
#let asked = json(bytes(sys.inputs.asked))
#set page(width: 130mm, height: 95mm, margin: 0mm, fill: rgb("#8d9499"))
#place(dx: 13mm, dy: 20mm, rotate(-2.5deg, rect(
  width: 102mm, height: 52mm, radius: 2mm, inset: 1mm, stroke: 0.4mm + rgb("#60666b"), fill: white,
  image(bytes(asked.sheet), format: "svg", width: 100%),
)))
#for (x, y) in ((15mm, 25mm), (109mm, 22mm), (17mm, 70mm), (111mm, 66mm)) {
  place(dx: x, dy: y, circle(radius: 1.4mm, fill: rgb("#6f767b"), stroke: 0.2mm + rgb("#3d4246")))
}
"""


def plan(stage: Stage) -> None:
    """Plan the photo of a drive that has an option card."""
    stage.plan(stage.instant(AGE, 11, 20), partial(_photograph, stage))


def _photograph(stage: Stage, at: datetime) -> None:
    """Take a picture of the plate of the drive in which the first card sits."""
    card = units.unit_of(stage.items[CARD], serial_of(1))
    *_, drive = contents.host_path(card)
    drawn = sheet(paper_named("100x50"), [links(now=at).label(drive)], faces=FACES)
    picture = typst.compile(
        _PLATE,
        format="png",
        ppi=160,
        ignore_system_fonts=True,
        sys_inputs={"asked": json.dumps({"sheet": drawn})},
    )
    caption = Caption(at.date(), "Name plate, cabinet 4; door was open.")
    photos.add_photo(drive, io.BytesIO(picture), caption, actor=stage.actor(TECHNICIAN), now=at)
