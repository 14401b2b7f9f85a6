"""``longmark labels`` as somebody with a token types it."""

import json

import pytest

from tests.fleet.world import built, drives


@pytest.fixture
def units(db):
    world = drives()
    return [built(world.unit(serial)) for serial in ("1001", "1002", "10021")]


def test_links_of_named_units_are_listed(command, units, capsys):
    assert command("labels", "1002", "1001", "--json") == 0

    rows = json.loads(capsys.readouterr().out)
    assert [row["serial"] for row in rows] == ["1002", "1001"]
    assert all("/u/" in row["link"] for row in rows)


def test_labels_of_an_item_are_written_into_a_file(command, units, capsys, tmp_path):
    file = tmp_path / "labels.html"

    assert command("labels", "--item", units[0].item.name, "--paper", "62x29", "-o", file) == 0
    assert file.read_text().count("<svg") == 3
    assert "3 labels on 62x29" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "Name serial numbers, or an item"),
        (["1001", "--skip", "24"], 2, "has 24 places"),
        (["1001", "--skip", "-1"], 2, "has 24 places"),
        (["--item", "unheard-of"], 3, "unheard-of"),
    ],
)
def test_wrong_use_says_what_to_do(command, units, capsys, words, code, said):
    assert command("labels", *words) == code
    assert said in capsys.readouterr().err


def test_a_serial_number_that_is_unknown_is_refused(command, units, capsys):
    with pytest.raises(SystemExit) as refused:
        command("labels", "1001", "1009")

    assert refused.value.code == 3
    assert "There is no unit 1009" in capsys.readouterr().err


def test_an_unknown_paper_is_refused_with_the_known_ones(command, units, capsys):
    with pytest.raises(SystemExit) as refused:
        command("labels", "1001", "--paper", "letter")

    assert refused.value.code == 2
    assert "62x29" in capsys.readouterr().err


@pytest.mark.parametrize(("ending", "begin"), [("pdf", b"%PDF"), ("zpl", b"^XA"), ("HTML", b"<!")])
def test_end_of_the_name_says_what_is_written(command, units, capsys, tmp_path, ending, begin):
    file = tmp_path / f"labels.{ending}"

    assert command("labels", "1001", "--paper", "80x40", "-o", file) == 0
    assert file.read_bytes().startswith(begin)
    assert "1 labels on 80x40" in capsys.readouterr().out


def test_file_of_another_kind_is_refused_before_anything_is_asked(command, capsys, tmp_path):
    assert command("labels", "1001", "-o", tmp_path / "labels.docx") == 2
    assert ".html, .pdf, .zpl" in capsys.readouterr().err


def test_sheet_is_nothing_for_a_label_printer(command, units, capsys, tmp_path):
    with pytest.raises(SystemExit) as refused:
        command("labels", "1001", "-o", tmp_path / "labels.zpl")

    assert refused.value.code == 2
    assert "a4-24 is a sheet" in capsys.readouterr().err
    assert not (tmp_path / "labels.zpl").exists()
