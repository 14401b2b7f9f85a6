"""``longmark sbom quality FILE`` works offline, and its exit code is a gate."""

import json
from pathlib import Path

import pytest

from longmark.cli import commands

DOCUMENTS = Path(__file__).parents[1] / "core" / "formats" / "sboms" / "documents"
DRIVE = str(DOCUMENTS / "drive.cdx.json")
NOWHERE = "longmark.no_server_here"


def test_a_file_is_judged_without_any_server(capsys):
    code = commands.run(["sbom", "quality", DRIVE], local=NOWHERE)

    assert code == 0
    assert "bsi-2.1.0" in capsys.readouterr().out


def test_a_score_below_the_bar_is_exit_code_one(capsys):
    asked = ["sbom", "quality", DRIVE, "--profile", "bsi-2.1.0", "--min-score"]

    assert commands.run([*asked, "100"], local=NOWHERE) == 1
    assert "is below 100" in capsys.readouterr().err
    assert commands.run([*asked, "0"], local=NOWHERE) == 0


def test_json_holds_places_and_mends(capsys):
    commands.run(["sbom", "quality", DRIVE, "--profile", "bsi-2.1.0", "--json"], local=NOWHERE)

    (profile,) = json.loads(capsys.readouterr().out)["profiles"]
    lacking = [rule for rule in profile["rules"] if rule["lack_count"]]
    of_components = [rule for rule in lacking if rule["on"] != "document"]
    assert all(rule["lacks"][0]["path"].startswith("/") for rule in of_components)
    assert all(rule["member"] or rule["moves_to"] for rule in lacking)


def test_one_rule_lists_every_place(capsys):
    commands.run(["sbom", "quality", DRIVE, "--rule", "tr2.c.filename"], local=NOWHERE)

    assert "/components/0" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], [DRIVE, "--id", "1"], ["/no/such/file"]])
def test_wrong_use_is_exit_code_two(arguments):
    with pytest.raises(SystemExit) as stopped:
        commands.run(["sbom", "quality", *arguments], local=NOWHERE)

    assert stopped.value.code == 2


def test_what_is_no_sbom_is_refused(tmp_path, capsys):
    file = tmp_path / "notes.txt"
    file.write_text("Shopping list")

    assert commands.run(["sbom", "quality", str(file)], local=NOWHERE) == 3
    assert "notes.txt is no SBOM" in " ".join(capsys.readouterr().err.split())


def test_the_request_to_a_supplier_is_written_offline(capsys):
    code = commands.run(["sbom", "request", DRIVE, "--supplier", "Fieldlink"], local=NOWHERE)

    assert code == 0
    assert capsys.readouterr().out.startswith("# Request SBOM-")
