"""``longmark feed``: advisories from upstream or from files, and how fresh they are."""

import argparse
from pathlib import Path
from typing import Any

from longmark.cli import bundle, output
from longmark.cli.client import Client

REFUSED = 3


def add_to(verbs: Any) -> None:
    """Add the verb to the parser."""
    feed = verbs.add_parser("feed", help="advisories: follow upstreams, import files, see health")
    acts = feed.add_subparsers(dest="act_name", metavar="ACT", required=True)
    add = acts.add_parser(
        "import",
        help="import OSV, NVD, CVE, CSAF, KEV or EPSS files and archives as the source serves them",
    )
    add.add_argument("files", metavar="FILE", type=Path, nargs="+")
    add.set_defaults(act=import_files, is_server_verb=False)
    for name, act, text in (
        ("list", show, "each feed: health, age, completeness, last error"),
        ("sources", show_sources, "each source: records here, newest change"),
    ):
        acts.add_parser(name, help=text).set_defaults(act=act, is_server_verb=False)
    _add_acts_on_one(acts)
    bundle.add_to(acts)


def _add_acts_on_one(acts: Any) -> None:
    on = acts.add_parser("enable", help="follow a feed from now on")
    on.add_argument("--address", default="", help="a mirror instead of the publisher's address")
    on.add_argument("--every", type=int, metavar="MINUTES", help="how often to ask")
    on.add_argument("--stale", type=int, metavar="HOURS", help="from which age on it is stale")
    on.add_argument(
        "--ecosystem", action="append", default=[], help="of OSV; may be given several times"
    )
    on.add_argument(
        "--option", action="append", default=[], metavar="NAME=VALUE", help="any other option"
    )
    provider = acts.add_parser("add-csaf", help="follow a CSAF provider, found by its domain")
    provider.add_argument("domain", metavar="DOMAIN", help="or the address of its metadata")
    provider.set_defaults(act=add_provider, is_server_verb=False)
    off = acts.add_parser("disable", help="follow a feed no longer; what it brought stays")
    run = acts.add_parser("run", help="have a feed run now, and wait for its end")
    one = acts.add_parser("show", help="one feed: its state and its latest runs")
    for parser, act in ((on, enable), (off, disable), (run, run_now), (one, show_one)):
        parser.add_argument("name", metavar="FEED", help="as in: longmark feed list")
        parser.set_defaults(act=act, is_server_verb=False)


def import_files(client: Client, arguments: argparse.Namespace) -> int:
    """Import files one after the other; the exit code is 3 if one of them failed."""
    ended = [_import_file(client, file) for file in arguments.files]
    if arguments.json:
        output.as_json(ended)
    return 0 if all(job["state"] == "done" for job in ended) else REFUSED


def _import_file(client: Client, file: Path) -> dict[str, Any]:
    if not file.is_file():
        output.complain(f"{file} is not a file.")
        raise SystemExit(2)
    job = client.send_file("/intakes", file)
    return _watched(client, job["job_id"], file.name) | {"file": str(file)}


def _watched(client: Client, job_id: int, title: str) -> dict[str, Any]:
    with output.job_progress(title) as report:
        ended = client.watch_job(job_id, report)
    say = output.hint if ended["state"] == "done" else output.complain
    say(ended["outcome"])
    return ended


def show(client: Client, arguments: argparse.Namespace) -> int:
    """List the feeds."""
    rows = client.get("/feeds")
    if arguments.json:
        output.as_json(rows)
        return 0
    output.table(
        ["Feed", "Source", "Health", "#Here", "#Upstream", "Last success", "Next", "Last error"],
        [
            (
                row["name"],
                row["title"],
                "running" if row["is_running"] else row["health"],
                row["known_count"],
                row["upstream_count"],
                output.moment(row["succeeded_at"]),
                output.moment(row["due_at"]),
                row["last_error"],
            )
            for row in rows
        ],
    )
    if not any(row["is_enabled"] for row in rows):
        output.hint("No feed is followed. Switch one on: longmark feed enable kev")
    return 0


