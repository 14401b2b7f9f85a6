"""The ``longmark`` command: server verbs start Django, client verbs go to the API."""

import sys
from collections.abc import Sequence

from longmark.cli.commands import run


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    return run(list(sys.argv[1:] if argv is None else argv), local="longmark.config.local")


if __name__ == "__main__":
    sys.exit(main())
