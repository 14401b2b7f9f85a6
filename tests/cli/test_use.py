"""Wrong use: the command says what was wrong, and how to go on."""

import pytest

from longmark.cli import output
from tests.cli.conftest import Command

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["affected", "X", "--token", "y"], "--url, --token, --data stand before the verb."),
        (["affected"], "See: longmark affected --help"),
        (["serve", "--port", "70000"], "70000 is no number from 1 to 65,535"),
        (["serve", "--web-processes", "0"], "0 is no number from 1 to 256"),
    ],
)
def test_wrong_use_ends_with_two_and_a_way_on(
    command: Command, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        command(*words)

    assert ended.value.code == 2
    assert told in capsys.readouterr().err


def test_an_empty_list_says_so(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("names", "list") == 0

    assert "There is nothing to list." in capsys.readouterr().err


def test_where_nobody_can_be_asked_a_secret_is_handed_in(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # Tests have no terminal, as a script has none.
    with pytest.raises(SystemExit) as ended:
        output.check_terminal("--password-stdin")

    assert ended.value.code == 2
    told = " ".join(capsys.readouterr().err.split())
    assert told.endswith("hand it in on standard input with --password-stdin.")
