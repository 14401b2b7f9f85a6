"""``longmark explain``: why an advisory concerns a component, or why not.

Files are judged here, without a server or a data folder: the rules are the same core that decides
stored matches.
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from longmark.cli import output
from longmark.core.matching import Answer, answer_line

WRONG_USE: Final = 2
MAX_LINE_BYTES: Final = 64 * 2**20  # longer lines are cut: the rest is refused as a line of its own


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    explain = verbs.add_parser(
        "explain",
        help="why, or why not, an advisory concerns a component",
        description="Answers questions of a file (--batch), one JSON object a line: "
        '{"id", "component", "context", "format", "advisory"}. Needs no data folder.',
    )
    explain.add_argument(
        "--batch", metavar="FILE", help="questions, one a line; - reads standard input"
    )
    explain.set_defaults(act=explain_offline, is_server_verb=False, is_offline=True)


def explain_offline(arguments: argparse.Namespace) -> int:
    """Answer what needs no server."""
    if not arguments.batch:
        output.complain("Nothing is asked: name a file of questions with --batch.")
        return WRONG_USE
    try:
        with _opened(arguments.batch) as lines:
            _answer_all(lines)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read has read enough; say nothing of it
    except OSError as error:
        output.complain(f"{arguments.batch} cannot be read: {error.strerror or error}")
        return WRONG_USE
    return 0


def _answer_all(lines: BinaryIO) -> None:
    write = sys.stdout.buffer.write
    for number, line in enumerate(iter(lambda: lines.readline(MAX_LINE_BYTES), b""), start=1):
        if line.strip():
            write(_encoded(answer_line(line, number=number)))
            sys.stdout.buffer.flush()


def _encoded(answer: Answer) -> bytes:
    return msgspec.json.encode(answer.as_json()) + b"\n"


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
        return
    with Path(name).open("rb") as file:
        yield file
