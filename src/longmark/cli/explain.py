"""``longmark explain``: why an advisory concerns a component, or why not.

Files are judged here, without a server or a data folder: the rules are the same core that decides
stored matches. An id is asked of the server, which has the records.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from longmark.cli import output, ranges
from longmark.cli.client import Client
from longmark.core.errors import Invalid
from longmark.core.matching import Answer, Context, Question, answer, answer_line, subject_of

WRONG_USE: Final = 2
MAX_LINE_BYTES: Final = 64 * 2**20  # longer lines are cut: the rest is refused as a line of its own
MAX_FILE_BYTES: Final = 64 * 2**20

_STYLES: Final = {"affected": "bold red", "not_affected": "green", "fixed": "green"}
_WORDS: Final = {
    "affected": "affected",
    "not_affected": "not affected",
    "fixed": "fixed",
    "under_investigation": "under investigation",
    "unknown": "cannot tell",
}
_RANKS: Final = {
    2: "its distributor or vendor",
    3: "its ecosystem's own database",
    4: "the CNA",
    5: "tags of its repository",
    6: "NVD or added data",
    7: "prose",
}
_TITLES: Final = {
    "component": "Known as",
    "record": "Read",
    "unusable-part": "Unusable",
    "statement": "Statement",
    "vex": "VEX",
}

EPILOG: Final = """\
  longmark explain pkg:generic/libmodbus@3.1.6 CVE-2022-0367    from the records that are here
  longmark explain "zlib 1.2.11" advisory.json                  from a file alone
  longmark explain pkg:npm/ws@7.4.5 "^7.0.0 <7.4.6"            whether a version lies in a range
  longmark explain --batch questions.jsonl > answers.jsonl      a question a line, an answer a line

ADVISORY may be OSV, NVD 2.0, CVE 5 or CSAF, whole or the part that states what is affected; or VEX.
A range is one of vers, or as npm and pip write theirs, by the type of the purl.
Exit codes: 0 answered · 2 wrong use · 3 refused · 4 unreachable
"""


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    explain = verbs.add_parser(
        "explain",
        help="why, or why not, an advisory concerns a component",
        description="Each source, range, comparison and rule, and what would change the answer.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    explain.add_argument("component", nargs="?", help="a purl, a CPE name, or 'name version'")
    explain.add_argument("advisory", nargs="?", help="an id known here, a file, or a range")
    explain.add_argument("--format", default="", help="osv, nvd, cve5, csaf, openvex, cyclonedx")
    explain.add_argument(
        "--platform", action="append", default=[], metavar="CPE", help="what it runs on and with"
    )
    explain.add_argument("--parent", default="", metavar="PURL", help="the product around it")
    explain.add_argument(
        "--vex", action="append", default=[], metavar="FILE", type=Path, help="statements on it"
    )
    explain.add_argument(
        "--batch", metavar="FILE", help="questions, one a line; - reads standard input"
    )
    explain.set_defaults(act=ask, is_server_verb=False)


def needs_no_server(arguments: argparse.Namespace) -> bool:
    """Tell whether no server is needed: for a batch, a file, or wrong use."""
    if arguments.batch or not (arguments.component and arguments.advisory):
        return True
    return _looks_like_file(arguments.advisory) or ranges.looks_like_range(arguments.advisory)


def _looks_like_file(name: str) -> bool:
    return "/" in name or name.endswith(".json") or Path(name).is_file()


def answer_offline(arguments: argparse.Namespace) -> int:
    """Answer what needs no server."""
    if arguments.batch:
        return _answer_batch(arguments)
    if not (arguments.component and arguments.advisory):
        output.complain("Name a component and an advisory, or a file of questions with --batch.")
        output.hint("See: longmark explain --help")
        return WRONG_USE
    if not Path(arguments.advisory).is_file() and ranges.looks_like_range(arguments.advisory):
        return ranges.answer_range(arguments)
    try:
        vex = [_document(path) for path in arguments.vex]
        question = Question(
            subject=subject_of(arguments.component),
            advisory=_document(Path(arguments.advisory)),
            format=arguments.format,
            context=Context.of(platform=arguments.platform, parent=arguments.parent, vex=vex),
        )
    except Invalid as problem:
        output.complain(str(problem))
        return WRONG_USE
    _show(_as_shown(answer(question), arguments), arguments)
    return 0


def _document(path: Path) -> Any:
    """Return the JSON of a file.

    Raises:
        Invalid: it cannot be read, or is no JSON.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise Invalid("{file} cannot be read: {why}", file=path, why=error.strerror) from None
    if len(content) > MAX_FILE_BYTES:
        raise Invalid("{file} is larger than {limit} MB.", file=path, limit=MAX_FILE_BYTES >> 20)
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid("{file} is no JSON: {why}", file=path, why=error) from None


