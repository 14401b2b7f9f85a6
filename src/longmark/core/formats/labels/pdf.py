"""Labels as PDF, one page for each sheet, of exactly its size.

The pages are the drawings of ``drawing``, set by Typst. What stands on labels comes to it as data,
never as a part of its source. The type is the one that Typst brings along, so that the same labels
give the same bytes on every machine; it has Latin, Greek and Cyrillic letters.
"""

import json
from collections.abc import Sequence

import typst

from longmark.core.errors import Invalid
from longmark.core.formats.labels.contents import Label
from longmark.core.formats.labels.drawing import Faces, sheets
from longmark.core.formats.labels.papers import Paper

FACES = Faces("DejaVu Sans Mono", "DejaVu Sans Mono", 0.603, 0.603, 0.603)
AT_ONCE_LIMIT_LABELS = 1_000
"""On single labels of a roll some 180 MB of memory."""

_SOURCE = b"""
#let asked = json(bytes(sys.inputs.asked))
#set document(title: asked.title, date: none)
#set page(width: asked.width * 1mm, height: asked.height * 1mm, margin: 0mm)
#set block(spacing: 0mm)
#for (number, sheet) in asked.sheets.enumerate() {
  if number > 0 { pagebreak() }
  place(top + left, image(bytes(sheet), format: "svg", width: 100%, height: 100%))
}
"""


def labels_pdf(paper: Paper, labels: Sequence[Label], *, skip: int = 0) -> bytes:
    """Return labels as a PDF document, to be printed at 100 %; the same labels give the same bytes.

    Raises:
        Invalid: these are too many labels, or the first sheet has not so many places.
    """
    if len(labels) > AT_ONCE_LIMIT_LABELS:
        raise Invalid(
            "A document holds {limit} labels at most, and these are {count}: name serial numbers.",
            limit=AT_ONCE_LIMIT_LABELS,
            count=len(labels),
        )
    asked = {
        "title": "Labels",
        "width": paper.width,
        "height": paper.height,
        "sheets": list(sheets(paper, labels, skip=skip, faces=FACES)),
    }
    return typst.compile(
        _SOURCE, format="pdf", ignore_system_fonts=True, sys_inputs={"asked": json.dumps(asked)}
    )
