"""What the command does on the local data folder: server verbs, and the API in process."""

import argparse
import getpass
import logging
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

import httpx
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from longmark.accounts import queries as accounts
from longmark.accounts import services as accounts_services
from longmark.api.authentication import LOCAL_CALLER
from longmark.cli import output
from longmark.config import processes
from longmark.config.schedule import FEED_HANDLERS, HANDLERS
from longmark.config.transport import InProcess
from longmark.config.worker import work
from longmark.config.wsgi import application
from longmark.core.actors import SYSTEM, Action, Role
from longmark.core.errors import Invalid, LongmarkError
from longmark.demo import world
from longmark.demo.story import Tour
from longmark.intel.services import keying, rereading
from longmark.sboms.services import deriving, lifespans

FINE, WRONG_USE, REFUSED = 0, 2, 3


def run(arguments: argparse.Namespace) -> int:
    """Run a server verb and return its exit code."""
    verbs: dict[str, Callable[[argparse.Namespace], int]] = {
        "demo": _demo,
        "init": _init,
        "serve": _serve,
        "worker": _worker,
        "user": _user,
    }
    try:
        return verbs[arguments.verb](arguments)
    except LongmarkError as error:
        output.complain(str(error))
        return REFUSED


def open_client() -> httpx.Client:
    """Return a client of the API in this process, with a worker beside for long work."""
    prepare()
    # A refusal is the command's to say, in one line; the server's log would say it twice.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    stop = threading.Event()
    worker = threading.Thread(target=work, args=({**HANDLERS, **FEED_HANDLERS}, stop), daemon=True)
    worker.start()
    return _LocalClient(stop, worker)


class _LocalClient(httpx.Client):
    def __init__(self, stop: threading.Event, worker: threading.Thread) -> None:
        super().__init__(base_url="http://localhost", transport=InProcess(_as_owner))
        self.stop, self.worker = stop, worker

    def __exit__(self, *exception: Any) -> None:
        super().__exit__(*exception)
        self.stop.set()
        self.worker.join()


def _as_owner(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Run the application for whoever owns the data folder; no request can claim this."""
    environ[LOCAL_CALLER] = f"{getpass.getuser()} on this machine"
    answer: Iterable[bytes] = application(environ, start)
    return answer


def prepare() -> bool:
    """Bring data folder and tables up to date, making them if need be; tell whether it was new."""
    is_new = _update()
    lifespans.take_in_shipped(now=timezone.now())
    return is_new


def _update() -> bool:
    """Bring the database up to date, making it if there is none; tell whether it was new."""
    executor = MigrationExecutor(connection)
    is_new = not executor.loader.applied_migrations
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
    keying.catch_up()
    deriving.ask_for_derivation(now=timezone.now())  # an update may bring other rules
    rereading.ask_for_rereading(now=timezone.now())  # and readers that understand more
    return is_new


def _init(arguments: argparse.Namespace) -> int:
    is_new = prepare()
    output.line(f"{'Made' if is_new else 'Found'} {settings.DATA_FOLDER}")
    if not accounts.grants_count(Role.ADMIN):
        output.line("Next: longmark user add NAME --role admin, then: longmark serve")
    return FINE


def _serve(arguments: argparse.Namespace) -> int:
    address = processes.free_address(arguments.host, arguments.port)
    prepare()
    if not accounts.grants_count(Role.ADMIN):
        output.hint("Nobody can sign in yet: longmark user add NAME --role admin")
    output.line(f"Longmark is at http://{arguments.host}:{arguments.port}/ (stop: Ctrl-C)")
    connection.close()
    processes.serve(
        address,
        arguments.port,
        web_processes=arguments.web_processes,
        with_worker=not arguments.no_worker,
    )
    return FINE


def _worker(arguments: argparse.Namespace) -> int:
    prepare()
    processes.run_worker()
    return FINE


def _user(arguments: argparse.Namespace) -> int:
    prepare()
    acts: dict[str, Callable[[argparse.Namespace], None]] = {
        "add": _add_user,
        "list": _list_users,
        "password": _set_password,
        "token": _issue_token,
    }
    acts[arguments.act_name](arguments)
    return FINE


def _add_user(arguments: argparse.Namespace) -> None:
    accounts_services.register_person(
        arguments.username,
        password=_password(arguments),
        roles=[_known(Role, role, "role") for role in arguments.role or ["viewer"]],
        full_name=arguments.name,
        actor=SYSTEM,
        now=timezone.now(),
    )
    output.line(f"{arguments.username} can sign in.")


def _list_users(arguments: argparse.Namespace) -> None:
    people = accounts.people_page(limit=1000).items
    rows = [
        (each.username, str(each), ", ".join(sorted(accounts.roles_of(each))), each.is_active)
        for each in people
    ]
    if arguments.json:
        keys = ("username", "name", "roles", "is_active")
        output.as_json([dict(zip(keys, row, strict=True)) for row in rows])
        return
    output.table(["Signs in as", "Name", "Roles", "Active"], rows)


def _set_password(arguments: argparse.Namespace) -> None:
    accounts_services.set_password(
        accounts.person(arguments.username),
        _password(arguments),
        actor=SYSTEM,
        now=timezone.now(),
    )
    output.line("Set.")


def _issue_token(arguments: argparse.Namespace) -> None:
    _, secret = accounts_services.issue_token(
        accounts.person(arguments.username),
        name=arguments.name,
        scopes=[_known(Action, scope, "scope") for scope in arguments.scope or list(Action)],
        actor=SYSTEM,
        now=timezone.now(),
    )
    output.hint("This is shown once:")
    output.line(secret)


def _password(arguments: argparse.Namespace) -> str:
    if arguments.password_stdin:
        return sys.stdin.readline().rstrip("\n")
    output.check_terminal("--password-stdin")
    return getpass.getpass("Password: ")


def _known(kind: Any, word: str, what: str) -> Any:
    try:
        return kind(word)
    except ValueError:
        raise Invalid(
            '"{word}" is not a {what}. Known: {known}.',
            word=word,
            what=what,
            known=", ".join(each.value for each in kind),
        ) from None


def _demo(arguments: argparse.Namespace) -> int:
    """Make the demo world and print its tour."""
    _update()  # its history takes in the table of lifespans on the day that is told
    output.hint(f"Making the demo world in {settings.DATA_FOLDER} …")
    tour = world.make(timezone.now(), report=output.hint, units=arguments.units)
    if arguments.json:
        stops = [{"title": each.title, "text": each.text, "path": each.path} for each in tour.stops]
        people = [{"username": each.username, "roles": sorted(each.roles)} for each in tour.people]
        output.as_json({"stops": stops, "people": people, "password": tour.password})
        return FINE
    _print_tour(tour)
    return FINE


def _print_tour(tour: Tour) -> None:
    output.line()
    output.line("A short tour", style="bold")
    output.table(
        ["Look at", "What is there", "Where"],
        [(each.title, each.text, settings.PUBLIC_URL + each.path) for each in tour.stops],
    )
    output.line()
    output.line(f"Sign in with the password {tour.password} as", style="bold")
    output.table(
        ["Name", "Who", "Comes to"],
        [(each.username, each.full_name, each.comes_to) for each in tour.people],
    )
    output.line()
    output.line("On the command line: longmark affected CVE-2020-11899")
