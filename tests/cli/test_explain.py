"""``longmark explain`` on files: no server, no data folder."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from longmark.__main__ import main
from tests.core.matching.questions import any_of, cpe

MODBUS = any_of(cpe("a:libmodbus:libmodbus", "<3.1.7"))


@pytest.fixture
def advisory(tmp_path: Path) -> Path:
    path = tmp_path / "advisory.json"
    path.write_text(json.dumps(MODBUS))
    return path


def lines(*questions: Any) -> bytes:
    return b"".join(
        one if isinstance(one, bytes) else json.dumps(one).encode() + b"\n" for one in questions
    )


def test_a_file_is_judged_and_told_to_a_person(
    advisory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["explain", "pkg:generic/libmodbus@3.1.6", str(advisory)])

    told = capsys.readouterr().out
    assert code == 0
    assert "affected, medium" in told
    assert "libmodbus:libmodbus [0, 3.1.7)" in told
    assert "A version of 3.1.7 or later." in told


def test_for_programs_the_shape_is_that_of_the_interface(
    advisory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["explain", "libmodbus 3.1.6", str(advisory), "--json"])

    told = json.loads(capsys.readouterr().out)
    assert told["verdict"] == "affected"
    assert set(told) >= {"component", "advisory", "confidence", "sentence", "trail", "would_change"}


def test_every_line_has_its_answer_in_order(tmp_path: Path) -> None:
    batch = tmp_path / "questions.jsonl"
    good = {"id": "a", "component": "libmodbus 3.1.6", "advisory": MODBUS}
    batch.write_bytes(lines(good, b"{broken\n", b"\n", {"id": "b"}, good | {"id": "c"}))

    done = subprocess.run(
        [sys.executable, "-m", "longmark", "explain", "--batch", str(batch)],
        capture_output=True,
        check=True,
        cwd=tmp_path,
    )

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["id"] for one in answers] == ["a", "", "b", "c"]
    assert [one["verdict"] for one in answers] == ["affected", "unknown", "unknown", "affected"]
    assert answers[1]["trail"][0]["line"] == 2
    assert [path.name for path in tmp_path.iterdir()] == ["questions.jsonl"]


def test_a_dash_reads_standard_input(tmp_path: Path) -> None:
    asked = lines({"id": 1, "component": "libmodbus 3.1.7", "advisory": MODBUS})

    done = subprocess.run(
        [sys.executable, "-m", "longmark", "explain", "--batch", "-"],
        input=asked,
        capture_output=True,
        check=True,
        cwd=tmp_path,
    )

    assert json.loads(done.stdout)["verdict"] == "not_affected"


@pytest.mark.parametrize(
    "arguments",
    [[], ["zlib"], ["--batch", "/nowhere/questions.jsonl"], ["zlib 1", "/nowhere/advisory.json"]],
)
def test_wrong_use_is_said_with_the_mend(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", *arguments]) == 2
    assert "longmark: " in capsys.readouterr().err


def test_a_file_that_is_no_json_is_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "advisory.json"
    path.write_text("no json")

    assert main(["explain", "zlib 1", str(path)]) == 2
    assert "is no JSON" in " ".join(capsys.readouterr().err.split())


def test_statements_from_a_file_overrule(
    tmp_path: Path, advisory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vex = tmp_path / "vex.json"
    vex.write_text(json.dumps({"status": "fixed", "product": "pkg:generic/libmodbus@3.1.6"}))

    main(["explain", "pkg:generic/libmodbus@3.1.6", str(advisory), "--vex", str(vex)])

    assert capsys.readouterr().out.splitlines()[1].startswith("fixed")
