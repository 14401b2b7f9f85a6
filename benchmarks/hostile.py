"""What documents made to harm cost: verdict, time and memory, through the door that anyone uses.

Each goes by HTTP to a fresh server with its worker; the memory is the highest that the web
process and the worker ever had. ``LONGMARK_BENCH_ONLY`` names a part of the attacks' names.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks import hostile_documents
from benchmarks.figures import Figure
from benchmarks.ground import NOW
from benchmarks.hostile_documents import Attack, Door

WEB_GOAL = "≤ 200 MB"
JOB_GOAL = "≤ 500 MB"
WAIT_SECONDS = 600


@dataclass(frozen=True)
class Served:
    """A server of its own, and its processes."""

    client: httpx.Client
    release: int
    processes: dict[str, int]


def run() -> list[Figure]:
    """Send every attack, and tell what became of it."""
    wanted = os.environ.get("LONGMARK_BENCH_ONLY", "")
    figures = []
    for attack in hostile_documents.ATTACKS:
        if wanted in attack.name:
            with tempfile.TemporaryDirectory() as folder:
                figures += _sent(attack, Path(folder))
    return figures


def _sent(attack: Attack, folder: Path) -> list[Figure]:
    path = folder / "attack"
    with path.open("wb") as file:
        for piece in attack.pieces():
            file.write(piece)
    with started(folder) as served:
        began = time.perf_counter()
        verdict = _verdict(served, attack, path)
        taken = time.perf_counter() - began
        peaks = [
            Figure(f"  memory, {who}", peak_of(served, who), "MB", goal=goal)
            for who, goal in (("web", WEB_GOAL), ("worker", JOB_GOAL))
        ]
    print(f"  {attack.name}\n    {verdict}", flush=True)
    return [Figure(f"{attack.name}, {_size(attack)}", taken, "s"), *peaks]


def peak_of(served: Served, who: str) -> float:
    return max(_peak_mb(pid) for name, pid in served.processes.items() if name.startswith(who))


def _size(attack: Attack) -> str:
    size = sum(map(len, attack.pieces()))
    return f"{size / 2**20:,.1f} MB" if size >= 100_000 else f"{size:,} bytes"


def _verdict(served: Served, attack: Attack, path: Path) -> str:
    address = "/intakes"
    if attack.door is not Door.ADVISORIES:
        address = f"/releases/{served.release}/sboms"
    with path.open("rb") as file:
        if attack.content_type:
            headers = {"Content-Type": attack.content_type}
            answer = served.client.post(address, content=file.read(), headers=headers)
        else:
            answer = served.client.post(address, files={"file": (attack.filename, file)})
    if answer.status_code == 202:
        return outcome(served, int(answer.json()["job_id"]))
    said = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    if answer.status_code in (200, 201):
        return f"taken: {said['component_count']:,} components, {said['defect_count']} defects"
    return f"{answer.status_code}: {said.get('detail', answer.text)[:200]}"


def outcome(served: Served, job_id: int) -> str:
    for _ in range(WAIT_SECONDS * 10):
        job = served.client.get(f"/jobs/{job_id}").json()
        if job["state"] in ("done", "failed", "cancelled"):
            return f"{job['state']}: {job['outcome'][:200]}"
        time.sleep(0.1)
    raise TimeoutError("The job did not end.")


@contextmanager
def started(folder: Path) -> Iterator[Served]:
    port = _free_port()
    environment = {**os.environ, "LONGMARK_DATA": str(folder / "data")}
    made = subprocess.run(
        [sys.executable, "-m", "benchmarks.hostile"],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    secret, release = made.stdout.split()[-2:]
    command = [sys.executable, "-m", "longmark", "serve", "--port", str(port)]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        client = httpx.Client(
            base_url=f"http://127.0.0.1:{port}/api/v1",
            headers={"Authorization": f"Bearer {secret}"},
            timeout=WAIT_SECONDS,
        )
        _wait_for(client)
        yield Served(client, int(release), _processes(server.pid))
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=60)


def _prepare() -> None:
    """Make a data folder with one release and a token, and print token and release."""
    from longmark.config import local

    local.prepare()
    from longmark.accounts import services as accounts
    from longmark.catalog import services as catalog
    from longmark.core.actors import SYSTEM, Action, Role
    from longmark.core.vocabulary import ItemKind

    person = accounts.register_person(
        "mallory", password=None, roles=[Role.ADMIN, *Role], actor=SYSTEM, now=NOW
    )
    _, secret = accounts.issue_token(
        person, name="bench", scopes=list(Action), actor=SYSTEM, now=NOW
    )
    item = catalog.register_item("bench-fw", kind=ItemKind.FIRMWARE, actor=SYSTEM, now=NOW)
    release = catalog.register_release(item, "1.0", actor=SYSTEM, now=NOW)
    print(secret, release.pk)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(client: httpx.Client) -> None:
    for _ in range(600):
        try:
            if client.get("/jobs").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError("The server did not answer within half a minute.")


def _processes(root: int) -> dict[str, int]:
    """Return the processes that a server has started, by what they do (Linux)."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text()
            words = (folder / "cmdline").read_text().split("\0")
        except OSError:
            continue
        if int(stat.rpartition(")")[2].split()[1]) == root:
            found["worker" if "worker" in words else f"web {folder.name}"] = int(folder.name)
    return found


def _peak_mb(pid: int) -> float:
    for line in (Path("/proc") / str(pid) / "status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    _prepare()
