"""How long the command takes to answer, and how much memory the processes hold."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.figures import Figure, seconds

PORT = 8765
PAGES = 200


def run() -> list[Figure]:
    """Measure an empty installation: the command, the first page, the memory after a load."""
    bare = seconds(
        lambda: subprocess.run([sys.executable, "-c", "import django"], check=True), runs=5
    )
    help_page = seconds(
        lambda: subprocess.run(
            [sys.executable, "-m", "longmark", "--help"], check=True, stdout=subprocess.DEVNULL
        ),
        runs=5,
    )
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "LONGMARK_DATA": folder}
        subprocess.run(
            [sys.executable, "-m", "longmark", "init"],
            check=True,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        first_page, memory = _serve(environment)
    return [
        Figure("longmark --help", help_page, "s", bare, "python -c 'import django'"),
        Figure("serve, until the first page", first_page, "s", bare, "python -c 'import django'"),
        *(
            Figure(f"memory, {name}", value, "MB", goal="≤ 200 MB")
            for name, value in memory.items()
        ),
    ]


def _serve(environment: dict[str, str]) -> tuple[float, dict[str, float]]:
    began = time.perf_counter()
    command = [sys.executable, "-m", "longmark", "serve", "--port", str(PORT)]
    server = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for_page()
        first_page = time.perf_counter() - began
        for _ in range(PAGES):
            _page()
        return first_page, _memory_of_tree(server.pid)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=30)


def _page() -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/accounts/login/", timeout=10) as answer:
        answer.read()


def _wait_for_page() -> None:
    for _ in range(600):
        try:
            _page()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("The server did not answer within half a minute.")


def _memory_of_tree(root: int) -> dict[str, float]:
    """Return resident memory in MB of the web, worker and parent process (Linux)."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text()
        except OSError:
            continue
        parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
    children = [pid for pid, parent in parents.items() if parent == root]
    named = {"parent": root}
    for pid in children:
        words = (Path("/proc") / str(pid) / "cmdline").read_text().split("\0")
        named["worker" if "worker" in words else f"web {pid}"] = pid
    return {name.split()[0]: _resident_mb(pid) for name, pid in named.items()}


def _resident_mb(pid: int) -> float:
    for line in (Path("/proc") / str(pid) / "status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0
