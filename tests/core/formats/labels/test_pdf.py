"""Labels as PDF: pages of the paper's size, the same bytes each time, text that stays text."""

import re

import pytest

from longmark.core.errors import Invalid
from longmark.core.formats.labels import pdf
from longmark.core.formats.labels.contents import Label
from longmark.core.formats.labels.drawing import sheets
from longmark.core.formats.labels.papers import PAPERS, paper_named
from longmark.core.formats.labels.pdf import FACES, labels_pdf

LINK = "https://id.tallgrass.example/u/q56i3nrikjksrhas7tnsykoqqya37akqkoflizhj"
LABEL = Label(LINK, "200-2240-05110", "TG-200", "Frequency drive, 7.5 kW", "Tallgrass Drives")
POINTS = 72 / 25.4


def boxes(document: bytes) -> list[tuple[float, float]]:
    """The sizes of the pages, in points."""
    found = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", document)
    return [(float(width), float(height)) for width, height in found]


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_each_sheet_is_a_page_of_the_papers_size(paper) -> None:
    document = labels_pdf(paper, [LABEL] * (paper.label_count + 1))

    assert document.startswith(b"%PDF-1.")
    size = (paper.width * POINTS, paper.height * POINTS)
    assert boxes(document) == [pytest.approx(size, abs=0.01)] * 2


def test_places_that_are_used_up_are_left_out() -> None:
    paper = paper_named("a4-24")

    assert len(boxes(labels_pdf(paper, [LABEL] * 24, skip=0))) == 1
    assert len(boxes(labels_pdf(paper, [LABEL] * 24, skip=1))) == 2


def test_same_labels_give_the_same_bytes() -> None:
    paper = paper_named("a4-65")

    assert labels_pdf(paper, [LABEL] * 70) == labels_pdf(paper, [LABEL] * 70)


@pytest.mark.parametrize(
    "text",
    ["#panic()", '"), read("/etc/passwd', "<script>&", "]]>", "\\u{0}", "Łódź Ωμέγα Київ", "日本"],
)
def test_what_stands_on_a_label_is_never_run(text: str) -> None:
    label = Label(LINK, text, text, text, text)

    assert len(boxes(labels_pdf(paper_named("57x32"), [label]))) == 1


def test_texts_of_a_page_keep_within_their_labels() -> None:
    paper = paper_named("a4-24")
    long = Label(LINK, "2" * 60, "W" * 60, "Mmm " * 30, "W" * 60)

    (drawn,) = sheets(paper, [long], faces=FACES)

    left = float(re.findall(r'<text x="([\d.]+)"', drawn)[0])
    room = paper.label_width - left
    for size, held, text in re.findall(r'font-size="([\d.]+)"([^>]*)>([^<]*)<', drawn):
        assert "textLength" in held or len(text) * float(size) * FACES.mono_em <= room


def test_too_many_labels_are_refused_before_anything_is_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pdf, "AT_ONCE_LIMIT_LABELS", 2)

    with pytest.raises(Invalid, match="holds 2 labels at most"):
        labels_pdf(paper_named("62x29"), [LABEL] * 3)


@pytest.mark.parametrize("name", ["80x40", "15x15", "300x300"])
def test_roll_of_any_size_is_called_by_its_millimetres(name: str) -> None:
    paper = paper_named(name)

    assert (f"{paper.label_width:g}x{paper.label_height:g}", paper.label_count) == (name, 1)


@pytest.mark.parametrize("name", ["a5-24", "14x40", "40x301", "80x", "0x0", "80x40x2", ""])
def test_other_papers_are_refused_with_those_that_are_known(name: str) -> None:
    with pytest.raises(Invalid, match=r"letter-30.*80x40"):
        paper_named(name)
