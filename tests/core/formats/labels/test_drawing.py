"""Labels lie where the paper has them, say all of the serial number, and escape what they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from longmark.core.errors import Invalid
from longmark.core.formats.labels.codes import QUIET_MODULES, qr_code
from longmark.core.formats.labels.contents import Label
from longmark.core.formats.labels.drawing import code_drawing, document, sheet, sheets
from longmark.core.formats.labels.papers import PAPERS, paper_named

LINK = "https://id.tallgrass.example/u/q56i3nrikjksrhas7tnsykoqqya37akqkoflizhj"
LABEL = Label(LINK, "200-2240-05110", "TG-200", "Frequency drive, 7.5 kW", "Tallgrass Drives")
NAMESPACE = {"svg": "http://www.w3.org/2000/svg"}


def texts(drawing: str) -> list[str]:
    root = etree.fromstring(drawing)
    return [each.text or "" for each in root.iterfind(".//svg:text", NAMESPACE)]


def dark_modules(path: str) -> set[tuple[int, int]]:
    found = set()
    for part in path.strip("zM").split("zM"):
        x, y = part.partition("h")[0].split()
        length = int(part.partition("h")[2].partition("v")[0])
        found |= {(int(x) + step, int(y)) for step in range(length)}
    return found


def test_code_has_its_three_finders() -> None:
    code = qr_code(LINK)
    dark = dark_modules(code.path)

    for left, top in ((0, 0), (code.side - 7, 0), (0, code.side - 7)):
        assert {(left + step, top) for step in range(7)} <= dark
        assert (left + 1, top + 1) not in dark


def test_code_is_the_same_each_time() -> None:
    assert qr_code(LINK) == qr_code(LINK)
    assert code_drawing(LINK) == code_drawing(LINK)


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_labels_of_a_paper_lie_on_it_side_by_side(paper) -> None:
    corners = [paper.corner(place) for place in range(paper.label_count)]

    assert len(set(corners)) == paper.label_count
    assert min(x for x, _ in corners) >= 0
    assert max(x for x, _ in corners) + paper.label_width <= paper.width + 1e-9
    assert max(y for _, y in corners) + paper.label_height <= paper.height + 1e-9
    assert paper.columns == 1 or paper.pitch_x >= paper.label_width
    assert paper.rows == 1 or paper.pitch_y >= paper.label_height


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_code_of_each_paper_can_be_printed(paper) -> None:
    side = min(paper.label_height * 0.86, paper.label_width * 0.46)

    assert side / (qr_code(LINK).side + 2 * QUIET_MODULES + 2) >= 0.33, "mm a module"


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_serial_number_stands_there_whole(paper) -> None:
    longest = Label(
        LINK, "S" * 64, "An item with a name that is long", "A title " * 20, "Co. " * 30
    )

    assert longest.serial in texts(sheet(paper, [longest]))


def test_places_that_are_used_up_are_left_out() -> None:
    paper = paper_named("a4-21")
    first, second = sheets(paper, [LABEL] * 21, skip=3)

    assert first.count("S/N") == 18
    assert second.count("S/N") == 3
    assert f"translate({paper.corner(3)[0]:.3f} {paper.corner(3)[1]:.3f})" in first
    assert f"translate({paper.corner(2)[0]:.3f} {paper.corner(2)[1]:.3f})" not in first


def test_more_places_than_a_sheet_has_cannot_be_left_out() -> None:
    with pytest.raises(Invalid, match="has 21 places"):
        list(sheets(paper_named("a4-21"), [LABEL], skip=21))


def test_unknown_paper_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Invalid, match="62x29"):
        paper_named("letter")


_printable = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80)


@given(serial=_printable.filter(str.strip), item=_printable, title=_printable, company=_printable)
def test_whatever_it_says_the_drawing_is_well_formed(
    serial: str, item: str, title: str, company: str
) -> None:
    label = Label(LINK, serial, item, title, company)

    assert serial in texts(sheet(paper_named("62x29"), [label]))


def test_document_holds_no_script_and_asks_for_nothing() -> None:
    evil = Label(LINK, "<script>1</script>", '"><img src=x>', "&", "'")
    text = "".join(document(paper_named("50x30"), [evil]))

    assert "<script" not in text
    assert "<img" not in text
    assert "@page{size:50mm 30mm;margin:0}" in text
