"""``longmark explain COMPONENT RANGE``: whether a version lies in a range."""

import json

import pytest

from longmark.cli import commands

NOWHERE = "longmark.no_server_here"


@pytest.mark.parametrize(
    ("component", "asked", "told"),
    [
        ("pkg:npm/ws@7.4.5", "^7.0.0 <7.4.6", "7.4.5 lies in vers:npm/>=7.0.0|<7.4.6"),
        ("pkg:npm/ws@7.4.6", ">=7.0.0 <7.4.6", "7.4.6 does not lie in vers:npm/>=7.0.0|<7.4.6"),
        ("pkg:pypi/django@4.1", ">=4.0,<4.2", "4.1 lies in vers:pypi/>=4.0|<4.2"),
        ("pkg:nginx/nginx@1.5.2", "1.4.1-1.4.3, 1.5.0-1.5.3", "1.5.2 lies in"),
        ("zlib 1.2.11", "vers:generic/<1.2.12", "1.2.11 lies in vers:generic/<1.2.12"),
        ("pkg:npm/ws", "<7", "The version is not stated; the range is vers:npm/<7.0.0"),
    ],
)
def test_a_range_of_its_ecosystem_is_answered_without_a_server(component, asked, told, capsys):
    assert commands.run(["explain", component, asked], local=NOWHERE) == 0
    assert told in capsys.readouterr().out


def test_programs_get_the_range_in_vers(capsys):
    commands.run(["explain", "pkg:npm/ws@8.0.0", "^7", "--json"], local=NOWHERE)

    said = json.loads(capsys.readouterr().out)
    assert said == {"version": "8.0.0", "vers": "vers:npm/>=7.0.0|<8.0.0", "is_inside": False}


@pytest.mark.parametrize(
    ("component", "asked", "complaint"),
    [
        ("pkg:cargo/a@1", "^1", "npm, pypi, nginx are"),
        ("pkg:npm/ws@1", "<<", "no comparison"),
        ("pkg:npm/ws@1", "vers:npm", "does not start with"),
    ],
)
def test_what_is_no_range_is_wrong_use(component, asked, complaint, capsys):
    assert commands.run(["explain", component, asked], local=NOWHERE) == 2
    assert complaint in capsys.readouterr().err
