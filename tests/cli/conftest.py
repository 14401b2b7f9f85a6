"""The command as somebody with a token types it."""

from collections.abc import Callable

import pytest

from longmark.cli import commands
from longmark.core.actors import Role
from tests.cli import serving

Command = Callable[..., int]


@pytest.fixture
def command(caller) -> Command:
    """Run a command as a security engineer, and return its exit code."""
    serving.CALLERS.append(caller(Role.SECURITY))
    return lambda *words: commands.run([str(word) for word in words], local="tests.cli.serving")
