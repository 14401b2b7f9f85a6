"""The verbs, their arguments and the exit codes.

Exit codes: 0 fine, 1 findings over the bar, 2 wrong use, 3 refused, 4 unreachable.
"""

import argparse
import importlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import httpx

from longmark import __version__
from longmark.cli import (
    affected,
    conflicts,
    connections,
    epcis,
    explain,
    facts,
    feed,
    holding,
    imports,
    jobs,
    labels,
    ledger,
    licences,
    lifespans,
    lists,
    mismatches,
    names,
    output,
    parameters,
    precision,
    rma,
    sbom,
    units,
)
from longmark.cli.client import Client, Problem, Unreachable

FINE, OVER_THE_BAR, WRONG_USE, REFUSED, UNREACHABLE = range(5)
BEFORE_THE_VERB = ("--url", "--token", "--data")
TIMEOUT_SECONDS = 120.0

MODULES = (
    affected,
    holding,
    explain,
    sbom,
    facts,
    names,
    parameters,
    units,
    epcis,
    imports,
    connections,
    conflicts,
    labels,
    feed,
    jobs,
    ledger,
    licences,
    lifespans,
    lists,
    mismatches,
    precision,
    rma,
)

EPILOG = """\
With --url and a token (LONGMARK_URL, LONGMARK_TOKEN) the command talks to a server; with
neither it works on the local data folder (LONGMARK_DATA, default ./longmark-data).

Exit codes: 0 fine · 1 findings over the bar · 2 wrong use · 3 refused · 4 unreachable

  longmark demo                     make the demo world and look around
  longmark affected CVE-2020-11899  releases, units, customers and countries
  longmark sbom check bom.json      what is known to be wrong with these components
"""


class Parser(argparse.ArgumentParser):
    """Says what was wrong and how to go on."""

    def error(self, message: str) -> NoReturn:
        output.complain(message)
        if message.startswith("unrecognized") and any(each in message for each in BEFORE_THE_VERB):
            output.hint(f"{', '.join(BEFORE_THE_VERB)} stand before the verb.")
        output.hint(f"See: {self.prog} --help")
        raise SystemExit(WRONG_USE)


def parser() -> argparse.ArgumentParser:
    """Return the parser of all verbs."""
    top = Parser(
        prog="longmark",
        description="From a vulnerable component to every affected unit, customer and site.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"longmark {__version__}")
    top.add_argument("--url", help="a server, as in https://longmark.example")
    top.add_argument("--token", help="a token for it (better in LONGMARK_TOKEN)")
    top.add_argument("--data", type=Path, help="the local data folder")
    top.add_argument("--json", action="store_true", help="print JSON for programs")
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True)
    for module in MODULES:
        module.add_to(verbs)
    _add_server_verbs(verbs)
    return top


def run(argv: Sequence[str], *, local: str) -> int:
    """Run one command and return its exit code.

    ``local`` names the module that opens the local data folder; it is loaded only when a
    command works there, so that the client can be shipped without the server.
    """
    arguments = parser().parse_args(_json_anywhere(argv))
    if arguments.data:
        os.environ["LONGMARK_DATA"] = str(arguments.data)  # read by the settings
    try:
        return _run(arguments, local)
    except Problem as problem:
        details = [(each.get("field", ""), each.get("message", "")) for each in problem.errors]
        output.complain(problem.detail, [pair for pair in details if pair[1] != problem.detail])
        return REFUSED
    except Unreachable as error:
        output.complain(str(error))
        return UNREACHABLE
    except OSError as error:  # a file that cannot be read or written
        output.complain(f"{error.filename}: {error.strerror}." if error.filename else str(error))
        return WRONG_USE
    except KeyboardInterrupt:
        output.hint("Interrupted.")
        return 130


def _run(arguments: argparse.Namespace, local: str) -> int:
    if arguments.is_server_verb:
        code = importlib.import_module(local).run(arguments)
        return int(code)
    if getattr(arguments, "is_offline", False):
        return int(arguments.act(arguments))
    if arguments.verb == "explain" and explain.needs_no_server(arguments):
        return explain.answer_offline(arguments)
    offline = getattr(arguments, "offline", None)
    code = offline(arguments) if offline else None
    if code is not None:
        return int(code)
    with _http(arguments, local) as http:
        return int(arguments.act(Client(http), arguments))


def _http(arguments: argparse.Namespace, local: str) -> httpx.Client:
    url = arguments.url or os.environ.get("LONGMARK_URL", "")
    token = arguments.token or os.environ.get("LONGMARK_TOKEN", "")
    if not url:
        opened: httpx.Client = importlib.import_module(local).open_client()
        return opened
    if not token:
        output.complain("A server needs a token: set LONGMARK_TOKEN.")
        output.hint("Make one under Settings → Tokens, or: longmark user token NAME")
        raise SystemExit(WRONG_USE)
    headers = {"Authorization": f"Bearer {token}", "User-Agent": f"longmark/{__version__}"}
    return httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT_SECONDS)


def _json_anywhere(argv: Sequence[str]) -> list[str]:
    """Let ``--json`` stand anywhere, since people type it last."""
    rest = [word for word in argv if word != "--json"]
    return ["--json", *rest] if len(rest) < len(argv) else rest


def _port(text: str) -> int:
    return _between(text, 1, 65_535)


def _some(text: str) -> int:
    return _between(text, 1, 256)


def _between(text: str, least: int, most: int) -> int:
    if not text.isdecimal() or not least <= int(text) <= most:
        raise argparse.ArgumentTypeError(f"{text} is no number from {least} to {most:,}")
    return int(text)


def _add_server_verbs(verbs: Any) -> None:
    demo = verbs.add_parser("demo", help="make the demo world and print a short tour")
    demo.add_argument("--units", type=int, default=12_000, help="how many drives (12,000)")
    verbs.add_parser("init", help="make the data folder and its database; say what to do next")
    serve = verbs.add_parser("serve", help="serve pages and API, with a worker beside")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=_port, default=8000)
    serve.add_argument("--web-processes", type=_some, default=1)
    serve.add_argument("--no-worker", action="store_true", help="workers run elsewhere")
    verbs.add_parser("worker", help="do long work and follow the ledger")
    user = verbs.add_parser("user", help="people who sign in")
    acts = user.add_subparsers(dest="act_name", metavar="ACT", required=True)
    add = acts.add_parser("add", help="register someone; the password is asked for")
    add.add_argument("username")
    add.add_argument("--role", action="append", default=[], help="may be given several times")
    add.add_argument("--name", default="", help="full name")
    add.add_argument("--password-stdin", action="store_true")
    acts.add_parser("list", help="who signs in, and as what")
    password = acts.add_parser("password", help="set a password")
    password.add_argument("username")
    password.add_argument("--password-stdin", action="store_true")
    token = acts.add_parser("token", help="issue an API token; it is shown once")
    token.add_argument("username")
    token.add_argument("--name", default="command line")
    token.add_argument("--scope", action="append", default=[], help="default: all")
    for each in (demo, serve, user, *(verbs.choices[name] for name in ("init", "worker"))):
        each.set_defaults(is_server_verb=True)
