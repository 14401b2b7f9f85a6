"""``longmark connection``: systems that units, customers and movements are pulled from."""

import argparse
import getpass
import sys
from typing import Any

from longmark.cli import output
from longmark.cli.client import Client
from longmark.cli.one_unit import unit_named

REFUSED = 3
SYSTEMS = ("inventree", "erpnext", "odoo")


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    connection = verbs.add_parser(
        "connection", help="pull units, customers and movements from InvenTree, ERPNext or Odoo"
    )
    acts = connection.add_subparsers(dest="act_name", metavar="ACT", required=True)
    add = acts.add_parser("add", help="connect to a system; its token or key is asked for")
    add.add_argument("name", metavar="NAME", help="as you like, as in: works-erp")
    add.add_argument("system", choices=SYSTEMS)
    add.add_argument("address", metavar="ADDRESS", help="as in: https://erp.example.com")
    _add_settings(add)
    add.set_defaults(act=make, is_server_verb=False)
    change = acts.add_parser("change", help="change what is said, and nothing else")
    change.add_argument("name", metavar="NAME")
    change.add_argument("--address")
    change.add_argument("--new-secret", action="store_true", help="another token or key")
    change.add_argument("--on", action="store_true", help="pull it by itself (again)")
    change.add_argument("--off", action="store_true", help="pull it only when told to")
    _add_settings(change)
    change.set_defaults(act=change_it, is_server_verb=False)
    listed = acts.add_parser("list", help="each connection: health, age, last error")
    listed.set_defaults(act=show, is_server_verb=False)
    _add_acts_on_one(acts)


def _add_settings(parser: Any) -> None:
    parser.add_argument("--user", help="ERPNext: the API key; Odoo: the login (none: JSON-2)")
    parser.add_argument("--database", help="of Odoo")
    parser.add_argument("--zone", help="the zone of its users, as in Europe/Berlin")
    parser.add_argument("--profile", help="by which its rows are understood")
    parser.add_argument("--every", type=int, metavar="MINUTES", help="how often it is pulled")
    parser.add_argument(
        "--may-write", action=argparse.BooleanOptionalAction, help="write notes on units there"
    )
    parser.add_argument(
        "--secret-stdin", action="store_true", help="read the token or key from standard input"
    )


def _add_acts_on_one(acts: Any) -> None:
    note = acts.add_parser("note", help="have a note written on a unit wherever it is known")
    note.add_argument("serial", metavar="SERIAL")
    note.add_argument("text", metavar="TEXT")
    note.add_argument("--item", help="where several items have the number")
    note.set_defaults(act=write_note, is_server_verb=False)
    named = (
        ("show", show_one, "one connection: its state and its latest pulls"),
        ("test", test, "find out what answers there; nothing is taken"),
        ("pull", pull, "pull what is new now, and wait for the end"),
        ("gone", gone, "units that the system had once and has no more"),
        ("notes", notes, "notes about units that are written there"),
        ("remove", remove, "forget it and its secret; what was pulled stays"),
    )
    for name, act, text in named:
        parser = acts.add_parser(name, help=text)
        parser.add_argument("name", metavar="NAME", help="as in: longmark connection list")
        parser.set_defaults(act=act, is_server_verb=False)
        if name == "pull":
            parser.add_argument("--whole", action="store_true", help="all there is, from the start")
        if name in ("gone", "notes"):
            parser.add_argument("--limit", type=int, default=50)


def make(client: Client, arguments: argparse.Namespace) -> int:
    """Connect to a system."""
    body = _said(arguments) | {
        "name": arguments.name,
        "system": arguments.system,
        "secret": _secret(arguments),
    }
    made = client.post("/connections", body)
    if arguments.json:
        output.as_json(made)
        return 0
    output.line(f"{made['name']} is connected to {made['title']} at {made['address']}.")
    output.hint(f"Does it answer? longmark connection test {made['name']}")
    return 0


def change_it(client: Client, arguments: argparse.Namespace) -> int:
    """Change a connection."""
    if arguments.on and arguments.off:
        output.complain("--on or --off, not both.")
        return 2
    body = _said(arguments)
    if arguments.on or arguments.off:
        body["is_enabled"] = arguments.on
    if arguments.new_secret or arguments.secret_stdin:
        body["secret"] = _secret(arguments)
    if not body:
        output.complain("Say what is to change.")
        return 2
    changed = client.post(f"/connections/{arguments.name}/change", body)
    if arguments.json:
        output.as_json(changed)
    else:
        output.line(f"{changed['name']} is changed.")
    return 0


def _said(arguments: argparse.Namespace) -> dict[str, Any]:
    named = {
        "address": arguments.address,
        "user": arguments.user,
        "database": arguments.database,
        "zone": arguments.zone,
        "profile": arguments.profile,
        "period_minutes": arguments.every,
        "may_write": arguments.may_write,
    }
    return {name: value for name, value in named.items() if value is not None}


