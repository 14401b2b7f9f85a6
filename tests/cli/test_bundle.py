"""``longmark feed bundle``: from one site to another, and what is wrong use."""

import json

import pytest

from tests.intel.records import feed, kev, nvd, take


@pytest.fixture
def known(tmp_path, db):
    take(feed(nvd("CVE-2024-0001")), tmp_path)
    take(kev("CVE-2024-0001"), tmp_path)


@pytest.fixture
def bundle(command, known, tmp_path):
    assert command("feed", "bundle", "export", tmp_path / "feeds.zip") == 0
    return tmp_path / "feeds.zip"


def test_bundle_comes_with_its_key_beside_it(command, known, tmp_path, capsys):
    bundle = tmp_path / "feeds.zip"

    assert command("feed", "bundle", "export", bundle) == 0

    said = capsys.readouterr()
    assert "1 records" in said.out
    assert "Carry the key once" in " ".join(said.err.split())
    key = bundle.with_name("feeds.zip.key.asc")
    assert key.read_text().startswith("-----BEGIN PGP PUBLIC KEY")
    assert not bundle.with_name("feeds.zip.part").exists()


def test_bundle_is_taken_in_with_its_key(command, bundle, capsys):
    key = bundle.with_name("feeds.zip.key.asc")

    capsys.readouterr()

    assert command("feed", "bundle", "import", bundle, "--key", key, "--json") == 0

    answer = json.loads(capsys.readouterr().out)
    assert (answer["state"], answer["direction"], answer["record_count"]) == ("done", "in", 1)


def test_bundle_that_was_cut_off_is_exit_code_three(command, bundle, capsys):
    key = bundle.with_name("feeds.zip.key.asc")
    bundle.write_bytes(bundle.read_bytes()[:200])

    assert command("feed", "bundle", "import", bundle, "--key", key) == 3

    assert "cut off on its way" in capsys.readouterr().err


def test_bundles_are_listed(command, bundle, capsys):
    assert command("feed", "bundle", "list") == 0

    assert "longmark-feeds-" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["import", "/no/such/file", "--key", "/no/such/key"],
        ["export", "/no/such/folder/feeds.zip"],
        ["export", "."],
    ],
)
def test_wrong_place_is_exit_code_two(command, words):
    assert command("feed", "bundle", *words) == 2


@pytest.mark.parametrize("words", [["import", "x"], ["export", "x", "--since", "tomorrow"], []])
def test_wrong_use_is_exit_code_two(command, words):
    with pytest.raises(SystemExit) as stopped:
        command("feed", "bundle", *words)

    assert stopped.value.code == 2
