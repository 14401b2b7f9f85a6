"""``longmark lifespans`` as somebody with a token types it."""

import json

import pytest

from longmark.core.actors import SYSTEM
from longmark.sboms.services.documents import add_document
from tests.sboms.samples import a_bom, a_library
from tests.world import NINE, a_release

OPENSSL = ("openssl", "1.1.1", "--ends", "2023-09-11", "--by", "OpenSSL project")


@pytest.fixture
def firmware(db):
    release = a_release()
    add_document(release, a_bom(a_library("openssl", "1.1.1k")), actor=SYSTEM, now=NINE)
    return release


def said(capsys) -> str:
    told = capsys.readouterr()
    return " ".join((told.out + told.err).split())


def test_a_line_is_stated_listed_and_withdrawn(command, firmware, capsys):
    assert command("lifespans", "add", *OPENSSL) == 0
    assert "openssl 1.1.1 is mended until 2023-09-11, says OpenSSL project" in said(capsys)

    assert command("lifespans") == 0
    assert "openssl 1.1.1k 2023-09-11 past its end" in said(capsys)

    command("lifespans", "list", "--json")
    (row,) = json.loads(capsys.readouterr().out)
    assert command("lifespans", "withdraw", row["id"], "--reason", "wrong") == 0
    assert command("lifespans", "due", "unknown") == 0
    assert "openssl 1.1.1k not known not known" in said(capsys)


def test_a_list_is_taken_in_and_its_refusals_shown(command, firmware, capsys, tmp_path):
    file = tmp_path / "eol.csv"
    file.write_text("product,cycle,eol\nopenssl,1.1.1,2023-09-11\nquux,1,2020-01-01\n")

    assert command("lifespans", "import", file) == 0

    told = said(capsys)
    assert "2 rows, 1 new or changed, 1 refused" in told
    assert 'row 3: "quux" is neither' in told


def test_a_release_and_a_product_narrow(command, firmware, capsys):
    command("lifespans", "add", *OPENSSL)

    assert command("lifespans", "due", "--item", "tg200-fw", "--version", "2.3.1") == 0
    assert "1.1.1k" in said(capsys)
    assert command("lifespans", "due", "--version", "2.3.1") == 2
    assert command("lifespans", "due", "--item", "nothing") == 3


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["add", "quux", "1", "--ends", "2020-01-01", "--by", "x"], 3),
        (["add", "openssl", "1.1.1", "--ends", "soon", "--by", "x"], 3),
        (["import", "/no/such/file.csv"], 2),
        (["withdraw", "999", "--reason", "x"], 3),
    ],
)
def test_wrong_use_and_refusals_have_their_codes(command, firmware, words, code):
    assert command("lifespans", *words) == code


def test_a_check_says_what_is_past_its_end(command, firmware, capsys, tmp_path):
    command("lifespans", "add", *OPENSSL)
    file = tmp_path / "bom.json"
    file.write_bytes(a_bom(a_library("openssl", "1.1.1k"), a_library("motor", "1")))

    assert command("sbom", "check", file) == 0

    told = said(capsys)
    assert "1 are past the end of their life" in told
    assert "Of 1 no end of life is known here." in told