def ask(client: Client, arguments: argparse.Namespace) -> int:
    """Print what the server knows of a component and an advisory."""
    if arguments.vex:
        output.complain("--vex goes with an advisory from a file.")
        return WRONG_USE
    found = client.get(
        "/explain",
        component=arguments.component,
        advisory=arguments.advisory,
        platform=arguments.platform,
        parent=arguments.parent,
    )
    _show(found, arguments)
    return 0


def _as_shown(found: Answer, arguments: argparse.Namespace) -> dict[str, Any]:
    """Return an answer in the shape in which the server gives it."""
    return {
        "component": arguments.component,
        "advisory": arguments.advisory,
        "verdict": found.verdict.value,
        "confidence": found.confidence.value,
        "sentence": str(found.deciding.said),
        "trail": [
            {"rule": one.rule, "text": str(one.said), "facts": dict(one.facts)}
            for one in found.steps
        ],
        "would_change": [str(one) for one in found.hints],
    }


def _show(found: Mapping[str, Any], arguments: argparse.Namespace) -> None:
    if arguments.json:
        output.as_json(dict(found))
        return
    verdict = found["verdict"]
    head = f"{_WORDS[verdict]}, {found['confidence']}"
    output.line(f"{found['component']}  ×  {found['advisory']}")
    output.line(head, style=_STYLES.get(verdict, "bold yellow"))
    for remark in found["trail"]:
        output.line()
        _show_remark(remark)
    if found["would_change"]:
        output.line()
        output.line("What would change the answer", style="bold")
        for hint in found["would_change"]:
            output.line(f"  · {hint}")


def _show_remark(remark: Mapping[str, Any]) -> None:
    facts = remark["facts"]
    title = _TITLES.get(remark["rule"], remark["rule"])
    if facts.get("decides") or (facts.get("verdict") and remark["rule"] not in _TITLES):
        title += "  ← decides"
    elif facts.get("counts") is False:
        title += "  (says nothing of it)"
    elif remark["rule"] == "statement":
        title += "  (outranked)"
    output.line(title, style="bold")
    if remark["rule"] == "statement":
        _show_rows(_statement(facts))
    elif remark["rule"] == "component" and facts.get("names"):
        _show_rows([
            (one["provenance"], f"{one['package']} {one['version']}".strip())
            for one in facts["names"]
        ])  # fmt: skip
    else:
        output.line(f"  {remark['text']}")


def _statement(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows = [
        ("source", f"{facts['source']} {facts['record']} {facts['pointer']}"),
        ("says", f"{facts['wording']} {facts['ranges']}"),
        ("compared", f"{facts['version'] or 'no version'} of {facts['package']} "
                     f"({facts['provenance']}) as {facts['scheme']}"),
        ("lies in", facts["interval"]),
        ("needs", facts["condition"]),
        ("rank", f"{facts['tier']}, {_RANKS[facts['tier']]}"),
        ("so", f"{_WORDS[facts['verdict']]}, {facts['confidence']}"),
        ("because", facts["because"]),
    ]  # fmt: skip
    return [row for row in rows if row[1]]


def _show_rows(rows: Sequence[tuple[str, str]]) -> None:
    for name, value in rows:
        output.line(f"  {name:<9} {value}")


def _answer_batch(arguments: argparse.Namespace) -> int:
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
            write(msgspec.json.encode(answer_line(line, number=number).as_json()) + b"\n")
            sys.stdout.buffer.flush()


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
        return
    with Path(name).open("rb") as file:
        yield file