def show_sources(client: Client, arguments: argparse.Namespace) -> int:
    """List the sources of advisories, however their records came."""
    rows = client.get("/advisory-sources")
    if arguments.json:
        output.as_json(rows)
        return 0
    output.table(
        ["Source", "#Records", "Newest change"],
        [(row["source"], row["record_count"], output.moment(row["newest_at"])) for row in rows],
    )
    return 0


def enable(client: Client, arguments: argparse.Namespace) -> int:
    """Follow a feed."""
    options: dict[str, Any] = dict(_option(each) for each in arguments.option)
    if arguments.ecosystem:
        options["ecosystems"] = arguments.ecosystem
    body = {
        "address": arguments.address,
        "period_minutes": arguments.every,
        "stale_hours": arguments.stale,
        "options": options,
    }
    feed = client.post(f"/feeds/{arguments.name}/enable", body)
    return _followed(feed, arguments)


def add_provider(client: Client, arguments: argparse.Namespace) -> int:
    """Follow a CSAF provider."""
    return _followed(client.post("/feeds", {"domain": arguments.domain}), arguments)


def _followed(feed: dict[str, Any], arguments: argparse.Namespace) -> int:
    if arguments.json:
        output.as_json(feed)
        return 0
    output.line(
        f"{feed['title']} ({feed['name']}) is followed, every {feed['period_minutes']} minutes."
    )
    output.hint(
        "The worker of `longmark serve` runs it; at once: longmark feed run " + feed["name"]
    )
    return 0


def _option(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark:
        output.complain(f"--option {text} is not NAME=VALUE.")
        raise SystemExit(2)
    return name, value


def disable(client: Client, arguments: argparse.Namespace) -> int:
    """Follow a feed no longer."""
    feed = client.post(f"/feeds/{arguments.name}/disable")
    if arguments.json:
        output.as_json(feed)
    else:
        output.line(f"{feed['title']} is not followed any more; what it brought stays.")
    return 0


def run_now(client: Client, arguments: argparse.Namespace) -> int:
    """Run a feed and wait for its end; the exit code is 3 if it failed."""
    job = client.post(f"/feeds/{arguments.name}/run")
    ended = _watched(client, job["job_id"], arguments.name)
    if arguments.json:
        output.as_json(client.get(f"/feeds/{arguments.name}"))
    return 0 if ended["state"] == "done" else REFUSED


def show_one(client: Client, arguments: argparse.Namespace) -> int:
    """Show a feed and its latest runs."""
    feed = client.get(f"/feeds/{arguments.name}")
    runs = client.get(f"/feeds/{arguments.name}/runs", limit=10)["items"]
    if arguments.json:
        output.as_json({"feed": feed, "runs": runs})
        return 0
    _print_feed(feed)
    output.line()
    output.table(
        ["Asked for", "By", "State", "#Read", "#New", "#Changed", "#Refused", "#Bytes", "Error"],
        [
            (
                output.moment(run["asked_at"]),
                run["actor_name"],
                run["state"],
                run["read_count"],
                run["added_count"],
                run["changed_count"],
                run["refused_count"],
                run["size_bytes"],
                run["error"],
            )
            for run in runs
        ],
    )
    return 0


def _print_feed(feed: dict[str, Any]) -> None:
    output.line(f"{feed['title']} ({feed['name']}): {feed['health']}", style="bold")
    output.line(f"from {feed['address']}, every {feed['period_minutes']} minutes")
    for name, value in feed["options"].items():
        output.line(f"{name}: {', '.join(value) if isinstance(value, list) else value}")
    output.line(f"last success {output.moment(feed['succeeded_at'])}")
    if feed["upstream_count"] is not None:
        known, all_ = output.count(feed["known_count"]), output.count(feed["upstream_count"])
        output.line(f"{known} of {all_} records are here")
    if feed["last_error"]:
        output.line(feed["last_error"], style="red")
    if feed["health"] not in {"fresh"}:
        output.line(f"Not known for certain: {feed['concerns']}.", style="yellow")
    if feed["notice"]:
        output.line(feed["notice"], style="dim")