def _secret(arguments: argparse.Namespace) -> str:
    """Ask for the secret: on a command line it would stay in the history of the shell."""
    if arguments.secret_stdin:
        return sys.stdin.readline().rstrip("\n")
    output.check_terminal("--secret-stdin")
    return getpass.getpass("Token or key: ")


def show(client: Client, arguments: argparse.Namespace) -> int:
    """List connections."""
    rows = list(client.pages("/connections", limit=1_000))
    if arguments.json:
        output.as_json(rows)
        return 0
    output.table(
        ["Connection", "System", "Address", "Health", "Last success", "Next", "#Gone", "Error"],
        [
            (
                row["name"],
                row["title"],
                row["address"],
                "running" if row["is_running"] else row["health"],
                output.moment(row["succeeded_at"]),
                output.moment(row["due_at"]),
                row["gone_count"],
                row["last_error"],
            )
            for row in rows
        ],
    )
    if not rows:
        output.hint("Connect one: longmark connection add NAME odoo https://erp.example.com")
    return 0


def show_one(client: Client, arguments: argparse.Namespace) -> int:
    """Show a connection and its latest pulls."""
    one = client.get(f"/connections/{arguments.name}")
    pulls = client.get(f"/connections/{arguments.name}/pulls", limit=10)["items"]
    if arguments.json:
        output.as_json({"connection": one, "pulls": pulls})
        return 0
    output.line(f"{one['name']}: {one['title']} at {one['address']}, {one['health']}", style="bold")
    written = "notes are written" if one["may_write"] else "nothing is written there"
    output.line(f"every {one['period_minutes']} minutes, {written}")
    if one["last_error"]:
        output.line(one["last_error"], style="red")
    if one["gone_count"]:
        output.line(f"{one['gone_count']} units are gone there", style="yellow")
    output.line()
    output.table(
        ["Asked for", "State", "#Records", "#Created", "#Changed", "#Refused", "List", "Error"],
        [
            (
                output.moment(each["asked_at"]),
                f"{each['state']}, whole" if each["is_whole"] else each["state"],
                each["record_count"],
                each["created_count"],
                each["changed_count"],
                each["refused_count"],
                str(each["import_id"] or "–"),
                each["error"],
            )
            for each in pulls
        ],
    )
    for remark in [remark for each in pulls[:1] for remark in each["remarks"]]:
        output.line(remark, style="yellow")
    return 0


def test(client: Client, arguments: argparse.Namespace) -> int:
    """Try a connection; the exit code is 3 if it does not work."""
    return _watched(client, arguments, client.post(f"/connections/{arguments.name}/try"))


def pull(client: Client, arguments: argparse.Namespace) -> int:
    """Pull a connection and wait for its end; the exit code is 3 if it failed."""
    body = {"is_whole": arguments.whole}
    return _watched(client, arguments, client.post(f"/connections/{arguments.name}/pull", body))


def _watched(client: Client, arguments: argparse.Namespace, started: dict[str, Any]) -> int:
    with output.job_progress(arguments.name) as report:
        ended = client.watch_job(started["job_id"], report)
    is_good = ended["state"] == "done"
    if arguments.json:
        output.as_json(ended)
    elif is_good:
        output.line(ended["outcome"])
    else:
        output.complain(ended["outcome"])
    return 0 if is_good else REFUSED


def gone(client: Client, arguments: argparse.Namespace) -> int:
    """List what a system has no more."""
    rows = list(client.pages(f"/connections/{arguments.name}/gone", limit=arguments.limit))
    if arguments.json:
        output.as_json(rows)
        return 0
    output.table(
        ["Item", "Serial number", "Its id there", "Missed since"],
        [(r["item"], r["serial"], r["record_id"], output.moment(r["gone_at"])) for r in rows],
    )
    return 0


def notes(client: Client, arguments: argparse.Namespace) -> int:
    """List notes that are written into a system."""
    rows = list(client.pages(f"/connections/{arguments.name}/notes", limit=arguments.limit))
    if arguments.json:
        output.as_json(rows)
        return 0
    output.table(
        ["Unit", "State", "Asked for", "Written", "#Tries", "Note", "Error"],
        [
            (
                row["unit_name"],
                row["state"],
                output.moment(row["asked_at"]),
                output.moment(row["written_at"]),
                row["attempt"],
                row["text"],
                row["last_error"],
            )
            for row in rows
        ],
    )
    return 0


def write_note(client: Client, arguments: argparse.Namespace) -> int:
    """Have a note written on a unit wherever it is known."""
    unit = unit_named(client, arguments)
    made = client.post(f"/units/{unit['id']}/notes", {"text": arguments.text})["items"]
    if arguments.json:
        output.as_json(made)
        return 0
    output.line(f"{arguments.serial}: to be written in {len(made)} systems.")
    return 0


def remove(client: Client, arguments: argparse.Namespace) -> int:
    """Forget a connection."""
    client.delete(f"/connections/{arguments.name}")
    if arguments.json:
        output.as_json({"name": arguments.name, "is_removed": True})
    else:
        output.line(f"{arguments.name} is removed; what was pulled stays.")
    return 0
