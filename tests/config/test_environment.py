"""Settings are read from the environment, and nonsense is refused."""

import stat
from pathlib import Path

import pytest

from longmark.config import environment
from longmark.config.environment import Misconfigured
from longmark.config.settings import database


@pytest.mark.parametrize(("raw", "value"), [("on", True), ("No", False), ("", True), ("0", False)])
def test_a_flag_is_on_or_off(monkeypatch: pytest.MonkeyPatch, raw: str, value: bool):
    monkeypatch.setenv("LONGMARK_X", raw)

    assert environment.flag("X", default=True) is value


@pytest.mark.parametrize("reader", [environment.flag, environment.number])
def test_nonsense_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, reader):
    monkeypatch.setenv("LONGMARK_X", "perhaps")

    with pytest.raises(Misconfigured, match="LONGMARK_X must be"):
        reader("X", default=1)


def test_a_list_is_parted_by_commas_or_blanks(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LONGMARK_X", "a.example, b.example c.example")

    assert environment.listed("X") == ["a.example", "b.example", "c.example"]


def test_a_secret_is_made_once_and_is_its_owners_alone(tmp_path: Path):
    kept = tmp_path / "folder" / "secret-key"
    first = environment.secret("NO_SUCH_SECRET", kept_in=kept)

    assert environment.secret("NO_SUCH_SECRET", kept_in=kept) == first
    assert len(first) > 50
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_secret_comes_from_a_file_that_is_named(monkeypatch, tmp_path: Path):
    file = tmp_path / "key"
    file.write_text("from a file\n")
    monkeypatch.setenv("LONGMARK_X_FILE", str(file))

    assert environment.secret("X", kept_in=tmp_path / "unused") == "from a file"


def test_a_database_url_names_server_user_and_socket():
    found = database("postgresql://u%40x:p%3A@%2Frun%2Fpg:5433/longmark")

    assert (found["USER"], found["PASSWORD"], found["NAME"]) == ("u@x", "p:", "longmark")
    assert (found["HOST"], found["PORT"]) == ("/run/pg", 5433)


def test_another_kind_of_database_is_refused():
    with pytest.raises(Misconfigured, match="postgresql://"):
        database("mysql://localhost/longmark")
