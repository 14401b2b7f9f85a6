"""What changed between two releases."""

import pytest

from longmark.cli import commands
from longmark.core.actors import SYSTEM, Role
from longmark.sboms.services.documents import add_document
from tests.sboms.samples import a_bom, a_library
from tests.world import NINE, a_release


@pytest.fixture
def two(db):
    first = a_release("2.3.0")
    second = a_release("2.4.0", item=first.item)
    old = a_bom(a_library("zlib", "1.2.11"), a_library("lwip", "2.1.0"))
    new = a_bom(a_library("zlib", "1.2.12"), a_library("mbedtls", "3.6.0"))
    add_document(first, old, actor=SYSTEM, now=NINE)
    add_document(second, new, actor=SYSTEM, now=NINE)
    return first, second


def test_two_releases_are_compared(two, caller):
    first, second = two
    found = (
        caller(Role.VIEWER)
        .get(f"/api/v1/releases/{second.pk}/difference?against={first.pk}")
        .json()
    )

    assert [(e["kind"], (e["after"] or e["before"])["name"]) for e in found["changes"]] == [
        ("removed", "lwip"),
        ("added", "mbedtls"),
        ("changed", "zlib"),
    ]
    assert (found["findings_come"], found["findings_gone"]) == ([], [])


def test_a_difference_is_narrowed(two, caller):
    first, second = two
    path = f"/api/v1/releases/{second.pk}/difference?against={first.pk}&only=version"

    (change,) = caller(Role.VIEWER).get(path).json()["changes"]
    assert (change["direction"], change["before"]["version"]) == ("newer", "1.2.11")


def test_two_files_are_compared_offline(tmp_path, capsys):
    old, new = tmp_path / "a.json", tmp_path / "b.json"
    old.write_bytes(a_bom(a_library("zlib", "1.2.11")))
    new.write_bytes(a_bom(a_library("zlib", "1.2.12")))

    assert commands.run(["sbom", "diff", str(old), str(new)], local="no.server") == 0
    assert "1 changed" in capsys.readouterr().out


def test_what_is_neither_file_nor_release_is_wrong_use(capsys):
    with pytest.raises(SystemExit) as stopped:
        commands.run(["sbom", "diff", "a", "b"], local="no.server")

    assert stopped.value.code == 2
