"""Labels for label printers: within the label, nothing that is data becomes a command."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longmark.core.errors import Invalid
from longmark.core.formats.labels.codes import qr_code
from longmark.core.formats.labels.contents import Label
from longmark.core.formats.labels.papers import paper_named
from longmark.core.formats.labels.zpl import RESOLUTIONS, labels_zpl

LINK = "https://id.tallgrass.example/u/q56i3nrikjksrhas7tnsykoqqya37akqkoflizhj"
LABEL = Label(LINK, "200-2240-05110", "TG-200", "Frequency drive, 7.5 kW", "Tallgrass Drives")
COMMANDS = {
    "XA", "CI", "LH", "PW", "LL", "FO", "GB", "FS", "BQ", "FH", "FD", "A0", "FB", "XZ",
}  # fmt: skip


def fields(text: str) -> list[str]:
    """What stands in the fields, read as a printer reads it."""
    found = re.findall(r"\^FD(.*?)\^FS", text)
    return [re.sub(r"_([0-9A-F]{2})", lambda m: chr(int(m[1], 16)), each) for each in found]


@pytest.mark.parametrize("dpi", RESOLUTIONS)
@pytest.mark.parametrize("roll", ["57x32", "62x29", "100x50", "80x40"])
def test_label_holds_link_and_serial_number(roll: str, dpi: int) -> None:
    (text,) = labels_zpl(paper_named(roll), [LABEL], dpi=dpi)

    told = fields(text)
    assert told[0] == f"MA,{LINK}"
    assert told[-1] == "200-2240-05110"
    assert {"TG-200", "Tallgrass Drives"} <= set(told)
    assert text.startswith("^XA") and text.endswith("^XZ\n")


@pytest.mark.parametrize("dpi", RESOLUTIONS)
@pytest.mark.parametrize("roll", ["57x32", "62x29", "100x50"])
def test_everything_lies_on_the_label(roll: str, dpi: int) -> None:
    (text,) = labels_zpl(paper_named(roll), [LABEL], dpi=dpi)

    width, height = (int(re.search(rf"\^{each}(\d+)", text)[1]) for each in ("PW", "LL"))
    boxes = [tuple(map(int, each)) for each in re.findall(r"\^FO(\d+),(\d+)\^GB(\d+),(\d+)", text)]
    assert all(x + wide <= width and y + high <= height for x, y, wide, high in boxes)
    x, y, module = map(int, re.search(r"\^FO(\d+),(\d+)\^BQN,2,(\d+)", text).groups())
    frame_x, frame_y, side, _ = boxes[0]
    code = qr_code(LINK).side * module
    assert x - frame_x == y + 10 - frame_y == 5 * module
    assert frame_x + side - (x + code) == 5 * module


def test_each_unit_is_a_format_of_its_own() -> None:
    texts = list(labels_zpl(paper_named("57x32"), [LABEL] * 3))

    assert [text.count("^XA") for text in texts] == [1, 1, 1]


@given(st.text(max_size=40))
def test_no_text_becomes_a_command(text: str) -> None:
    (drawn,) = labels_zpl(paper_named("100x50"), [Label(LINK, text, text, text, text)])

    assert set(re.findall(r"\^(..)", drawn)) <= COMMANDS
    assert "~" not in drawn
    assert drawn.count("^FS") == len(re.findall(r"\^(?:FD|GB)", drawn))


def test_serial_number_stands_there_whole_however_long() -> None:
    (text,) = labels_zpl(paper_named("57x32"), [Label(LINK, "2" * 60, "TG-200")])

    assert fields(text)[-1] == "2" * 60


@pytest.mark.parametrize(
    ("roll", "dpi", "said"),
    [
        ("a4-24", 203, "a4-24 is a sheet"),
        ("57x32", 72, "203, 300, 600 dots an inch, not 72"),
        ("20x15", 203, "the code of 200-2240-05110 cannot be read"),
    ],
)
def test_what_cannot_be_printed_is_refused(roll: str, dpi: int, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        list(labels_zpl(paper_named(roll), [LABEL], dpi=dpi))
